use super::{Identity, Object};
use crate::status::{RunStatus, StepStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One run to queue. Exactly one of `template` (a slug) and `runbook` (an inline one).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// A runbook as YAML text or as the same structure in JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// Lower runs sooner; 100 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub params: Object,
    /// Why it is run, in a person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Name of the environment it acts on, such as `production`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_seconds: Option<u32>,
    /// Of one attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// Not claimed by then: `timed_out`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_within_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// Ids of runs that have to succeed before, at most 100; in bulk also `#i`, an earlier entry of the
    /// same call, from 0 on. Where one ends otherwise, this one is `cancelled`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct CreatedRun {
    pub run_id: String,
    pub status: RunStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
}

/// A run as `runs.get` and `runs.list` show it; the list leaves the last four fields out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Run {
    pub id: String,
    pub seq: i64,
    pub title: String,
    pub status: RunStatus,
    pub lane: String,
    pub priority: i32,
    pub attempt: u32,
    pub attempts_used: u32,
    pub max_attempts: u32,
    pub template: Option<String>,
    pub session_id: Option<String>,
    pub reason: Option<String>,
    pub error: Option<String>,
    pub claimed_by: Option<String>,
    pub refused_writes: u32,
    pub created_at: String,
    pub claimed_at: Option<String>,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    /// Of the living lease; absent where nobody holds the run.
    #[serde(default)]
    pub heartbeat_at: Option<String>,
    #[serde(default)]
    pub lease_expires_at: Option<String>,
    #[serde(default)]
    pub retry_of: Option<String>,
    #[serde(default)]
    pub params: Object,
    #[serde(default)]
    pub result: Value,
    #[serde(default)]
    pub waiting: Option<Waiting>,
    #[serde(default)]
    pub steps: Vec<RunStep>,
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

/// Why a queued run is still queued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Waiting {
    /// `no_worker`, `lane_full`, `lane_paused`, `lane_draining`, `not_before`, `group`, `depends_on`, `queue`.
    pub reason: String,
    pub detail: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct RunStep {
    pub attempt: u32,
    pub step: String,
    pub status: StepStatus,
    pub exit_code: Option<i32>,
    #[serde(default)]
    pub outputs: Object,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Attempt {
    pub attempt: u32,
    pub worker_id: String,
    pub claimed_at: String,
    pub ended_at: Option<String>,
    /// How it ended: a status, `released`, or `lost` where the lease ran out.
    pub ended_as: Option<String>,
    pub reason: Option<String>,
    /// Of a worker in a workflow job.
    #[serde(default)]
    pub identity: Option<Identity>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct RunPage {
    pub runs: Vec<Run>,
    /// Cursor of the next page; absent at the end.
    #[serde(default)]
    pub next: Option<String>,
}
