//! Schemas of schemas: what a parameter may look like.

use super::keys::PARAMETER;
use super::object;
use serde_json::{Value, json};

/// A schema within the supported part of JSON Schema.
pub(super) fn full() -> Value {
    Value::Object(object(&PARAMETER))
}

/// The same below `params:`, where `required` may be a boolean.
pub(super) fn short() -> Value {
    let mut schema = full();
    let list = schema["properties"]["required"].take();
    schema["properties"]["required"] = json!({
        "description": "Whether it has to be given.",
        "anyOf": [{"type": "boolean"}, list],
    });
    schema
}
