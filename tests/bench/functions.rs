//! Our own SQL functions without HTTP: what the protocol costs in the database.

use crate::setup::{Fallible, Stage};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
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
        finish = succeeded(got);
    }
    Ok(done)
}

pub async fn drain_all(stage: &Stage, width: usize, batch: usize, jobs: usize) -> Fallible<f64> {
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
    let took = started.elapsed();
    stage.expect("succeeded", done).await?;
    Ok(done as f64 / took.as_secs_f64())
}

/// One connection that takes and puts in one run at a time.
pub struct Caller {
    client: tokio_postgres::Client,
    claim: tokio_postgres::Statement,
    create: tokio_postgres::Statement,
    auth: Value,
    worker: String,
    request: i64,
    finish: Value,
}

impl Caller {
    /// As a worker of this name, whose calls are numbered from 1.
    pub async fn connect(stage: &Stage, worker: &str) -> Fallible<Self> {
        let client = stage.connect().await?;
        Ok(Caller {
            claim: client.prepare("select public.runs_claim($1)").await?,
            create: client.prepare("select public.runs_create($1)").await?,
            client,
            auth: stage.auth(),
            worker: worker.into(),
            request: 0,
            finish: json!([]),
        })
    }

    /// How long it took to settle the run before and to get the next.
    pub async fn claim_and_settle(&mut self) -> Fallible<Duration> {
        let (took, runs) = self.call(1).await?;
        match runs {
            1 => Ok(took),
            _ => Err("nothing is queued".into()),
        }
    }

    pub async fn settle_last(&mut self) -> Fallible<()> {
        self.call(0).await?;
        Ok(())
    }

    async fn call(&mut self, limit: usize) -> Fallible<(Duration, usize)> {
        self.request += 1;
        let p = json!({ "auth": self.auth, "worker_id": self.worker, "lanes": LANES, "limit": limit, "request_id": self.request, "start": true, "finish": self.finish });
        let asked = Instant::now();
        let answer: Value = self.client.query_one(&self.claim, &[&p]).await?.get(0);
        let took = asked.elapsed();
        let got = answer["runs"]
            .as_array()
            .ok_or_else(|| format!("refused: {answer}"))?;
        self.finish = succeeded(got);
        Ok((took, got.len()))
    }

    pub async fn create(&self) -> Fallible<()> {
        let p = json!({ "auth": self.auth, "runs": runs(1) });
        self.client.query_one(&self.create, &[&p]).await?;
        Ok(())
    }
}

fn succeeded(runs: &[Value]) -> Value {
    let end = |run: &Value| json!({ "run_id": run["run_id"], "attempt": run["attempt"], "status": "succeeded" });
    runs.iter().map(end).collect()
}

pub async fn one_by_one(stage: &Stage, width: usize, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    drain_all(stage, width, 1, jobs).await
}

pub async fn batches(stage: &Stage, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    drain_all(stage, 1, 100, jobs).await
}

/// Each connection puts in its part, a thousand at a time.
pub async fn enqueue(stage: &Stage, width: usize, parts: usize) -> Fallible<f64> {
    stage.clean().await?;
    let p = Arc::new(json!({ "auth": stage.auth(), "runs": runs(1_000) }));
    let mut clients = Vec::new();
    for _ in 0..width {
        clients.push(stage.connect().await?);
    }
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for client in clients {
        let p = p.clone();
        tasks.spawn(async move {
            let create = client.prepare("select public.runs_create($1)").await?;
            for _ in 0..parts {
                client.query_one(&create, &[&*p]).await?;
            }
            Ok::<_, tokio_postgres::Error>(())
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
