//! One worker sends all that a step prints, and its memory meanwhile.

use crate::memory::resident;
use crate::pass::Pass;
use crate::report::Row;
use crate::setup::{Fallible, Stage};
use crate::workers::WorkerProcess;
use ops_core::api::NewRun;
use serde_json::json;
use std::time::Duration;

const WHAT: &str = "events of one worker process through the API";
/// With its number a line has 100 bytes, and so 200,000 of them stay below the limit of a log.
const FORMAT: &str = "%07.0f a line of a hundred bytes that a step prints, as builds and deployments print them all day long, ok";
const LOOK: Duration = Duration::from_millis(20);

pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    if !pass.wants(WHAT) {
        return Ok(());
    }
    let lines = pass.of(10_000, 200_000);
    let stage = &pass.stage;
    stage.clean().await?;
    let worker = WorkerProcess::start(stage, "A", 1)?;
    // The first run is of a worker that has just started.
    memory_of(stage, &worker, 100).await?;
    let [before, half, end] = memory_of(stage, &worker, lines).await?;
    let seconds = took(stage, lines).await?;
    pass.add(Row::per_second(WHAT, 1), lines as f64 / seconds);
    for (when, megabytes) in [("before", before), ("half-way", half), ("at the end", end)] {
        let what = format!("{WHAT}: the worker's memory {when}");
        pass.add(Row::new(what, 1, "MB"), megabytes);
    }
    Ok(())
}

/// Before, half-way and at the end of a run that prints `lines`.
async fn memory_of(stage: &Stage, worker: &WorkerProcess, lines: usize) -> Fallible<[f64; 3]> {
    let command = format!("seq -f '{FORMAT}' {lines}");
    let new = NewRun {
        runbook: Some(
            json!({ "version": 1, "slug": "lines", "title": "Lines", "steps": [{ "id": "a", "run": command }] }),
        ),
        lane: Some("A".into()),
        ..NewRun::default()
    };
    let before = resident(worker.pid())?;
    let run_id = stage.client.runs_create(&new).await?.run_id;
    let mut half = None;
    let stored = "select coalesce((select last_pos from run_logs where run_id::text = $1), 0)";
    let admin = stage.connect().await?;
    loop {
        if half.is_none() {
            let stored: i64 = admin.query_one(stored, &[&run_id]).await?.get(0);
            half = (stored >= lines as i64 / 2)
                .then(|| resident(worker.pid()))
                .transpose()?;
        }
        let status = stage.client.runs_get(&run_id).await?.status;
        if status.is_terminal() {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    let end = resident(worker.pid())?;
    Ok([before, half.unwrap_or(end), end])
}

/// Seconds from the claim to the end of the last run, all of whose lines are there.
async fn took(stage: &Stage, lines: usize) -> Fallible<f64> {
    let query = "select extract(epoch from finished_at - claimed_at)::float8, status,
        (select count(*) from run_events e where e.run_id = r.id and e.source = 'stdout')
        from runs r order by seq desc limit 1";
    let row = stage.connect().await?.query_one(query, &[]).await?;
    let (status, stored): (String, i64) = (row.get(1), row.get(2));
    match status == "succeeded" && stored == lines as i64 {
        true => Ok(row.get(0)),
        false => Err(format!("{status}, {stored} of {lines} lines").into()),
    }
}
