//! The server's memory while a thousand runs are held, their leases kept and more of them waited for.

use crate::memory::resident;
use crate::pass::Pass;
use crate::report::Row;
use crate::runs;
use crate::setup::Fallible;
use crate::steady::{Gate, Steady};
use std::time::Duration;

const RUNS: u64 = 1_000;
const WORKERS: usize = 10;
const LOOK: Duration = Duration::from_millis(50);

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    let idle = "server memory, idle after the rows above";
    let busy = "server memory, 1,000 runs in flight of ten workers";
    if !pass.wants(busy) && !pass.wants(idle) {
        return Ok(());
    }
    let stage = &pass.stage;
    stage.clean().await?;
    runs::queue(stage, RUNS as usize).await?;
    stage.settle_down().await?;
    let before = resident(stage.server_pid())?;
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(Steady::start(stage, RUNS as usize / WORKERS, Gate::Shut)?);
    }
    while workers.iter().map(Steady::begun).sum::<u64>() < RUNS {
        tokio::time::sleep(LOOK).await;
    }
    // Some heartbeats of each.
    tokio::time::sleep(Duration::from_secs(pass.of(1, 10))).await;
    let while_held = resident(stage.server_pid())?;
    for worker in workers {
        worker.stop().await?;
    }
    pass.add(Row::new(idle, 1, "MB"), before);
    pass.add(Row::new(busy, RUNS as usize, "MB"), while_held);
    Ok(())
}
