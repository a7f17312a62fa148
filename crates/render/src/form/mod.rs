//! A JSON Schema of parameters as a form, and the sent form as parameters again.
//!
//! The name of a control is the JSON pointer of its value, such as `/params/region`, which is also
//! the `field` of an error: nothing has to be translated on the way there and back.

mod build;
mod field;
mod read;

pub use build::form;
pub use field::{Area, Check, Choice, Field, Form, Input};
pub use read::read_form;

use serde_json::{Map, Value};

/// Root of the pointers.
pub const ROOT: &str = "/params";

/// How one schema is drawn and read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    /// More than a line.
    Long,
    Number,
    Flag,
    /// One of a list.
    Select,
    /// Some of a list.
    Several,
    /// One text per line.
    Lines,
    /// An object whose parts are drawn, one level deep.
    Group,
    /// Anything else, as JSON.
    Json,
}

fn shape(schema: &Value, is_nested: bool) -> Shape {
    let word = |schema: &Value| {
        schema
            .get("type")
            .and_then(Value::as_str)
            .map(str::to_string)
    };
    let is_list = |schema: &Value| {
        schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty())
    };
    if is_list(schema) {
        return Shape::Select;
    }
    match word(schema).as_deref() {
        Some("string") => {
            let most = schema.get("maxLength").and_then(Value::as_u64);
            let default = schema.get("default").and_then(Value::as_str).unwrap_or("");
            match most.is_some_and(|most| most > 300) || default.contains('\n') {
                true => Shape::Long,
                false => Shape::Text,
            }
        }
        Some("number" | "integer") => Shape::Number,
        Some("boolean") => Shape::Flag,
        Some("array") => match schema.get("items") {
            Some(items) if is_list(items) => Shape::Several,
            Some(items) if word(items).as_deref() == Some("string") => Shape::Lines,
            _ => Shape::Json,
        },
        Some("object") if !is_nested && properties(schema).is_some_and(|all| !all.is_empty()) => {
            Shape::Group
        }
        _ => Shape::Json,
    }
}

fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
}

/// A flag that may be left out altogether needs a third state.
fn is_two_state(schema: &Value, required: bool) -> bool {
    required || schema.get("default").is_some_and(Value::is_boolean)
}

/// A value as a person types it.
fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// `parent/name`, with the name escaped as JSON pointers want it.
fn below(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests;
