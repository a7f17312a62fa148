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

/// `artifacts.put`: exactly one of `content`, `content_base64`, `url`, and `sha256` with `size` of bytes
/// that were sent to where `artifacts.begin` said.
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
    /// SHA-256 of the uploaded bytes, in lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// How many uploaded bytes there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
}

/// `artifacts.begin`: an artifact that is too large for one `artifacts.put`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ArtifactBegin {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
    pub name: String,
    /// In lower-case hex.
    pub sha256: String,
    pub size: u64,
}

/// Where the bytes go. No `upload`: they are there already, and `artifacts.put` may follow at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ArtifactBegun {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<ArtifactUpload>,
}

/// One request with the bytes as its body and no token of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
pub struct ArtifactUpload {
    /// `PUT` or `POST`.
    pub method: String,
    /// Absolute; or beginning with `/`, on the control room's own origin.
    pub url: String,
    pub expires_in_seconds: u32,
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
    /// Only in `artifacts.get` of at most 2 MiB, where the bytes are UTF-8 text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Only in `artifacts.get` of at most 2 MiB, where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_base64: Option<String>,
}
