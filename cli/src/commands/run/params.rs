//! Parameters from the command line and from a file, read as the runbook wants them.

use crate::failure::Failure;
use crate::values::KeyValue;
use ops_core::api::Object;
use ops_runbook::{check_params, parse_cli_param};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// As they were given: values of the file are JSON already, those of `-p` are still text.
pub struct Given {
    file: Object,
    line: BTreeMap<String, String>,
}

pub fn read(pairs: &[KeyValue], file: Option<&Path>) -> Result<Given, Failure> {
    let mut line = BTreeMap::new();
    for pair in pairs {
        if line.insert(pair.key.clone(), pair.value.clone()).is_some() {
            return Err(Failure::usage(
                format!("the parameter `{}` is given twice", pair.key),
                "leave one of the two -p out; lists are written as JSON, such as -p hosts='[\"a\",\"b\"]'",
            ));
        }
    }
    let file = file.map(read_file).transpose()?.unwrap_or_default();
    Ok(Given { file, line })
}

fn read_file(path: &Path) -> Result<Object, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, error))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(params)) => Ok(params),
        Ok(_) => Err(Failure::usage(
            format!("{} holds no JSON object", path.display()),
            "write it as {\"name\": \"value\"}",
        )),
        Err(error) => Err(Failure::usage(
            format!(
                "{}:{}:{}: this is no JSON: {error}",
                path.display(),
                error.line(),
                error.column()
            ),
            "write it as {\"name\": \"value\"}",
        )),
    }
}

/// Checks them against the schema. Defaults are left to the control room, which freezes them.
pub fn fit(schema: &Value, given: Given) -> Result<Object, Failure> {
    let mut params = given.file;
    for (key, text) in given.line {
        let value = parse_cli_param(schema, &key, &text);
        params.insert(key, value);
    }
    match check_params(schema, &params) {
        Ok(_) => Ok(params),
        Err(errors) => Err(Failure::Params {
            errors,
            known: known(schema),
        }),
    }
}

/// Such as `name (text, required)`.
fn known(schema: &Value) -> Vec<String> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    properties
        .iter()
        .map(|(name, property)| {
            let mut about = vec![kind(property)];
            if required.contains(&Value::from(name.as_str())) {
                about.push("required".into());
            }
            if let Some(default) = property.get("default") {
                about.push(format!("default {default}"));
            }
            about.retain(|word| !word.is_empty());
            if about.is_empty() {
                name.clone()
            } else {
                format!("{name} ({})", about.join(", "))
            }
        })
        .collect()
}

fn kind(property: &Value) -> String {
    if let Some(values) = property.get("enum").and_then(Value::as_array) {
        let values: Vec<_> = values.iter().map(Value::to_string).collect();
        return values.join(" | ");
    }
    match property.get("type") {
        Some(Value::String(word)) => word.clone(),
        Some(Value::Array(words)) => {
            let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            words.join(" or ")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_becomes_what_the_schema_wants() {
        let schema = json!({
            "type": "object", "required": ["count"], "additionalProperties": false,
            "properties": { "count": { "type": "integer" }, "name": { "type": "string", "default": "x" } },
        });
        let given = |text: &str| read(&[text.parse().unwrap()], None).unwrap();
        let fitted = fit(&schema, given("count=3")).unwrap();
        assert_eq!(Value::from(fitted), json!({ "count": 3 }));
        let Err(Failure::Params { errors, known }) = fit(&schema, given("name=7")) else {
            panic!("a required parameter is missing");
        };
        assert_eq!(errors.len(), 1);
        assert_eq!(
            known,
            ["count (integer, required)", "name (string, default \"x\")"]
        );
    }
}
