//! What the head of a document says: its name and its date.

use super::filled::filled;
use crate::facts::Document;

/// What titles begin with, before what the document is about.
const LEADS: [&str; 5] = [
    "PRD",
    "Product Requirements Document",
    "Feature Specification",
    "Product Requirements",
    "Spec",
];

/// Without the words that only say what kind of document it is; the file's name where there is none.
pub(super) fn title(document: &Document) -> String {
    let text = document.title.as_ref().map_or_else(String::new, |title| {
        filled(document, title.span, title.text.clone())
    });
    let mut text = text.trim();
    // All of it says what kind of document it is.
    let is_kind = [
        "Product Requirements Document",
        "Product Requirements",
        "Requirements Document",
    ]
    .iter()
    .any(|kind| text.eq_ignore_ascii_case(kind));
    let leads = if is_kind { &[][..] } else { &LEADS[..] };
    for lead in leads {
        if let Some(rest) = text.strip_prefix(lead)
            && let rest = rest.trim_start_matches([' ', ':', '-', '–', '—'])
            && rest.len() < text.len() - lead.len()
        {
            text = rest;
        }
    }
    if !text.chars().any(char::is_alphanumeric) {
        let file = document.source.file();
        let name = file.rsplit('/').next().unwrap_or(file);
        return super::markdown::plain(name.split('.').next().unwrap_or(name));
    }
    super::markdown::plain(text)
}

/// A date in the head of the document, beside a word that says what it is.
pub(super) fn date(document: &Document) -> Option<String> {
    (1..=30).find_map(|number| {
        let line = document.source.line(number);
        let lower = line.to_lowercase();
        let says = ["date", "created", "updated", "datum", "fecha", "data:"];
        if !says.iter().any(|word| lower.contains(word)) {
            return None;
        }
        iso_date(line)
    })
}

/// The first `2026-01-31` of a text.
pub(crate) fn iso_date(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(9)).find_map(|at| {
        let part = text.get(at..at + 10)?;
        let is_date = part.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let number = |from, to| part.get(from..to).and_then(|n: &str| n.parse::<u32>().ok());
        let is_real = matches!(number(5, 7), Some(1..=12)) && matches!(number(8, 10), Some(1..=31));
        (is_date && is_real).then(|| part.to_owned())
    })
}
