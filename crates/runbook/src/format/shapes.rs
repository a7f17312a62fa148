//! JSON Schemas of single values. A YAML scalar is a text wherever a text is wanted, so numbers
//! and booleans pass there, as they do in the reader.

use super::keys::TYPES;
use crate::limits::*;
use crate::model::HttpMethod;
use serde_json::{Value, json};

pub(super) fn text() -> Value {
    json!({"type": ["string", "number", "boolean"]})
}

/// Strictly a text.
pub(super) fn string() -> Value {
    json!({"type": "string"})
}

pub(super) fn boolean() -> Value {
    json!({"type": "boolean"})
}

pub(super) fn number() -> Value {
    json!({"type": "number"})
}

pub(super) fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

pub(super) fn anything() -> Value {
    json!({})
}

pub(super) fn constant(value: impl Into<Value>) -> Value {
    json!({"const": value.into()})
}

pub(super) fn words(words: &[&str]) -> Value {
    json!({"enum": words})
}

pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

pub(super) fn list_of(name: &str, longest: usize) -> Value {
    json!({"type": "array", "items": reference(name), "minItems": 1, "maxItems": longest})
}

fn named(pattern: &str) -> Value {
    json!({"type": ["string", "number", "boolean"], "pattern": pattern})
}

pub(super) const SLUG: &str = "^[a-z0-9][a-z0-9-]{0,63}$";
pub(super) const LANE: &str = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";
pub(super) const STEP_ID: &str = "^[a-z][a-z0-9_-]{0,63}$";
pub(super) const ENV_NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
pub(super) const OUTPUT_KEY: &str = "^[A-Za-z_][A-Za-z0-9_-]{0,63}$";
pub(super) const POINTER: &str = "^(/([^~]|~[01])*)?$";

const REPOSITORY: &str = r"^[A-Za-z0-9_-]{1,39}/[A-Za-z0-9._-]{1,100}$";
pub(super) const WORKFLOW_FILE: &str = r"^[A-Za-z0-9._-]{1,200}\.ya?ml$";

pub(super) fn repository() -> Value {
    named(REPOSITORY)
}

pub(super) fn workflow_file() -> Value {
    named(WORKFLOW_FILE)
}

pub(super) fn inputs() -> Value {
    let mut inputs = texts();
    inputs["propertyNames"] = json!({"pattern": LANE});
    inputs
}

pub(super) fn slug() -> Value {
    named(SLUG)
}

pub(super) fn lane() -> Value {
    named(LANE)
}

pub(super) fn step_id() -> Value {
    named(STEP_ID)
}

pub(super) fn title() -> Value {
    json!({"type": ["string", "number", "boolean"], "maxLength": MAX_TITLE_CHARS})
}

pub(super) fn artifact_name() -> Value {
    json!({"type": ["string", "number", "boolean"], "maxLength": MAX_ARTIFACT_NAME_CHARS})
}

pub(super) fn condition() -> Value {
    json!({"type": ["string", "number", "boolean"], "maxLength": MAX_EXPR_BYTES})
}

/// Spaces around and inside are allowed as in `2 h`.
pub(super) fn seconds() -> Value {
    json!({
        "type": ["string", "integer"],
        "pattern": r"^\s*[0-9]+\s*(ms|s|m|h|d)?\s*$",
        "minimum": 1,
    })
}

/// Seconds below one may be written with a point.
pub(super) fn pause() -> Value {
    json!({
        "type": ["string", "number"],
        "pattern": r"^\s*[0-9]+\s*(ms|s|m|h|d)?\s*$",
        "exclusiveMinimum": 0,
        "maximum": 86_400,
    })
}

pub(super) fn attempts() -> Value {
    between(&MAX_ATTEMPTS)
}

/// Characters here; the reader counts bytes.
pub(super) fn group() -> Value {
    json!({"type": ["string", "number", "boolean"], "maxLength": MAX_GROUP_BYTES})
}

pub(super) fn group_limit() -> Value {
    between(&GROUP_LIMITS)
}

pub(super) fn max_bytes() -> Value {
    between(&MAX_HTTP_BYTES)
}

fn between(range: &std::ops::RangeInclusive<u64>) -> Value {
    json!({"type": "integer", "minimum": range.start(), "maximum": range.end()})
}

/// A number, or a text that is interpolated first.
pub(super) fn tries() -> Value {
    json!({"anyOf": [between(&MAX_TRIES), {"type": "string", "pattern": r"\{\{"}]})
}

pub(super) fn factor() -> Value {
    json!({
        "type": "number",
        "minimum": BACKOFF_FACTORS.start(),
        "maximum": BACKOFF_FACTORS.end(),
    })
}

pub(super) fn method() -> Value {
    let lower: Vec<String> = HttpMethod::NAMES
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    let all = HttpMethod::NAMES
        .iter()
        .map(|name| name.to_string())
        .chain(lower);
    json!({"enum": all.collect::<Vec<_>>()})
}

pub(super) fn status() -> Value {
    let one = json!({
        "type": ["integer", "string"],
        "minimum": 100,
        "maximum": 599,
        "pattern": r"^([1-5][0-9]{2}|[1-5](xx|XX))$",
    });
    json!({"anyOf": [
        one,
        {"type": "array", "items": one, "minItems": 1},
        {"type": "string", "pattern": r"\{\{"},
    ]})
}

pub(super) fn texts() -> Value {
    json!({
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    })
}

pub(super) fn one_or_more_texts() -> Value {
    json!({"anyOf": [text(), {"type": "array", "items": text()}]})
}

pub(super) fn pointers() -> Value {
    json!({
        "type": "object",
        "propertyNames": {"pattern": OUTPUT_KEY},
        "additionalProperties": {"type": "string", "pattern": POINTER},
    })
}

pub(super) fn pointed_values() -> Value {
    json!({"type": "object", "propertyNames": {"pattern": POINTER}})
}

pub(super) fn secrets() -> Value {
    json!({"type": "array", "items": {"type": ["string", "boolean"], "pattern": ENV_NAME}})
}

pub(super) fn artifact_files() -> Value {
    json!({"type": "array", "items": {"anyOf": [text(), reference("artifactFile")]}})
}

pub(super) fn params() -> Value {
    json!({"anyOf": [
        reference("parameter"),
        {"type": "object", "additionalProperties": reference("shortParameter")},
    ]})
}

pub(super) fn types() -> Value {
    json!({"anyOf": [
        {"enum": TYPES},
        {"type": "array", "items": {"enum": TYPES}, "minItems": 1},
    ]})
}

pub(super) fn values() -> Value {
    json!({"type": "array", "minItems": 1, "maxItems": 500})
}

pub(super) fn properties() -> Value {
    json!({"type": "object", "additionalProperties": reference("parameter")})
}

pub(super) fn names_list() -> Value {
    json!({"type": "array", "items": string()})
}

pub(super) fn boolean_or_parameter() -> Value {
    json!({"anyOf": [boolean(), reference("parameter")]})
}
