//! Bytes that are too large for one call: the worker sends them to the store by itself.

use super::bytes;
use super::check::{check_begin, not_more};
use crate::api::{Answer, ok, write_call};
use crate::app::App;
use crate::body;
use crate::call::sha256_hex;
use crate::query::Query;
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use ops_core::api::{ArtifactBegin, ArtifactBegun, ArtifactUpload};
use ops_core::{Code, Problem, limits};
use serde_json::{Map, Value, json};

pub async fn begin(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = write_call(request).await?;
    let artifact: ArtifactBegin = body::typed(body, "")?;
    check_begin(&artifact)?;
    let Some(blobs) = app.blobs.clone() else {
        // The host keeps everything in rows.
        not_more(artifact.size, limits::ARTIFACT_CALL_BYTES)?;
        let detail =
            "this control room keeps artifacts in its database; send it with `artifacts.put`";
        return Err(Problem::new(Code::Conflict, detail).into());
    };
    may(&app, &auth, &artifact).await?;
    let path = bytes::path(&artifact.run_id, artifact.attempt, &artifact.sha256)?;
    let upload = match bytes::is_kept(&app, &path, artifact.size).await? {
        true => None,
        false => {
            let link = blobs.upload_link(&path, artifact.size).await;
            let link = link.map_err(bytes::refusal)?;
            Some(ArtifactUpload {
                method: link.method.into(),
                url: link.url,
                expires_in_seconds: link.expires_in_seconds,
            })
        }
    };
    let answer = serde_json::to_value(ArtifactBegun { upload });
    match answer {
        Ok(Value::Object(answer)) => ok(answer),
        _ => ok(Map::new()),
    }
}

/// Whether the caller holds the run and the name is free for these bytes.
pub async fn may(app: &App, auth: &Value, artifact: &ArtifactBegin) -> Result<(), Refusal> {
    let p = json!({
        "run_id": artifact.run_id, "worker_id": artifact.worker_id, "attempt": artifact.attempt,
        "name": artifact.name, "sha256": artifact.sha256, "size": artifact.size,
    });
    app.call("artifacts_begin", auth, p).await.map(|_| ())
}

/// The bytes themselves, where the store is this host's own. The ticket is the right to send them.
pub async fn upload(State(app): State<App>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let query = Query::of(&parts, &["ticket"])?;
    let ticket = query.require("ticket")?;
    let promised = app.blobs.as_ref().and_then(|blobs| blobs.redeem(ticket));
    let Some((path, size)) = promised else {
        let detail = "the ticket is unknown, used or too old; begin again";
        return Err(Problem::new(Code::NotFound, detail).into());
    };
    let request = Request::from_parts(parts, body);
    let (_, bytes) = body::read(request, size as usize).await?;
    if bytes.len() as u64 != size || sha256_hex(&bytes) != path.sha256() {
        let detail = format!(
            "{} bytes came, and not those that were announced",
            bytes.len()
        );
        return Err(Problem::invalid("", detail).into());
    }
    bytes::keep(&app, &path, bytes.into()).await?;
    let mut answer = Map::new();
    answer.insert("size".into(), size.into());
    ok(answer)
}
