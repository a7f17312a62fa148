use crate::rules::Severity;
use crate::text::Place;
use serde::{Deserialize, Serialize};

/// One thing that a rule reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Finding {
    /// `SK-TRC-001`
    pub rule: String,
    pub severity: Severity,
    /// Names the thing, and both values where two disagree. Never a secret.
    pub message: String,
    /// What to do.
    pub hint: String,
    #[cfg_attr(any(test, feature = "schema"), schemars(with = "PlaceShape"))]
    pub place: Place,
    /// The line at `place`, secrets masked; empty where there is no such line.
    pub line_text: String,
    /// The id of the thing, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The other ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// 32 hex digits of rule, bundle, file name, thing and words: the same after lines moved.
    pub fingerprint: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Related {
    pub message: String,
    #[cfg_attr(any(test, feature = "schema"), schemars(with = "PlaceShape"))]
    pub place: Place,
}

/// A finding that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Suppressed {
    pub finding: Finding,
    pub by: SuppressedBy,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub enum SuppressedBy {
    /// `<!-- sk:ignore … -->` in the document.
    Comment,
    /// `[[suppress]]` in `spec-kit.toml`.
    Configuration,
    Baseline,
}

/// [`Place`] as the schema of the report has it.
#[cfg(any(test, feature = "schema"))]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "Place")]
#[allow(dead_code)]
struct PlaceShape {
    file: String,
    /// From 1.
    line: u32,
    /// In characters, from 1.
    column: u32,
    end_line: u32,
    /// In characters, from 1; the first that is not part of it.
    end_column: u32,
}
