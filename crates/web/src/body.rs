//! Bodies, from bytes to values, with a refusal that names the field.

use crate::refusal::Refusal;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header, request::Parts};
use http_body_util::BodyExt;
use ops_core::{Code, Problem, limits};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is too much is read up to here and thrown away: a connection closed on a caller that still
/// sends is reset, and takes the 413 with it.
const DISCARDED_BYTES: usize = 32 * 1024 * 1024;

pub async fn read(request: Request, limit: usize) -> Result<(Parts, Bytes), Refusal> {
    let (parts, body) = request.into_parts();
    let announced = body.size_hint().lower();
    let asks_first = parts.headers.contains_key(header::EXPECT);
    if announced > most(limit) as u64 || (asks_first && announced > limit as u64) {
        return Err(too_large(limit));
    }
    let bytes = read_body(body, limit).await?;
    Ok((parts, bytes))
}

/// Bytes that are read of a body; more are not even thrown away.
fn most(limit: usize) -> usize {
    limit.max(DISCARDED_BYTES)
}

async fn read_body(mut body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let mut bytes = Vec::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::new(Code::BadRequest, "the body ended early"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        size += data.len();
        if size > most(limit) {
            break;
        }
        if size <= limit {
            bytes.extend_from_slice(&data);
        }
    }
    if size > limit {
        return Err(too_large(limit));
    }
    Ok(bytes.into())
}

fn too_large(limit: usize) -> Refusal {
    Problem::new(Code::TooLarge, format!("the limit is {limit} bytes")).into()
}

/// The body as JSON. No body at all is an empty object, so that `runs.sweep` needs none.
pub fn json(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, Refusal> {
    if bytes.is_empty() {
        return Ok(Value::Object(Default::default()));
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Code::UnsupportedMediaType, format!("got `{kind}`")).into());
    }
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|e| Refusal::from(Problem::new(Code::MalformedJson, e.to_string())))?;
    if !value.is_object() {
        return Err(Problem::new(Code::MalformedJson, "the body must be a JSON object").into());
    }
    if !is_within(&value, limits::JSON_DEPTH) {
        let detail = format!("nested more than {} levels deep", limits::JSON_DEPTH);
        return Err(Problem::new(Code::MalformedJson, detail).into());
    }
    Ok(value)
}

fn is_within(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_within(item, levels - 1)),
        Value::Object(fields) => {
            levels > 0 && fields.values().all(|field| is_within(field, levels - 1))
        }
        _ => true,
    }
}

/// A typed body; what does not fit is 422 with the field named below `at`.
pub fn typed<T: DeserializeOwned>(value: Value, at: &str) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path: String = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
                serde_path_to_error::Segment::Map { key } => Some(format!("/{key}")),
                _ => None,
            })
            .collect();
        let message = error.inner().to_string();
        let name = missing(&message).map_or(String::new(), |name| format!("/{name}"));
        Problem::invalid(format!("{at}{path}{name}"), message).into()
    })
}

/// The name of a field that is not there: no path leads to it.
fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}

/// PostgreSQL cannot keep U+0000. An operator is told so.
pub fn refuse_nul(value: &Value) -> Result<(), Refusal> {
    match find_nul(value, String::new()) {
        Some(path) => Err(Problem::invalid(path, "U+0000 cannot be stored").into()),
        None => Ok(()),
    }
}

fn find_nul(value: &Value, path: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(path),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(i, item)| find_nul(item, format!("{path}/{i}"))),
        Value::Object(fields) => fields.iter().find_map(|(key, item)| {
            if key.contains('\0') {
                Some(path.clone())
            } else {
                find_nul(item, format!("{path}/{key}"))
            }
        }),
        _ => None,
    }
}

/// A worker's words are kept as they are, but for U+0000, which becomes U+FFFD.
pub fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{FFFD}"),
        Value::Array(items) => items.iter_mut().for_each(replace_nul),
        Value::Object(fields) => {
            fields.values_mut().for_each(replace_nul);
            if fields.keys().any(|key| key.contains('\0')) {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(k, v)| (k.replace('\0', "\u{FFFD}"), v))
                    .collect();
            }
        }
        _ => {}
    }
}
