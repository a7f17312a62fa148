//! What one claim costs, with the settling of the one before, when much is stored and much is queued.

use crate::functions::Caller;
use crate::pass::Pass;
use crate::report::Row;
use crate::runs;
use crate::setup::Fallible;
use std::time::Duration;

const FEW: usize = 10;
const MANY: usize = 100_000;
/// Calls whose mean is one sample.
const CALLS: usize = 20;

fn row(history: usize, queued: usize) -> Row {
    let row = Row::new(what(history, queued), 1, "ms per claim");
    row.above("claim and settle, 1,000 ended and 10 queued")
}

fn what(history: usize, queued: usize) -> String {
    let (history, queued) = (thousands(history), thousands(queued));
    format!("claim and settle, {history} ended and {queued} queued")
}

fn thousands(count: usize) -> String {
    match count {
        ..1_000 => count.to_string(),
        _ => crate::report::number(count as f64),
    }
}

/// Once in a pass: a million rows take a while to put in.
pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    for history in pass.of([1_000, 10_000, 50_000], [1_000, 100_000, 1_000_000]) {
        if !pass.wants(&what(history, FEW)) && !pass.wants(&what(history, MANY)) {
            continue;
        }
        pass.stage.clean().await?;
        runs::history(&pass.stage, history).await?;
        for queued in [FEW, MANY] {
            runs::queue(&pass.stage, queued).await?;
            pass.stage.settle_down().await?;
            let samples = samples(pass, &thousands(queued)).await?;
            pass.report.latency(row(history, queued), &samples);
        }
    }
    Ok(())
}

/// The queue stays as long as it is: one is put in, unmeasured, for each that is taken.
async fn samples(pass: &Pass, worker: &str) -> Fallible<Vec<Duration>> {
    let mut caller = Caller::connect(&pass.stage, worker).await?;
    // Plans are made, and pages are read.
    for _ in 0..CALLS {
        caller.claim_and_settle().await?;
        caller.create().await?;
    }
    let mut samples = Vec::new();
    for _ in 0..pass.of(5, 50) {
        let mut took = Duration::ZERO;
        for _ in 0..CALLS {
            took += caller.claim_and_settle().await?;
            caller.create().await?;
        }
        samples.push(took / CALLS as u32);
    }
    caller.settle_last().await?;
    Ok(samples)
}
