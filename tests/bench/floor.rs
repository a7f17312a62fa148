//! What PostgreSQL itself gives: a table with an id, a status and a small payload, a partial index,
//! history kept, no fence, no lease.

use crate::setup::{Fallible, Stage};
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;
use tokio_postgres::error::SqlState;

pub const TWO_COMMITS: &str = "raw SQL, claim and finish as two commits (floor)";
pub const ONE_COMMIT: &str = "raw SQL, settle and claim in one commit (floor)";
pub const BATCHES: &str = "raw SQL, batches of 100 (floor)";
pub const INSERTS: &str = "raw SQL, inserts of 1,000 (floor)";

const CLAIM: &str = "update floor set status = 'running', at = clock_timestamp() where id = any (array(
    select id from floor where status = 'queued' order by id limit $1 for no key update skip locked)) returning id";
const FINISH: &str =
    "update floor set status = 'succeeded', at = clock_timestamp() where id = any ($1)";
const BOTH: &str = "with done as (update floor set status = 'succeeded', at = clock_timestamp() where id = any ($2))
    update floor set status = 'running', at = clock_timestamp() where id = any (array(
    select id from floor where status = 'queued' order by id limit $1 for no key update skip locked)) returning id";

const INSERT: &str = "insert into floor (id, status, payload) select $1 + n, 'queued', payload
    from unnest($2::text[]) with ordinality as new (payload, n)";
const TABLE: &str = "create table floor (id bigint primary key, status text not null, at timestamptz, payload text);
    create index on floor (id) where status = 'queued'";

pub async fn fill(stage: &Stage, jobs: usize) -> Fallible<()> {
    stage.clean().await?;
    let admin = stage.connect().await?;
    admin
        .batch_execute(&format!(
            "{TABLE}; insert into floor select g, 'queued', null, repeat('x', 200) from generate_series(1, {jobs}) g"
        ))
        .await?;
    stage.settle_down().await
}

async fn per_second<F, Fut>(stage: &Stage, width: usize, jobs: usize, work: F) -> Fallible<f64>
where
    F: Fn(tokio_postgres::Client) -> Fut,
    Fut: Future<Output = Result<usize, tokio_postgres::Error>> + Send + 'static,
{
    let mut clients = Vec::new();
    for _ in 0..width {
        clients.push(stage.connect().await?);
    }
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for client in clients {
        tasks.spawn(work(client));
    }
    let mut done = 0;
    while let Some(count) = tasks.join_next().await {
        done += count??;
    }
    assert_eq!(done, jobs);
    Ok(jobs as f64 / started.elapsed().as_secs_f64())
}

pub async fn two_commits(stage: &Stage, width: usize, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    drain_by_two_commits(stage, width, jobs).await
}

pub async fn drain_by_two_commits(stage: &Stage, width: usize, jobs: usize) -> Fallible<f64> {
    per_second(stage, width, jobs, |client| async move {
        let (claim, finish) = (client.prepare(CLAIM).await?, client.prepare(FINISH).await?);
        let mut done = 0;
        loop {
            let ids: Vec<i64> = client
                .query(&claim, &[&1i64])
                .await?
                .iter()
                .map(|row| row.get(0))
                .collect();
            if ids.is_empty() {
                return Ok(done);
            }
            client.execute(&finish, &[&ids]).await?;
            done += ids.len();
        }
    })
    .await
}

async fn settle_and_claim(
    client: tokio_postgres::Client,
    batch: i64,
) -> Result<usize, tokio_postgres::Error> {
    let both = client.prepare(BOTH).await?;
    let (mut ids, mut done): (Vec<i64>, usize) = (Vec::new(), 0);
    loop {
        let rows = match client.query(&both, &[&batch, &ids]).await {
            // The bare statement takes its rows in no order; ours does not.
            Err(error) if error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) => continue,
            rows => rows?,
        };
        let next: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        done += ids.len();
        if next.is_empty() {
            return Ok(done);
        }
        ids = next;
    }
}

pub async fn one_commit(stage: &Stage, width: usize, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    per_second(stage, width, jobs, |client| settle_and_claim(client, 1)).await
}

pub async fn batches(stage: &Stage, jobs: usize) -> Fallible<f64> {
    fill(stage, jobs).await?;
    per_second(stage, 1, jobs, |client| settle_and_claim(client, 100)).await
}

/// Each connection puts in its part, a thousand at a time.
pub async fn inserts(stage: &Stage, width: usize, parts: usize) -> Fallible<f64> {
    stage.clean().await?;
    stage.connect().await?.batch_execute(TABLE).await?;
    stage.settle_down().await?;
    let payloads = Arc::new(vec!["x".repeat(200); 1_000]);
    let mut clients = Vec::new();
    for _ in 0..width {
        clients.push(stage.connect().await?);
    }
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, client) in clients.into_iter().enumerate() {
        let payloads = payloads.clone();
        tasks.spawn(async move {
            let insert = client.prepare(INSERT).await?;
            for part in 0..parts {
                let first = ((number * parts + part) * 1_000) as i64;
                client.execute(&insert, &[&first, &*payloads]).await?;
            }
            Ok::<_, tokio_postgres::Error>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok((width * parts * 1_000) as f64 / started.elapsed().as_secs_f64())
}
