//! Checks that a schema is within the supported part of JSON Schema.

use super::{instance, pattern};
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::{PARAMETER, TYPES};
use crate::format::names;
use crate::node::{Field, Kind};
use crate::report::Report;
use crate::suggest;
use serde_json::{Map, Value};

/// Place of a property among its siblings, from 0.
const ORDER: &str = "x-order";
/// Values of one `enum`: every value is compared with all of them.
const MAX_VALUES: usize = 500;

/// One parameter in the short form, and whether it is required. `required: true` is a boolean
/// only here.
pub(super) fn short(field: &Field<'_>, report: &mut Report<'_>) -> (Map<String, Value>, bool) {
    let required = field
        .get("required")
        .and_then(|field| match &field.node.kind {
            Kind::Scalar { value, .. } => value.as_bool(),
            _ => None,
        });
    let Some(is_required) = required else {
        return (schema(field, report), false);
    };
    let mut without = field.node.clone();
    if let Kind::Map(entries) = &mut without.kind {
        entries.retain(|entry| entry.key != "required");
    }
    let field = Field {
        node: &without,
        path: field.path.clone(),
    };
    (schema(&field, report), is_required)
}

/// A schema, as far as it is right; the report names the rest.
pub(super) fn schema(field: &Field<'_>, report: &mut Report<'_>) -> Map<String, Value> {
    let mut result = Map::new();
    if !matches!(field.node.kind, Kind::Map(_)) {
        let message = format!("a schema has to be a map, not {}", field.node.type_word());
        report.at(
            field,
            Code::BadSchema,
            message,
            "write for example `{type: string}`",
        );
        return result;
    }
    let problems_before = report.count();
    for (entry, value) in field.entries() {
        if report.is_full() {
            break;
        }
        if let Some(json) = keyword(&entry.key, &value, entry.key_span, report) {
            result.insert(entry.key.clone(), json);
        }
    }
    check_required(field, &result, report);
    if report.count() == problems_before {
        check_default(field, &result, report);
    }
    result
}

fn keyword(
    key: &str,
    field: &Field<'_>,
    key_span: crate::node::Span,
    report: &mut Report<'_>,
) -> Option<Value> {
    match key {
        "type" => check_type(field, report),
        "enum" | "examples" => expect(field, report, "a list of 1 to 500 values", |value| {
            value
                .as_array()
                .is_some_and(|list| (1..=MAX_VALUES).contains(&list.len()))
        }),
        "const" | "default" => Some(field.node.to_json()),
        "title" | "description" | "format" | "$schema" | "$comment" => {
            expect(field, report, "a text", Value::is_string)
        }
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
            expect(field, report, "a number", Value::is_number)
        }
        "minLength" | "maxLength" | "minItems" | "maxItems" | ORDER => {
            expect(field, report, "a whole number from 0", Value::is_u64)
        }
        "uniqueItems" => expect(field, report, "true or false", Value::is_boolean),
        "pattern" => check_pattern(field, report),
        "items" => Some(Value::Object(schema(field, report))),
        "properties" => check_properties(field, report),
        "required" => check_required_shape(field, report),
        "additionalProperties" => match &field.node.kind {
            Kind::Map(_) => Some(Value::Object(schema(field, report))),
            _ => expect(field, report, "true, false or a schema", Value::is_boolean),
        },
        "secret" | "writeOnly" => {
            let message = format!("parameters are shown and stored, so `{key}` cannot be kept");
            let hint = "take it out of `params` and list the variable under `secrets:`";
            report.add(key_span, &field.path, Code::BadSchema, message, hint);
            None
        }
        _ => {
            let message = format!("`{key}` is no supported keyword of a parameter's schema");
            let hint = suggest::hint(key, &names(&PARAMETER).collect::<Vec<_>>(), "supported");
            report.add(key_span, &field.path, Code::BadSchema, message, hint);
            None
        }
    }
}

fn expect(
    field: &Field<'_>,
    report: &mut Report<'_>,
    wanted: &str,
    fits: impl Fn(&Value) -> bool,
) -> Option<Value> {
    let json = field.node.to_json();
    if fits(&json) {
        return Some(json);
    }
    let message = format!("here should be {wanted}, not {}", field.node.type_word());
    report.at(field, Code::BadSchema, message, "");
    None
}

fn check_type(field: &Field<'_>, report: &mut Report<'_>) -> Option<Value> {
    let json = field.node.to_json();
    let words = match &json {
        Value::Array(words) if !words.is_empty() => words.clone(),
        word => vec![word.clone()],
    };
    for word in &words {
        let text = word.as_str().unwrap_or_default();
        if !TYPES.contains(&text) {
            let message = format!("`{}` is no type", crate::env::env_text(word));
            let hint = match text {
                "int" => "did you mean `integer`?".to_string(),
                "bool" => "did you mean `boolean`?".to_string(),
                "list" => "did you mean `array`?".to_string(),
                "float" => "did you mean `number`?".to_string(),
                "map" => "did you mean `object`?".to_string(),
                _ => suggest::hint(text, &TYPES, "types"),
            };
            report.at(field, Code::BadSchema, message, hint);
            return None;
        }
    }
    Some(json)
}

fn check_pattern(field: &Field<'_>, report: &mut Report<'_>) -> Option<Value> {
    let json = expect(field, report, "a regular expression", Value::is_string)?;
    match pattern::compile(json.as_str().unwrap_or_default()) {
        Ok(_) => Some(json),
        Err(error) => {
            let message = format!("the pattern cannot be used: {error}");
            let hint = "look-around and back references are not supported";
            report.at(field, Code::BadSchema, message, hint);
            None
        }
    }
}

/// JSON objects have no order, and people wrote theirs for a reason: forms follow `x-order`.
pub(super) fn placed(mut schema: Map<String, Value>, place: usize) -> Value {
    schema.entry(ORDER).or_insert_with(|| place.into());
    Value::Object(schema)
}

fn check_properties(field: &Field<'_>, report: &mut Report<'_>) -> Option<Value> {
    if !matches!(field.node.kind, Kind::Map(_)) {
        return expect(field, report, "a map of name to schema", |_| false);
    }
    let mut properties = Map::new();
    for (place, (entry, property)) in field.entries().enumerate() {
        let schema = placed(schema(&property, report), place);
        properties.insert(entry.key.clone(), schema);
    }
    Some(Value::Object(properties))
}

fn check_required_shape(field: &Field<'_>, report: &mut Report<'_>) -> Option<Value> {
    let json = field.node.to_json();
    let is_list_of_texts = json
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_string));
    if is_list_of_texts {
        return Some(json);
    }
    let message = "`required` of a schema is a list of names";
    let hint = "list the name in `required: [name]` of the object around it";
    report.at(field, Code::BadSchema, message, hint);
    None
}

/// What is required has to be declared, or nobody could give it.
fn check_required(field: &Field<'_>, schema: &Map<String, Value>, report: &mut Report<'_>) {
    let (Some(required), Some(Value::Object(properties))) =
        (field.get("required"), schema.get("properties"))
    else {
        return;
    };
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    for name in required.items() {
        let text = crate::env::env_text(&name.node.to_json());
        if !known.contains(&text.as_str()) {
            let message = format!("`{text}` is required but not declared");
            let hint = suggest::hint(&text, &known, "declared");
            report.at(&name, Code::UnknownReference, message, hint);
        }
    }
}

fn check_default(field: &Field<'_>, schema: &Map<String, Value>, report: &mut Report<'_>) {
    let (Some(default), Some(value)) = (field.get("default"), schema.get("default")) else {
        return;
    };
    let errors = instance::check(&Value::Object(schema.clone()), value, &default.path);
    for error in errors {
        let message = format!("the default does not fit its own schema: {}", error.message);
        report.add(
            default.node.span,
            &error.field,
            Code::BadSchema,
            message,
            "",
        );
    }
}
