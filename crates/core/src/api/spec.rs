//! Bundles of the spec kit: `spec.*`. A document's slug is `<bundle>/<file>`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `spec.generate`: a bundle from one text. Exactly one of `prd` and `request`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecGenerate {
    /// Markdown of any shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prd: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<SpecRequest>,
    /// Of the bundle; the one of the request, else made of the title, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// A day such as 2026-01-31; the one that the text gives where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// True where nothing is said: a bundle that is stored is updated, and its ids stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overwrite: Option<SpecOverwrite>,
}

/// Documents of the stored bundle that may be written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpecOverwrite {
    /// Those that are as they were generated, but for ticks and blocks of people.
    Untouched,
    Edited,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecRequest {
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub goals: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecGenerated {
    pub bundle: String,
    pub stored: bool,
    /// The four documents, `spec-kit.json`, `spec-kit.lock`, `report.json` and `source.md`.
    pub files: Vec<SpecFile>,
    /// What was found open, made up for, or changed.
    pub notes: Vec<String>,
    /// Of the bundle as it is now.
    pub report: Value,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecFile {
    pub name: String,
    pub content: String,
    /// Of the content, in lower-case hex.
    pub sha256: String,
}

/// `spec.validate`. Exactly one of `slug` and `documents`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecValidate {
    /// A stored bundle, or one document of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Files of any number of bundles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Vec<SpecText>>,
    /// Today: without it no suppression has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The text of a `spec-kit.toml`. Where it is absent, one among the documents counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// The text of a baseline: findings that are known and fail nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecText {
    /// With `/` between its parts, such as `specs/search/prd.md`.
    pub path: String,
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecValidated {
    /// No finding at or above the fail level.
    pub passed: bool,
    pub report: Value,
}

/// `spec.put`: documents of a bundle that a step made, by whoever holds its run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecPut {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
    pub bundle: String,
    /// Those that are not named stay as they are.
    pub documents: Vec<SpecDocumentText>,
    /// Digest of the `spec-kit.lock` that the step read; absent where it read none. Another one by
    /// now is refused where a lock is among the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock_sha256: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecDocumentText {
    /// Name of the file within the bundle, such as `plan.md`.
    pub name: String,
    pub content: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecStored {
    pub bundle: String,
    /// Documents whose text is another one than before.
    pub changed: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecBundle {
    pub bundle: String,
    /// By slug; with their content only in `spec.get`.
    pub documents: Vec<SpecDocument>,
    pub updated_at: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct SpecDocument {
    pub slug: String,
    pub title: String,
    /// In bytes.
    pub size: u64,
    pub sha256: String,
    /// Token or worker that wrote it last.
    pub updated_by: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub meta: Value,
}

/// Who holds the run of a step that reads a bundle: `spec.get` of a worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct HeldSpec {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
    pub slug: String,
}
