use super::bytes::{self, is_kept};
use super::check::check;
use super::raw_url;
use crate::api::multipart::read_multipart;
use crate::api::{Answer, created, write_call};
use crate::app::App;
use crate::body;
use crate::call::sha256_hex;
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::api::{ArtifactBegin, ArtifactKind, ArtifactPut};
use ops_core::{Code, Problem, limits};
use serde_json::Value;

pub async fn put(State(app): State<App>, request: Request) -> Answer {
    let multipart = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| {
            kind.as_bytes()
                .to_ascii_lowercase()
                .starts_with(b"multipart/form-data")
        });
    let (auth, mut artifact) = if multipart {
        read_multipart(request).await?
    } else {
        read_json(request).await?
    };
    let bytes = check(&artifact)?;
    match bytes {
        Some(bytes) if app.blobs.is_some() && !is_small_text(&bytes) => {
            store(&app, &auth, &mut artifact, bytes).await?
        }
        None if artifact.sha256.is_some() => must_be_there(&app, &artifact).await?,
        _ => {}
    }
    if let Some(text) = artifact.content.take_if(|text| text.contains('\0')) {
        // No text of the database holds it; bytes do, so the artifact stays as it is.
        artifact.content_base64 = Some(STANDARD.encode(text));
    }
    let mut p = serde_json::to_value(&artifact)
        .map_err(|e| Refusal::internal("artifacts.put", &e.to_string()))?;
    p["mime"] = artifact
        .mime
        .as_deref()
        .unwrap_or(default_mime(artifact.kind))
        .into();
    let mut answer = app.call("artifacts_put", &auth, p).await?;
    if answer.get("url").is_none_or(Value::is_null) {
        let url = raw_url(answer.get("artifact_id"));
        answer.insert("url".into(), url);
    }
    app.wake.log(&artifact.run_id);
    created(answer)
}

async fn read_json(request: Request) -> Result<(Value, ArtifactPut), Refusal> {
    let (auth, body) = write_call(request).await?;
    Ok((auth, body::typed(body, "")?))
}

fn is_small_text(bytes: &[u8]) -> bool {
    bytes.len() <= limits::ARTIFACT_INLINE_BYTES && std::str::from_utf8(bytes).is_ok()
}

/// Only for whoever holds the run: nobody else may fill the store.
async fn store(
    app: &App,
    auth: &Value,
    artifact: &mut ArtifactPut,
    bytes: Vec<u8>,
) -> Result<(), Refusal> {
    let begin = ArtifactBegin {
        run_id: artifact.run_id.clone(),
        worker_id: artifact.worker_id.clone(),
        attempt: artifact.attempt,
        name: artifact.name.clone(),
        sha256: sha256_hex(&bytes),
        size: bytes.len() as u64,
    };
    super::begin::may(app, auth, &begin).await?;
    let path = bytes::path(&begin.run_id, begin.attempt, &begin.sha256)?;
    bytes::keep(app, &path, bytes).await?;
    artifact.content = None;
    artifact.content_base64 = None;
    artifact.sha256 = Some(begin.sha256);
    artifact.size = Some(begin.size);
    Ok(())
}

async fn must_be_there(app: &App, artifact: &ArtifactPut) -> Result<(), Refusal> {
    let sha256 = artifact.sha256.as_deref().unwrap_or_default();
    let path = bytes::path(&artifact.run_id, artifact.attempt, sha256)?;
    if is_kept(app, &path, artifact.size.unwrap_or_default()).await? {
        return Ok(());
    }
    let detail = "these bytes were not uploaded; begin with `artifacts.begin`";
    Err(Problem::new(Code::Conflict, detail).into())
}

fn default_mime(kind: ArtifactKind) -> &'static str {
    match kind {
        ArtifactKind::File => "application/octet-stream",
        ArtifactKind::Markdown => "text/markdown",
        ArtifactKind::Diff => "text/x-diff",
        ArtifactKind::Link => "text/uri-list",
        ArtifactKind::Json => "application/json",
    }
}
