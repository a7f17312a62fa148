//! What a run leaves behind: `artifacts.*`. Small texts lie in their rows; other bytes in the store for
//! them, where the host has one.

mod begin;
mod bytes;
mod check;
mod put;
mod read;

pub use begin::{begin, upload};
pub(crate) use bytes::{attachment, download, fetch};
pub use put::put;
pub use read::{list, read};

use ops_core::BASE_PATH;
use serde_json::Value;

fn raw_url(id: Option<&Value>) -> Value {
    format!(
        "{BASE_PATH}/artifacts.get?artifact_id={}&raw=true",
        id.and_then(Value::as_str).unwrap_or_default()
    )
    .into()
}

fn with_url(artifact: &mut Value) {
    if artifact["url"].is_null() {
        artifact["url"] = raw_url(artifact.get("id"));
    }
}
