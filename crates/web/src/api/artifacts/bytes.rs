//! Bytes of artifacts, wherever they are.

use crate::api::Answer;
use crate::app::App;
use crate::call::sha256_hex;
use crate::refusal::Refusal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::blobs::{BlobError, BlobPath};
use ops_core::{Code, Problem, limits};
use serde_json::Value;

pub fn path(run_id: &str, attempt: u32, sha256: &str) -> Result<BlobPath, Refusal> {
    BlobPath::new(run_id, attempt, sha256)
        .ok_or_else(|| Refusal::internal("artifacts", "no path for these bytes"))
}

pub fn refusal(error: BlobError) -> Refusal {
    // Addresses and keys of the store are for our log only.
    crate::journal::failure("artifacts", &error);
    let problem = |detail: &str| Problem::new(Code::Unavailable, detail);
    match error {
        BlobError::Unavailable(_) => {
            Refusal::retry_after(problem("the artifact store does not answer"), 1)
        }
        BlobError::Misconfigured(_) => Refusal::retry_after(
            problem("the artifact store cannot be used; `ops setup` and the server's log say why"),
            60,
        ),
    }
}

pub async fn keep(app: &App, path: &BlobPath, bytes: Vec<u8>) -> Result<(), Refusal> {
    let Some(blobs) = &app.blobs else {
        return Ok(());
    };
    blobs.put(path, bytes).await.map_err(refusal)
}

pub async fn is_kept(app: &App, path: &BlobPath, size: u64) -> Result<bool, Refusal> {
    let Some(blobs) = &app.blobs else {
        return Ok(false);
    };
    let kept = blobs.size(path).await.map_err(refusal)?;
    Ok(kept == Some(size))
}

fn stored(artifact: &Value) -> Result<Option<BlobPath>, Refusal> {
    if artifact["is_stored"] != true {
        return Ok(None);
    }
    let text = |name: &str| artifact[name].as_str().unwrap_or_default();
    let attempt = artifact["attempt"].as_u64().unwrap_or_default();
    path(text("run_id"), attempt as u32, text("sha256")).map(Some)
}

/// The bytes of an artifact as `artifacts_get` answers it, if there are at most `most`; `None` of a link
/// and of more. They are what was acknowledged, or there is a refusal.
pub async fn fetch(app: &App, artifact: &Value, most: usize) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(path) = stored(artifact)? else {
        let bytes = artifact["content_base64"].as_str();
        return Ok(bytes.and_then(|text| STANDARD.decode(text).ok()));
    };
    if artifact["size"]
        .as_u64()
        .is_none_or(|size| size > most as u64)
    {
        return Ok(None);
    }
    let Some(blobs) = &app.blobs else {
        return Err(refusal(BlobError::Misconfigured(
            "an artifact is in a store, and this host has none".into(),
        )));
    };
    match blobs.get(&path).await.map_err(refusal)? {
        Some(bytes) if sha256_hex(&bytes) == path.sha256() => Ok(Some(bytes)),
        Some(_) => Err(Refusal::internal(
            "artifacts",
            &format!("{path} has other bytes"),
        )),
        None => Err(Refusal::internal("artifacts", &format!("{path} is gone"))),
    }
}

/// The bytes as a download: from here where they are few, else by a redirect to where they are.
pub async fn attachment(app: &App, artifact: &Value) -> Answer {
    let name = file_name(artifact["name"].as_str().unwrap_or_default());
    let is_large = artifact["size"].as_u64() > Some(limits::ARTIFACT_CALL_BYTES as u64);
    if let (true, Some(path), Some(blobs)) = (is_large, stored(artifact)?, &app.blobs)
        && let Some(link) = blobs.download_link(&path, &name).await.map_err(refusal)?
    {
        let to = HeaderValue::from_str(&link)
            .map_err(|e| Refusal::internal("artifacts.get", &e.to_string()))?;
        let headers = [
            (header::LOCATION, to),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        return Ok((StatusCode::FOUND, headers).into_response());
    }
    match fetch(app, artifact, limits::ARTIFACT_BYTES).await? {
        Some(bytes) => Ok(download(bytes, &name)),
        None => Err(Problem::new(Code::Conflict, "a link has no bytes; follow its `url`").into()),
    }
}

fn file_name(name: &str) -> String {
    let safe = |c: char| match c.is_ascii_alphanumeric() || "._-".contains(c) {
        true => c,
        false => '_',
    };
    name.chars().map(safe).collect()
}

/// What a run left is hostile: never a page of ours, always a download.
pub fn download(bytes: Vec<u8>, name: &str) -> axum::response::Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
