//! Jobs are put in, a thousand per call, by four and by twenty-four at once.

use crate::floor::{self, INSERTS};
use crate::functions;
use crate::pass::Pass;
use crate::report::Row;
use crate::rows::names::{
    BOSS_ENQUEUE as BOSS, FUNCTION_ENQUEUE as FUNCTION, GRAPHILE_ENQUEUE as GRAPHILE,
    HTTP_ENQUEUE as HTTP,
};
use crate::setup::Fallible;
use crate::through_http;

const ALL: [&str; 5] = [INSERTS, FUNCTION, HTTP, GRAPHILE, BOSS];

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    if !ALL[1..].iter().any(|what| pass.wants(what)) {
        return Ok(());
    }
    for width in [4, 24] {
        let parts = pass.of(1, 48 / width);
        for what in pass.in_turn(&ALL) {
            if what != INSERTS && !pass.wants(what) {
                continue;
            }
            let rate = match what {
                INSERTS => floor::inserts(&pass.stage, width, parts).await?,
                FUNCTION => functions::enqueue(&pass.stage, width, parts).await?,
                HTTP => through_http::enqueue(&pass.stage, width, parts).await?,
                _ => match of_peer(pass, what, width, parts).await? {
                    Some(rate) => rate,
                    None => continue,
                },
            };
            pass.add(Row::per_second(what, width).above(INSERTS), rate);
        }
    }
    Ok(())
}

async fn of_peer(pass: &Pass, what: &str, width: usize, parts: usize) -> Fallible<Option<f64>> {
    let Some(peers) = &pass.peers else {
        return Ok(None);
    };
    let driver = match what {
        GRAPHILE => "graphile-enqueue.mjs",
        _ => "boss-enqueue.mjs",
    };
    let arguments = [width.to_string(), parts.to_string()];
    let jobs = width * parts * 1_000;
    let done = peers.drain(&pass.stage, driver, &arguments, jobs).await?;
    Ok(Some(done.per_second()))
}
