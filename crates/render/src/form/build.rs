use super::{Area, Check, Choice, Field, Form, Input, ROOT, Shape};
use super::{below, is_required, is_two_state, properties, shape, typed};
use crate::html::with_code;
use ops_core::FieldError;
use serde_json::{Map, Value};

/// Draws the parameters of `schema`, filled with `values`, else with the defaults. Required ones
/// come first. `errors` whose field is not drawn stand above the form.
pub fn form(schema: &Value, values: &Map<String, Value>, errors: &[FieldError]) -> Form {
    let mut left: Vec<&FieldError> = errors.iter().collect();
    let fields = fields(schema, &|name| values.get(name), ROOT, false, &mut left);
    let errors = left
        .into_iter()
        .map(|error| match error.field.strip_prefix(ROOT) {
            Some("") | None => error.message.clone(),
            Some(rest) => format!("{}: {}", rest.trim_start_matches('/'), error.message),
        });
    Form {
        fields,
        errors: errors.collect(),
    }
}

fn fields<'v>(
    schema: &Value,
    value_of: &dyn Fn(&str) -> Option<&'v Value>,
    parent: &str,
    is_nested: bool,
    errors: &mut Vec<&FieldError>,
) -> Vec<Field> {
    let none = Map::new();
    let mut all: Vec<(&String, &Value)> = properties(schema).unwrap_or(&none).iter().collect();
    // As they were written; where that is not known, what has to be given comes first.
    all.sort_by_key(|(name, property)| {
        let place = property.get("x-order").and_then(Value::as_u64);
        (place.unwrap_or(u64::MAX), !is_required(schema, name))
    });
    all.into_iter()
        .map(|(name, property)| {
            let pointer = below(parent, name);
            let required = is_required(schema, name);
            field(
                name,
                property,
                value_of(name),
                pointer,
                required,
                is_nested,
                errors,
            )
        })
        .collect()
}

fn field(
    name: &str,
    schema: &Value,
    value: Option<&Value>,
    pointer: String,
    required: bool,
    is_nested: bool,
    errors: &mut Vec<&FieldError>,
) -> Field {
    let shape = shape(schema, is_nested);
    let mut drawn = Field {
        id: format!(
            "f{}",
            pointer.replace(
                |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_',
                "-"
            )
        ),
        label: text(schema, "title").unwrap_or(name).to_string(),
        description_html: with_code(text(schema, "description").unwrap_or("")),
        required,
        ..Field::default()
    };
    let shown = value.or_else(|| schema.get("default"));
    let value_text = shown.map(typed).unwrap_or_default();
    match shape {
        Shape::Text | Shape::Number => drawn.input = Some(input(schema, shape, value_text)),
        Shape::Long => drawn.area = Some(area(value_text, false)),
        Shape::Json => {
            let json = shown.map(|value| format!("{value:#}")).unwrap_or_default();
            drawn.area = Some(Area {
                placeholder: "JSON".into(),
                ..area(json, true)
            });
        }
        Shape::Lines => {
            let items = shown
                .and_then(Value::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let lines: Vec<String> = items.iter().map(typed).collect();
            drawn.area = Some(Area {
                placeholder: "one per line".into(),
                ..area(lines.join("\n"), false)
            });
        }
        Shape::Flag if is_two_state(schema, required) => {
            drawn.check = Some(Check {
                checked: shown == Some(&Value::Bool(true)),
            });
        }
        Shape::Flag => {
            drawn.select = Some(choices(
                &[true.into(), false.into()],
                |one| shown == Some(one),
                true,
            ))
        }
        Shape::Select => {
            let all = list(schema);
            let is_open = !required || shown.is_none();
            drawn.select = Some(choices(all, |one| shown == Some(one), is_open));
        }
        Shape::Several => {
            let all = schema.get("items").map(list).unwrap_or_default();
            let chosen = shown
                .and_then(Value::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default();
            drawn.checks = Some(choices(all, |one| chosen.contains(one), false));
        }
        Shape::Group => {
            let part = |name: &str| shown.and_then(|value| value.get(name));
            drawn.group = Some(fields(schema, &part, &pointer, true, errors));
        }
    }
    // Errors of the parts of a list belong to the list; the parts of a group took theirs.
    let inside = format!("{pointer}/");
    errors.retain(|error| {
        let is_own = error.field == pointer || error.field.starts_with(&inside);
        if is_own {
            drawn.errors.push(error.message.clone());
        }
        !is_own
    });
    drawn.name = pointer;
    let mut described: Vec<String> = Vec::new();
    if !drawn.description_html.as_str().is_empty() {
        described.push(format!("{}-about", drawn.id));
    }
    if !drawn.errors.is_empty() {
        described.push(format!("{}-error", drawn.id));
    }
    drawn.described_by = described.join(" ");
    drawn
}

fn input(schema: &Value, shape: Shape, value: String) -> Input {
    let is_integer = text(schema, "type") == Some("integer");
    let written = |key: &str| schema.get(key).map(typed).unwrap_or_default();
    let kind = match (shape, text(schema, "format")) {
        (Shape::Number, _) => "number",
        (_, Some("uri")) => "url",
        (_, Some("email")) => "email",
        (_, Some("date")) => "date",
        _ => "text",
    };
    let step = match (shape, is_integer) {
        (Shape::Number, true) => "1",
        (Shape::Number, false) => "any",
        _ => "",
    };
    let suggestions: Vec<String> = schema
        .get("examples")
        .and_then(Value::as_array)
        .map(|list| list.iter().take(20).map(typed).collect())
        .unwrap_or_default();
    Input {
        kind,
        value,
        min: written("minimum"),
        max: written("maximum"),
        step: step.into(),
        min_length: written("minLength"),
        max_length: written("maxLength"),
        pattern: whole(text(schema, "pattern").unwrap_or("")),
        placeholder: suggestions.first().cloned().unwrap_or_default(),
        suggestions,
    }
}

/// A browser's pattern means the whole text; one of JSON Schema may match anywhere.
fn whole(pattern: &str) -> String {
    if pattern.is_empty() {
        return String::new();
    }
    format!(".*(?:{pattern}).*")
}

fn area(value: String, is_code: bool) -> Area {
    Area {
        rows: (value.lines().count() + 1).clamp(3, 16),
        value,
        placeholder: String::new(),
        is_code,
    }
}

fn list(schema: &Value) -> &[Value] {
    schema
        .get("enum")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn choices(all: &[Value], is_chosen: impl Fn(&Value) -> bool, is_open: bool) -> Vec<Choice> {
    let none = is_open.then(|| Choice {
        label: "not set".into(),
        ..Choice::default()
    });
    let given = all.iter().map(|value| Choice {
        value: value.to_string(),
        label: typed(value),
        chosen: is_chosen(value),
    });
    none.into_iter().chain(given).collect()
}

fn text<'s>(schema: &'s Value, key: &str) -> Option<&'s str> {
    schema
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}
