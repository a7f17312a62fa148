//! Sets that a text enumerates: `status in (a, b)`, `lanes A/B/C/D`, `queued → running → done`.

use super::reading::Reading;
use super::set_lists::{List, is_subject, tight, values_after, values_before};
use super::words::{fold, is_cjk, joins, singular};
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
    let mut from = 0;
    let mut before = None;
    for token in tokens(text) {
        let beside = before.replace(token.clone());
        if token.start < from {
            continue;
        }
        let word = text.get(token.clone()).unwrap_or("");
        let subject = if is_subject(word) {
            named(text, beside, &token)
        } else if membership(text, &token) {
            singular(word)
        } else {
            continue;
        };
        let values = values_after(text, token.end).or_else(|| values_before(text, token.start));
        if let Some(list) = values {
            from = list.end;
            out.push(set(words, subject, &list));
        }
    }
    chain(words, context, out);
}

/// `run status` of `Run status: …`.
fn named(text: &str, before: Option<Range<usize>>, token: &Range<usize>) -> String {
    let word = |token: &Range<usize>| text.get(token.clone()).unwrap_or("");
    let mut head = singular(word(token));
    if matches!(head.as_str(), "state" | "lifecycle" | "zustand" | "statut") {
        head = "status".to_owned();
    }
    let beside = before.filter(|before| text.get(before.end..token.start) == Some(" "));
    match beside.as_ref().map(word) {
        Some(word) if is_noun(word) => {
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
    // What most words are followed by: another word, or a sign.
    if let [b' ' | b'"' | b',' | b'.', next, ..] = rest.as_bytes()
        && next.is_ascii_graphic()
        && !matches!(next, b'i' | b'I')
    {
        return false;
    }
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
    let before = |at: usize| text.get(..at).unwrap_or("");
    let long = || {
        let mut ends = text.match_indices('>');
        ends.find_map(|(at, _)| before(at).strip_suffix('-'))
    };
    let Some(before) = text.find('→').map(before).or_else(long) else {
        return;
    };
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
    let mut before = None;
    let subject = tokens(&folded).find_map(|token| {
        let beside = before.replace(token.clone());
        let is_own = folded.get(token.clone()).is_some_and(is_subject);
        is_own.then(|| named(&folded, beside, &token))
    });
    let is_status = list
        .members
        .iter()
        .filter(|member| text.get((*member).clone()).is_some_and(is_status_word))
        .count()
        >= 2;
    let subject = match subject {
        Some(subject) => subject,
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
fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

/// What a letter is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Word,
    /// Of a script without blanks.
    Script,
    None,
}

impl Tokens<'_> {
    /// Goes over letters of ASCII that are all part of a word, or none of them.
    fn skip(&mut self, are: Part) {
        let is_part = |byte: &&u8| {
            byte.is_ascii()
                && (**byte == b'_' || byte.is_ascii_alphanumeric()) == (are == Part::Word)
        };
        let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
        self.at += rest.iter().take_while(is_part).count();
    }

    /// What the letter at a place is part of, and how long it is.
    fn part(&self, at: usize) -> Option<(Part, usize)> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte.is_ascii() {
            let part = match byte == b'_' || byte.is_ascii_alphanumeric() {
                true => Part::Word,
                false => Part::None,
            };
            return Some((part, 1));
        }
        let letter = self.text.get(at..)?.chars().next()?;
        let part = if is_cjk(letter) && letter.is_alphabetic() {
            Part::Script
        } else if joins(letter) {
            Part::Word
        } else {
            Part::None
        };
        Some((part, letter.len_utf8()))
    }
}

impl Iterator for Tokens<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let (kind, length) = loop {
            self.skip(Part::None);
            let (kind, length) = self.part(self.at)?;
            if kind != Part::None {
                break (kind, length);
            }
            self.at += length;
        };
        let start = self.at;
        self.at += length;
        if kind == Part::Word {
            self.skip(kind);
        }
        while let Some((_, length)) = self.part(self.at).filter(|(part, _)| *part == kind) {
            self.at += length;
        }
        Some(start..self.at)
    }
}

#[cfg(test)]
mod tests;
