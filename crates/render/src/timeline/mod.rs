//! The life of a run as SVG: one row for the queue, one for each attempt, bars for its steps.
//! Places are percentages in geometry attributes, so the drawing fits any width without a style.

mod axis;
mod draw;

pub use draw::timeline;

use crate::tone::Tone;
use crate::words::UnixMs;
use serde::Serialize;

/// What is drawn. Times that are absent mean "until now".
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Timeline {
    pub queued_at: UnixMs,
    pub attempts: Vec<TimelineAttempt>,
    /// Of a run that ended without an attempt.
    pub ended_at: Option<UnixMs>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TimelineAttempt {
    pub number: u32,
    pub worker: String,
    pub claimed_at: UnixMs,
    pub ended_at: Option<UnixMs>,
    pub tone: Tone,
    /// Such as "lease lost after 15 s without a heartbeat"; empty where there is nothing to say.
    pub note: String,
    pub steps: Vec<TimelineStep>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TimelineStep {
    pub title: String,
    /// `done`, `running`, `failed`, …
    pub word: String,
    pub tone: Tone,
    pub started_at: UnixMs,
    pub ended_at: Option<UnixMs>,
}

#[cfg(test)]
mod tests;
