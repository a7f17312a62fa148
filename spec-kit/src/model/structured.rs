//! A request as JSON, `{slug, name, description, goals[]}`, as a document whose places are those
//! of the JSON text.

use crate::facts::{Cue, Document, Item, Role, RoleSection, Title};
use crate::secrets;
use crate::text::{Source, SourceError, Span};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{file}:{line}:{column}: {reason}; `{{slug, name, description, goals[]}}` is expected")]
    Json {
        file: String,
        line: u32,
        column: u32,
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    slug: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    goals: Vec<String>,
}

/// The slug that is asked for, and the document.
///
/// # Errors
/// What is no text, no JSON, or JSON of another shape.
pub fn request(file: &str, bytes: &[u8]) -> Result<(String, Document), RequestError> {
    let source = Source::decode(file, bytes)?;
    let wanted: Wanted =
        serde_json::from_str(source.text()).map_err(|error| RequestError::Json {
            file: file.to_owned(),
            line: u32::try_from(error.line()).unwrap_or(u32::MAX),
            column: u32::try_from(error.column()).unwrap_or(u32::MAX),
            reason: error.to_string(),
        })?;
    let strings = strings(source.text());
    let mut document = Document::empty(source);
    document.title = Some(Title {
        span: place(&document.source, &strings, "name", &wanted.name),
        text: without_secrets(wanted.name),
    });
    if !wanted.description.trim().is_empty() {
        let span = place(
            &document.source,
            &strings,
            "description",
            &wanted.description,
        );
        push(
            &mut document,
            Role::Problem,
            "description",
            wanted.description,
            span,
        );
    }
    let mut from = key_position(&document.source, &strings, "goals");
    for goal in wanted.goals.into_iter().filter(|g| !g.trim().is_empty()) {
        let at = strings
            .iter()
            .skip(from)
            .position(|span| text_of(&document.source, *span).as_deref() == Some(&goal))
            .map_or(from, |offset| from + offset);
        let span = strings.get(at).copied().unwrap_or_default();
        from = at + 1;
        push(&mut document, Role::Goals, "goals", goal, span);
    }
    Ok((wanted.slug, document))
}

fn without_secrets(text: String) -> String {
    secrets::covered(&text).unwrap_or(text)
}

fn push(document: &mut Document, role: Role, path: &str, text: String, span: Span) {
    document.items.push(Item {
        role,
        id: None,
        title: None,
        text: without_secrets(text)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        span,
        whole: span,
        path: Arc::new(vec![path.to_owned()]),
        number: None,
        mark: None,
        keyword: None,
        strength: None,
        cue: Cue::default(),
        priority: None,
        scenarios: Vec::new(),
        citations: Vec::new(),
        details: Vec::new(),
    });
    if !document.sections.iter().any(|section| section.role == role) {
        document.sections.push(RoleSection {
            role,
            path: Arc::new(vec![path.to_owned()]),
            level: 2,
            title_span: span,
            span,
            is_empty: false,
            mark: None,
        });
    }
}

/// The spans of all strings, with their quotes.
fn strings(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = None;
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match (start, byte) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), b'\\') => is_escaped = true,
            (Some(from), b'"') => {
                found.push(Span::new(from, at + 1));
                start = None;
            }
            (None, b'"') => start = Some(at),
            _ => {}
        }
    }
    found
}

fn text_of(source: &Source, span: Span) -> Option<String> {
    serde_json::from_str(source.slice(span)).ok()
}

fn key_position(source: &Source, strings: &[Span], key: &str) -> usize {
    strings
        .iter()
        .position(|span| {
            let after = source.text().get(span.end..).unwrap_or("");
            text_of(source, *span).as_deref() == Some(key) && after.trim_start().starts_with(':')
        })
        .unwrap_or(0)
}

/// The string that follows a key.
fn place(source: &Source, strings: &[Span], key: &str, value: &str) -> Span {
    let from = key_position(source, strings, key);
    strings
        .iter()
        .skip(from + 1)
        .find(|span| text_of(source, **span).as_deref() == Some(value))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_document_with_the_places_of_its_json() {
        let json = "{\"slug\": \"a-b\", \"name\": \"A \\\"B\\\"\",\n \"description\": \"Too slow.\",\n \"goals\": [\"Be fast\",\n  \"Be safe\"]}";
        let (slug, document) = request("r.json", json.as_bytes()).expect("a request");
        assert_eq!(slug, "a-b");
        assert_eq!(
            document.title.as_ref().map(|t| t.text.as_str()),
            Some("A \"B\"")
        );
        let seen: Vec<(u32, &str)> = document
            .items
            .iter()
            .map(|item| (document.line_of(item.span), item.text.as_str()))
            .collect();
        assert_eq!(seen, [(2, "Too slow."), (3, "Be fast"), (4, "Be safe")]);
    }

    #[test]
    fn another_shape_is_refused_at_its_place() {
        let error = request("r.json", b"{\"slug\": \"a\",\n \"x\": 1}").expect_err("no request");
        assert!(error.to_string().starts_with("r.json:2:"), "{error}");
    }
}
