//! The keys of the format, each with what it is about and what its value looks like. The reader
//! accepts what stands in these tables, and the JSON Schema is written from them, so that the two
//! cannot differ in a key.

pub(crate) mod keys;
mod parameter;
mod shapes;

#[cfg(test)]
mod check;
#[cfg(test)]
mod tests;

use keys::*;
use serde_json::{Map, Value, json};

/// One key of a map.
pub(crate) struct Key {
    pub name: &'static str,
    /// For people, as an editor shows it.
    about: &'static str,
    /// JSON Schema of the value.
    shape: fn() -> Value,
    is_required: bool,
    /// False where the reader only knows the key to refuse it with a hint.
    is_built: bool,
}

impl Key {
    const fn new(name: &'static str, about: &'static str, shape: fn() -> Value) -> Key {
        Key {
            name,
            about,
            shape,
            is_required: false,
            is_built: true,
        }
    }

    const fn required(self) -> Key {
        Key {
            is_required: true,
            ..self
        }
    }

    const fn not_built(name: &'static str) -> Key {
        Key {
            is_built: false,
            ..Key::new(name, "", || Value::Null)
        }
    }
}

pub(crate) fn names(keys: &'static [Key]) -> impl Iterator<Item = &'static str> {
    keys.iter().map(|key| key.name)
}

/// JSON Schema (2020-12) of the runbook format as people write it, short forms included. It is
/// what editors complete by; [`crate::parse`] finds more.
pub fn json_schema() -> Value {
    let mut schema = object(&RUNBOOK);
    schema.extend(map(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Runbook of Ops Control Room",
        "$defs": {
            "artifact": object(&ARTIFACT),
            "artifactFile": object(&ARTIFACT_FILE),
            "concurrency": object(&CONCURRENCY),
            "expect": object(&EXPECT),
            "http": object(&HTTP),
            "parameter": parameter::full(),
            "retry": object(&RETRY),
            "shortParameter": parameter::short(),
            "specGenerate": object(&SPEC_GENERATE),
            "specKit": one_of(object(&SPEC_KIT), &SPEC_CALLS),
            "specValidate": one_of(object(&SPEC_VALIDATE), &SPEC_SUBJECTS),
            "step": step(),
            "waitFor": one_of(object(&WAIT_FOR), &PROBES),
            "workflow": object(&WORKFLOW),
        },
    })));
    Value::Object(schema)
}

fn step() -> Value {
    one_of(object(&STEP), &STEP_KINDS)
}

/// Adds that exactly one of these keys is there.
fn one_of(mut schema: Map<String, Value>, kinds: &[&str]) -> Value {
    let kinds = kinds.iter().map(|kind| json!({"required": [kind]}));
    schema.insert("oneOf".into(), kinds.collect());
    Value::Object(schema)
}

/// Schema of a map with these keys.
fn object(keys: &[Key]) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in keys.iter().filter(|key| key.is_built) {
        let mut shape = map((key.shape)());
        shape.insert("description".into(), key.about.into());
        properties.insert(key.name.into(), Value::Object(shape));
        if key.is_required {
            required.push(key.name);
        }
    }
    let mut schema = map(json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    }));
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
