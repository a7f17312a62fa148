//! An artifact: its page, its bytes as a download, and an image as an image.

use super::ask::Ask;
use super::halt::{Halt, Shown};
use super::html;
use super::json::text;
use super::read::{Read, Title};
use super::view_artifact::{Look, image_type, page as artifact_page};
use crate::api::artifacts::raw as download;
use crate::app::App;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::{Code, Problem, text::is_uuid};
use ops_render::view::Tab;
use serde_json::{Value, json};

pub async fn page(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    let (read, artifact, bytes) = read(&app, &id, &ask).await?;
    let look = Look::parse(ask.get("view").unwrap_or_default());
    let page = artifact_page(&artifact, bytes.as_deref(), look);
    let layout = read.layout(&Title::of(&page.name, Tab::Runs));
    Ok(html::page(&ask, &layout, html::Body::Artifact(&page)))
}

pub async fn raw(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    let (read, artifact, bytes) = read(&app, &id, &ask).await?;
    download(bytes, text(&artifact, "name"))
        .map_err(|refusal| Halt::refused(refusal, read.layout(&Title::of("", Tab::Runs))))
}

/// Only what its bytes prove to be an image, under the type that they prove.
pub async fn image(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    let (read, _, bytes) = read(&app, &id, &ask).await?;
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

async fn read(app: &App, id: &str, ask: &Ask) -> Result<(Read, Value, Option<Vec<u8>>), Halt> {
    if !is_uuid(id) {
        let problem = Problem::new(Code::NotFound, "there is no such artifact");
        return Err(Halt::refused(problem.into(), ask.bare_layout(app)));
    }
    let reads = json!({ "artifact": { "of": "artifacts_get", "artifact_id": id } });
    let mut read = ask.read(app, reads).await?;
    let mut answer = read.take("artifact")?;
    let artifact = answer["artifact"].take();
    let bytes = artifact["content_base64"]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok());
    Ok((read, artifact, bytes))
}
