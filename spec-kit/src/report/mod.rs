//! What a check found, and how it is said: to people, to programs, to GitHub.

mod coverage;
mod finding;
mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
#[cfg(any(test, feature = "schema"))]
mod schema;
mod text;

pub use coverage::{Coverage, CoverageKind, CoverageRow};
pub use finding::{Finding, Related, Suppressed, SuppressedBy};
pub use github::annotations;
pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
#[cfg(any(test, feature = "schema"))]
pub use schema::schema;
pub use text::{Colour, text};

use crate::rules::Severity;
use serde::{Deserialize, Serialize};

/// Of the JSON report. A reader that knows 1 can read every report that says 1.
pub const VERSION: u32 = 1;

/// The result of a check. It is whole before a word of it is said, so that a crash on the way
/// never reads as clean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Report {
    pub version: u32,
    /// Name and version of the program.
    pub tool: String,
    /// The severity from which on a finding fails the check.
    pub fail_level: Severity,
    /// In order of place, then rule.
    pub findings: Vec<Finding>,
    pub suppressed: Vec<Suppressed>,
    /// One for each bundle that has requirements and tasks.
    pub coverage: Vec<Coverage>,
    /// The files that were read, in order.
    pub files: Vec<String>,
    pub counts: Counts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    pub suppressed: usize,
}

/// The exit status of a program that checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the fail level.
    Ok = 0,
    Findings = 1,
    /// Wrong arguments or an unreadable configuration.
    Usage = 2,
    /// A mistake of ours; it says nothing about the documents.
    Internal = 3,
}

impl Exit {
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl Report {
    pub fn exit(&self) -> Exit {
        let fails = |finding: &Finding| finding.severity >= self.fail_level;
        if self.findings.iter().any(fails) {
            Exit::Findings
        } else {
            Exit::Ok
        }
    }

    pub fn count(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.counts.errors,
            Severity::Warning => self.counts.warnings,
            Severity::Note => self.counts.notes,
        }
    }
}

/// `3 errors, 1 warning, 0 notes`
fn summary(counts: Counts) -> String {
    let of =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut out = [
        of(counts.errors, "error"),
        of(counts.warnings, "warning"),
        of(counts.notes, "note"),
    ]
    .join(", ");
    if counts.suppressed > 0 {
        out.push_str(&format!(", {} suppressed", counts.suppressed));
    }
    out
}

#[cfg(test)]
mod tests;
