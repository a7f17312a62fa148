use super::multipart::read_multipart;
use super::runs::without_nulls;
use super::{Answer, created, ok, read_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::api::{ArtifactKind, ArtifactPut};
use ops_core::{BASE_PATH, Code, Problem, limits};
use serde_json::{Value, json};

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
    check(&artifact)?;
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
    let (auth, body) = super::write_call(request).await?;
    Ok((auth, body::typed(body, "")?))
}

fn check(artifact: &ArtifactPut) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&artifact.run_id), "/run_id");
    wrong.attempt(artifact.attempt, "/attempt");
    for (name, text) in [
        ("worker_id", Some(&artifact.worker_id)),
        ("mime", artifact.mime.as_ref()),
    ] {
        wrong.unless(
            text.is_none_or(|text| text.len() <= 200 && !text.contains(char::is_control)),
            format!("/{name}"),
            "must be at most 200 bytes without control characters",
        );
    }
    let named = (1..=200).contains(&artifact.name.chars().count())
        && !artifact.name.chars().any(char::is_control);
    wrong.unless(
        named,
        "/name",
        "must be 1 to 200 characters without control characters",
    );
    let sources = [
        artifact.content.is_some(),
        artifact.content_base64.is_some(),
        artifact.url.is_some(),
    ];
    wrong.unless(
        sources.iter().filter(|s| **s).count() == 1,
        "/content",
        "give exactly one of `content`, `content_base64` and `url`",
    );
    wrong.unless(
        (artifact.kind == ArtifactKind::Link) == artifact.url.is_some(),
        "/url",
        "goes with kind `link`, and only with it",
    );
    let web = artifact.url.as_deref().is_none_or(|url| {
        let link = url.starts_with("https://") || url.starts_with("http://");
        link && url.len() <= 2_000 && !url.contains(char::is_control)
    });
    wrong.unless(
        web,
        "/url",
        "must be an http or https link of at most 2000 bytes",
    );
    let size = match (&artifact.content, &artifact.content_base64) {
        (Some(text), _) => text.len(),
        (_, Some(encoded)) => match STANDARD.decode(encoded) {
            Ok(bytes) => bytes.len(),
            Err(error) => {
                wrong.unless(false, "/content_base64", format!("is no base64: {error}"));
                0
            }
        },
        _ => 0,
    };
    wrong.done()?;
    if size > limits::ARTIFACT_BYTES {
        let detail = format!(
            "the artifact has {size} bytes; the limit is {}",
            limits::ARTIFACT_BYTES
        );
        return Err(Problem::new(Code::TooLarge, detail).into());
    }
    Ok(())
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

fn raw_url(id: Option<&Value>) -> Value {
    format!(
        "{BASE_PATH}/artifacts.get?artifact_id={}&raw=true",
        id.and_then(Value::as_str).unwrap_or_default()
    )
    .into()
}

/// The artifact as JSON, or with `raw=true` its bytes.
pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["artifact_id", "raw"])?;
    query.uuid("artifact_id")?;
    let as_bytes = match query.get("raw") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::invalid("/raw", "must be true or false").into()),
    };
    let mut answer = app
        .call(
            "artifacts_get",
            &auth,
            json!({ "artifact_id": query.require("artifact_id")? }),
        )
        .await?;
    let Some(artifact) = answer.get_mut("artifact") else {
        return Err(Refusal::internal(
            "artifacts.get",
            "no artifact in the answer",
        ));
    };
    let bytes = artifact["content_base64"]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok());
    if as_bytes {
        return raw(bytes, artifact["name"].as_str().unwrap_or_default());
    }
    with_url(artifact);
    if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        artifact["content"] = text.into();
        artifact["content_base64"] = Value::Null;
    }
    *artifact = without_nulls(artifact.take());
    ok(answer)
}

/// What a run left is hostile: never a page of ours, always a download.
pub(crate) fn raw(bytes: Option<Vec<u8>>, name: &str) -> Answer {
    let Some(bytes) = bytes else {
        return Err(Problem::new(Code::Conflict, "a link has no bytes; follow its `url`").into());
    };
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
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
    Ok(response)
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

fn with_url(artifact: &mut Value) {
    if artifact["url"].is_null() {
        artifact["url"] = raw_url(artifact.get("id"));
    }
}
