//! SK-CNS-001: one closed set, listed with different members.

use super::context::Context;
use super::draft::{Draft, Drafts};
use super::provenance::{is_as_generated, milder};
use super::words::{Numbers, list, shared, stem};
use crate::facts::{ClosedSet, Document, DocumentKind};
use crate::order::Order;
use crate::rules::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Sets of fewer members are alternatives in passing.
const FEWEST: usize = 3;
/// Stems of subjects whose lists are whole wherever they stand.
const LIVES: &[&str] = &[
    "kind", "lan", "level", "lifecycl", "phas", "sever", "stat", "status",
];
/// Words for members that are not named.
const REST: &[&str] = &["andothers", "etc", "more", "other", "others", "soon"];
/// More sets of one thing are not compared.
const MOST: usize = 200;

struct Seen<'a> {
    document: &'a Document,
    set: &'a ClosedSet,
    /// In normal form, sorted.
    members: Vec<String>,
    /// The same as numbers, as they are compared by.
    numbers: Vec<u32>,
    /// Of the subject, as numbers, sorted: `order status` is a status.
    words: Vec<u32>,
    /// The subject has a word of [`LIVES`].
    is_life: bool,
}

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let mut by_head: BTreeMap<String, Vec<Seen<'_>>> = BTreeMap::new();
    let mut numbers = Numbers::default();
    for document in context.bundle.documents() {
        for set in document.sets.iter().filter(|set| !set.is_open) {
            let mut members: Vec<String> = set
                .members
                .iter()
                .map(|member| form(&member.text))
                .collect();
            members.order();
            members.dedup();
            // "and others" is no member.
            let is_open = members.iter().any(|m| REST.contains(&m.as_str()));
            // The status in notes beside the bundle may be of anything.
            let is_bare = document.kind == DocumentKind::Other && !set.subject.trim().contains(' ');
            if !is_open && !is_bare && members.len() >= FEWEST && !set.subject.trim().is_empty() {
                let subject = super::words::normal(&set.subject);
                let words = || subject.split(' ').map(stem);
                let head = words().next_back().unwrap_or_default().to_owned();
                by_head.entry(head).or_default().push(Seen {
                    document,
                    set,
                    numbers: numbers.all(members.iter().map(String::as_str)),
                    members,
                    words: numbers.each(words()),
                    is_life: words().any(|word| LIVES.contains(&word)),
                });
            }
        }
    }
    for seen in by_head.values_mut() {
        seen.truncate(MOST);
        if !is_of_many_things(seen) {
            compare(context, seen, out);
        }
    }
}

/// Whether one document has two lists under one bare word: the status of an order and that of a
/// refund are then both "status", and nothing can be compared.
fn is_of_many_things(seen: &[Seen<'_>]) -> bool {
    let bare = || seen.iter().filter(|entry| entry.words.len() == 1);
    bare().any(|entry| {
        bare().any(|other| {
            entry.document.source.file() == other.document.source.file()
                && shared(&entry.numbers, &other.numbers) * 2
                    < entry.numbers.len().max(other.numbers.len())
        })
    })
}

/// `in_progress` and `In Progress` are one member.
fn form(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn compare(context: &Context<'_>, seen: &[Seen<'_>], out: &mut Drafts) {
    let mut told: BTreeSet<(&[u32], &[u32])> = BTreeSet::new();
    for entry in seen {
        let Some(usual) = usual(entry, seen) else {
            continue;
        };
        if entry.numbers == usual.numbers || !told.insert((&entry.words, &entry.numbers)) {
            continue;
        }
        let subject = entry.set.subject.trim();
        let message = format!("{subject}: {}", difference(entry, usual));
        let there = format!("{} here", shown(usual));
        let draft = Draft::at("SK-CNS-001", entry.document, entry.set.span, message)
            .key(format!("{subject} {}", entry.members.join(" ")))
            .related(usual.document, usual.set.span, there);
        // Some of the roles may do a thing; a state that is not in the list is unknown.
        let common = shared(&entry.numbers, &usual.numbers);
        let is_part = common == entry.numbers.len() || common == usual.numbers.len();
        let from_source =
            || is_as_generated(context, entry.document) && is_as_generated(context, usual.document);
        out.add(match is_part && !entry.is_life {
            true => draft.severity(Severity::Warning),
            false if from_source() => milder(draft),
            false => draft,
        });
    }
}

/// What most lists of the same thing say that are meant to be like this one, else what the first
/// of them says.
fn usual<'a, 'b>(entry: &Seen<'_>, seen: &'a [Seen<'b>]) -> Option<&'a Seen<'b>> {
    let alike = |other: &&Seen<'_>| {
        let common = shared(&entry.words, &other.words);
        let is_same_thing = common == entry.words.len() || common == other.words.len();
        is_same_thing && (entry.numbers == other.numbers || is_conflict(entry, other))
    };
    let mut variants: BTreeMap<&[u32], (usize, usize)> = BTreeMap::new();
    for (at, other) in seen.iter().enumerate().filter(|(_, other)| alike(other)) {
        variants.entry(&other.numbers).or_insert((0, at)).0 += 1;
    }
    let (_, first) = variants
        .values()
        .max_by_key(|(count, first)| (*count, std::cmp::Reverse(*first)))?;
    seen.get(*first)
}

/// Two lists are meant to be the same where they share most; a part of a longer list, such as one
/// step of a lifecycle, is no second list.
fn is_conflict(a: &Seen<'_>, b: &Seen<'_>) -> bool {
    let common = shared(&a.numbers, &b.numbers);
    let either = a.numbers.len() + b.numbers.len() - common;
    let is_part = common == a.numbers.len() || common == b.numbers.len();
    let is_step = is_part && (a.set.is_ordered || b.set.is_ordered);
    match (is_part, is_step) {
        (_, true) => common * 4 >= either * 3,
        (true, false) => common * 3 >= either * 2,
        (false, false) => common * 2 >= either,
    }
}

fn difference(other: &Seen<'_>, usual: &Seen<'_>) -> String {
    let only = |a: &Seen<'_>, b: &Seen<'_>| -> Vec<String> {
        let members = a.set.members.iter();
        let members =
            members.filter(|member| b.members.binary_search(&form(&member.text)).is_err());
        members
            .map(|member| format!("`{}`", member.text.trim()))
            .collect()
    };
    let (here, there) = (only(other, usual), only(usual, other));
    match (here.is_empty(), there.is_empty()) {
        (false, false) => format!("{} here, {} elsewhere", list(&here, 5), list(&there, 5)),
        (false, true) => format!("{} is here and not elsewhere", list(&here, 5)),
        _ => format!("{} is elsewhere and not here", list(&there, 5)),
    }
}

fn shown(seen: &Seen<'_>) -> String {
    let members: Vec<&str> = seen
        .set
        .members
        .iter()
        .map(|member| member.text.trim())
        .collect();
    list(&members, 8)
}
