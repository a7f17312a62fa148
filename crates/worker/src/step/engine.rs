//! The real executor.

use super::attempt::Attempt;
use super::conclude::conclude;
use super::prepare::prepare;
use crate::clock::Moment;
use crate::config::WorkerConfig;
use crate::control::Stop;
use crate::executor::{Executor, Job, Outcome};
use crate::http::{AddressPolicy, HttpClient};
use crate::log::Log;
use ops_client::Bearer;
use ops_core::port::BoxFuture;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The real executor: shells under supervisors, requests in this process.
pub struct StepExecutor {
    pub(super) supervisor: Vec<OsString>,
    pub(super) runs_dir: PathBuf,
    pub(super) workspace: PathBuf,
    pub(super) environment: HashMap<String, String>,
    pub(super) token: Bearer,
    pub(super) http: HttpClient,
}

impl StepExecutor {
    /// Removes what killed workers left in `runs_dir`.
    pub fn new(config: &WorkerConfig) -> Self {
        super::folder::remove_left_behind(&config.runs_dir);
        StepExecutor {
            supervisor: config.supervisor.clone(),
            runs_dir: config.runs_dir.clone(),
            workspace: config.workspace.clone(),
            environment: config.environment.clone(),
            token: config.token.clone(),
            http: HttpClient::new(AddressPolicy::new(config.allow_addresses.clone())),
        }
    }
}

impl Executor for StepExecutor {
    fn execute(self: Arc<Self>, job: Job) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            let log = Log::new(
                job.client.clone(),
                job.worker_id.clone(),
                job.control.clone(),
                job.observer.clone(),
            );
            let _timeout = Timeout::start(&job);
            let outcome = match prepare(&self, &job) {
                Ok(prepared) => Attempt::new(&self, &job, &log, prepared).run().await,
                Err(outcome) => outcome,
            };
            conclude(&job.control, log, outcome).await
        })
    }
}

/// Stops the run when the attempt's time is over; forgotten when the run ends before.
struct Timeout(tokio::task::AbortHandle);

impl Timeout {
    fn start(job: &Job) -> Self {
        let control = job.control.clone();
        let end = Moment::now().after(Duration::from_secs(job.run.timeout_seconds));
        let task = tokio::spawn(async move {
            end.reached().await;
            control.stop(Stop::TimedOut);
        });
        Timeout(task.abort_handle())
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        self.0.abort();
    }
}
