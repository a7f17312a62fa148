use super::{
    Citation, Clarification, ClosedSet, Definition, Inventory, Item, Link, Marker, Phase,
    Principle, Quantity, RoleSection, StatedCount, StatusClaim, Suppression, Task, Title,
    VersionLine,
};
use crate::outline::Outline;
use crate::text::{Place, Source, Span};
use serde::{Deserialize, Serialize};

/// Which of the four a document is. By its name where it has one of theirs, else by what it
/// contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// `prd.md`, `spec.md`, `requirements.md`
    Prd,
    /// `plan.md`, `design.md`
    Plan,
    Tasks,
    Constitution,
    Other,
}

/// Everything that was read from one document, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub source: Source,
    pub outline: Outline,
    pub kind: DocumentKind,
    pub title: Option<Title>,
    /// `**Status**: Draft`
    pub status: Option<Title>,
    pub sections: Vec<RoleSection>,
    pub items: Vec<Item>,
    pub definitions: Vec<Definition>,
    pub citations: Vec<Citation>,
    pub principles: Vec<Principle>,
    pub version: Option<VersionLine>,
    pub phases: Vec<Phase>,
    pub tasks: Vec<Task>,
    pub sets: Vec<ClosedSet>,
    pub quantities: Vec<Quantity>,
    pub counts: Vec<StatedCount>,
    pub claims: Vec<StatusClaim>,
    pub inventory: Vec<Inventory>,
    pub clarifications: Vec<Clarification>,
    /// `TODO`, `TBD`, `???`
    pub todos: Vec<Marker>,
    /// `[ALL_CAPS]`, `[###-feature]`, `<placeholder>`
    pub tokens: Vec<Marker>,
    pub links: Vec<Link>,
    pub suppressions: Vec<Suppression>,
}

impl Document {
    /// A text of which nothing was read.
    pub(crate) fn empty(source: Source) -> Self {
        Self {
            source,
            outline: Outline::default(),
            kind: DocumentKind::Prd,
            title: None,
            status: None,
            sections: Vec::new(),
            items: Vec::new(),
            definitions: Vec::new(),
            citations: Vec::new(),
            principles: Vec::new(),
            version: None,
            phases: Vec::new(),
            tasks: Vec::new(),
            sets: Vec::new(),
            quantities: Vec::new(),
            counts: Vec::new(),
            claims: Vec::new(),
            inventory: Vec::new(),
            clarifications: Vec::new(),
            todos: Vec::new(),
            tokens: Vec::new(),
            links: Vec::new(),
            suppressions: Vec::new(),
        }
    }

    pub fn place(&self, span: Span) -> Place {
        self.source.place(span)
    }

    /// The number of the line that a span begins in, from 1.
    pub fn line_of(&self, span: Span) -> u32 {
        self.source.line_of(span.start)
    }
}
