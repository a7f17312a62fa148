//! Pairs: all in one session and lane against many of them, and a limited lane against an unlimited.

use crate::floor::TWO_COMMITS;
use crate::pass::Pass;
use crate::report::Row;
use crate::runs::{self, Place};
use crate::setup::Fallible;
use crate::through_http;

const WIDTH: usize = 24;
const MANY: &str = "one worker process, 40 sessions and four lanes";
const ONE: &str = "one worker process, one session and one lane";
const UNLIMITED: &str = "one worker process, one lane without a limit";
const LIMITED: &str = "one worker process, one lane with a limit of 24";

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    for [a, b] in [[MANY, ONE], [UNLIMITED, LIMITED]] {
        if !pass.wants(a) && !pass.wants(b) {
            continue;
        }
        for what in [a, b, b, a] {
            let rate = once(pass, what).await?;
            let row = Row::per_second(what, WIDTH);
            let row = if what == a {
                row.above(TWO_COMMITS)
            } else {
                row.above(a)
            };
            pass.add(row, rate);
        }
    }
    Ok(())
}

async fn once(pass: &Pass, what: &str) -> Fallible<f64> {
    let jobs = pass.of(600, 6_000);
    let stage = &pass.stage;
    stage.clean().await?;
    let places = match what {
        MANY => Place::many(stage, 40).await?,
        ONE => Place::many(stage, 1).await?,
        _ => vec![Place::lane("A")],
    };
    runs::put_in(stage, &places, jobs).await?;
    let limit = (what == LIMITED).then_some(WIDTH as i32);
    limit_lane(pass, limit).await?;
    let rate = through_http::drain(stage, WIDTH, jobs).await;
    limit_lane(pass, None).await?;
    rate
}

async fn limit_lane(pass: &Pass, limit: Option<i32>) -> Fallible<()> {
    let admin = pass.stage.connect().await?;
    let update = "update lanes set concurrency_limit = $1 where name = 'A'";
    admin.execute(update, &[&limit]).await?;
    pass.stage.settle_down().await
}
