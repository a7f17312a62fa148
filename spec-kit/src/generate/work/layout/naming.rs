//! Names of files from the words of a task.

use super::super::Task;
use crate::model::words;

/// What a task says, without the verb that the generator put in front.
pub(super) fn said(task: &Task) -> String {
    let text = [
        "Do not begin before the scope is settled: ",
        "Build: ",
        "Change: ",
        "Remove: ",
        "Deploy ",
    ]
    .iter()
    .fold(task.text.as_str(), |text, lead| {
        text.strip_prefix(lead).unwrap_or(text)
    });
    let text = match text
        .strip_prefix("Hold ")
        .and_then(|rest| rest.split_once(": "))
    {
        Some((_, rest)) => rest,
        None => text,
    };
    // `CI/CD: GitHub Actions` is called by what stands first.
    let head = text.split(": ").next().unwrap_or(text);
    match head.split_whitespace().count() {
        1..=5 => head.to_owned(),
        _ => text.to_owned(),
    }
}

/// Words that say nothing of which file it is.
const EMPTY: &[&str] = &[
    "a",
    "able",
    "all",
    "allow",
    "allows",
    "an",
    "and",
    "any",
    "as",
    "at",
    "be",
    "by",
    "can",
    "config",
    "configs",
    "deploy",
    "deployment",
    "each",
    "for",
    "from",
    "in",
    "is",
    "its",
    "must",
    "not",
    "of",
    "on",
    "or",
    "provide",
    "provides",
    "set",
    "shall",
    "should",
    "support",
    "supports",
    "system",
    "that",
    "the",
    "their",
    "to",
    "user",
    "users",
    "way",
    "when",
    "with",
    "within",
];

/// The name of a thing as a name for a file, or another name where it has no Latin words.
pub(super) fn named(text: &str, otherwise: &str) -> String {
    match slug(text, MAX_NAME) {
        name if name.is_empty() => slug(otherwise, MAX_NAME),
        name => name,
    }
}

/// More words than these are a sentence.
const MAX_NAME: usize = 4;

/// A text that is short enough to be a name. The first words of a sentence name nothing.
pub(super) fn short_name(text: &str) -> Option<String> {
    // A note at the end is no part of it.
    let head = match text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("))
    {
        Some((head, _)) => head,
        None => text,
    };
    let words = head.split_whitespace().count();
    let is_name = words <= MAX_NAME && !head.contains([',', ';', '.', '\u{2019}']);
    Some(slug(head, MAX_NAME)).filter(|name| is_name && !name.is_empty())
}

pub(super) fn slug(text: &str, limit: usize) -> String {
    let normal = words::normal(text, 24);
    let mut parts: Vec<&str> = normal
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let all_ascii = text
        .chars()
        .filter(|c| c.is_alphabetic())
        .all(|c| c.is_ascii());
    if !all_ascii {
        return String::new();
    }
    if parts.iter().any(|word| !EMPTY.contains(word)) {
        parts.retain(|word| !EMPTY.contains(word));
    }
    parts.truncate(limit);
    let mut name = parts.join("-");
    name.truncate(48);
    name.trim_end_matches('-').to_owned()
}

pub(super) fn snake(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '_' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            _ => '_',
        })
        .take(48)
        .collect();
    name.trim_matches('_').to_owned()
}
