use crate::tone::Tone;
use ops_core::{RunStatus, StepStatus};
use serde::Serialize;

/// A state: colour, icon and word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Badge {
    pub tone: Tone,
    pub word: String,
}

impl Badge {
    pub fn new(tone: Tone, word: impl Into<String>) -> Self {
        Badge {
            tone,
            word: word.into(),
        }
    }

    pub fn run(status: RunStatus) -> Self {
        match status {
            RunStatus::Queued => Badge::new(Tone::Queued, "queued"),
            RunStatus::Claimed => Badge::new(Tone::Running, "claimed"),
            RunStatus::Running => Badge::new(Tone::Running, "running"),
            RunStatus::Succeeded => Badge::new(Tone::Ok, "succeeded"),
            RunStatus::Failed => Badge::new(Tone::Bad, "failed"),
            RunStatus::Cancelled => Badge::new(Tone::Off, "cancelled"),
            RunStatus::TimedOut => Badge::new(Tone::Warn, "timed out"),
        }
    }

    /// Between a person's cancel and the worker's answer.
    pub fn cancelling() -> Self {
        Badge::new(Tone::Warn, "cancelling…")
    }

    /// A run that is held by a worker of which nothing is heard.
    pub fn lost() -> Self {
        Badge::new(Tone::Warn, "no heartbeat")
    }

    /// A step, or one that has not come yet.
    pub fn step(status: Option<StepStatus>) -> Self {
        let Some(status) = status else {
            return Badge::new(Tone::Queued, "waits");
        };
        match status {
            StepStatus::Running => Badge::new(Tone::Running, "running"),
            StepStatus::Succeeded => Badge::new(Tone::Ok, "done"),
            StepStatus::Failed => Badge::new(Tone::Bad, "failed"),
            StepStatus::Cancelled => Badge::new(Tone::Off, "cancelled"),
            StepStatus::TimedOut => Badge::new(Tone::Warn, "timed out"),
            StepStatus::Skipped => Badge::new(Tone::Off, "skipped"),
            StepStatus::Lost => Badge::new(Tone::Warn, "lost"),
        }
    }
}
