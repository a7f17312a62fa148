use super::{ROOT, Shape, below, is_required, is_two_state, properties, shape};
use ops_core::FieldError;
use serde_json::{Map, Value};

/// What a browser sent, as parameters. Errors say only what cannot be read at all; whether values
/// fit the schema is for the runbook crate to say. Unknown names are left alone.
pub fn read_form(
    schema: &Value,
    sent: &[(String, String)],
) -> Result<Map<String, Value>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let params = object(schema, sent, ROOT, false, &mut errors);
    match errors.is_empty() {
        true => Ok(params),
        false => Err(errors),
    }
}

fn object(
    schema: &Value,
    sent: &[(String, String)],
    parent: &str,
    is_nested: bool,
    errors: &mut Vec<FieldError>,
) -> Map<String, Value> {
    let none = Map::new();
    let mut read = Map::new();
    for (name, property) in properties(schema).unwrap_or(&none) {
        let pointer = below(parent, name);
        let required = is_required(schema, name);
        if shape(property, is_nested) == Shape::Group {
            let parts = object(property, sent, &pointer, true, errors);
            if !parts.is_empty() || required {
                read.insert(name.clone(), Value::Object(parts));
            }
            continue;
        }
        match value(property, sent, &pointer, required, is_nested) {
            Ok(Some(value)) => drop(read.insert(name.clone(), value)),
            Ok(None) => {}
            Err(message) => errors.push(FieldError {
                field: pointer,
                message,
            }),
        }
    }
    read
}

fn value(
    schema: &Value,
    sent: &[(String, String)],
    pointer: &str,
    required: bool,
    is_nested: bool,
) -> Result<Option<Value>, String> {
    let all = || {
        sent.iter()
            .filter(|(name, _)| name == pointer)
            .map(|(_, text)| text.as_str())
    };
    let Some(last) = all().next_back() else {
        return Ok(None);
    };
    Ok(match shape(schema, is_nested) {
        Shape::Text | Shape::Long => {
            // Browsers send line ends as CRLF. An emptied field takes a default away, and nothing
            // else: where there is none, empty means left out.
            let has_default = schema.get("default").is_some_and(|value| value != "");
            let text = last.replace("\r\n", "\n");
            (!text.is_empty() || has_default).then_some(Value::String(text))
        }
        Shape::Number => match last.trim() {
            "" => None,
            text => Some(number(text)?),
        },
        Shape::Flag if is_two_state(schema, required) => Some(Value::Bool(last == "true")),
        Shape::Flag | Shape::Select => match last {
            "" => None,
            text => Some(parsed(text)?),
        },
        Shape::Several => {
            let chosen: Result<Vec<Value>, String> =
                all().filter(|text| !text.is_empty()).map(parsed).collect();
            Some(Value::Array(chosen?))
        }
        Shape::Lines => {
            let lines: Vec<Value> = last
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(Value::from)
                .collect();
            let has_default = schema.get("default").is_some();
            (!lines.is_empty() || has_default || required).then_some(Value::Array(lines))
        }
        Shape::Json | Shape::Group => match last.trim() {
            "" => None,
            text => Some(parsed(text)?),
        },
    })
}

fn number(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Number(_)) => Ok(value),
        _ => Err("must be a number".into()),
    }
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        format!(
            "is no JSON: line {}, column {}",
            error.line(),
            error.column()
        )
    })
}
