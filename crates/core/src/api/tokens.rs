use super::Identity;
use serde::{Deserialize, Serialize};

/// What a token may do. A token may be of several kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    Operator,
    Viewer,
    Worker,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub name: String,
    pub kinds: Vec<TokenKind>,
    /// Lanes that a worker's token is bound to; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<String>,
    /// Ends after this; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
}

/// The only answer that ever carries the token itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct CreatedToken {
    pub id: String,
    pub token: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Token {
    pub id: String,
    pub name: String,
    pub kinds: Vec<TokenKind>,
    #[serde(default)]
    pub lanes: Vec<String>,
    pub created_at: String,
    pub expires_at: Option<String>,
    pub revoked_at: Option<String>,
    pub last_used_at: Option<String>,
    /// Of a token that was exchanged: the only worker that it may act as.
    #[serde(default)]
    pub worker_id: Option<String>,
    #[serde(default)]
    pub identity: Option<Identity>,
}
