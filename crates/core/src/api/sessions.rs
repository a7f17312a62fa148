use super::Object;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// 1 to 200 characters.
    pub name: String,
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub meta: Object,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
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
    /// Only in `sessions.get`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// Somebody who may see a session's runs; `user_id` is the `sub` of their JWT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub user_id: String,
    /// `viewer` or `operator`.
    #[serde(default = "viewer")]
    pub role: String,
}

fn viewer() -> String {
    "viewer".into()
}

/// `sessions.update`: fields that are absent stay; `members` replaces the whole list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SessionUpdate {
    pub session_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Object>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<Member>>,
}

/// `sessions.archive`: an archived session takes no new runs; `archived: false` opens it again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SessionArchive {
    pub session_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}
