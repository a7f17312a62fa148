//! What a host says on standard error: one line per event, as words for people or as one JSON object.
//! With JSON, what happened to runs is told too; as words, only what somebody should look at.

mod context;

pub(crate) use context::Context;

use crate::clock::unix_ms;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Warnings and errors, for people.
    #[default]
    Text,
    /// Everything, an object a line: `ts`, `level`, `event`, and where they are known `verb`, `run_id`,
    /// `attempt`, `worker_id`, `status`, `code`, `id`, `message`.
    Json,
}

impl Form {
    /// As settings name it; empty is text.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "" | "text" => Some(Form::Text),
            "json" => Some(Form::Json),
            _ => None,
        }
    }
}

static FORM: OnceLock<Form> = OnceLock::new();

/// For the life of this process; the first word counts.
pub fn write_as(form: Form) {
    let _ = FORM.set(form);
}

fn form() -> Form {
    *FORM.get().unwrap_or(&Form::Text)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// One line, before it has a form.
pub(crate) struct Entry {
    pub level: Level,
    pub event: &'static str,
    /// In the order in which they are shown.
    pub facts: Vec<(&'static str, Value)>,
}

impl Entry {
    pub fn new(level: Level, event: &'static str) -> Self {
        Entry {
            level,
            event,
            facts: Vec::new(),
        }
    }

    /// Left out where it is null.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.facts.push((name, value));
        }
        self
    }

    fn render(&self, form: Form) -> Option<String> {
        match form {
            Form::Json => Some(self.json().to_string()),
            Form::Text if self.level == Level::Info => None,
            Form::Text => Some(self.text()),
        }
    }

    fn json(&self) -> Value {
        let mut line = Map::new();
        line.insert("ts".into(), json!(ops_render::words::iso(unix_ms())));
        line.insert("level".into(), json!(self.level.word()));
        line.insert("event".into(), json!(self.event));
        for (name, value) in &self.facts {
            line.insert((*name).into(), value.clone());
        }
        Value::Object(line)
    }

    /// `runs.finish: the database did not answer (run 1f3e…, attempt 2, id 00ff…)`.
    fn text(&self) -> String {
        let of = |name: &str| self.facts.iter().find(|(fact, _)| *fact == name);
        let words = |value: &Value| match value {
            Value::String(text) => one_line(text),
            other => other.to_string(),
        };
        let place = of("verb").map_or(self.event.to_string(), |(_, verb)| words(verb));
        let told = of("message").or_else(|| of("code"));
        let told = told.map_or(self.event.to_string(), |(_, value)| words(value));
        let aside: Vec<_> = [
            ("run_id", "run"),
            ("attempt", "attempt"),
            ("worker_id", "worker"),
            ("id", "id"),
        ]
        .iter()
        .filter_map(|(name, word)| Some(format!("{word} {}", words(&of(name)?.1))))
        .collect();
        match aside.is_empty() {
            true => format!("{place}: {told}"),
            false => format!("{place}: {told} ({})", aside.join(", ")),
        }
    }
}

/// A worker names itself, and could write lines of its own, or over ours.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let is_odd =
            c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match is_odd {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    out
}

pub(crate) fn write(entry: Entry) {
    if let Some(line) = entry.render(form()) {
        eprintln!("{line}");
    }
}

/// Something that failed outside of a call of the database.
pub(crate) fn failure(place: &'static str, why: impl std::fmt::Display) {
    let entry = Entry::new(Level::Error, "failed").with("verb", place);
    write(entry.with("message", why.to_string()));
}

/// Whether lines about what went well are wanted at all.
pub(crate) fn tells_all() -> bool {
    form() == Form::Json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry::new(Level::Error, "failed")
            .with("verb", "runs.finish")
            .with("run_id", "1f")
            .with("attempt", 2)
            .with("worker_id", Value::Null)
            .with("id", "00ff")
            .with("message", "no answer\n\u{202e}")
    }

    #[test]
    fn an_object_has_each_fact_under_its_name() {
        let line = entry().render(Form::Json).unwrap();
        assert!(!line.contains('\n'));
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["level"], "error");
        assert_eq!(
            (&line["run_id"], &line["attempt"]),
            (&json!("1f"), &json!(2))
        );
        assert_eq!(line.get("worker_id"), None);
        assert!(ops_core::text::is_timestamp(line["ts"].as_str().unwrap()));
    }

    #[test]
    fn people_read_a_sentence() {
        assert_eq!(
            entry().render(Form::Text).unwrap(),
            "runs.finish: no answer\\u{a}\\u{202e} (run 1f, attempt 2, id 00ff)"
        );
    }

    #[test]
    fn what_went_well_is_told_to_programs_alone() {
        assert_eq!(Entry::new(Level::Info, "claimed").render(Form::Text), None);
        assert!(
            Entry::new(Level::Info, "claimed")
                .render(Form::Json)
                .is_some()
        );
    }

    #[test]
    fn a_setting_names_a_form_or_is_wrong() {
        assert_eq!(Form::parse(" json "), Some(Form::Json));
        assert_eq!(
            (Form::parse(""), Form::parse("text")),
            (Some(Form::Text), Some(Form::Text))
        );
        assert_eq!(Form::parse("yaml"), None);
    }
}
