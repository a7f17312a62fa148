//! An artifact: its page, its bytes as a download, and an image as an image.

use super::ask::Ask;
use super::halt::{Halt, Shown};
use super::html;
use super::read::{Read, Title};
use super::view_artifact::{Look, image_type, page as artifact_page};
use crate::api::artifacts::{attachment, fetch};
use crate::app::App;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use ops_core::{Code, Problem, limits, text::is_uuid};
use ops_render::view::Tab;
use serde_json::{Value, json};

pub async fn page(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    let (read, artifact) = read(&app, &id, &ask).await?;
    let bytes = bytes(&app, &read, &artifact).await?;
    let look = Look::parse(ask.get("view").unwrap_or_default());
    let page = artifact_page(&artifact, bytes.as_deref(), look);
    let layout = read.layout(&Title::of(&page.name, Tab::Runs));
    Ok(html::page(&ask, &layout, html::Body::Artifact(&page)))
}

pub async fn raw(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    let (read, artifact) = read(&app, &id, &ask).await?;
    attachment(&app, &artifact)
        .await
        .map_err(|refusal| Halt::refused(refusal, read.layout(&Title::of("", Tab::Runs))))
}

/// Only what its bytes prove to be an image, under the type that they prove.
pub async fn image(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    let (read, artifact) = read(&app, &id, &ask).await?;
    let bytes = bytes(&app, &read, &artifact).await?;
    let Some((kind, bytes)) = bytes.and_then(|bytes| Some((image_type(&bytes)?, bytes))) else {
        return Err(read.not_found("the artifact is no image"));
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    );
    // Artifacts never change.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=3600, immutable"),
    );
    Ok(response)
}

async fn read(app: &App, id: &str, ask: &Ask) -> Result<(Read, Value), Halt> {
    if !is_uuid(id) {
        let problem = Problem::new(Code::NotFound, "there is no such artifact");
        return Err(Halt::refused(problem.into(), ask.bare_layout(app)));
    }
    let reads = json!({ "artifact": { "of": "artifacts_get", "artifact_id": id } });
    let mut read = ask.read(app, reads).await?;
    let mut answer = read.take("artifact")?;
    let artifact = answer["artifact"].take();
    Ok((read, artifact))
}

/// What is small enough for a page. A page shows what it can: bytes that cannot be had are a refusal.
async fn bytes(app: &App, read: &Read, artifact: &Value) -> Result<Option<Vec<u8>>, Halt> {
    fetch(app, artifact, limits::ARTIFACT_CALL_BYTES)
        .await
        .map_err(|refusal| Halt::refused(refusal, read.layout(&Title::of("", Tab::Runs))))
}
