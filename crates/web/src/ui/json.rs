//! Answers of the database, read without surprises: what is not there is empty.

use ops_core::RunStatus;
use ops_render::words::{UnixMs, parse_iso};
use serde_json::Value;

pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

pub fn some_text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str().filter(|text| !text.is_empty())
}

pub fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_default()
}

pub fn small(value: &Value, name: &str) -> u32 {
    u32::try_from(number(value, name)).unwrap_or(u32::MAX)
}

pub fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

pub fn time(value: &Value, name: &str) -> Option<UnixMs> {
    value[name].as_str().and_then(parse_iso)
}

pub fn status(run: &Value) -> RunStatus {
    RunStatus::parse(text(run, "status")).unwrap_or(RunStatus::Queued)
}

/// What a person types or reads of a parameter: text as it is, the rest as JSON.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The first `most` characters, with a sign where there were more.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.into(),
    }
}
