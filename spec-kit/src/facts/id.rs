use crate::text::Span;

/// `FR-001`, `T012`, `US1`, `AC-2`, `1.2`, also qualified: `billing/FR-001`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// The bundle of a qualified id.
    pub bundle: Option<String>,
    /// In capitals: `FR`, `T`, `US`; empty for `1.2`.
    pub prefix: String,
    /// `[1]`, or `[1, 2]` for `1.2`.
    pub numbers: Vec<u32>,
    /// As it is written, without the bundle.
    pub written: String,
}

/// An id where it is introduced: at the start of an item, heading or table row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub id: Id,
    pub span: Span,
}

/// An id anywhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    pub id: Id,
    pub span: Span,
    /// The word before it where that says how: `validates`, `depends on`, `per`, `_Requirements:_`.
    pub relation: Option<&'static str>,
}
