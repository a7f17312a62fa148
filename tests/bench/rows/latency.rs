//! A worker has nothing to do; how soon does it begin what is put in?

use crate::latency;
use crate::pass::Pass;
use crate::report::Row;
use crate::rows::names::{
    BOSS_LATENCY as BOSS, CLAIM_LATENCY as CLAIM, GRAPHILE_LATENCY as GRAPHILE,
    STEP_LATENCY as STEP,
};
use crate::setup::Fallible;
use serde::Deserialize;
use std::time::Duration;

#[derive(Deserialize)]
struct Took {
    milliseconds: Vec<f64>,
}

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    let samples = pass.of(40, 200);
    for what in pass.in_turn(&[CLAIM, STEP, GRAPHILE, BOSS]) {
        if !pass.wants(what) {
            continue;
        }
        let took = match what {
            CLAIM => latency::long_poll(&pass.stage, samples).await?,
            STEP => latency::step_started(&pass.stage, samples).await?,
            GRAPHILE => of_peer(pass, "graphile-latency.mjs", samples).await?,
            _ => of_peer(pass, "boss-latency.mjs", samples).await?,
        };
        if !took.is_empty() {
            pass.report.latency(Row::new(what, 1, "ms"), &took);
        }
    }
    Ok(())
}

async fn of_peer(pass: &Pass, driver: &str, samples: usize) -> Fallible<Vec<Duration>> {
    let Some(peers) = &pass.peers else {
        return Ok(Vec::new());
    };
    let took: Took = peers
        .run(&pass.stage, driver, &[samples.to_string()])
        .await?;
    let took = took.milliseconds.iter();
    Ok(took.map(|ms| Duration::from_secs_f64(ms / 1e3)).collect())
}
