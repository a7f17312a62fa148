use super::{Citation, Id, Mark};
use crate::text::Span;

/// One task, in whichever form it is written: a box with an id, a table row, a heading, a bullet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// None where the line has a box and no id.
    pub id: Option<Id>,
    pub check: Check,
    /// The mark as written where it is neither `[ ]` nor `[x]`.
    pub marker: Option<(String, Span)>,
    /// `[P]`
    pub is_parallel: bool,
    /// `[US1]`
    pub stories: Vec<Citation>,
    /// Requirements, criteria, principles that it names.
    pub refs: Vec<Citation>,
    pub depends_on: Vec<Citation>,
    /// Words without id, labels and dependencies.
    pub text: String,
    pub paths: Vec<(String, Span)>,
    /// In code spans or a fenced block below it.
    pub commands: Vec<(String, Span)>,
    pub span: Span,
    pub whole: Span,
    /// Index into `Document::phases`.
    pub phase: Option<usize>,
    /// Index into `Document::tasks`: the task that it is nested in.
    pub parent: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Open,
    Done,
    /// A list without boxes.
    None,
}

/// A phase or group of a plan or task list, or a milestone of a PRD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// `Phase 2`, `M1`, as written; the rest is the title.
    pub label: String,
    pub number: Option<u32>,
    pub title: String,
    pub span: Span,
    pub whole: Span,
    pub mark: Option<Mark>,
    /// A phase of one story, `Phase 3: User Story 1`.
    pub story: Option<Id>,
    /// Setup, foundational or polish, where no story label belongs.
    pub is_shared: bool,
    pub entry: Option<Span>,
    pub exit: Option<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principle {
    pub id: Option<Id>,
    pub title: String,
    pub text: String,
    pub is_normative: bool,
    pub enforced_by: Option<String>,
    pub span: Span,
    pub whole: Span,
}

/// `**Version**: 1.0.0 | **Ratified**: 2026-01-01 | **Last Amended**: 2026-01-02`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    pub version: Option<String>,
    pub ratified: Option<String>,
    pub amended: Option<String>,
    pub span: Span,
}
