//! Sets that a text enumerates: `status in (a, b)`, `lanes A/B/C/D`, `queued → running → done`.

use super::reading::Reading;
use super::set_lists::{List, is_subject, tight, values_after, values_before};
use super::words::{fold, joins, singular};
use crate::facts::{ClosedSet, Member};
use crate::outline::Inline;
use std::ops::Range;

pub(super) fn sets(reading: &Reading<'_>) -> Vec<ClosedSet> {
    let mut out = Vec::new();
    for unit in reading.units {
        let context = unit
            .section
            .and_then(|at| reading.sections.list.get(at))
            .and_then(|section| section.path.last())
            .map(String::as_str);
        for words in unit.inlines() {
            in_words(words, context, &mut out);
        }
    }
    out
}

fn in_words(words: &Inline, context: Option<&str>, out: &mut Vec<ClosedSet>) {
    let text = words.text.as_str();
    let found = tokens(text);
    let mut from = 0;
    for (index, token) in found.iter().enumerate() {
        if token.start < from {
            continue;
        }
        let word = text.get(token.clone()).unwrap_or("");
        let subject = if is_subject(word) {
            Some(named(text, &found, index))
        } else {
            membership(text, token).then(|| singular(word))
        };
        let Some(subject) = subject else { continue };
        let values = values_after(text, token.end).or_else(|| values_before(text, token.start));
        if let Some(list) = values {
            from = list.end;
            out.push(set(words, subject, &list));
        }
    }
    chain(words, context, out);
}

/// `run status` of `Run status: …`.
fn named(text: &str, tokens: &[Range<usize>], index: usize) -> String {
    let word = |at: usize| {
        tokens
            .get(at)
            .and_then(|token| text.get(token.clone()))
            .unwrap_or("")
    };
    let mut head = singular(word(index));
    if matches!(head.as_str(), "state" | "lifecycle" | "zustand" | "statut") {
        head = "status".to_owned();
    }
    let before = index.checked_sub(1).map(|at| (at, word(at)));
    let beside = before.filter(|(at, _)| {
        let end = tokens.get(*at).map_or(0, |token| token.end);
        tokens
            .get(index)
            .is_some_and(|token| text.get(end..token.start) == Some(" "))
    });
    match beside {
        Some((_, word)) if is_noun(word) => {
            let word = singular(word);
            if word == "status" || word == head {
                head
            } else {
                format!("{word} {head}")
            }
        }
        _ => head,
    }
}

fn is_noun(word: &str) -> bool {
    const NO: [&str; 40] = [
        "the",
        "a",
        "an",
        "its",
        "their",
        "this",
        "that",
        "each",
        "every",
        "all",
        "any",
        "of",
        "in",
        "on",
        "with",
        "and",
        "or",
        "to",
        "for",
        "by",
        "has",
        "have",
        "is",
        "are",
        "only",
        "valid",
        "allowed",
        "possible",
        "supported",
        "default",
        "following",
        "der",
        "die",
        "das",
        "den",
        "les",
        "des",
        "los",
        "las",
        "os",
    ];
    word.len() > 1
        && !word.bytes().all(|b| b.is_ascii_digit())
        && !NO.contains(&fold(word).as_str())
}

/// `kind in (…)`: any name may have values so.
fn membership(text: &str, token: &Range<usize>) -> bool {
    let rest = text.get(token.end..).unwrap_or("");
    let rest = rest.strip_prefix([' ', '"']).unwrap_or(rest).trim_start();
    rest.starts_with(['i', 'I', '∈'])
        && ["in (", "IN (", "in {", "in [", "IN(", "∈ {", "∈ (", "in("]
            .iter()
            .any(|form| rest.starts_with(form))
        && text.get(token.clone()).is_some_and(|word| {
            is_noun(word) && word.starts_with(|c: char| c.is_lowercase() || c.is_uppercase())
        })
}

/// `queued → claimed → running` on its own, below a heading that says of what.
fn chain(words: &Inline, context: Option<&str>, out: &mut Vec<ClosedSet>) {
    let text = words.text.as_str();
    let Some(first) = text.find('→').or_else(|| text.find("->")) else {
        return;
    };
    let before = text.get(..first).unwrap_or("");
    let start = before
        .trim_end()
        .rfind([' ', ':', '(', '：'])
        .map_or(0, |at| at + 1);
    let Some(list) = tight(text, start) else {
        return;
    };
    let span = words.span_of(list.start..list.end);
    if out
        .iter()
        .rev()
        .take(4)
        .any(|known| known.span.holds(span) || span.holds(known.span))
    {
        return;
    }
    let folded = context.map(fold).unwrap_or_default();
    let context_tokens = tokens(&folded);
    let subject = context_tokens
        .iter()
        .position(|token| folded.get(token.clone()).is_some_and(is_subject));
    let is_status = list
        .members
        .iter()
        .filter(|member| text.get((*member).clone()).is_some_and(is_status_word))
        .count()
        >= 2;
    let subject = match subject {
        Some(index) => named(&folded, &context_tokens, index),
        None if is_status => "status".to_owned(),
        None => return,
    };
    out.push(set(words, subject, &list));
}

fn is_status_word(word: &str) -> bool {
    const WORDS: [&str; 28] = [
        "queued",
        "pending",
        "claimed",
        "running",
        "done",
        "failed",
        "error",
        "success",
        "succeeded",
        "cancelled",
        "canceled",
        "completed",
        "active",
        "archived",
        "draft",
        "published",
        "approved",
        "rejected",
        "open",
        "closed",
        "new",
        "in_progress",
        "timed_out",
        "paused",
        "started",
        "stopped",
        "expired",
        "retrying",
    ];
    WORDS.contains(&fold(word).as_str())
}

fn set(words: &Inline, subject: String, list: &List) -> ClosedSet {
    let text = words.text.as_str();
    let members = list
        .members
        .iter()
        .map(|range| Member {
            text: text.get(range.clone()).unwrap_or("").to_owned(),
            span: words.span_of(range.clone()),
        })
        .collect();
    ClosedSet {
        subject,
        members,
        span: words.span_of(list.start..list.end),
        is_ordered: list.is_ordered,
        is_open: is_open(text, list),
    }
}

/// It says that there is more, or that it is only what is usual.
fn is_open(text: &str, list: &List) -> bool {
    let inside = fold(text.get(list.start..list.end).unwrap_or(""));
    let around = |from: usize, to: usize| fold(text.get(from..to).unwrap_or(""));
    let before_start = text.get(..list.start).map_or(0, |t| {
        t.char_indices().rev().nth(20).map_or(0, |(at, _)| at)
    });
    let after_end = text.get(list.end..).map_or(list.end, |t| {
        t.char_indices()
            .nth(24)
            .map_or(text.len(), |(at, _)| list.end + at)
    });
    let before = around(before_start, list.start);
    let after = around(list.end, after_end);
    let before_says = [
        "such as",
        "e.g.",
        "for example",
        "including",
        "like",
        "z. b.",
        "z.b.",
        "par exemple",
        "por ejemplo",
        "por exemplo",
        "例えば",
        "例如",
    ];
    let after_says = [
        "etc",
        "…",
        "...",
        "default",
        "by default",
        "and more",
        "and others",
        "usw",
        "など",
        "等",
    ];
    inside.ends_with("etc")
        || inside.contains('…')
        || inside.contains("...")
        || inside.contains("etc.")
        || inside.ends_with("default")
        || inside.contains("など")
        || inside.ends_with('等')
        || before_says.iter().any(|word| before.contains(word))
        || after_says.iter().any(|word| {
            after
                .trim_start_matches([' ', ',', '(', ')'])
                .starts_with(word)
        })
}

/// Words of letters, digits and underscores.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = None;
    let mut script = false;
    for (at, letter) in text.char_indices() {
        let (part, cjk) = match letter.is_ascii() {
            true => (letter.is_ascii_alphanumeric() || letter == '_', false),
            false => {
                let cjk = super::words::is_cjk(letter) && letter.is_alphabetic();
                (joins(letter) || cjk, cjk)
            }
        };
        if let Some(from) = start
            && (!part || cjk != script)
        {
            out.push(from..at);
            start = None;
        }
        if part && start.is_none() {
            start = Some(at);
            script = cjk;
        }
    }
    if let Some(from) = start {
        out.push(from..text.len());
    }
    out
}

#[cfg(test)]
mod tests;
