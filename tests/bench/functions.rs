//! Our own SQL functions without HTTP: what the protocol costs in the database.

use crate::setup::{Fallible, Stage};
use serde_json::{Value, json};
use std::time::Instant;
use tokio::task::JoinSet;

const LANES: [&str; 4] = ["A", "B", "C", "D"];

/// A run with the payload of 200 bytes that the floor has.
pub fn runs(count: usize) -> Vec<Value> {
    (0..count)
        .map(|i| json!({ "title": "no-op", "runbook": { "title": "no-op", "steps": [{ "id": "a", "run": "x".repeat(200) }] }, "lane": LANES[i % 4] }))
        .collect()
}

pub async fn fill(stage: &Stage, count: usize) -> Fallible<()> {
    stage.clean().await?;
    create(stage, count).await?;
    stage.settle_down().await
}

async fn create(stage: &Stage, count: usize) -> Fallible<()> {
    let client = stage.connect().await?;
    let mut left = count;
    while left > 0 {
        let part = left.min(1_000);
        let p = json!({ "auth": stage.auth(), "runs": runs(part) });
        client
            .query_one("select public.runs_create($1)", &[&p])
            .await?;
        left -= part;
    }
    Ok(())
}

async fn drain(
    client: tokio_postgres::Client,
    auth: Value,
    worker: String,
    batch: usize,
    at_most: usize,
) -> Fallible<usize> {
    let claim = client.prepare("select public.runs_claim($1)").await?;
    let (mut finish, mut done) = (json!([]), 0);
    for request in 1i64.. {
        let limit = if done < at_most { batch } else { 0 };
        let p = json!({ "auth": auth, "worker_id": worker, "lanes": LANES, "limit": limit, "request_id": request, "start": true, "finish": finish });
        let answer: Value = client.query_one(&claim, &[&p]).await?.get(0);
        let got = answer["runs"].as_array().ok_or("no runs")?;
        if got.is_empty() {
            break;
        }
        done += got.len();
        finish = got.iter().map(|r| json!({ "run_id": r["run_id"], "attempt": r["attempt"], "status": "succeeded" })).collect();
    }
    Ok(done)
}

async fn drain_all(stage: &Stage, width: usize, batch: usize, jobs: usize) -> Fallible<f64> {
    let mut clients = Vec::new();
    for _ in 0..width {
        clients.push(stage.connect().await?);
    }
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for (n, client) in clients.into_iter().enumerate() {
        let auth = stage.auth();
        tasks.spawn(async move {
            drain(client, auth, format!("w{n}"), batch, jobs / width)
                .await
                .map_err(|e| e.to_string())
        });
    }
    let mut done = 0;
    while let Some(count) = tasks.join_next().await {
        done += count??;
    }
    Ok(done as f64 / started.elapsed().as_secs_f64())
}

pub async fn one_by_one(stage: &Stage, width: usize, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    drain_all(stage, width, 1, jobs).await
}

pub async fn batches(stage: &Stage, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    drain_all(stage, 1, 100, jobs).await
}

/// The same claims with far more queued than are taken.
pub async fn deep_queue(stage: &Stage, queued: usize, jobs: usize) -> Fallible<f64> {
    fill(stage, queued).await?;
    drain_all(stage, 4, 1, jobs).await
}

pub async fn enqueue(stage: &Stage, count: usize) -> Fallible<f64> {
    stage.clean().await?;
    let started = Instant::now();
    create(stage, count).await?;
    Ok(count as f64 / started.elapsed().as_secs_f64())
}
