//! Answers of two stores, made comparable. Ids become numbers in the order of their appearance.
//! Times become their distance from now in tens of seconds, rounded up: all times that a case uses
//! are tens of seconds, and what the real clock of PostgreSQL moves within a case is far less.
//! Texts for people, and numbers that no promise is about, are left out.

use super::Time;
use ops_core::text::{is_timestamp, is_uuid};
use serde_json::{Map, Value};
use std::collections::HashMap;

#[derive(Clone, Default)]
pub struct Names {
    numbers: HashMap<String, usize>,
    ids: Vec<String>,
}

impl Names {
    pub fn id(&self, number: usize) -> &str {
        &self.ids[number]
    }

    fn number(&mut self, id: &str) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        self.ids.push(id.into());
        self.numbers.insert(id.into(), self.ids.len() - 1);
        self.ids.len() - 1
    }
}

const LEFT_OUT: [&str; 8] = [
    "detail",
    "error",
    "seq",
    "bytes",
    "next",
    "wake",
    "seen_ms_ago",
    "last_used_at",
];

pub fn normal(answer: Value, names: &mut Names, now: Time) -> Value {
    match answer {
        Value::Array(list) => list.into_iter().map(|x| normal(x, names, now)).collect(),
        Value::Object(fields) => object(fields, names, now).into(),
        Value::String(text) if is_uuid(&text) => format!("#{}", names.number(&text)).into(),
        Value::String(text) if is_timestamp(&text) => {
            let at = Time::parse(&text).expect("a time");
            format!("now {:+}0 s", tens(at.micros_since(now), 10_000_000)).into()
        }
        other => other,
    }
}

fn object(mut fields: Map<String, Value>, names: &mut Names, now: Time) -> Map<String, Value> {
    // An event of the server's own.
    let own = fields
        .get("source")
        .is_some_and(|source| source == "control");
    if own || fields.contains_key("field") {
        fields.remove("message");
        fields.remove("data");
    }
    // A worker that asks again and again is written down every ten seconds; who of two is fresher
    // within that time is no promise.
    if let Some(Value::Array(workers)) = fields.get_mut("workers") {
        workers.sort_by_key(|worker| worker["id"].to_string());
    }
    // Of a batch that is refused the first fault is promised, and its place.
    if let Some(Value::Array(errors)) = fields.get_mut("errors") {
        errors.truncate(1);
    }
    if let Some(seconds) = fields.get("lease_seconds").and_then(Value::as_i64) {
        fields.insert("lease_seconds".into(), (tens(seconds, 10) * 10).into());
    }
    // Nothing was logged yet, whether or not there is a row that says so.
    if fields.get("log").is_some_and(|log| log["last_pos"] == 0) {
        fields.remove("log");
    }
    let kept = fields
        .into_iter()
        .filter(|(name, value)| !value.is_null() && !LEFT_OUT.contains(&name.as_str()));
    kept.map(|(name, value)| (name, normal(value, names, now)))
        .collect()
}

fn tens(value: i64, unit: i64) -> i64 {
    -(-value).div_euclid(unit)
}
