use super::Object;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// 1 to 200 characters.
    pub name: String,
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub meta: Object,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    pub name: String,
    /// `active` or `archived`.
    pub status: String,
    #[serde(default)]
    pub meta: Object,
    pub created_at: String,
    /// Runs per status, computed when asked.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
}
