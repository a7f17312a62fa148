//! The same through the API of a server process.

use crate::functions::fill;
use crate::setup::{Fallible, Stage};
use ops_client::Client;
use ops_core::api::{ClaimRequest, Finish, NewRun};
use ops_core::port::BoxFuture;
use ops_core::status::EndStatus;
use ops_worker::{
    Executor, Job, Outcome, Shutdown, Silent, WorkerConfig, native_transports, run_with,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

fn lanes() -> Vec<String> {
    ["A", "B", "C", "D"].map(String::from).into()
}

/// Succeeds at once, so that the claim loop is what is measured.
struct NoOp;

impl Executor for NoOp {
    fn execute(self: Arc<Self>, _: Job) -> BoxFuture<'static, Outcome> {
        Box::pin(async { Outcome::succeeded() })
    }
}

pub async fn worker(stage: &Stage, width: usize, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    let mut config = WorkerConfig::new(&stage.url, &stage.token, lanes())?;
    config.concurrency = width;
    config.max_runs = Some(jobs as u64);
    let started = Instant::now();
    let summary = run_with(
        config,
        Shutdown::new(),
        Arc::new(Silent),
        Arc::new(NoOp),
        native_transports(),
    )
    .await?;
    assert_eq!(summary.succeeded, jobs as u64);
    Ok(jobs as f64 / started.elapsed().as_secs_f64())
}

pub async fn batches(stage: &Stage, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    let started = Instant::now();
    let done = drain(&stage.client, 100).await?;
    assert_eq!(done, jobs);
    Ok(jobs as f64 / started.elapsed().as_secs_f64())
}

async fn drain(client: &Client, batch: u32) -> Fallible<usize> {
    let mut claim = ClaimRequest {
        worker_id: "batch".into(),
        lanes: lanes(),
        limit: Some(batch),
        start: true,
        ..ClaimRequest::default()
    };
    let mut done = 0;
    for request in 1.. {
        claim.request_id = Some(request);
        let answer = client.runs_claim(&claim).await?;
        if answer.runs.is_empty() {
            break;
        }
        done += answer.runs.len();
        claim.finish = answer.runs.into_iter().map(succeeded).collect();
    }
    Ok(done)
}

fn succeeded(run: ops_core::api::ClaimedRun) -> Finish {
    Finish {
        run_id: run.run_id,
        attempt: run.attempt,
        status: EndStatus::Succeeded,
        reason: None,
        last_seq: None,
        error: None,
        result: Value::Null,
    }
}

pub async fn enqueue(stage: &Stage, count: usize) -> Fallible<f64> {
    stage.clean().await?;
    let runbook = json!({ "version": 1, "slug": "no-op", "title": "No-op", "steps": [{ "id": "a", "run": "x".repeat(200) }] });
    let runs: Vec<NewRun> = (0..1_000)
        .map(|_| NewRun {
            runbook: Some(runbook.clone()),
            ..NewRun::default()
        })
        .collect();
    let started = Instant::now();
    for _ in 0..count / 1_000 {
        stage.client.runs_create_bulk(&runs).await?;
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}
