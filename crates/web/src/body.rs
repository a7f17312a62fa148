//! Bodies and queries, from bytes to values, with a refusal that names the field.

use crate::refusal::Refusal;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header, request::Parts};
use ops_core::{Code, FieldError, Problem, limits, text};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

pub async fn read(request: Request, limit: usize) -> Result<(Parts, Bytes), Refusal> {
    let (parts, body) = request.into_parts();
    let bytes = read_body(body, limit).await?;
    Ok((parts, bytes))
}

async fn read_body(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let mut source: Option<&dyn std::error::Error> = Some(&error);
        while let Some(cause) = source {
            if cause.is::<http_body_util::LengthLimitError>() {
                return Problem::new(Code::TooLarge, format!("the limit is {limit} bytes")).into();
            }
            source = cause.source();
        }
        Problem::new(Code::BadRequest, "the body ended early").into()
    })
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
        Problem::invalid(format!("{at}{path}"), error.inner().to_string()).into()
    })
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

    pub fn extend(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        self.0.extend(errors);
    }

    pub fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        let detail = self
            .0
            .iter()
            .map(|e| format!("{}: {}", e.field, e.message))
            .collect::<Vec<_>>()
            .join("; ");
        Err(Problem::new(Code::Invalid, detail)
            .with_errors(self.0)
            .into())
    }
}

/// A query whose names are all known.
pub struct Query(BTreeMap<String, String>);

impl Query {
    pub fn of(parts: &Parts, known: &[&str]) -> Result<Self, Refusal> {
        let axum::extract::Query(fields) =
            axum::extract::Query::<BTreeMap<String, String>>::try_from_uri(&parts.uri)
                .map_err(|e| Refusal::from(Problem::new(Code::BadRequest, e.to_string())))?;
        let mut wrong = Wrong::default();
        for (name, value) in &fields {
            wrong.unless(
                known.contains(&name.as_str()),
                format!("/{name}"),
                format!("unknown; this verb takes {}", known.join(", ")),
            );
            wrong.unless(
                !value.contains('\0'),
                format!("/{name}"),
                "U+0000 cannot be stored",
            );
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
