//! As much of a JSON Schema validator as our own schema needs. A keyword that it does not know is
//! an error, so the schema cannot outgrow it silently.

use regex_lite::Regex;
use serde_json::Value;

/// The first thing about `value` that does not fit.
pub fn check(root: &Value, value: &Value) -> Result<(), String> {
    at(root, root, value, "")
}

fn at(root: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{path}: {what}"));
    let Some(keywords) = schema.as_object() else {
        return match schema {
            Value::Bool(false) => wrong("nothing is allowed here"),
            _ => Ok(()),
        };
    };
    for (keyword, rule) in keywords {
        let fits = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                at(root, root.pointer(pointer).expect(pointer), value, path)?;
                true
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_of(value, name)),
                name => is_of(value, name),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "anyOf" => counted(root, rule, value, path) > 0,
            "oneOf" => counted(root, rule, value, path) == 1,
            "pattern" => value
                .as_str()
                .is_none_or(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
            "minimum" => value.as_f64().is_none_or(|n| n >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= rule.as_f64().unwrap()),
            "exclusiveMinimum" => value.as_f64().is_none_or(|n| n > rule.as_f64().unwrap()),
            "maxLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap()),
            "minItems" => length(value).is_none_or(|n| n >= rule.as_u64().unwrap()),
            "maxItems" => length(value).is_none_or(|n| n <= rule.as_u64().unwrap()),
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    at(root, rule, item, &format!("{path}/{place}"))?;
                }
                true
            }
            "required" => value.as_object().is_none_or(|map| {
                let mut names = rule.as_array().unwrap().iter();
                names.all(|name| map.contains_key(name.as_str().unwrap()))
            }),
            "properties" | "additionalProperties" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    let own = schema["properties"].get(key);
                    let rule = match keyword.as_str() {
                        "properties" => own,
                        _ => Some(rule).filter(|_| own.is_none()),
                    };
                    if let Some(rule) = rule {
                        at(root, rule, value, &format!("{path}/{key}"))?;
                    }
                }
                true
            }
            "propertyNames" => {
                for key in value.as_object().into_iter().flatten().map(|(key, _)| key) {
                    at(
                        root,
                        rule,
                        &Value::from(key.clone()),
                        &format!("{path}/{key}"),
                    )?;
                }
                true
            }
            other => panic!("the keyword `{other}` is unknown here"),
        };
        if !fits {
            return wrong(&format!("`{value}` does not fit `{keyword}: {rule}`"));
        }
    }
    Ok(())
}

fn counted(root: &Value, rules: &Value, value: &Value, path: &str) -> usize {
    let rules = rules.as_array().unwrap().iter();
    rules
        .filter(|rule| at(root, rule, value, path).is_ok())
        .count()
}

fn length(value: &Value) -> Option<u64> {
    value.as_array().map(|list| list.len() as u64)
}

fn is_of(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("no type: {other}"),
    }
}
