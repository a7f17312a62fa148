//! What is checked, as data: the one table that findings, `explain`, the documentation and SARIF
//! are made from.

mod explain;
mod severity;
mod table;

pub use explain::{UnknownRule, explain, fill, json, markdown};
pub use severity::Severity;

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `SK-TRC-001`; never given to another rule.
    pub id: &'static str,
    /// Unless the configuration or the finding says otherwise.
    pub severity: Severity,
    /// What is checked, in one line.
    pub title: &'static str,
    pub why: &'static str,
    /// An excerpt that the rule reports.
    pub bad: &'static str,
    /// The same, mended.
    pub good: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// Every rule, by id.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    table::ALL.iter().flat_map(|group| group.iter())
}

/// A rule by its id, in any case.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id.eq_ignore_ascii_case(id.trim()))
}

#[cfg(test)]
mod tests;
