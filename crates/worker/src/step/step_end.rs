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
}

impl StepEnd {
    pub(super) fn succeeded() -> Self {
        StepEnd {
            status: StepStatus::Succeeded,
            exit_code: None,
            outputs: Object::new(),
            outcome: None,
            is_last: false,
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
