use crate::text::Span;
use smol_str::SmolStr;

/// `[NEEDS CLARIFICATION: question]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clarification {
    pub question: String,
    pub span: Span,
}

/// Something left open: `TODO`, `TBD`, `???`, or a token of a template nobody filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    pub text: String,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub target: SmolStr,
    pub span: Span,
}

/// `<!-- sk:ignore SK-REQ-002 reason until=2027-01-01 -->`: for the line that follows, or its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub rule: String,
    pub reason: String,
    /// `2027-01-01`
    pub until: Option<String>,
    pub span: Span,
    /// The lines that it is for, from 1, both included.
    pub lines: (u32, u32),
}
