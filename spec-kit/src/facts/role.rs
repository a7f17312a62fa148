use crate::text::Span;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a section is for, whatever it is called and in whichever language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Problem,
    Goals,
    NonGoals,
    Personas,
    Stories,
    Requirements,
    NonFunctional,
    Success,
    Acceptance,
    Entities,
    Indexes,
    Endpoints,
    Environment,
    Interface,
    Architecture,
    Security,
    Deployment,
    Milestones,
    /// What is done, under way, not begun.
    Status,
    Decisions,
    Risks,
    Assumptions,
    OpenQuestions,
    Glossary,
    EdgeCases,
    Summary,
    TechnicalContext,
    ConstitutionCheck,
    Structure,
    Complexity,
    Verification,
    Principles,
    Governance,
    Phases,
    Tasks,
    Dependencies,
    Coverage,
    SourceMap,
    /// Text that belongs to no other role.
    Other,
}

/// One section with its role. A section below another inherits its role unless it has its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSection {
    pub role: Role,
    /// Titles from the top, this one last, without numbers and marks.
    pub path: Arc<Vec<String>>,
    pub level: u8,
    pub title_span: Span,
    pub span: Span,
    /// Nothing but blanks, placeholders and empty sections.
    pub is_empty: bool,
    /// The heading's own mark, as in `### ✅ Completed`.
    pub mark: Option<super::Mark>,
}
