//! The words of a task: labels, references, dependencies, paths and commands.

use super::ids;
use super::marks::Marks;
use super::names;
use super::words::fold;
use crate::facts::{Citation, Id, Numbers, Task};
use crate::order::Order;
use crate::outline::{Code, Inline};
use crate::text::{Source, Span};
use smol_str::SmolStr;

#[derive(Debug, Default)]
pub(super) struct Labels {
    pub is_parallel: bool,
}

/// `[P] [US1] [FR-003,AC-002]` before the words; with where the words begin.
pub(super) fn labels(words: &Inline, from: usize) -> (Labels, usize) {
    let text = words.text.as_str();
    let mut labels = Labels::default();
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or("");
        let rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(inner) = rest.strip_prefix('[') else {
            break;
        };
        let Some(end) = inner.find(']') else { break };
        let label = inner.get(..end).unwrap_or("").trim();
        let is_ids = label
            .split([',', ' ', ';'])
            .filter(|part| !part.is_empty())
            .all(|part| {
                ids::scan(part).any(|found| found.range.len() == part.len())
                    || part.eq_ignore_ascii_case("story")
                    || part == "P"
            });
        let word = fold(label);
        if label.eq_ignore_ascii_case("P") || word == "parallel" {
            labels.is_parallel = true;
        } else if (!is_ids || label.is_empty())
            && !matches!(
                word.as_str(),
                "story" | "optional" | "setup" | "shared" | "test" | "tests"
            )
        {
            break;
        }
        at = start + end + 2;
    }
    let rest = text.get(at..).unwrap_or("");
    (
        labels,
        text.len() - super::words::after_joint(rest).len().min(rest.len()),
    )
}

/// Without marks and the brackets that say dependencies.
pub(super) fn text(all: &str, from: usize, marks: &Marks) -> String {
    let mut text = all.get(from..).unwrap_or("").trim();
    while let Some((_, start)) = marks.tail(text) {
        text = text
            .get(..start)
            .unwrap_or("")
            .trim_end_matches([' ', '(', '[']);
    }
    let mut out = text.to_owned();
    let is_there = |pair: &[u8]| {
        let letter = pair.get(1).map(u8::to_ascii_lowercase);
        matches!(pair.first(), Some(b'(' | b'[')) && matches!(letter, Some(b'd' | b'b' | b'a'))
    };
    if !text.as_bytes().windows(2).any(is_there) {
        return out.trim().to_owned();
    }
    let folded = text.to_ascii_lowercase();
    for word in [
        "(depends on ",
        "(depends: ",
        "(dependencies: ",
        "(blocked by ",
        "(after t",
        "(deps: ",
        "[depends on ",
        "(depends on: ",
    ] {
        let Some(at) = folded.find(word) else {
            continue;
        };
        let close = if word.starts_with('(') { ')' } else { ']' };
        let Some(end) = text.get(at..).and_then(|rest| rest.find(close)) else {
            continue;
        };
        out = format!(
            "{} {}",
            text.get(..at).unwrap_or("").trim_end(),
            text.get(at + end + 1..).unwrap_or("").trim_start()
        );
        break;
    }
    out.trim().to_owned()
}

/// Puts citations where they belong. `labels` is where stories are labels.
pub(super) fn sort(
    task: &mut Task,
    citations: impl IntoIterator<Item = Citation>,
    labels: Option<Span>,
) {
    for citation in citations {
        let is_dependency = citation.relation == Some("depends on");
        let in_labels = labels.is_some_and(|labels| labels.holds(citation.span));
        let head = citation.id.prefix.split('-').next().unwrap_or("");
        match head {
            "US" if in_labels || labels.is_none() && task.stories.is_empty() => {
                push(&mut task.stories, citation)
            }
            "T" | "TASK" if is_dependency => push(&mut task.depends_on, citation),
            "T" | "TASK" => {}
            _ => push(&mut task.refs, citation),
        }
    }
}

fn push(list: &mut Vec<Citation>, citation: Citation) {
    if !list.iter().any(|own| own.id == citation.id) {
        list.push(citation);
    }
}

/// `Depends on: 1.1, Task 2`, whose ids only a dependency makes.
pub(super) fn dependencies(words: &Inline, task: &mut Task) {
    let text = words.text.as_str();
    let is_there = |letters: &[u8]| match letters.first() {
        Some(b'd' | b'D') => letters.eq_ignore_ascii_case(b"depend"),
        Some(b'b' | b'B') => letters.eq_ignore_ascii_case(b"blocke"),
        _ => false,
    };
    if !text.as_bytes().windows(6).any(is_there) {
        return;
    }
    let lower = text.to_ascii_lowercase();
    for phrase in [
        "depends on",
        "dependencies:",
        "blocked by",
        "dependencies**:",
        "depends:",
    ] {
        let Some(at) = super::words::find_word(&lower, phrase) else {
            continue;
        };
        let mut from = at + phrase.len();
        while let Some(rest) = text.get(from..) {
            let trimmed = rest.trim_start_matches([' ', ',', ':', '*', '&', ';', '_']);
            let trimmed = trimmed.strip_prefix("and ").unwrap_or(trimmed);
            let start = text.len() - trimmed.len();
            let Some((id, length)) = numbered(trimmed) else {
                break;
            };
            // `T004` depends on `T003`; "depends on 3 services" is no task.
            let is_lettered = task.id.as_ref().is_some_and(|own| !own.prefix.is_empty());
            if is_lettered && id.prefix.is_empty() {
                break;
            }
            from = start + length;
            push(
                &mut task.depends_on,
                Citation {
                    id,
                    span: words.span_of(start..from),
                    relation: Some("depends on"),
                },
            );
        }
        return;
    }
}

fn numbered(text: &str) -> Option<(Id, usize)> {
    if let Some((id, length)) = ids::worded(text).filter(|(id, _)| id.prefix == "T") {
        return Some((id, length));
    }
    let length = text
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let written = text.get(..length)?.trim_end_matches('.');
    let numbers: Option<Numbers> = written.split('.').map(|n| n.parse().ok()).collect();
    let ends = text
        .get(written.len()..)?
        .chars()
        .next()
        .is_none_or(|c| !super::words::joins(c) && c != '%');
    (ends && written.len() < 12).then_some(())?;
    Some((
        Id {
            bundle: None,
            prefix: SmolStr::default(),
            numbers: numbers?,
            written: written.into(),
        },
        written.len(),
    ))
}

/// Paths and commands in the words.
pub(super) fn mentions(words: &Inline, task: &mut Task) {
    for (code, span) in words.codes() {
        if names::is_command(code) {
            task.commands.push((code.trim().to_owned(), span));
        } else if names::is_path(code) {
            task.paths.push((code.trim().to_owned(), span));
        }
    }
    for (word, range) in names::words(words, names::may_be_file) {
        if names::is_plain_path(word) {
            task.paths.push((word.to_owned(), words.span_of(range)));
        }
    }
    task.paths.order_by_key(|(_, span)| *span);
    task.paths.dedup_by(|a, b| a.0 == b.0);
}

/// The lines of a shell block below a task.
pub(super) fn commands(source: &Source, code: &Code, task: &mut Task) {
    let shell = [
        "sh",
        "bash",
        "shell",
        "zsh",
        "console",
        "accept",
        "shell-session",
        "terminal",
        "powershell",
        "fish",
    ];
    let unnamed = code.language.is_empty();
    if !unnamed && !shell.contains(&code.language.as_str()) {
        return;
    }
    let mut at = code.body.start;
    for line in source.slice(code.body).split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        let command = trimmed.strip_prefix("$ ").unwrap_or(trimmed);
        let counts = if unnamed {
            trimmed.starts_with("$ ") || names::is_command(command)
        } else {
            true
        };
        if command.is_empty() || command.starts_with('#') || !counts {
            continue;
        }
        let begin = start + line.find(command).unwrap_or(0);
        task.commands
            .push((command.to_owned(), Span::new(begin, begin + command.len())));
    }
}
