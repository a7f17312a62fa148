use super::bytes::{attachment, fetch};
use super::with_url;
use crate::api::runs::without_nulls;
use crate::api::{Answer, ok, read_call};
use crate::app::App;
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::{Problem, limits};
use serde_json::{Value, json};

/// The artifact as JSON, or with `raw=true` its bytes.
pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["artifact_id", "raw"])?;
    query.uuid("artifact_id")?;
    let as_bytes = match query.get("raw") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::invalid("/raw", "must be true or false").into()),
    };
    let p = json!({ "artifact_id": query.require("artifact_id")? });
    let mut answer = app.call("artifacts_get", &auth, p).await?;
    let Some(artifact) = answer.get_mut("artifact") else {
        return Err(Refusal::internal(
            "artifacts.get",
            "no artifact in the answer",
        ));
    };
    if as_bytes {
        return attachment(&app, artifact).await;
    }
    let bytes = fetch(&app, artifact, limits::ARTIFACT_CALL_BYTES).await?;
    with_url(artifact);
    let (text, encoded) = match bytes.map(String::from_utf8) {
        None => (Value::Null, Value::Null),
        Some(Ok(text)) => (text.into(), Value::Null),
        Some(Err(error)) => (Value::Null, STANDARD.encode(error.as_bytes()).into()),
    };
    artifact["content"] = text;
    artifact["content_base64"] = encoded;
    artifact["is_stored"] = Value::Null;
    *artifact = without_nulls(artifact.take());
    ok(answer)
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["run_id", "attempt"])?;
    query.uuid("run_id")?;
    let p = json!({ "run_id": query.require("run_id")?, "attempt": query.number("attempt", 1..=i64::from(i32::MAX))? });
    let mut answer = app.call("artifacts_list", &auth, without_nulls(p)).await?;
    let artifacts = answer.get_mut("artifacts").and_then(Value::as_array_mut);
    for artifact in artifacts.into_iter().flatten() {
        with_url(artifact);
    }
    ok(answer)
}
