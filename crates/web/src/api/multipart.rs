//! The multipart form of `artifacts.put`.

use crate::body;
use crate::call;
use crate::refusal::Refusal;
use axum::extract::{FromRequest, Multipart, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::api::ArtifactPut;
use ops_core::{Code, Problem, limits};
use serde_json::{Map, Value};

/// The fields of the JSON form as text parts, and the bytes as the part `file`.
pub async fn read_multipart(request: Request) -> Result<(Value, ArtifactPut), Refusal> {
    // Limited before it is parsed: a part has no length of its own.
    let (parts, bytes) = body::read(request, limits::BODY_BYTES).await?;
    let auth = call::authenticate(&parts)?;
    let broken = |e: &dyn std::fmt::Display| {
        Refusal::from(Problem::new(
            Code::BadRequest,
            format!("the multipart body cannot be read: {e}"),
        ))
    };
    let request = Request::from_parts(parts, axum::body::Body::from(bytes));
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|e| broken(&e.body_text()))?;
    let mut fields = Map::new();
    let mut mime = None;
    while let Some(part) = form
        .next_field()
        .await
        .map_err(|e| broken(&e.body_text()))?
    {
        let name = part.name().unwrap_or_default().to_string();
        if name == "file" {
            mime = part.content_type().map(str::to_string);
        }
        let bytes = part.bytes().await.map_err(|e| broken(&e.body_text()))?;
        let (field, value) = if name == "file" {
            ("content_base64".to_string(), STANDARD.encode(&bytes).into())
        } else {
            // UTF-8 and nothing else: the tables of other encodings would be a tenth of a component.
            let text = String::from_utf8(bytes.into())
                .map_err(|_| Problem::invalid(format!("/{name}"), "is not UTF-8"))?;
            let number = text.parse::<u32>().ok().filter(|_| name == "attempt");
            (name.clone(), number.map_or(text.into(), Value::from))
        };
        if fields.insert(field, value).is_some() {
            return Err(Problem::invalid(format!("/{name}"), "stands twice").into());
        }
    }
    if let Some(mime) = mime.filter(|_| !fields.contains_key("mime")) {
        fields.insert("mime".into(), mime.into());
    }
    Ok((auth, body::typed(fields.into(), "")?))
}
