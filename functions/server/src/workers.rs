//! Workers inside the server's own process. They speak HTTP like any other worker; only their
//! steps are processes of their own.

use crate::UpError;
use ops_worker::{Shutdown, Silent, WorkerConfig};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;

pub struct LocalWorkers {
    tasks: JoinSet<Result<(), String>>,
    shutdown: Shutdown,
}

pub struct LocalOptions {
    pub url: String,
    pub token: String,
    pub count: usize,
    pub lanes: Vec<String>,
    pub supervisor: Vec<OsString>,
    pub runs_dir: PathBuf,
}

impl LocalWorkers {
    pub fn start(options: LocalOptions) -> Result<Self, UpError> {
        let shutdown = Shutdown::new();
        let mut tasks = JoinSet::new();
        for number in 1..=options.count {
            let mut config = WorkerConfig::new(&options.url, &options.token, options.lanes.clone())
                .map_err(|e| UpError::Worker(e.to_string()))?;
            config.name = Some(format!("local-{number}"));
            config.runs_dir = options.runs_dir.clone();
            config.supervisor = options.supervisor.clone();
            let shutdown = shutdown.clone();
            tasks.spawn(async move {
                ops_worker::run(config, shutdown, Arc::new(Silent))
                    .await
                    .map(|_| ())
                    .map_err(|e| e.to_string())
            });
        }
        Ok(LocalWorkers { tasks, shutdown })
    }

    /// Resolves when a worker failed. One that was drained has ended in good order: it comes back with
    /// the next start, and the control room goes on without it.
    pub async fn failed(&mut self) -> String {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(Err(reason))) => return reason,
                Some(Ok(Ok(()))) => {}
                Some(Err(panic)) => return panic.to_string(),
                None => return std::future::pending().await,
            }
        }
    }

    pub fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Waits until each has handed back its runs.
    pub async fn join(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}
