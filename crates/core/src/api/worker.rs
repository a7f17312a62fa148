use super::Object;
use crate::Code;
use crate::status::{EndStatus, RunStatus, StepStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// `runs.claim`: settle what ended, then take what is queued, in one commit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ClaimRequest {
    pub worker_id: String,
    pub lanes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Runs to take at most; 1 where nothing is said, 0 only settles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Waits that long for a run where there is nothing to settle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u32>,
    /// Rises by one with each claim of the worker; a repeat gets what the first one got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<i64>,
    /// The claimed runs are `running` already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub start: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub finish: Vec<Finish>,
    /// What people see in `workers.list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The end of one attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Finish {
    pub run_id: String,
    pub attempt: u32,
    pub status: EndStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Number of the attempt's last event; a shortfall is `events_missing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub result: Value,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ClaimAnswer {
    pub runs: Vec<ClaimedRun>,
    #[serde(default)]
    pub finished: Vec<Finished>,
    /// How long the server waited before it sent the SQL call that succeeded.
    pub waited_ms: u64,
    pub poll_after_ms: u64,
    pub heartbeat_after_ms: u64,
    /// The worker should take no more runs and end.
    #[serde(default)]
    pub drain: bool,
}

/// A run as its holder gets it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ClaimedRun {
    pub run_id: String,
    pub attempt: u32,
    pub lane: String,
    /// Granted by this very call.
    pub lease_seconds: u64,
    pub lease_expires_at: String,
    pub timeout_seconds: u64,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub template: Option<String>,
    #[serde(default)]
    pub session_id: Option<String>,
    #[serde(default)]
    pub env: Option<String>,
    #[serde(default)]
    pub repo: Option<String>,
    #[serde(default)]
    pub intent: Option<String>,
    #[serde(default)]
    pub params: Object,
    /// The frozen steps, as the runbook crate writes them.
    #[serde(default)]
    pub steps: Value,
    /// Names of variables of the worker's own environment that the steps may see.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Steps marked `once` that an earlier attempt ended, by id: this one keeps what they left and does
    /// not begin them again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<BTreeMap<String, OnceEnded>>,
}

/// How a step marked `once` ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct OnceEnded {
    /// `succeeded`, `failed` or `timed_out`.
    pub status: StepStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    #[serde(default)]
    pub outputs: Object,
    /// The attempt that told so last.
    pub attempt: u32,
}

/// What became of one entry of `finish`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Finished {
    pub run_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<RunStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// With `events_missing`: the last event that is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<i64>,
}

/// One run in `runs.heartbeat`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Beat {
    pub run_id: String,
    pub attempt: u32,
    /// Id of the step that is running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct HeartbeatAnswer {
    pub runs: Vec<BeatAnswer>,
    pub heartbeat_after_ms: u64,
    #[serde(default)]
    pub drain: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct BeatAnswer {
    pub run_id: String,
    #[serde(default)]
    pub status: Option<RunStatus>,
    #[serde(default)]
    pub cancel: bool,
    /// Granted by this very call.
    #[serde(default)]
    pub lease_seconds: u64,
    #[serde(default)]
    pub code: Option<Code>,
}
