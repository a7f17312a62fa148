//! The states of runs and steps, and which follows which.

use serde::{Deserialize, Serialize};

/// State of a run. Nothing leaves a terminal state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Queued,
    Claimed,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
}

use RunStatus::*;

impl RunStatus {
    pub const ALL: [RunStatus; 7] = [
        Queued, Claimed, Running, Succeeded, Failed, Cancelled, TimedOut,
    ];

    /// The states that may follow this one. A transition that is not here is a bug.
    pub fn successors(self) -> &'static [RunStatus] {
        match self {
            Queued => &[Claimed, Running, Cancelled, TimedOut],
            Claimed => &[Running, Queued, Succeeded, Failed, Cancelled, TimedOut],
            Running => &[Queued, Succeeded, Failed, Cancelled, TimedOut],
            Succeeded | Failed | Cancelled | TimedOut => &[],
        }
    }

    pub fn is_terminal(self) -> bool {
        self.successors().is_empty()
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Queued => "queued",
            Claimed => "claimed",
            Running => "running",
            Succeeded => "succeeded",
            Failed => "failed",
            Cancelled => "cancelled",
            TimedOut => "timed_out",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

impl std::fmt::Display for RunStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a worker ends its attempt: a terminal state, or `released`, which hands the run back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndStatus {
    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
    Released,
}

/// State of one step of one attempt. A terminal one is never overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    Running,
    Succeeded,
    Failed,
    Cancelled,
    TimedOut,
    Skipped,
    /// Its attempt's lease ran out; what became of it nobody knows.
    Lost,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_states_are_the_four_ends() {
        let ends: Vec<_> = RunStatus::ALL
            .into_iter()
            .filter(|s| s.is_terminal())
            .collect();
        assert_eq!(ends, [Succeeded, Failed, Cancelled, TimedOut]);
    }

    #[test]
    fn words_are_read_back() {
        for status in RunStatus::ALL {
            assert_eq!(RunStatus::parse(status.as_str()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert_eq!(RunStatus::parse("canceled"), None);
    }
}
