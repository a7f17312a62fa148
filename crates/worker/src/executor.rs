//! What does the work of one claimed run. The claim loop knows nothing else about it.

use crate::control::RunControl;
use crate::log::Log;
use crate::observer::Observer;
use ops_client::Client;
use ops_core::api::{ClaimedRun, Finish};
use ops_core::port::BoxFuture;
use ops_core::status::EndStatus;
use serde_json::Value;
use std::sync::Arc;

/// One claimed run and all that its execution needs.
pub struct Job {
    pub run: ClaimedRun,
    pub control: Arc<RunControl>,
    pub client: Client,
    pub worker_id: Arc<str>,
    pub observer: Arc<dyn Observer>,
}

/// How the work of a run ended. A run whose lease was lost is dropped by the claim loop, whatever
/// is said here.
#[derive(Default)]
pub struct Outcome {
    pub end: Option<EndStatus>,
    pub reason: Option<String>,
    pub error: Option<String>,
    pub result: Value,
    /// Number of the last event sent, and who can send some again; nothing for a silent run.
    pub log: Option<Log>,
}

impl Outcome {
    pub fn succeeded() -> Self {
        Outcome::ended(EndStatus::Succeeded)
    }

    pub fn ended(end: EndStatus) -> Self {
        Outcome {
            end: Some(end),
            ..Outcome::default()
        }
    }

    /// Hands the run back: nothing of it runs any more.
    pub fn released(reason: &str) -> Self {
        Outcome::ended(EndStatus::Released).because(reason)
    }

    pub fn because(self, reason: &str) -> Self {
        Outcome {
            reason: Some(reason.to_string()),
            ..self
        }
    }

    pub fn with_error(self, error: impl Into<String>) -> Self {
        Outcome {
            error: Some(error.into()),
            ..self
        }
    }

    pub(crate) fn into_end(self, control: Arc<RunControl>) -> Ended {
        let last_seq = self.log.as_ref().map(Log::last_seq).filter(|seq| *seq > 0);
        Ended {
            finish: Finish {
                run_id: control.run_id.clone(),
                attempt: control.attempt,
                status: self.end.unwrap_or(EndStatus::Failed),
                reason: self.reason,
                last_seq,
                error: self.error,
                result: self.result,
            },
            log: self.log,
            control,
        }
    }
}

/// An ended run on its way to the control room.
pub(crate) struct Ended {
    pub finish: Finish,
    pub log: Option<Log>,
    pub control: Arc<RunControl>,
}

/// Executes one run at a time per call; called once for each claimed run, many at once.
///
/// It must return soon after `job.control` says stop, and only when nothing of the run is alive.
pub trait Executor: Send + Sync + 'static {
    fn execute(self: Arc<Self>, job: Job) -> BoxFuture<'static, Outcome>;
}
