use serde::{Deserialize, Serialize};

/// Which task serves which requirement and criterion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Coverage {
    /// The folder of the bundle.
    pub bundle: String,
    pub rows: Vec<CoverageRow>,
    /// Ids of tasks that serve none of them.
    pub tasks_without: Vec<String>,
    pub tasks: usize,
    pub tasks_done: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct CoverageRow {
    pub id: String,
    pub kind: CoverageKind,
    pub text: String,
    pub tasks: Vec<String>,
    /// How the tasks serve it where none names it: `US1`, `AC-002`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub enum CoverageKind {
    Requirement,
    Criterion,
}

impl Coverage {
    /// Rows of a kind that a task serves, and all of that kind.
    pub fn share(&self, kind: CoverageKind) -> (usize, usize) {
        let of_kind = || self.rows.iter().filter(|row| row.kind == kind);
        let served = of_kind().filter(|row| !row.tasks.is_empty()).count();
        (served, of_kind().count())
    }

    /// Requirements with a task of a hundred, rounded down; 100 where there is none.
    pub fn percent(&self) -> u32 {
        match self.share(CoverageKind::Requirement) {
            (_, 0) => 100,
            (served, all) => u32::try_from(served * 100 / all).unwrap_or(100),
        }
    }
}
