//! The step kind `http`.

use super::status::WantedStatus;
use crate::limits::HTTP_BODY_BYTES;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One HTTP request and what its answer has to be. All texts may hold `{{ … }}`; those of
/// `headers`, `body` and `json` also `{{ secrets.NAME }}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpCall {
    #[serde(default, skip_serializing_if = "HttpMethod::is_get")]
    pub method: HttpMethod,
    /// Fill it with [`crate::interpolate_url`]; then it has to pass [`crate::is_web_url`].
    pub url: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// At most one of `body` and `json` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Fill it with [`crate::interpolate_json`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    #[serde(default, skip_serializing_if = "Expect::is_default")]
    pub expect: Expect,
    /// Key → JSON pointer into the answer. `status` and `body` are always outputs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, String>,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub follow_redirects: bool,
    /// Of the answer's body.
    #[serde(default = "body_bytes", skip_serializing_if = "is_body_bytes")]
    pub max_bytes: u64,
}

impl HttpCall {
    /// A GET that has to be answered by 200 to 299.
    pub fn get(url: impl Into<String>) -> Self {
        HttpCall {
            method: HttpMethod::Get,
            url: url.into(),
            headers: BTreeMap::new(),
            body: None,
            json: None,
            expect: Expect::default(),
            outputs: BTreeMap::new(),
            follow_redirects: true,
            max_bytes: HTTP_BODY_BYTES,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    #[default]
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

impl HttpMethod {
    pub const NAMES: [&'static str; 7] =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    pub fn as_str(self) -> &'static str {
        match self {
            HttpMethod::Get => "GET",
            HttpMethod::Head => "HEAD",
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
            HttpMethod::Patch => "PATCH",
            HttpMethod::Delete => "DELETE",
            HttpMethod::Options => "OPTIONS",
        }
    }

    /// In any case.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().as_str() {
            "GET" => HttpMethod::Get,
            "HEAD" => HttpMethod::Head,
            "POST" => HttpMethod::Post,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            "OPTIONS" => HttpMethod::Options,
            _ => return None,
        })
    }

    /// Whether a request may carry a body.
    pub fn has_body(self) -> bool {
        !matches!(self, HttpMethod::Get | HttpMethod::Head)
    }

    fn is_get(&self) -> bool {
        *self == HttpMethod::Get
    }
}

/// What an answer has to be. All of it has to hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Expect {
    #[serde(default, skip_serializing_if = "WantedStatus::is_default")]
    pub status: WantedStatus,
    /// Each has to stand in the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body_contains: Vec<String>,
    /// JSON pointer → the value that has to be there. Fill it with [`crate::interpolate_json`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub json: BTreeMap<String, Value>,
    /// Name → value. A value that ends with `*` is a beginning.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, String>,
}

impl Expect {
    fn is_default(&self) -> bool {
        *self == Expect::default()
    }
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

fn body_bytes() -> u64 {
    HTTP_BODY_BYTES
}

fn is_body_bytes(bytes: &u64) -> bool {
    *bytes == HTTP_BODY_BYTES
}
