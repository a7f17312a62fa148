//! `-p key=text` of a command line, where everything is text.

use super::instance::types;
use crate::env::env_text;
use serde_json::Value;

/// The value that `text` means for the parameter `key`: `3` is a number where the schema wants
/// one. What cannot be read stays a text, so that `check_params` says what is wrong.
pub fn parse_cli_param(schema: &Value, key: &str, text: &str) -> Value {
    let property = schema
        .get("properties")
        .and_then(|properties| properties.get(key));
    let Some(property) = property else {
        return Value::String(text.to_string());
    };
    let types = types(property);
    if types.is_empty() {
        return listed(property, text).unwrap_or_else(|| Value::String(text.to_string()));
    }
    types
        .into_iter()
        .find_map(|word| convert(word, text))
        .unwrap_or_else(|| Value::String(text.to_string()))
}

/// Without a type, one of the allowed values that is written like this.
fn listed(property: &Value, text: &str) -> Option<Value> {
    let allowed = property.get("enum").and_then(Value::as_array);
    allowed
        .into_iter()
        .flatten()
        .chain(property.get("const"))
        .find(|value| env_text(value) == text)
        .cloned()
}

fn convert(word: &str, text: &str) -> Option<Value> {
    let json = || serde_json::from_str::<Value>(text.trim()).ok();
    match word {
        "string" => Some(Value::String(text.to_string())),
        "integer" | "number" => json().filter(Value::is_number),
        "boolean" => json().filter(Value::is_boolean),
        "array" => json().filter(Value::is_array),
        "object" => json().filter(Value::is_object),
        "null" => Some(Value::Null).filter(|_| text.is_empty() || text == "null"),
        _ => None,
    }
}
