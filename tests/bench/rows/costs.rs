//! What a job leaves behind: bytes of the log that PostgreSQL writes ahead, and versions of rows that
//! vacuum has to take away.

use crate::pass::Pass;
use crate::peers;
use crate::report::Row;
use crate::setup::{Fallible, Stage};
use crate::{floor, functions, through_http};
use std::time::Duration;
use tokio_postgres::Config;

const WIDTH: usize = 4;
const SIDES: [&str; 5] = [
    "raw SQL, two commits",
    "our SQL functions",
    "one worker process through HTTP",
    "graphile-worker",
    "pg-boss",
];

/// A connection tells its counts when it ends, or when it has been idle for ten seconds.
const TOLD_AT_THE_END: Duration = Duration::from_secs(1);
const TOLD_WHEN_IDLE: Duration = Duration::from_secs(11);

struct Left {
    wal_bytes: f64,
    dead: f64,
}

/// Once in a pass; it hardly depends on what else the machine does.
pub async fn measure(pass: &mut Pass) -> Fallible<()> {
    let jobs = pass.of(500, 5_000);
    let mut rested = false;
    for side in SIDES {
        let (wal, dead) = (
            format!("WAL per job, {side}"),
            format!("dead rows per job, {side}"),
        );
        if !pass.wants(&wal) && !pass.wants(&dead) {
            continue;
        }
        if !std::mem::replace(&mut rested, true) {
            // What the server did for the rows above.
            tokio::time::sleep(TOLD_WHEN_IDLE).await;
        }
        if let Some(left) = left(pass, side, jobs).await? {
            pass.add(Row::new(wal, WIDTH, "bytes"), left.wal_bytes / jobs as f64);
            pass.add(Row::new(dead, WIDTH, "rows"), left.dead / jobs as f64);
        }
    }
    Ok(())
}

async fn left(pass: &Pass, side: &str, jobs: usize) -> Fallible<Option<Left>> {
    let arguments = match side {
        "graphile-worker" => ["default".into(), WIDTH.to_string(), jobs.to_string()],
        "pg-boss" => [WIDTH.to_string(), jobs.to_string(), "1".into()],
        _ => return ours(&pass.stage, side, jobs).await.map(Some),
    };
    let Some(peers) = &pass.peers else {
        return Ok(None);
    };
    let driver = match side {
        "pg-boss" => "boss-drain.mjs",
        _ => "graphile-drain.mjs",
    };
    let done = peers.drain(&pass.stage, driver, &arguments, jobs).await?;
    tokio::time::sleep(TOLD_AT_THE_END).await;
    let mut config = pass.stage.config.clone();
    config.dbname(peers::DATABASE);
    Ok(Some(Left {
        wal_bytes: done.wal_bytes,
        dead: dead(&config).await?,
    }))
}

async fn ours(stage: &Stage, side: &str, jobs: usize) -> Fallible<Left> {
    match side {
        "raw SQL, two commits" => floor::fill(stage, jobs).await?,
        _ => functions::fill(stage, jobs).await?,
    }
    let (wal, before) = (wal(stage).await?, dead(&stage.config).await?);
    match side {
        "raw SQL, two commits" => floor::drain_by_two_commits(stage, WIDTH, jobs).await?,
        "our SQL functions" => functions::drain_all(stage, WIDTH, 1, jobs).await?,
        _ => through_http::drain(stage, WIDTH, jobs).await?,
    };
    let wal_bytes = self::wal(stage).await? - wal;
    tokio::time::sleep(match side {
        "one worker process through HTTP" => TOLD_WHEN_IDLE,
        _ => TOLD_AT_THE_END,
    })
    .await;
    Ok(Left {
        wal_bytes,
        dead: dead(&stage.config).await? - before,
    })
}

async fn wal(stage: &Stage) -> Fallible<f64> {
    let position = "select (pg_current_wal_insert_lsn() - '0/0')::float8";
    Ok(stage
        .connect()
        .await?
        .query_one(position, &[])
        .await?
        .get(0))
}

/// Every update and every deletion leaves one.
async fn dead(config: &Config) -> Fallible<f64> {
    let client = ops_store_postgres::connect(config).await?;
    let dead = "select coalesce(sum(n_tup_upd + n_tup_del), 0)::float8 from pg_stat_user_tables";
    Ok(client.query_one(dead, &[]).await?.get(0))
}
