//! Checks a value against a schema.

use super::pattern;
use crate::expr::{equal, number_order};
use crate::node::pointer;
use crate::report::shortened;
use crate::suggest;
use ops_core::FieldError;
use regex_lite::Regex;
use serde_json::{Map, Number, Value};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

const MAX_ERRORS: usize = 100;

/// Text that one check matches against patterns, in bytes, where each text counts
/// [`PATTERN_BYTES`] more. Keeps a long list of texts from holding up a server.
const PATTERN_BUDGET: usize = 512 * 1024;
const PATTERN_BYTES: usize = 64;

/// What is wrong with `value`; empty where it fits.
pub(super) fn check(schema: &Value, value: &Value, path: &str) -> Vec<FieldError> {
    let mut checker = Checker {
        errors: Vec::new(),
        patterns: HashMap::new(),
        pattern_budget: PATTERN_BUDGET,
    };
    checker.value(schema, value, path);
    checker.errors
}

struct Checker<'s> {
    errors: Vec<FieldError>,
    /// Source → compiled, because each item of a list asks for the same.
    patterns: HashMap<&'s str, Result<Regex, String>>,
    /// Bytes that may still be matched.
    pattern_budget: usize,
}

impl<'s> Checker<'s> {
    fn refuse(&mut self, path: &str, message: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FieldError {
                field: path.to_string(),
                message: shortened(message.into()),
            });
        }
    }

    fn value(&mut self, schema: &'s Value, value: &Value, path: &str) {
        if self.errors.len() >= MAX_ERRORS {
            return;
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|word| is_type(word, value)) {
            let wanted: Vec<_> = types.iter().map(|word| with_article(word)).collect();
            let message = format!("must be {}, not {}", wanted.join(" or "), name_of(value));
            return self.refuse(path, message);
        }
        if let Some(Value::Array(allowed)) = schema.get("enum")
            && !allowed.iter().any(|one| equal(one, value))
        {
            self.refuse(path, one_of(allowed, value));
        }
        if let Some(only) = schema.get("const")
            && !equal(only, value)
        {
            self.refuse(path, format!("must be {}", shown(only)));
        }
        match value {
            Value::String(text) => self.text(schema, text, path),
            Value::Number(number) => self.number(schema, number, path),
            Value::Array(items) => self.items(schema, items, path),
            Value::Object(object) => self.object(schema, object, path),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn text(&mut self, schema: &'s Value, text: &str, path: &str) {
        let length = text.chars().count() as u64;
        if let Some(least) = count(schema, "minLength").filter(|least| length < *least) {
            let message = match least {
                1 => "must not be empty".to_string(),
                _ => format!("must have at least {least} characters, has {length}"),
            };
            self.refuse(path, message);
        }
        if let Some(most) = count(schema, "maxLength").filter(|most| length > *most) {
            let message = format!("must have at most {most} characters, has {length}");
            self.refuse(path, message);
        }
        if let Some(source) = schema.get("pattern").and_then(Value::as_str) {
            self.pattern(source, text, path);
        }
    }

    fn pattern(&mut self, source: &'s str, text: &str, path: &str) {
        let cost = text.len() + PATTERN_BYTES;
        let Some(left) = self.pattern_budget.checked_sub(cost) else {
            return self.refuse(path, "too much text to match against patterns");
        };
        self.pattern_budget = left;
        let compiled = self.patterns.entry(source);
        let message = match compiled.or_insert_with(|| pattern::compile(source)) {
            Ok(regex) if regex.is_match(text) => return,
            Ok(_) => format!("does not match the pattern `{source}`"),
            Err(error) => format!("the pattern of the schema is broken: {error}"),
        };
        self.refuse(path, message);
    }

    fn number(&mut self, schema: &'s Value, number: &Number, path: &str) {
        let bounds = [
            ("minimum", "at least", [Ordering::Greater, Ordering::Equal]),
            ("maximum", "at most", [Ordering::Less, Ordering::Equal]),
            ("exclusiveMinimum", "more than", [Ordering::Greater; 2]),
            ("exclusiveMaximum", "less than", [Ordering::Less; 2]),
        ];
        for (keyword, words, right) in bounds {
            if let Some(Value::Number(bound)) = schema.get(keyword)
                && !number_order(number, bound).is_some_and(|order| right.contains(&order))
            {
                self.refuse(path, format!("must be {words} {bound}, is {number}"));
            }
        }
    }

    fn items(&mut self, schema: &'s Value, items: &[Value], path: &str) {
        let length = items.len() as u64;
        if let Some(least) = count(schema, "minItems").filter(|least| length < *least) {
            self.refuse(
                path,
                format!("must have at least {least} items, has {length}"),
            );
        }
        if let Some(most) = count(schema, "maxItems").filter(|most| length > *most) {
            self.refuse(
                path,
                format!("must have at most {most} items, has {length}"),
            );
        }
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            // By text, so that a long list costs no quadratic time.
            let mut seen = HashSet::new();
            if let Some(twice) = items.iter().find(|item| !seen.insert(item.to_string())) {
                self.refuse(path, format!("must not hold {} twice", shown(twice)));
            }
        }
        if let Some(item_schema) = schema.get("items") {
            for (index, item) in items.iter().enumerate() {
                self.value(item_schema, item, &format!("{path}/{index}"));
            }
        }
    }

    fn object(&mut self, schema: &'s Value, object: &Map<String, Value>, path: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for required in texts(schema.get("required")) {
            if !object.contains_key(required) {
                self.refuse(&pointer(path, required), "is required");
            }
        }
        let additional = schema.get("additionalProperties");
        for (name, value) in object {
            if self.errors.len() >= MAX_ERRORS {
                return;
            }
            let path = pointer(path, name);
            match (properties.and_then(|map| map.get(name)), additional) {
                (Some(property), _) => self.value(property, value, &path),
                (None, Some(Value::Bool(false))) => {
                    let known: Vec<&str> = properties
                        .into_iter()
                        .flat_map(Map::keys)
                        .map(String::as_str)
                        .collect();
                    let hint = suggest::hint(name, &known, "known names");
                    self.refuse(&path, format!("there is no parameter `{name}`; {hint}"));
                }
                (None, Some(additional)) => self.value(additional, value, &path),
                (None, None) => {}
            }
        }
    }
}

/// The types that a schema allows; none where it says nothing.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(word)) => vec![word],
        list => texts(list).collect(),
    }
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn count(schema: &Value, keyword: &str) -> Option<u64> {
    schema.get(keyword).and_then(Value::as_u64)
}

fn is_type(word: &str, value: &Value) -> bool {
    match word {
        "integer" => match value {
            Value::Number(number) => {
                !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
            }
            _ => false,
        },
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    }
}

fn with_article(word: &str) -> &str {
    match word {
        "integer" => "an integer",
        "number" => "a number",
        "string" => "a string",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        other => other,
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn one_of(allowed: &[Value], value: &Value) -> String {
    let words: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
    let nearest = value
        .as_str()
        .and_then(|word| suggest::nearest(word, words.iter().copied()));
    let all: Vec<_> = allowed.iter().map(shown).collect();
    let mut message = format!("must be one of {}", all.join(", "));
    if let Some(nearest) = nearest {
        message.push_str(&format!("; did you mean `{nearest}`?"));
    }
    message
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}
