//! What a project wants of the check: `spec-kit.toml`, and the findings it knows already.

mod baseline;
mod date;
mod parse;

pub use baseline::{Baseline, BaselineEntry, BaselineError};
pub use date::Date;
pub use parse::ConfigError;

use crate::rules::Severity;
use std::collections::BTreeMap;

/// How loud a rule is in this project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Off,
    At(Severity),
}

/// `spec-kit.toml`, with defaults for what it does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The severity from which on a finding fails the check; an error by default.
    pub fail_level: Severity,
    /// Only what differs from the table, by rule.
    pub rules: BTreeMap<&'static str, Level>,
    /// The digits of an id at least; 3.
    pub id_width: usize,
    /// Open questions of one document at most; 3.
    pub max_clarifications: usize,
    /// In small letters.
    pub vague_terms: Vec<String>,
    pub denied_packages: Vec<String>,
    /// Requirements with a task of a hundred, 0 to 100. None asks for nothing.
    pub coverage_floor: Option<u32>,
    pub suppressions: Vec<Accepted>,
    /// The file of findings that are known, seen from the configuration's folder. For whoever reads
    /// files; the library does not.
    pub baseline: Option<String>,
    /// Migrations to compare with, files or folders of them, seen from the same folder.
    pub sql: Vec<String>,
}

/// `[[suppress]]`: findings that are accepted, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub rule: &'static str,
    /// The end of a path, by whole parts: `prd.md`, `specs/012-search/spec.md`.
    pub file: Option<String>,
    /// The id of the thing.
    pub node: Option<String>,
    pub fingerprint: Option<String>,
    pub reason: String,
    pub until: Option<Date>,
    /// In `spec-kit.toml`, from 1.
    pub line: u32,
}

/// Adjectives that say nothing without a number. Extend or replace them in the configuration.
const VAGUE: &[&str] = &[
    "acceptable",
    "adequate",
    "appropriate",
    "appropriately",
    "as appropriate",
    "as needed",
    "as possible",
    "easy to use",
    "efficient",
    "efficiently",
    "etc.",
    "fast",
    "gracefully",
    "intuitive",
    "intuitively",
    "performant",
    "quick",
    "quickly",
    "reasonable",
    "reasonably",
    "robust",
    "scalable",
    "seamless",
    "seamlessly",
    "secure",
    "state of the art",
    "state-of-the-art",
    "sufficient",
    "user friendly",
    "user-friendly",
];

/// Names that documents gave to packages that nobody has published. `pulser` itself exists and is
/// a library for quantum computers.
const DENIED: &[&str] = &[
    "@anthropic/pulser-sdk",
    "@insightpulseai/pulser-sdk",
    "@pulser/sdk",
    "pulser-sdk",
];

impl Default for Config {
    fn default() -> Self {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Self {
            fail_level: Severity::Error,
            rules: BTreeMap::new(),
            id_width: 3,
            max_clarifications: 3,
            vague_terms: owned(VAGUE),
            denied_packages: owned(DENIED),
            coverage_floor: None,
            suppressions: Vec::new(),
            baseline: None,
            sql: Vec::new(),
        }
    }
}

impl Config {
    /// How loud a finding is that would be of `severity`. None where its rule is off.
    pub fn level(&self, rule: &str, severity: Severity) -> Option<Severity> {
        match self.rules.get(rule) {
            None => Some(severity),
            Some(Level::Off) => None,
            Some(Level::At(level)) => Some(*level),
        }
    }
}

impl Accepted {
    pub(crate) fn covers(&self, finding: &crate::report::Finding) -> bool {
        let matches = |wanted: &Option<String>, found: Option<&str>| match wanted {
            None => true,
            Some(wanted) => found == Some(wanted.as_str()),
        };
        self.rule == finding.rule
            && matches(&self.node, finding.node.as_deref())
            && matches(&self.fingerprint, Some(&finding.fingerprint))
            && self
                .file
                .as_deref()
                .is_none_or(|file| ends_with_path(&finding.place.file, file))
    }
}

/// Whether `path` is `end` or ends with it after a `/`.
fn ends_with_path(path: &str, end: &str) -> bool {
    path.strip_suffix(end)
        .is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests;
