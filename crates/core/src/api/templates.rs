use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `templates.create` and `templates.validate`: the YAML text of a runbook.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateSource {
    pub source: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Template {
    pub slug: String,
    pub version: u32,
    pub title: String,
    #[serde(default)]
    pub description: String,
    pub default_lane: Option<String>,
    /// JSON Schema of the parameters.
    #[serde(default)]
    pub params: Value,
    pub created_at: String,
    pub updated_at: String,
    /// Only in `templates.get`: the text and the parsed runbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub runbook: Value,
    /// Only in `templates.get`: its runs that have not ended; it is not deleted while there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use: Option<u64>,
    /// Only in `templates.get`: every version, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<TemplateVersion>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct TemplateVersion {
    pub version: u32,
    pub created_by: String,
    pub created_at: String,
}

/// `templates.update`: a new version; the same text changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateUpdate {
    pub source: String,
    /// The version that the edit is based on: another one by now is refused, not overwritten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateDelete {
    pub slug: String,
}
