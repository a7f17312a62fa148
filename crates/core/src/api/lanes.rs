use super::{DispatchRule, Identity};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Lane {
    pub name: String,
    /// Runs that may be held at once; absent: as many as workers take.
    pub concurrency_limit: Option<u32>,
    pub paused: bool,
    pub paused_reason: Option<String>,
    /// As a pause; workers that ask for nothing else are told to end.
    #[serde(default)]
    pub draining: bool,
    #[serde(default)]
    pub dispatch: Option<DispatchRule>,
    /// Queued runs that it may hold, those that wait for something included; absent: any number.
    #[serde(default)]
    pub queue_limit: Option<u32>,
    /// `runs.create` is refused until workers have taken some.
    #[serde(default)]
    pub queue_full: bool,
    pub queued: u64,
    pub held: u64,
}

/// `lanes.update`: a lane that does not exist is made. A limit of 0 takes the limit away.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LaneUpdate {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency_limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draining: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<DispatchRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Worker {
    pub id: String,
    pub name: Option<String>,
    pub version: Option<String>,
    pub lanes: Vec<String>,
    pub session_id: Option<String>,
    pub first_seen: String,
    pub last_seen: String,
    /// Age of `last_seen` by the database's clock, in milliseconds.
    pub seen_ms_ago: u64,
    /// Runs that it holds.
    pub held: u64,
    pub drain: bool,
    /// Of a worker in a workflow job.
    #[serde(default)]
    pub identity: Option<Identity>,
}

/// `workers.drain`: no more runs; those that it has go on. `drain: false` takes it back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkerDrain {
    pub worker_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain: Option<bool>,
}
