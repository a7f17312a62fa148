//! GitHub's own description of its API, trimmed (`tests/github/trim.mjs`), and whether a body is what it
//! says. Keywords that are not known here are a failure, so that none is passed over.

use serde_json::{Map, Value};
use std::sync::OnceLock;

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let text = include_str!("../../github/openapi-trimmed.json");
        serde_json::from_str(text).expect("JSON")
    })
}

/// One operation of the description.
#[derive(Clone, Copy)]
pub struct Operation(&'static Value);

impl Operation {
    /// By method and path of a request.
    pub fn of(method: &str, path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let is_it = |operation: &&Value| {
            let template = operation["path"].as_str().expect("a path").split('/');
            let template: Vec<&str> = template.collect();
            let fits = |(of, is): (&&str, &&str)| of.starts_with('{') || of == is;
            operation["method"] == method
                && template.len() == parts.len()
                && template.iter().zip(&parts).all(fits)
        };
        let operations = document()["operations"].as_array().expect("a list");
        operations.iter().find(is_it).map(Operation)
    }

    /// GitHub's example of an answer.
    pub fn example(self, status: u16) -> Value {
        self.0["answers"][status.to_string()]["example"].clone()
    }

    /// What is wrong with the body of a request.
    pub fn request_faults(self, body: &Value) -> Vec<String> {
        match self.0["body"]["schema"].is_object() {
            true => faults(&self.0["body"]["schema"], body),
            false => Vec::new(),
        }
    }

    /// What is wrong with an answer. Refusals that this operation does not list look as all others do.
    pub fn answer_faults(self, status: u16, body: Option<&Value>) -> Vec<String> {
        let listed = &self.0["answers"][status.to_string()];
        let schema = match listed {
            Value::Null if status >= 500 => return Vec::new(),
            Value::Null if status >= 400 => &document()["schemas"]["basic-error"],
            Value::Null => return vec![format!("no answer of {status} is described")],
            listed => &listed["schema"],
        };
        match (schema.is_object(), body) {
            (true, Some(body)) => faults(schema, body),
            (true, None) => vec![format!("{status} has a body")],
            (false, Some(_)) => vec![format!("{status} has no body")],
            (false, None) => Vec::new(),
        }
    }
}

pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, value, "", &mut faults);
    faults
}

fn check(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = resolved(schema).as_object().expect("a schema");
    if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
        return;
    }
    for (keyword, wanted) in schema {
        match keyword.as_str() {
            "type" if !is_type(wanted, value) => faults.push(format!("{at}: no {wanted}")),
            "enum" if !is_one_of(wanted, value) => faults.push(format!("{at}: not of {wanted}")),
            "format" => check_format(wanted, value, at, faults),
            "required" => check_required(wanted, value, at, faults),
            "properties" => {
                for (name, schema) in wanted.as_object().expect("properties") {
                    if let Some(value) = value.get(name) {
                        check(schema, value, &format!("{at}/{name}"), faults);
                    }
                }
            }
            "additionalProperties" => check_others(schema, wanted, value, at, faults),
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(wanted, item, &format!("{at}/{place}"), faults);
                }
            }
            "anyOf" | "oneOf" => {
                let mut all = wanted.as_array().expect("a list").iter();
                if !all.any(|one| self::faults(one, value).is_empty()) {
                    faults.push(format!("{at}: none of {keyword}"));
                }
            }
            "maxProperties" => {
                let most = wanted.as_u64().expect("a number");
                if value.as_object().is_some_and(|o| o.len() as u64 > most) {
                    faults.push(format!("{at}: more than {most} properties"));
                }
            }
            "type" | "enum" | "nullable" => {}
            other => panic!("{at}: the keyword {other} is not known to this check"),
        }
    }
}

fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        None => schema,
        Some(pointer) => {
            let found = document().pointer(pointer.trim_start_matches('#'));
            resolved(found.unwrap_or_else(|| panic!("no {pointer}")))
        }
    }
}

fn is_type(wanted: &Value, value: &Value) -> bool {
    match wanted.as_str().expect("one type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("the type {other} is not known to this check"),
    }
}

fn is_one_of(wanted: &Value, value: &Value) -> bool {
    wanted.as_array().expect("a list").contains(value)
}

fn check_format(wanted: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(text) = value.as_str() else { return };
    let is_it = match wanted.as_str().expect("a format") {
        "uri" => text.contains(':') && !text.contains(' '),
        "date-time" => text.get(10..11) == Some("T") && text.len() >= 20,
        _ => true,
    };
    if !is_it {
        faults.push(format!("{at}: {text:?} is no {wanted}"));
    }
}

fn check_required(wanted: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    for name in wanted.as_array().expect("a list") {
        let name = name.as_str().expect("a name");
        if value.is_object() && value.get(name).is_none() {
            faults.push(format!("{at}/{name}: missing"));
        }
    }
}

fn check_others(
    schema: &Map<String, Value>,
    wanted: &Value,
    value: &Value,
    at: &str,
    faults: &mut Vec<String>,
) {
    let Some(object) = value.as_object() else {
        return;
    };
    let known = schema.get("properties").and_then(Value::as_object);
    let is_other = |name: &String| !known.is_some_and(|known| known.contains_key(name));
    for (name, value) in object.iter().filter(|(name, _)| is_other(name)) {
        match wanted {
            Value::Bool(true) => {}
            Value::Bool(false) => faults.push(format!("{at}/{name}: not known")),
            schema => check(schema, value, &format!("{at}/{name}"), faults),
        }
    }
}
