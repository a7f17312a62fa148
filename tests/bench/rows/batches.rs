//! A hundred jobs per call, and the other queues in their documented batch modes.

use crate::floor::{self, BATCHES};
use crate::functions;
use crate::pass::Pass;
use crate::report::Row;
use crate::rows::names::{
    BOSS_BATCHES as BOSS, FUNCTIONS_BATCHES as FUNCTIONS, GRAPHILE_BATCHES as GRAPHILE,
    HTTP_BATCHES as HTTP,
};
use crate::setup::Fallible;
use crate::through_http;

/// Widths beside the floor's own, which is one connection.
const ALL: [(&str, usize); 9] = [
    (BATCHES, 1),
    (FUNCTIONS, 1),
    (HTTP, 1),
    (GRAPHILE, 1),
    (GRAPHILE, 4),
    (GRAPHILE, 24),
    (BOSS, 1),
    (BOSS, 4),
    (BOSS, 24),
];

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    let jobs = pass.of(4_000, 20_000);
    for (what, width) in pass.in_turn(&ALL) {
        if what != BATCHES && !pass.wants(what) {
            continue;
        }
        let rate = match what {
            BATCHES => floor::batches(&pass.stage, jobs).await?,
            FUNCTIONS => functions::batches(&pass.stage, jobs).await?,
            HTTP => through_http::batches(&pass.stage, jobs).await?,
            _ => match of_peer(pass, what, width, jobs).await? {
                Some(rate) => rate,
                None => continue,
            },
        };
        pass.add(Row::per_second(what, width).above_at(BATCHES, 1), rate);
    }
    Ok(())
}

async fn of_peer(pass: &Pass, what: &str, width: usize, jobs: usize) -> Fallible<Option<f64>> {
    let Some(peers) = &pass.peers else {
        return Ok(None);
    };
    let (width, count) = (width.to_string(), jobs.to_string());
    let (driver, arguments) = match what {
        GRAPHILE => ("graphile-drain.mjs", vec!["batch".into(), width, count]),
        _ => ("boss-drain.mjs", vec![width, count, "100".into()]),
    };
    let done = peers.drain(&pass.stage, driver, &arguments, jobs).await?;
    Ok(Some(done.per_second()))
}
