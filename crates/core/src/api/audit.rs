use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that an operator did.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct AuditEntry {
    pub id: i64,
    pub ts: String,
    /// Name of the token.
    pub actor: String,
    pub source_address: Option<String>,
    /// The verb, such as `runs.cancel`.
    pub action: String,
    pub target: Option<String>,
    #[serde(default)]
    pub detail: Value,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// Cursor of the next page; absent at the end.
    #[serde(default)]
    pub next: Option<String>,
}
