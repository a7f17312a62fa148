//! Style sheets, scripts and icons: their addresses change with their content, so they stay for ever.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ops_render::{asset, assets};

pub async fn one(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = asset(&format!("/assets/{name}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let mut response = match known == Some(asset.etag.as_str()) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => asset.bytes.clone().into_response(),
    };
    let kept = "public, max-age=31536000, immutable";
    for (name, value) in [
        (header::CONTENT_TYPE, asset.content_type),
        (header::ETAG, asset.etag.as_str()),
        (header::CACHE_CONTROL, kept),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Asked for by browsers that have not read a page yet.
pub async fn icon() -> Response {
    match assets().iter().find(|asset| asset.name == "icon.svg") {
        Some(icon) => super::halt::see_other(&icon.path),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
