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
use tokio::task::JoinSet;

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
    drain(stage, width, jobs).await
}

/// Takes all of `jobs`, which are queued.
pub async fn drain(stage: &Stage, width: usize, jobs: usize) -> Fallible<f64> {
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
    let took = started.elapsed();
    assert_eq!(summary.succeeded, jobs as u64);
    stage.expect("succeeded", jobs).await?;
    Ok(jobs as f64 / took.as_secs_f64())
}

pub async fn batches(stage: &Stage, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    let started = Instant::now();
    let done = drain_in_batches(&stage.client, 100).await?;
    let took = started.elapsed();
    assert_eq!(done, jobs);
    stage.expect("succeeded", jobs).await?;
    Ok(jobs as f64 / took.as_secs_f64())
}

async fn drain_in_batches(client: &Client, batch: u32) -> Fallible<usize> {
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

/// Each connection puts in its part, a thousand at a time.
pub async fn enqueue(stage: &Stage, width: usize, parts: usize) -> Fallible<f64> {
    stage.clean().await?;
    let runbook = json!({ "version": 1, "slug": "no-op", "title": "No-op", "steps": [{ "id": "a", "run": "x".repeat(200) }] });
    let new = NewRun {
        runbook: Some(runbook),
        ..NewRun::default()
    };
    let runs = Arc::new(vec![new; 1_000]);
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..width {
        let (client, runs) = (stage.client.clone(), runs.clone());
        tasks.spawn(async move {
            for _ in 0..parts {
                client.runs_create_bulk(&runs).await?;
            }
            Ok::<_, ops_client::ClientError>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let count = width * parts * 1_000;
    let took = started.elapsed();
    stage.expect("queued", count).await?;
    Ok(count as f64 / took.as_secs_f64())
}
