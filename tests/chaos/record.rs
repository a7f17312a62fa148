//! What the database says in the end, read past the API.

use std::collections::HashMap;
use tokio_postgres::{Client, Row};

#[derive(Debug, Default, Clone)]
pub struct Record {
    pub id: String,
    pub status: String,
    pub reason: Option<String>,
    pub error: Option<String>,
    pub attempt: u32,
    pub refused_writes: u32,
    pub holds_lease: bool,
    pub attempts: Vec<Attempt>,
    pub events: Vec<Event>,
    pub artifacts: Vec<Artifact>,
}

#[derive(Debug, Clone)]
pub struct Attempt {
    pub number: u32,
    /// `None` while it goes on.
    pub ended_as: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Event {
    pub pos: i64,
    pub attempt: u32,
    pub source: String,
    pub message: String,
}

#[derive(Debug, Clone)]
pub struct Artifact {
    pub id: String,
    pub attempt: u32,
    pub name: String,
    /// Of the bytes that are there, not of what was said of them.
    pub sha256: String,
}

/// Of these runs, in any order.
pub async fn read(client: &Client, ids: &[String]) -> Vec<Record> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let rows = async |sql: &str| client.query(sql, &[&ids]).await.expect("rows");
    let runs = "select r.id::text, r.status, r.reason, r.error, r.attempt, r.refused_writes, l.run_id is not null
        from public.runs r left join public.run_leases l on l.run_id = r.id where r.id = any($1::text[]::uuid[])";
    let mut records: HashMap<String, Record> = rows(runs)
        .await
        .iter()
        .map(|row| (row.get(0), record(row)))
        .collect();
    let attempts = "select run_id::text, attempt, ended_as from public.run_attempts
        where run_id = any($1::text[]::uuid[]) order by run_id, attempt";
    let events =
        "select run_id::text, pos, attempt, coalesce(source, ''), message from public.run_events
        where run_id = any($1::text[]::uuid[]) order by run_id, pos";
    let artifacts = "select run_id::text, id::text, attempt, name, encode(sha256(content), 'hex') from public.artifacts
        where run_id = any($1::text[]::uuid[])";
    for row in rows(attempts).await {
        of(&mut records, &row).attempts.push(Attempt {
            number: number(&row, 1),
            ended_as: row.get(2),
        });
    }
    for row in rows(events).await {
        of(&mut records, &row).events.push(Event {
            pos: row.get(1),
            attempt: number(&row, 2),
            source: row.get(3),
            message: row.get(4),
        });
    }
    for row in rows(artifacts).await {
        of(&mut records, &row).artifacts.push(Artifact {
            id: row.get(1),
            attempt: number(&row, 2),
            name: row.get(3),
            sha256: row.get::<_, Option<String>>(4).unwrap_or_default(),
        });
    }
    records.into_values().collect()
}

/// Leases that are left, whatever they belong to.
pub async fn leases(client: &Client) -> i64 {
    let row = client.query_one("select count(*) from public.run_leases", &[]);
    row.await.expect("a row").get(0)
}

/// Runs that have not ended, whatever they are.
pub async fn unfinished(client: &Client) -> Result<i64, tokio_postgres::Error> {
    let sql = "select count(*) from public.runs where finished_at is null";
    Ok(client.query_one(sql, &[]).await?.get(0))
}

/// How far a worker's wall clock was off at most, in whole seconds, by the times of its events.
pub async fn wall_clock_off(client: &Client) -> i64 {
    let sql = "select coalesce(max(abs(extract(epoch from e.ts - a.claimed_at))), 0)::bigint
        from public.run_events e join public.run_attempts a using (run_id, attempt) where e.source <> 'control'";
    let row = client.query_one(sql, &[]);
    row.await.expect("a row").get(0)
}

fn record(row: &Row) -> Record {
    Record {
        id: row.get(0),
        status: row.get(1),
        reason: row.get(2),
        error: row.get(3),
        attempt: number(row, 4),
        refused_writes: number(row, 5),
        holds_lease: row.get(6),
        ..Record::default()
    }
}

fn of<'r>(records: &'r mut HashMap<String, Record>, row: &Row) -> &'r mut Record {
    records
        .get_mut(row.get::<_, &str>(0))
        .expect("of a run that was asked for")
}

fn number(row: &Row, column: usize) -> u32 {
    row.get::<_, i32>(column).unsigned_abs()
}
