use super::standing::Standing;
use super::words::Stem;
use crate::facts::{Keyword, Mark};
use crate::manifest::{NodeKind, Relation};
use crate::text::Span;

/// Words of the source with their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Markdown, as it may stand inside a line.
    pub text: String,
    pub span: Span,
}

/// One thing with an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Empty until ids are given.
    pub id: String,
    pub kind: NodeKind,
    pub title: Option<String>,
    /// Markdown, as it may stand inside a line. The title is part of it where it has one.
    pub text: String,
    /// The author's own words, where others were put before them in `text`.
    pub said: Option<String>,
    /// What in the source stands behind it; none where it follows from other nodes.
    pub spans: Vec<Span>,
    /// Titles of the sections above it.
    pub section: Vec<String>,
    pub mark: Option<Mark>,
    pub keyword: Option<Keyword>,
    /// What its table demands of it beside its words.
    pub demanded: Option<Keyword>,
    pub priority: Option<u32>,
    pub details: Vec<Passage>,
    /// The id that its author gave it.
    pub own: Option<String>,
    /// Ids that its author names in it.
    pub named: Vec<String>,
    pub strength: Strength,
    /// Whether it holds, holds for now, or comes later.
    pub standing: Standing,
    pub stems: Vec<Stem>,
    pub scenarios: Vec<Scene>,
    /// All that stands below its heading or line: what is said there is said of it.
    pub whole: Span,
}

/// Whether a release waits for a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// The source calls it hard.
    Hard,
    /// It is an acceptance criterion like any other.
    Binding,
    Soft,
}

/// Given, when, then; each in markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    pub given: String,
    pub when: String,
    pub then: String,
    pub span: Option<Span>,
}

/// Why one node is tied to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    pub from: String,
    pub to: String,
    pub relation: Relation,
    pub basis: Basis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The author names the id.
    Named,
    /// Both use these words.
    Words(Vec<Stem>),
    /// One was made from the other.
    Derived,
}

impl Node {
    pub fn new(kind: NodeKind, text: String) -> Self {
        let stems = super::concepts::stems(&text);
        Self {
            id: String::new(),
            kind,
            title: None,
            text,
            said: None,
            spans: Vec::new(),
            section: Vec::new(),
            mark: None,
            keyword: None,
            demanded: None,
            priority: None,
            details: Vec::new(),
            own: None,
            named: Vec::new(),
            strength: Strength::Soft,
            standing: Standing::Lasting,
            stems,
            scenarios: Vec::new(),
            whole: Span::default(),
        }
    }

    /// The short name, or the first words.
    pub fn name(&self) -> String {
        match &self.title {
            Some(title) => title.clone(),
            None => super::words::short(self.bare(), 9),
        }
    }

    /// In the author's words alone, without a dot at the end.
    pub fn bare(&self) -> &str {
        self.said
            .as_deref()
            .unwrap_or(&self.text)
            .trim_end_matches('.')
    }

    pub fn is_done(&self) -> bool {
        self.mark == Some(Mark::Done)
    }
}
