use super::{Badge, Link, Span, Stamp};
use crate::href::Href;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunsPage {
    /// All states, the chosen ones marked. Sent as repeated `status`.
    pub statuses: Vec<FilterChoice>,
    pub lanes: Vec<FilterChoice>,
    pub templates: Vec<FilterChoice>,
    /// `1h`, `24h`, `7d`; empty: any.
    pub periods: Vec<FilterChoice>,
    pub text: String,
    pub repo: String,
    pub worker: String,
    /// Id of the chosen session, kept by the filter form.
    pub session: String,
    pub views: Vec<SavedView>,
    pub is_filtered: bool,
    /// The list without its filters, and where a run begins.
    pub clear: Option<Href>,
    pub new_run: Option<Href>,
    /// All rows of the filter, as files.
    pub csv: Option<Href>,
    pub json: Option<Href>,
    pub rows: RunRows,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FilterChoice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SavedView {
    pub text: String,
    pub href: Href,
    pub is_current: bool,
}

/// The live region: rows up to the newest one when the page was made. What came since is only
/// counted, never pushed under somebody's pointer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunRows {
    /// `/ui/runs?…&upto=SEQ`
    pub live: String,
    pub poll_ms: u32,
    pub rows: Vec<RunRow>,
    /// Runs that came since; 0 hides the button.
    pub newer: u64,
    /// The same list from its beginning.
    pub newest: Option<Href>,
    pub next: Option<Href>,
    pub can_act: bool,
    /// What to say where there are no rows.
    pub empty: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRow {
    pub id: String,
    pub href: Href,
    pub title: String,
    pub badge: Badge,
    pub lane: String,
    pub template: Option<Link>,
    /// `1 of 3`
    pub attempt: String,
    pub worker: String,
    pub created: Stamp,
    pub age: Span,
    pub took: Span,
    /// Why it waits or why it failed.
    pub note: String,
    pub can_cancel: bool,
    pub can_retry: bool,
}
