//! Sets that a text enumerates: `status in (a, b)`, `lanes A/B/C/D`, `queued → running → done`.

use super::reading::Reading;
use super::words::{fold, joins, singular};
use crate::facts::{ClosedSet, Member};
use crate::outline::Inline;
use std::collections::BTreeSet;
use std::ops::Range;

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

fn is_subject(word: &str) -> bool {
    word.len() <= 24 && SUBJECTS.contains(&singular(word).as_str())
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
    ["in (", "IN (", "in {", "in [", "IN(", "∈ {", "∈ (", "in("]
        .iter()
        .any(|form| rest.starts_with(form))
        && text.get(token.clone()).is_some_and(|word| {
            is_noun(word) && word.starts_with(|c: char| c.is_lowercase() || c.is_uppercase())
        })
}

#[derive(Debug, Clone)]
struct List {
    members: Vec<Range<usize>>,
    start: usize,
    end: usize,
    is_ordered: bool,
}

/// The values that follow a subject.
fn values_after(text: &str, at: usize) -> Option<List> {
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
fn values_before(text: &str, at: usize) -> Option<List> {
    let before = text.get(..at)?.strip_suffix(' ')?;
    let start = before.rfind([' ', '(', ':']).map_or(0, |at| at + 1);
    let inside = before.get(start..)?;
    (inside.matches(['/', '|']).count() >= 2)
        .then(|| tight(text, start))
        .flatten()
}

/// Values joined by slashes, pipes or arrows, without commas.
fn tight(text: &str, start: usize) -> Option<List> {
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

fn sentence_end(text: &str, start: usize) -> usize {
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
fn list(text: &str, start: usize, end: usize) -> Option<List> {
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
        .collect();
    (distinct.len() >= 2).then_some(List {
        members,
        start,
        end,
        is_ordered,
    })
}

struct Members<'a> {
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

const QUOTES: [char; 7] = [' ', '`', '"', '\'', '“', '”', '*'];

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
        let cjk = super::words::is_cjk(letter) && letter.is_alphabetic();
        let part = joins(letter) || cjk;
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
mod tests {
    use super::*;
    use crate::outline::Outline;
    use crate::text::Source;

    fn read(text: &str) -> Vec<(String, Vec<String>, bool, bool)> {
        let source = Source::decode("a.md", text.as_bytes()).expect("text");
        let outline = Outline::of(&source);
        let units = super::super::units::units(&outline);
        let mut out = Vec::new();
        for unit in &units {
            for words in unit.inlines() {
                in_words(words, Some("Run lifecycle"), &mut out);
            }
        }
        out.into_iter()
            .map(|set| {
                (
                    set.subject,
                    set.members.into_iter().map(|member| member.text).collect(),
                    set.is_ordered,
                    set.is_open,
                )
            })
            .collect()
    }

    fn one(text: &str, subject: &str, members: &[&str]) {
        let sets = read(text);
        let members: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
        assert_eq!(
            sets.iter()
                .map(|set| (set.0.as_str(), &set.1))
                .collect::<Vec<_>>(),
            [(subject, &members)],
            "{text}"
        );
    }

    #[test]
    fn sets_of_many_shapes_are_read() {
        one("status in (`a`, `b`, `c`)", "status", &["a", "b", "c"]);
        one(
            "Run status: queued, running, done.",
            "run status",
            &["queued", "running", "done"],
        );
        one("lanes A/B/C/D per session", "lane", &["A", "B", "C", "D"]);
        one(
            "`kind in ('link','diff','file')`",
            "kind",
            &["link", "diff", "file"],
        );
        one(
            "The state is one of open, closed or archived.",
            "status",
            &["open", "closed", "archived"],
        );
        one(
            "Lifecycle: queued → claimed → running → succeeded | failed",
            "status",
            &["queued", "claimed", "running", "succeeded", "failed"],
        );
        one(
            "queued -> claimed -> done",
            "run status",
            &["queued", "claimed", "done"],
        );
        one(
            "roles (admin, member, guest) may",
            "role",
            &["admin", "member", "guest"],
        );
        one(
            "role: `admin|member|guest`",
            "role",
            &["admin", "member", "guest"],
        );
        one("状态：排队、运行、完成", "状态", &["排队", "运行", "完成"]);
    }

    #[test]
    fn what_only_looks_like_a_set_is_none() {
        for text in [
            "Claim transitions: `queued → claimed` sets `claimed_by/claimed_at/heartbeat_at`",
            "Runs create/list/filter",
            "filters (status, lane, template, repo)",
            "The status of runs, lanes and sessions is shown",
            "Sets status to `cancelled`",
            "State: it is kept in the database, and never lost, whatever happens to the worker",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
        assert!(read("lanes (A/B/C/D default)")[0].3);
        assert!(read("kinds: link, diff, file, etc.")[0].3);
        assert!(read("a state machine: a → b → c")[0].2);
    }
}
