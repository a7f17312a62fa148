//! A worker is killed, another one frozen: how soon has somebody else their runs? All by the defaults
//! of the native server.

use crate::pass::Pass;
use crate::report::Row;
use crate::setup::{Fallible, Stage};
use crate::workers::WorkerProcess;
use ops_core::api::NewRun;
use serde_json::json;
use std::time::{Duration, Instant};

const KILLED: &str = "worker killed → another one has its run";
const FROZEN: &str = "worker frozen → another one has its run";
const LOOK: Duration = Duration::from_millis(20);

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    if !pass.wants(KILLED) && !pass.wants(FROZEN) {
        return Ok(());
    }
    let stage = &pass.stage;
    stage.clean().await?;
    let mut killed = WorkerProcess::start(stage, "A", 1)?;
    let frozen = WorkerProcess::start(stage, "B", 1)?;
    let of_killed = begun(stage, "A").await?;
    let of_frozen = begun(stage, "B").await?;
    let _other = WorkerProcess::start(stage, "A,B", 2)?;
    waiting(stage, 3).await?;
    let began = Instant::now();
    killed.kill()?;
    frozen.freeze();
    let (mut after_kill, mut after_freeze) = (None, None);
    while after_kill.is_none() || after_freeze.is_none() {
        for (run_id, after) in [
            (&of_killed, &mut after_kill),
            (&of_frozen, &mut after_freeze),
        ] {
            if after.is_none() && stage.client.runs_get(run_id).await?.attempt > 1 {
                *after = Some(began.elapsed().as_secs_f64());
            }
        }
        tokio::time::sleep(LOOK).await;
    }
    for (what, after) in [(KILLED, after_kill), (FROZEN, after_freeze)] {
        if let Some(seconds) = after {
            pass.add(Row::new(what, 1, "s"), seconds);
        }
    }
    for run_id in [of_killed, of_frozen] {
        pass.stage.client.runs_cancel(&run_id, None).await?;
    }
    Ok(())
}

/// A run whose step has begun and goes on for longer than anybody waits.
async fn begun(stage: &Stage, lane: &str) -> Fallible<String> {
    let new = NewRun {
        runbook: Some(
            json!({ "version": 1, "slug": "long", "title": "Long", "steps": [{ "id": "a", "run": "sleep 600" }] }),
        ),
        lane: Some(lane.into()),
        ..NewRun::default()
    };
    let run_id = stage.client.runs_create(&new).await?.run_id;
    let query = "select exists (select from run_steps where run_id::text = $1)";
    until(stage, query, &run_id).await?;
    Ok(run_id)
}

/// So many workers have said that they are there.
async fn waiting(stage: &Stage, workers: i64) -> Fallible<()> {
    let query = "select count(*)::text = $1 from workers";
    until(stage, query, &workers.to_string()).await
}

async fn until(stage: &Stage, query: &str, argument: &str) -> Fallible<()> {
    let admin = stage.connect().await?;
    while !admin
        .query_one(query, &[&argument])
        .await?
        .get::<_, bool>(0)
    {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}
