//! What PostgreSQL itself gives: a table with an id, a status and a small payload, a partial index,
//! history kept, no fence, no lease.

use crate::setup::{Fallible, Stage};
use std::time::Instant;
use tokio::task::JoinSet;
use tokio_postgres::error::SqlState;

const CLAIM: &str = "update floor set status = 'running', at = clock_timestamp() where id = any (array(
    select id from floor where status = 'queued' order by id limit $1 for no key update skip locked)) returning id";
const FINISH: &str =
    "update floor set status = 'succeeded', at = clock_timestamp() where id = any ($1)";
const BOTH: &str = "with done as (update floor set status = 'succeeded', at = clock_timestamp() where id = any ($2))
    update floor set status = 'running', at = clock_timestamp() where id = any (array(
    select id from floor where status = 'queued' order by id limit $1 for no key update skip locked)) returning id";

async fn fill(stage: &Stage, jobs: usize) -> Fallible<()> {
    stage.clean().await?;
    let admin = stage.connect().await?;
    admin
        .batch_execute(&format!(
            "create table floor (id bigint primary key, status text not null, at timestamptz, payload text);
             create index on floor (id) where status = 'queued';
             insert into floor select g, 'queued', null, repeat('x', 200) from generate_series(1, {jobs}) g"
        ))
        .await?;
    stage.settle_down().await
}

async fn per_second<F, Fut>(stage: &Stage, width: usize, jobs: usize, work: F) -> Fallible<f64>
where
    F: Fn(tokio_postgres::Client) -> Fut,
    Fut: Future<Output = Result<usize, tokio_postgres::Error>> + Send + 'static,
{
    fill(stage, jobs).await?;
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
    per_second(stage, width, jobs, |client| settle_and_claim(client, 1)).await
}

pub async fn batches(stage: &Stage, jobs: usize) -> Fallible<f64> {
    per_second(stage, 1, jobs, |client| settle_and_claim(client, 100)).await
}
