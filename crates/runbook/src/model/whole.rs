//! What a runbook says about its runs as a whole.

use serde::{Deserialize, Serialize};

/// What becomes of a run that lost its worker in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnInterrupt {
    /// The next attempt does it again from the start.
    #[default]
    Rerun,
    /// It fails with reason `interrupted`, and a person decides.
    Fail,
}

impl OnInterrupt {
    pub(super) fn is_default(&self) -> bool {
        *self == OnInterrupt::Rerun
    }
}

/// How many runs of one group may be at work at the same time, whatever their runbook and lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    /// 1 to 200 bytes in one line.
    pub group: String,
    /// 1 to 1,000; 1 where nothing is said.
    #[serde(default = "one")]
    pub limit: u32,
}

fn one() -> u32 {
    1
}
