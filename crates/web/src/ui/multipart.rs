//! Forms with a file: what a browser sends of them, as names and values. A file is a text of UTF-8.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header, request::Parts};
use ops_core::{Code, Problem};

pub fn is(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// A field that was left empty, and a file that was not chosen, are empty.
pub async fn fields(parts: Parts, bytes: Bytes) -> Result<(Parts, Vec<(String, String)>), Problem> {
    let broken =
        |why: String| Problem::new(Code::BadRequest, format!("the form cannot be read: {why}"));
    let request = Request::from_parts(parts.clone(), Body::from(bytes));
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|e| broken(e.body_text()))?;
    let mut fields = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|e| broken(e.body_text()))? {
        let name = part.name().unwrap_or_default().to_string();
        let bytes = part.bytes().await.map_err(|e| broken(e.body_text()))?;
        let text = String::from_utf8(bytes.into()).map_err(|error| {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
                .split(|byte| *byte == b'\n')
                .count();
            Problem::new(
                Code::Invalid,
                format!("line {line} of the file is not UTF-8; save it as UTF-8 and send it again"),
            )
        })?;
        // U+0000 cannot be stored.
        fields.push((name, text.replace('\0', "\u{fffd}")));
    }
    Ok((parts, fields))
}
