//! How one step ended, and what that means for the run.

use crate::control::Stop;
use crate::executor::Outcome;
use ops_core::StepStatus;
use ops_core::api::Object;
use ops_core::status::EndStatus;

/// How one step ended.
pub(super) struct StepEnd {
    pub(super) status: StepStatus,
    pub(super) exit_code: Option<i32>,
    pub(super) outputs: Object,
    /// Where it did not succeed: what the run ends with.
    pub(super) outcome: Option<Outcome>,
    /// Nothing more of this run is done, whatever later steps ask for.
    pub(super) is_last: bool,
    /// Another try could end otherwise.
    pub(super) may_retry: bool,
    /// False where it is certain that nothing of it was done.
    pub(super) has_begun: bool,
}

impl StepEnd {
    pub(super) fn succeeded() -> Self {
        StepEnd {
            status: StepStatus::Succeeded,
            exit_code: None,
            outputs: Object::new(),
            outcome: None,
            is_last: false,
            may_retry: false,
            has_begun: true,
        }
    }

    pub(super) fn failed(reason: &str, error: String) -> Self {
        StepEnd {
            status: StepStatus::Failed,
            outcome: Some(
                Outcome::ended(EndStatus::Failed)
                    .because(reason)
                    .with_error(error),
            ),
            ..StepEnd::succeeded()
        }
    }

    pub(super) fn timed_out(error: String) -> Self {
        StepEnd {
            status: StepStatus::TimedOut,
            ..StepEnd::failed("step_timed_out", error)
        }
    }

    /// The run has to stop.
    pub(super) fn stopped(stop: Stop) -> Self {
        let status = match stop {
            Stop::TimedOut => StepStatus::TimedOut,
            _ => StepStatus::Cancelled,
        };
        StepEnd::last(status, stopped_outcome(stop))
    }

    pub(super) fn retryable(self) -> Self {
        StepEnd {
            may_retry: true,
            ..self
        }
    }

    /// What went wrong, without the step's name, which stands beside it in the log.
    pub(super) fn why(&self, step: &str) -> String {
        let error = self.outcome.as_ref().and_then(|end| end.error.as_deref());
        let error = error.unwrap_or_default();
        let bare = error.strip_prefix("step ").unwrap_or(error);
        let bare = bare.strip_prefix(step).unwrap_or(error);
        bare.trim_start_matches(':').trim().to_string()
    }

    /// Says how often it was tried.
    pub(super) fn after_tries(mut self, tries: u32) -> Self {
        if let Some(outcome) = self.outcome.as_mut().filter(|_| tries > 1)
            && let Some(error) = &mut outcome.error
        {
            error.push_str(&format!(" (tried {tries} times)"));
        }
        self
    }

    pub(super) fn last(status: StepStatus, outcome: Outcome) -> Self {
        StepEnd {
            status,
            outcome: Some(outcome),
            is_last: true,
            ..StepEnd::succeeded()
        }
    }
}

pub(super) fn stopped_outcome(stop: Stop) -> Outcome {
    match stop {
        Stop::Cancelled => Outcome::ended(EndStatus::Cancelled),
        Stop::TimedOut => Outcome::ended(EndStatus::TimedOut).because("timed_out"),
        Stop::LogRefused => Outcome::ended(EndStatus::Failed).because("log_refused"),
        Stop::LeaseOver => Outcome::released("lease_ran_out"),
        // The claim loop drops the last two without a word.
        Stop::Shutdown | Stop::LeaseLost | Stop::Now => Outcome::released("worker_shutdown"),
    }
}
