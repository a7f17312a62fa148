use crate::text::Span;
use smallvec::SmallVec;
use smol_str::SmolStr;

/// Mostly one; a list of its own is rarely needed.
pub type Numbers = SmallVec<[u32; 4]>;

/// `FR-001`, `T012`, `US1`, `AC-2`, `1.2`, also qualified: `billing/FR-001`. A document names
/// hundreds of thousands: what is short lies in the value itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// The bundle of a qualified id.
    pub bundle: Option<SmolStr>,
    /// In capitals: `FR`, `T`, `US`; empty for `1.2`.
    pub prefix: SmolStr,
    /// `[1]`, or `[1, 2]` for `1.2`.
    pub numbers: Numbers,
    /// As it is written, without the bundle.
    pub written: SmolStr,
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
