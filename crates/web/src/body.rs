//! Bodies and queries, from bytes to values, with a refusal that names the field.

use crate::refusal::Refusal;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header, request::Parts};
use http_body_util::BodyExt;
use ops_core::{Code, FieldError, Problem, limits, text};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is too much is read up to here and thrown away: a connection closed on a caller that still
/// sends is reset, and takes the 413 with it.
const DISCARDED_BYTES: usize = 32 * 1024 * 1024;

pub async fn read(request: Request, limit: usize) -> Result<(Parts, Bytes), Refusal> {
    let (parts, body) = request.into_parts();
    let announced = body.size_hint().lower();
    let asks_first = parts.headers.contains_key(header::EXPECT);
    if announced > DISCARDED_BYTES as u64 || (asks_first && announced > limit as u64) {
        return Err(too_large(limit));
    }
    let bytes = read_body(body, limit).await?;
    Ok((parts, bytes))
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
        if size > DISCARDED_BYTES {
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
    Ok(value)
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

/// Collects what is wrong with a request, to tell it all at once.
#[derive(Default)]
pub struct Wrong(Vec<FieldError>);

impl Wrong {
    pub fn unless(&mut self, fine: bool, field: impl Into<String>, message: impl Into<String>) {
        if !fine {
            self.0.push(FieldError {
                field: field.into(),
                message: message.into(),
            });
        }
    }

    pub fn uuid(&mut self, value: Option<&str>, field: impl Into<String>) {
        self.unless(value.is_none_or(text::is_uuid), field, "this is no id");
    }

    /// The database counts attempts in 31 bits.
    pub fn attempt(&mut self, value: u32, field: impl Into<String>) {
        self.unless(
            i32::try_from(value).is_ok(),
            field,
            "this is no number of an attempt",
        );
    }

    pub fn extend(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        self.0.extend(errors);
    }

    pub fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::new(Code::Invalid, summary(&self.0))
            .with_errors(self.0)
            .into())
    }
}

/// The first few errors in one line; a list of a thousand runs may have more.
pub fn summary(errors: &[FieldError]) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<_> = errors
        .iter()
        .take(SHOWN)
        .map(|e| format!("{}: {}", e.field, e.message))
        .collect();
    if errors.len() > SHOWN {
        words.push(format!("and {} more", errors.len() - SHOWN));
    }
    words.join("; ")
}

/// A query whose names are all known, each once. An empty value is as good as none.
pub struct Query(BTreeMap<String, String>);

impl Query {
    pub fn of(parts: &Parts, known: &[&str]) -> Result<Self, Refusal> {
        let axum::extract::Query(pairs) =
            axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
                .map_err(|e| Refusal::from(Problem::new(Code::BadRequest, e.to_string())))?;
        let takes = match known {
            [] => "unknown; this verb takes no query".to_string(),
            _ => format!("unknown; this verb takes {}", known.join(", ")),
        };
        let mut wrong = Wrong::default();
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            let field = format!("/{name}");
            wrong.unless(known.contains(&name.as_str()), &field, &takes);
            wrong.unless(!value.contains('\0'), &field, "U+0000 cannot be stored");
            wrong.unless(fields.insert(name, value).is_none(), &field, "stands twice");
        }
        wrong.done()?;
        Ok(Query(fields))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .ok_or_else(|| Problem::invalid(format!("/{name}"), "is missing").into())
    }

    pub fn uuid(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let value = self.get(name);
        let mut wrong = Wrong::default();
        wrong.uuid(value, format!("/{name}"));
        wrong.done().map(|()| value)
    }

    pub fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(Problem::invalid(
                format!("/{name}"),
                format!("must be a number from {} to {}", range.start(), range.end()),
            )
            .into()),
        }
    }

    pub fn limit(&self) -> Result<Option<i64>, Refusal> {
        self.number("limit", 1..=i64::from(limits::PAGE_ROWS))
    }
}
