use super::Mark;
use crate::text::Span;
use serde::{Deserialize, Serialize};

/// A set that the text enumerates: `status in (a, b, c)`, `lanes A/B/C/D`, `a → b → c | d`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedSet {
    /// What it is a set of, in normal form: `status`, `lane`.
    pub subject: String,
    pub members: Vec<Member>,
    pub span: Span,
    /// An arrow or ordinal says that the order matters.
    pub is_ordered: bool,
    /// It says itself that there is more: `etc.`, `…`, `such as`, `e.g.`, "by default".
    pub is_open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub text: String,
    pub span: Span,
}

/// `P95 API < 100 ms`, `heartbeat every 2–5s`, `within ~2s`.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// What is measured, in normal form: the nouns beside it.
    pub subject: String,
    /// In the base unit: seconds, bytes, or as written.
    pub low: f64,
    pub high: f64,
    /// `s`, `B`, `%`, or the word as written.
    pub unit: String,
    pub is_about: bool,
    pub span: Span,
}

/// `7 tables`, `12/40 done`, `3 of 5`, `80 %` of a list in the same bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedCount {
    /// What is counted, singular: `table`, `endpoint`, `task`, `subtask`.
    pub noun: String,
    pub stated: u64,
    /// The `m` of `n/m`.
    pub of: Option<u64>,
    pub is_percent: bool,
    /// The section that it speaks of, where it stands in one: an index into `Document::sections`.
    pub section: Option<usize>,
    pub span: Span,
}

/// "This thing is in this state", wherever it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusClaim {
    /// The thing, as written.
    pub subject: String,
    pub mark: Mark,
    pub span: Span,
}

/// A name that a PRD promises and that plan and tasks must carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    pub kind: InventoryKind,
    /// In normal form: `POST /runs.create`, `runs`, `runs(status, heartbeat_at)`, `OPS_URL`.
    pub name: String,
    /// What the document says of it.
    pub text: String,
    pub span: Span,
    /// It stands in a section or table that lists such things, rather than in passing.
    pub is_listed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InventoryKind {
    Table,
    /// `table.column`
    Column,
    Index,
    Endpoint,
    Environment,
    /// A tab, screen or page of a user interface.
    Screen,
    /// A file or folder.
    Path,
    Command,
}
