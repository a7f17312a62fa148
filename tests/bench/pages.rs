//! `cargo xtask bench pages`: what a person in front of the pages waits for, with 100,000 runs stored.

use crate::setup::{Fallible, Stage};
use std::process::Command;

const STORED: u32 = 100_000;

pub async fn measure(stage: &Stage, scale: usize) -> Fallible<()> {
    fill(stage).await?;
    let status = Command::new("node")
        .arg("bench.mjs")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/browser"))
        .env("OPS_URL", &stage.url)
        .env("OPS_TOKEN", &stage.token)
        .env("OPS_STORED", STORED.to_string())
        .env("OPS_SCALE", scale.to_string())
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("the browser's part: {status}").into()),
    }
}

/// Months of history, and an hour of it fresh.
async fn fill(stage: &Stage) -> Fallible<()> {
    stage.clean().await?;
    let admin = stage.connect().await?;
    admin
        .batch_execute(&format!(
            "insert into runs (title, template, runbook, lane, status, attempt, attempts_used, lease_seconds, timeout_seconds,
               claimed_by, claimed_at, started_at, finished_at, created_by, created_at)
             select 'Run ' || n, 'hello', '{{\"title\": \"Run\", \"steps\": [{{\"id\": \"a\", \"run\": \"true\"}}]}}',
               substr('ABCD', 1 + n % 4, 1), case when n % 20 = 0 then 'failed' else 'succeeded' end, 1, 1, 15, 3600,
               'w-' || n % 8, t, t, t + interval '20 seconds', 'bench', t - interval '2 seconds'
             from generate_series(1, {STORED}) n, lateral (select clock_timestamp() - ({STORED} - n) * interval '45 seconds' - interval '1 minute' as t) at"
        ))
        .await?;
    stage.settle_down().await
}
