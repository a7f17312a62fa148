use super::Object;
use crate::status::StepStatus;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Debug,
    #[default]
    Info,
    Warn,
    Error,
}

/// One entry of a run's log, as a worker sends it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct NewEvent {
    #[serde(default)]
    pub level: Level,
    /// At most 64 KiB; a longer line travels as parts with `more`.
    pub message: String,
    /// `stdout`, `stderr` or `worker`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The worker's clock, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// The line goes on in the next event.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Bytes that were not UTF-8, or U+0000, became U+FFFD.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lossy: bool,
}

/// `events.append`: log and state of steps in one commit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct AppendRequest {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
    /// Number of the first of `events` within the attempt, from 1 on. What is stored is skipped.
    pub first_seq: i64,
    #[serde(default)]
    pub events: Vec<NewEvent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepUpdate>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct StepUpdate {
    pub step: String,
    pub status: StepStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub outputs: Object,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct AppendAnswer {
    pub last_seq: i64,
    pub last_pos: i64,
    #[serde(default)]
    pub cancel: bool,
}

/// One stored entry of a run's log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Event {
    pub pos: i64,
    pub attempt: u32,
    pub ts: String,
    pub level: Level,
    pub message: String,
    #[serde(default)]
    pub source: Option<String>,
    #[serde(default)]
    pub step: Option<String>,
    #[serde(default)]
    pub data: Value,
    #[serde(default)]
    pub more: bool,
    #[serde(default)]
    pub lossy: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct EventPage {
    pub events: Vec<Event>,
    /// Position to send as `after` next time, also when no event came.
    pub next: i64,
}
