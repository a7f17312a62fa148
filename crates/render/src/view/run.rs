use super::{Badge, Link, LogView, Span, Stamp};
use crate::href::Href;
use crate::html::Html;
use crate::words::Freshness;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunPage {
    pub region: RunRegion,
    pub log: LogView,
}

/// Everything about a run but its log: head, timeline, steps, artifacts. The answer of
/// `/ui/runs/{id}`, whose parts are merged into the page one by one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunRegion {
    /// `/ui/runs/{id}`
    pub live: String,
    pub poll_ms: u32,
    pub head: RunHead,
    /// From [`crate::timeline()`].
    pub timeline_html: Html,
    pub steps: Vec<StepRow>,
    pub artifacts: Vec<ArtifactRow>,
    pub params: Vec<Pair>,
    pub attempts: Vec<AttemptRow>,
    pub outputs: Vec<Pair>,
    pub proof: Vec<Pair>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunHead {
    pub id: String,
    pub short_id: String,
    pub title: String,
    pub badge: Badge,
    pub template: Option<Link>,
    pub lane: Option<Link>,
    pub session: Option<Link>,
    /// `2 of 3`
    pub attempt: String,
    /// `4 of 6`
    pub step: String,
    pub worker: Option<Link>,
    /// `running for`, `took`, `waiting for`
    pub span_word: String,
    pub span: Span,
    pub created: Stamp,
    pub freshness: Option<Freshness>,
    pub intent: String,
    /// Why it waits, and what to do.
    pub waiting: String,
    pub command: String,
    /// What went wrong.
    pub error: String,
    pub retry_of: Option<Link>,
    pub can_cancel: bool,
    pub can_retry: bool,
    /// The form of its template, filled with its parameters.
    pub replay: Option<Href>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StepRow {
    pub id: String,
    pub title: String,
    pub badge: Badge,
    pub took: Option<Span>,
    pub is_current: bool,
    /// Runs at most once.
    pub is_once: bool,
    /// `exit 137`; empty where there is nothing to say.
    pub note: String,
    /// The first line of the step in the log.
    pub href: Option<Href>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ArtifactRow {
    pub link: Link,
    /// `file`, `markdown`, `diff`, `link`, `json`, `image`.
    pub kind: String,
    pub size: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Pair {
    pub key: String,
    pub value: String,
    /// The whole value where `value` is shortened; else empty.
    pub title: String,
}

impl Pair {
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Pair {
            key: key.into(),
            value: value.into(),
            title: String::new(),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AttemptRow {
    pub number: u32,
    pub badge: Badge,
    pub worker: Link,
    pub took: Span,
    /// Why it ended.
    pub note: String,
    /// The page of that attempt.
    pub href: Option<Href>,
    pub is_current: bool,
}
