use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ArtifactKind {
    File,
    Markdown,
    Diff,
    Link,
    Json,
}

/// `artifacts.put`: exactly one of `content`, `content_base64` and `url`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ArtifactPut {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
    /// Unique in the attempt; 1 to 200 characters, no control characters.
    pub name: String,
    pub kind: ArtifactKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ArtifactStored {
    pub artifact_id: String,
    pub url: String,
    pub sha256: String,
    pub size: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct Artifact {
    pub id: String,
    pub run_id: String,
    pub attempt: u32,
    pub name: String,
    pub kind: ArtifactKind,
    pub mime: String,
    pub sha256: String,
    pub size: u64,
    pub ts: String,
    /// Where the bytes are; of a link, the link itself.
    pub url: String,
    /// Only in `artifacts.get`, where the bytes are UTF-8 text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Only in `artifacts.get`, where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_base64: Option<String>,
}
