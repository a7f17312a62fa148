//! A steady load, and somewhere an idle transaction whose snapshot keeps vacuum from its work.

use crate::floor::TWO_COMMITS;
use crate::pass::Pass;
use crate::report::Row;
use crate::runs;
use crate::setup::Fallible;
use crate::steady::{Gate, Steady};
use std::time::{Duration, Instant};

const WIDTH: usize = 24;
const WITHOUT: &str = "one worker process, steady";
const WITH: &str = "one worker process, steady, an idle snapshot open";
/// More than a worker takes in a second.
const QUEUED_PER_SECOND: u64 = 6_000;
/// Samples are parts of the time, so that their spread shows a rate that falls.
const PARTS: u32 = 6;
const LOOK: Duration = Duration::from_millis(5);

/// Once in a pass, the shorter time without a snapshot before and after the longer one with it.
pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    if !pass.wants(WITHOUT) && !pass.wants(WITH) {
        return Ok(());
    }
    let seconds = pass.snapshot_seconds;
    for (what, seconds) in [
        (WITHOUT, seconds.div_ceil(3)),
        (WITH, seconds),
        (WITHOUT, seconds.div_ceil(3)),
    ] {
        let row = Row::per_second(what, WIDTH);
        let row = if what == WITH {
            row.above(WITHOUT)
        } else {
            row.above(TWO_COMMITS)
        };
        for rate in rates(pass, what, seconds).await? {
            pass.add(row.clone(), rate);
        }
    }
    Ok(())
}

async fn rates(pass: &Pass, what: &str, seconds: u64) -> Fallible<Vec<f64>> {
    pass.stage.clean().await?;
    runs::queue(&pass.stage, (seconds * QUEUED_PER_SECOND) as usize).await?;
    pass.stage.settle_down().await?;
    let idle = pass.stage.connect().await?;
    if what == WITH {
        // The cluster ends idle transactions after a minute; whoever holds this one is not so polite.
        idle.batch_execute(
            "set idle_in_transaction_session_timeout = 0; begin isolation level repeatable read; select count(*) from lanes",
        )
        .await?;
    }
    let worker = Steady::start(&pass.stage, WIDTH, Gate::Open)?;
    // The worker's start is no part of the rate.
    while worker.finished() == 0 {
        tokio::time::sleep(LOOK).await;
    }
    let mut rates = Vec::new();
    for _ in 0..PARTS {
        let (began, before) = (Instant::now(), worker.finished());
        tokio::time::sleep(Duration::from_secs(seconds) / PARTS).await;
        let done = worker.finished() - before;
        rates.push(done as f64 / began.elapsed().as_secs_f64());
    }
    worker.stop().await?;
    let left = "select count(*) from runs where status = 'queued'";
    let left: i64 = pass
        .stage
        .connect()
        .await?
        .query_one(left, &[])
        .await?
        .get(0);
    match left {
        0 => Err("the queue ran empty".into()),
        _ => Ok(rates),
    }
}
