use super::{Citation, Id, Role};
use crate::text::Span;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One thing that a section lists: a goal, a requirement, a story, a risk, an acceptance
/// criterion. From a list item, a table row, a heading with text, or a paragraph on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub role: Role,
    /// Where the author gave one.
    pub id: Option<Id>,
    /// The short name before a dash or colon, bold, or the heading.
    pub title: Option<Title>,
    /// All its words in plain text, wrapped lines joined, without id, mark and box.
    pub text: String,
    /// The first span of it, for messages; `whole` has what is nested too.
    pub span: Span,
    pub whole: Span,
    /// Titles of the sections above, without numbers and marks.
    pub path: Arc<Vec<String>>,
    /// Its number in an ordered list or heading, from 1.
    pub number: Option<u64>,
    pub mark: Option<Mark>,
    pub keyword: Option<Keyword>,
    pub cue: Cue,
    /// What its table says of it beside its words: `Must`, `Should`, `Could`.
    pub strength: Option<Keyword>,
    /// `P1` is 1.
    pub priority: Option<u32>,
    pub scenarios: Vec<Scenario>,
    /// What it names: `(US1)`, `Validates FR-003`, `_Requirements: 1.2_`.
    pub citations: Vec<Citation>,
    /// Nested points, in order, in plain text.
    pub details: Vec<(String, Span)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    pub text: String,
    pub span: Span,
}

/// What a mark, a check box or a status word says of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Done,
    InProgress,
    NotStarted,
    Dropped,
    /// A box or bracket with something in it that has no known meaning.
    Unknown,
}

/// The normative word of a sentence, of RFC 2119 or its like in another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keyword {
    Must,
    MustNot,
    Should,
    ShouldNot,
    May,
}

/// The class of a sentence by EARS. Told, never demanded.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    #[default]
    None,
    Ubiquitous,
    Event,
    State,
    Unwanted,
    Optional,
}

/// One acceptance scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    pub given: Option<String>,
    pub when: Option<String>,
    pub then: Option<String>,
    pub span: Span,
}
