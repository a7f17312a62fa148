//! `params:` of a runbook, in the full or the short form → the full form.

use super::shape;
use crate::diagnostic::DiagnosticCode as Code;
use crate::env::param_env_name;
use crate::limits::MAX_PARAMS;
use crate::names::is_param;
use crate::node::{Entry, Field, Kind, Node};
use crate::report::Report;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The schema of a runbook without parameters.
pub(crate) fn empty() -> Value {
    json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false})
}

/// Reads `params:`. The answer always has `type`, `properties`, `required` (sorted) and
/// `additionalProperties`.
pub(crate) fn read(field: Option<Field<'_>>, report: &mut Report<'_>) -> Value {
    let Some(field) = field.filter(|field| !field.node.is_null()) else {
        return empty();
    };
    if !matches!(field.node.kind, Kind::Map(_)) {
        let message = format!("`params` has to be a map, not {}", field.node.type_word());
        let hint = "write for example `params: {service: {type: string, required: true}}`";
        report.at(&field, Code::WrongType, message, hint);
        return empty();
    }
    if is_full_form(field.node) {
        return full_form(&field, report);
    }
    short_form(&field, report)
}

/// A parameter may itself be called `type` or `properties`; then its value is a schema.
fn is_full_form(node: &Node) -> bool {
    let is_word = |node: &Node| matches!(node.kind, Kind::Scalar { .. } | Kind::List(_));
    match (node.get("type"), node.get("properties")) {
        (Some(word), _) if is_word(word) => true,
        (_, Some(properties)) => !properties.get("type").is_some_and(is_word),
        _ => false,
    }
}

fn full_form(field: &Field<'_>, report: &mut Report<'_>) -> Value {
    let mut schema = shape::schema(field, report);
    if schema.get("type").is_some_and(|word| word != "object") {
        let message = "the schema of all parameters has `type: object`";
        report.at(field, Code::BadSchema, message, "");
    }
    if let Some(properties) = field.get("properties") {
        check_names(&properties, report);
    }
    schema.remove("$schema");
    complete(schema)
}

fn short_form(field: &Field<'_>, report: &mut Report<'_>) -> Value {
    check_names(field, report);
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (place, (entry, property)) in field.entries().enumerate() {
        if property.node.is_null() {
            let message = format!("the parameter `{}` has no schema", entry.key);
            report.at(
                &property,
                Code::BadSchema,
                message,
                "write for example `{type: string}`",
            );
            continue;
        }
        let (schema, is_required) = shape::short(&property, report);
        properties.insert(entry.key.clone(), shape::placed(schema, place));
        if is_required {
            required.push(Value::from(entry.key.clone()));
        }
    }
    let mut schema = Map::new();
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("required".into(), Value::Array(required));
    complete(schema)
}

/// Adds what the canonical form always has.
fn complete(mut schema: Map<String, Value>) -> Value {
    schema.insert("type".into(), "object".into());
    schema.entry("properties").or_insert_with(|| json!({}));
    schema
        .entry("additionalProperties")
        .or_insert(Value::Bool(false));
    let required = schema.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(names) = required {
        names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        names.dedup();
    }
    Value::Object(schema)
}

/// Names have a shape, and no two of them may become the same environment variable.
fn check_names(properties: &Field<'_>, report: &mut Report<'_>) {
    let mut variables: HashMap<String, &Entry> = HashMap::new();
    for (count, (entry, property)) in properties.entries().enumerate() {
        let at = entry.key_span;
        if count == MAX_PARAMS {
            let message = format!("more than {MAX_PARAMS} parameters");
            report.add(at, &property.path, Code::TooLarge, message, "");
            return;
        }
        if !is_param(&entry.key) {
            let message = format!("`{}` is no name of a parameter", entry.key);
            let hint = "letters, digits, `_`, `-` and `.`, at most 64, not beginning with a digit";
            report.add(at, &property.path, Code::BadValue, message, hint);
            continue;
        }
        let variable = param_env_name(&entry.key);
        match variables.get(&variable) {
            // The same key twice is reported where the text is read.
            Some(first) if first.key == entry.key => {}
            Some(first) => {
                let message = format!(
                    "`{}` and `{}` would both be the variable {variable}",
                    first.key, entry.key
                );
                let hint = "rename one of the two";
                report.add(at, &property.path, Code::NameTaken, message, hint);
            }
            None => {
                variables.insert(variable, entry);
            }
        }
    }
}
