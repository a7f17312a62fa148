//! Where a list of values begins, what its members are, and where it ends.

use super::lexicon::Lexicon;
use super::words::joins;
use crate::order::Gather;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// Words whose values a text is likely to enumerate, singular and folded.
const SUBJECTS: &[&str] = &[
    "status",
    "state",
    "lifecycle",
    "lane",
    "kind",
    "type",
    "role",
    "level",
    "environment",
    "env",
    "mode",
    "severity",
    "tier",
    "stage",
    "tab",
    "category",
    "channel",
    "visibility",
    "outcome",
    "verdict",
    "permission",
    "plan",
    "zustand",
    "zustande",
    "rolle",
    "rollen",
    "art",
    "arten",
    "stufe",
    "stufen",
    "spur",
    "spuren",
    "statut",
    "statuts",
    "etat",
    "etats",
    "niveau",
    "voie",
    "voies",
    "estado",
    "estados",
    "rol",
    "roles",
    "tipo",
    "tipos",
    "nivel",
    "papel",
    "papei",
    "papeis",
    "状態",
    "状态",
    "ステータス",
    "種別",
    "类型",
    "角色",
];
static SUBJECT_WORDS: LazyLock<Lexicon<()>> =
    LazyLock::new(|| Lexicon::new(SUBJECTS.iter().map(|word| (*word, ()))));

pub(super) fn is_subject(word: &str) -> bool {
    word.len() <= 24 && SUBJECT_WORDS.may_have(word) && SUBJECT_WORDS.get_singular(word).is_some()
}

/// Said after a subject and before its values.
const FILLERS: &[&str] = &[
    "values",
    "value",
    "lifecycle",
    "machine",
    "transitions",
    "flow",
    "set",
    "enum",
    "is",
    "are",
    "must be",
    "can be",
    "include",
    "sind",
    "ist",
    "son",
];

#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) members: Vec<Range<usize>>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_ordered: bool,
}

/// The values that follow a subject.
pub(super) fn values_after(text: &str, at: usize) -> Option<List> {
    let mut rest = text.get(at..)?;
    for _ in 0..3 {
        let trimmed = rest.trim_start_matches([' ', '`', '*']);
        let filler = FILLERS.iter().find(|word| {
            trimmed
                .strip_prefix(**word)
                .is_some_and(|after| !after.chars().next().is_some_and(joins))
        });
        match filler {
            Some(word) => rest = trimmed.get(word.len()..)?,
            None => break,
        }
    }
    // `lanes per session (A/B)`
    if let Some(of) = rest.strip_prefix(" per ") {
        let length = of.find(|c: char| !joins(c)).unwrap_or(of.len());
        rest = of.get(length..)?;
    }
    let trimmed = rest.trim_start();
    let glued = rest.len() == trimmed.len();
    let position = |part: &str| text.len() - part.len();
    for opener in [
        "in (", "IN (", "in {", "in [", "IN(", "in(", "∈ {", "∈ (", "(", "（",
    ] {
        if let Some(inner) = trimmed.strip_prefix(opener) {
            let close = inner.find([')', '}', ']', '）'])?;
            let (start, end) = (position(inner), position(inner) + close);
            let inside = text.get(start..end)?;
            let inside_start = inside
                .strip_prefix("one of ")
                .map_or(start, |rest| end - rest.len());
            // `(default A)` and `(see 3)` are remarks.
            return list(text, inside_start, end).filter(|list| {
                list.members.len()
                    >= if opener.len() > 3 || opener.starts_with('I') {
                        2
                    } else {
                        3
                    }
            });
        }
    }
    for opener in [
        "one of:", "one of", "either", ": one of", ": either", ":", "：", "=", "∈",
    ] {
        if let Some(inner) = trimmed.strip_prefix(opener) {
            let inner = inner.trim_start_matches([' ', ':']);
            let start = position(inner);
            let least = if opener.starts_with([':', '：', '=']) && !opener.contains("of") {
                3
            } else {
                2
            };
            return list(text, start, sentence_end(text, start))
                .filter(|list| list.members.len() >= least);
        }
    }
    if glued {
        return None;
    }
    // `lanes A/B/C/D`, `status queued|running`, `states a → b → c`
    let start = position(trimmed);
    tight(text, start)
}

/// `A/B/C/D lanes`
pub(super) fn values_before(text: &str, at: usize) -> Option<List> {
    let before = text.get(..at)?.strip_suffix(' ')?;
    let start = before.rfind([' ', '(', ':']).map_or(0, |at| at + 1);
    let inside = before.get(start..)?;
    (inside.matches(['/', '|']).count() >= 2)
        .then(|| tight(text, start))
        .flatten()
}

/// Values joined by slashes, pipes or arrows, without commas.
pub(super) fn tight(text: &str, start: usize) -> Option<List> {
    let rest = text.get(start..)?;
    let mut end = start;
    let mut joint_seen = 0;
    let mut words = rest.char_indices().peekable();
    let mut last_was_joint = false;
    while let Some((at, letter)) = words.next() {
        let is_joint = matches!(letter, '/' | '|' | '→' | '⇒' | '➜')
            || (matches!(letter, '-' | '=') && words.peek().is_some_and(|(_, next)| *next == '>'));
        if is_joint {
            joint_seen += 1;
            last_was_joint = true;
            if matches!(letter, '-' | '=') {
                words.next();
            }
            continue;
        }
        if letter == ' ' {
            let next = rest.get(at..).unwrap_or("").trim_start();
            let goes_on = last_was_joint
                || next.starts_with(['/', '|', '→', '⇒', '➜'])
                || next.starts_with("->")
                || next.starts_with("=>");
            if !goes_on {
                break;
            }
            continue;
        }
        if !(joins(letter)
            || super::words::is_cjk(letter)
            || matches!(letter, '-' | '`' | '"' | '\''))
        {
            break;
        }
        last_was_joint = false;
        end = start + at + letter.len_utf8();
    }
    (joint_seen >= 2)
        .then(|| list(text, start, end))
        .flatten()
        .filter(|list| list.members.len() >= 3)
}

pub(super) fn sentence_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let stop = rest.char_indices().find(|(at, letter)| match letter {
        '.' => rest
            .get(at + 1..)
            .is_none_or(|after| after.is_empty() || after.starts_with([' ', ')'])),
        ';' | ')' | '(' | '[' | ']' | '–' | '—' | '。' | '（' | '）' | ':' | '：' => true,
        '-' => {
            rest.get(..*at).is_some_and(|before| before.ends_with(' '))
                && rest
                    .get(at + 1..)
                    .is_some_and(|after| after.starts_with(' '))
        }
        _ => false,
    });
    stop.map_or(text.len(), |(at, _)| start + at)
}

/// The members between `start` and `end`; `None` where one of them is no short name.
pub(super) fn list(text: &str, start: usize, end: usize) -> Option<List> {
    let inside = text.get(start..end)?;
    let mut members = Members {
        text,
        found: Vec::new(),
    };
    let mut from = start;
    let mut is_ordered = false;
    let mut letters = inside.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let long_arrow =
            matches!(letter, '-' | '=') && letters.peek().is_some_and(|(_, next)| *next == '>');
        let arrow = long_arrow || matches!(letter, '→' | '⇒' | '➜');
        if !arrow && !matches!(letter, ',' | '|' | '/' | '、' | '，') {
            continue;
        }
        is_ordered |= arrow;
        members.add(from, start + place)?;
        from = start + place + letter.len_utf8();
        if long_arrow {
            letters.next();
            from += 1;
        }
    }
    members.last(from, end)?;
    let members = members.found;
    let distinct: BTreeSet<&str> = members
        .iter()
        .filter_map(|member| text.get(member.clone()))
        .into_set();
    (distinct.len() >= 2).then_some(List {
        members,
        start,
        end,
        is_ordered,
    })
}

pub(super) struct Members<'a> {
    text: &'a str,
    found: Vec<Range<usize>>,
}

impl Members<'_> {
    /// The last may be two: `a, b and c`.
    fn last(&mut self, from: usize, to: usize) -> Option<()> {
        let raw = self.text.get(from..to)?;
        let joint = [" or ", " and ", " oder ", " und ", " ou ", " et "]
            .iter()
            .find_map(|joint| raw.find(joint).map(|at| (from + at, joint.len())))
            // Not the one that begins it, as in `a, or b`.
            .filter(|(at, _)| {
                self.text
                    .get(from..*at)
                    .is_some_and(|one| !one.trim().is_empty())
            });
        match joint {
            Some((at, length)) => {
                self.add(from, at)?;
                self.add(at + length, to)
            }
            None => self.add(from, to),
        }
    }

    fn add(&mut self, from: usize, to: usize) -> Option<()> {
        let raw = self.text.get(from..to)?;
        let mut name = raw.trim_start();
        for word in [
            "or ", "and ", "oder ", "und ", "ou ", "et ", "o ", "e ", "y ",
        ] {
            if !self.found.is_empty()
                && let Some(rest) = name.strip_prefix(word)
            {
                name = rest;
            }
        }
        let name = name.trim_start_matches(QUOTES);
        let start = to - name.len();
        // A source mark behind a member is no part of it.
        let name = name.split('‹').next().unwrap_or(name);
        let name = name.trim_end_matches(QUOTES);
        if matches!(name, "" | "etc" | "etc." | "…" | "..." | "usw" | "usw.") {
            return Some(());
        }
        let name = name.trim_end_matches(['.', '…']);
        let name = name
            .strip_suffix(" default")
            .unwrap_or(name)
            .trim_end_matches(QUOTES);
        let is_long = name.chars().count() > 32 || name.split_whitespace().count() > 3;
        if is_long || name.contains(['>', '<', '=', '?', '!']) {
            return None;
        }
        self.found.push(start..start + name.len());
        Some(())
    }
}

pub(super) const QUOTES: [char; 7] = [' ', '`', '"', '\'', '“', '”', '*'];
