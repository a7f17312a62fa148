//! What the source leaves open, and where it contradicts itself, as questions with both places.

use super::concepts;
use super::markdown;
use super::node::Node;
use super::words::{Bag, Stem, short};
use crate::facts::{ClosedSet, Document, InventoryKind, Mark, Quantity, Role, StatusClaim};
use crate::manifest::NodeKind;
use crate::order::{Gather, Order};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Facts with one key that are compared with each other; more of one kind are no contradiction
/// that a person could follow.
const MAX_COMPARED: usize = 40;
/// Two claims that begin with the same word and are so much alike speak of one thing.
const SAME_SUBJECT: f64 = 0.3;

pub(super) fn questions(document: &Document) -> Vec<Node> {
    let mut found = Vec::new();
    let listed = document.items.iter();
    let listed: Vec<Span> = listed
        .filter(|item| item.role == Role::OpenQuestions)
        .map(|item| item.span)
        .collect();
    // What stands in a list of questions is one of them.
    let is_listed = |span: Span| {
        let after = listed.partition_point(|item| item.start <= span.start);
        let before = after.checked_sub(1).and_then(|at| listed.get(at));
        before.is_some_and(|item| item.holds(span))
    };
    let (asked, bare): (Vec<_>, Vec<_>) = document
        .clarifications
        .iter()
        .filter(|open| !is_listed(open.span))
        .partition(|open| !open.question.trim().is_empty());
    for open in asked {
        found.push(question(
            document,
            markdown::plain(open.question.trim()),
            &[open.span],
        ));
    }
    let marked = document.todos.iter().chain(&document.tokens);
    for span in marked
        .map(|open| open.span)
        .chain(bare.into_iter().map(|open| open.span))
        .filter(|span| !is_excluded(document, *span))
        .take(MAX_COMPARED)
    {
        let line = document.source.line(document.line_of(span));
        let around = short(&super::words::normal(line, 12), 12);
        let text = format!(
            "The source leaves something open here: “{}”. What belongs there?",
            markdown::plain(&around)
        );
        found.push(question(document, text, &[span]));
    }
    claims(document, &mut found);
    denials(document, &mut found);
    sets(document, &mut found);
    quantities(document, &mut found);
    paths(document, &mut found);
    found
}

/// A question of the source's own list without the mark that it is one.
pub(super) fn unmark(node: &mut Node) {
    let open = node.text.trim_start_matches('\\');
    let inside = open
        .strip_prefix("[NEEDS CLARIFICATION:")
        .and_then(|rest| rest.trim_end().strip_suffix(']'));
    if let Some(inside) = inside {
        node.text = inside.trim_end_matches('\\').trim().to_owned();
    }
}

/// What stands open among the non-goals holds nothing up.
fn is_excluded(document: &Document, span: Span) -> bool {
    let after = document
        .sections
        .partition_point(|section| section.span.start <= span.start);
    after
        .checked_sub(1)
        .and_then(|at| document.sections.get(at))
        .is_some_and(|section| section.role == Role::NonGoals)
}

fn question(document: &Document, text: String, spans: &[Span]) -> Node {
    let mut node = Node::new(NodeKind::Question, text);
    node.spans = spans.to_vec();
    node.section = spans
        .first()
        .and_then(|span| {
            document
                .sections
                .iter()
                .rev()
                .find(|section| section.span.holds(*span))
        })
        .map(|section| section.path.to_vec())
        .unwrap_or_default();
    node
}

fn line(document: &Document, span: Span) -> u32 {
    document.line_of(span)
}

fn claims(document: &Document, found: &mut Vec<Node>) {
    // Two tasks with ids are two things, however much alike: one may be done before the other.
    let tasks: BTreeSet<u32> = document
        .tasks
        .iter()
        .filter(|task| task.id.is_some())
        .map(|task| line(document, task.span))
        .into_set();
    let is_task = |claim: &StatusClaim| tasks.contains(&line(document, claim.span));
    let mut by_head: BTreeMap<Stem, Vec<(&StatusClaim, Vec<Stem>)>> = BTreeMap::new();
    for claim in &document.claims {
        let stems = concepts::stems(&claim.subject);
        if let Some(head) = stems.first() {
            let group = by_head.entry(head.clone()).or_default();
            if group.len() < MAX_COMPARED {
                group.push((claim, stems));
            }
        }
    }
    let mut pairs: BTreeSet<(Span, Span)> = BTreeSet::new();
    let mut conflicts = Vec::new();
    for group in by_head.values() {
        let known = group
            .iter()
            .filter(|(claim, _)| claim.mark != Mark::Unknown);
        let group: Vec<(&StatusClaim, Bag)> = known
            .map(|(claim, stems)| (*claim, Bag::of(stems)))
            .collect();
        for (index, (first, a)) in group.iter().enumerate() {
            for (second, b) in group.iter().skip(index + 1) {
                if first.mark != second.mark
                    && a.similarity(b) >= SAME_SUBJECT
                    && line(document, first.span) != line(document, second.span)
                    && !(is_task(first) && is_task(second))
                    && pairs.insert((first.span, second.span))
                {
                    conflicts.push((*first, *second));
                }
            }
        }
    }
    conflicts.order_by_key(|(first, second)| (first.span, second.span));
    for (first, second) in conflicts {
        let text = format!(
            "“{}” is {} in one place, “{}” is {} in another. Which is true?",
            markdown::plain(first.subject.trim()),
            state(first.mark),
            markdown::plain(second.subject.trim()),
            state(second.mark),
        );
        found.push(question(document, text, &[first.span, second.span]));
    }
}

fn denials(document: &Document, found: &mut Vec<Node>) {
    for (first, second) in crate::read::denials(document)
        .into_iter()
        .take(MAX_COMPARED)
    {
        let said = |text: &str| markdown::plain(text.trim().trim_end_matches('.'));
        let text = format!(
            "One place says “{}”, another “{}”. Which holds?",
            said(&first.text),
            said(&second.text),
        );
        found.push(question(document, text, &[first.span, second.span]));
    }
}

/// A mark in words.
pub fn state(mark: Mark) -> &'static str {
    match mark {
        Mark::Done => "done",
        Mark::InProgress => "in progress",
        Mark::NotStarted => "not started",
        Mark::Dropped => "dropped",
        Mark::Unknown => "of unknown state",
    }
}

fn sets(document: &Document, found: &mut Vec<Node>) {
    let mut by_subject: BTreeMap<&str, Vec<&ClosedSet>> = BTreeMap::new();
    for set in document.sets.iter().filter(|set| !set.is_open) {
        let group = by_subject.entry(&set.subject).or_default();
        if group.len() < MAX_COMPARED {
            group.push(set);
        }
    }
    for (subject, group) in by_subject {
        let Some((first, rest)) = group.split_first() else {
            continue;
        };
        for second in rest {
            let (a, b) = (members(first), members(second));
            // A part of a set, such as one transition, contradicts nothing.
            if a.is_disjoint(&b) || a.is_subset(&b) || b.is_subset(&a) {
                continue;
            }
            let only = |x: &BTreeSet<String>, y: &BTreeSet<String>| {
                let names: Vec<&str> = x.difference(y).map(String::as_str).collect();
                markdown::plain(&names.join(", "))
            };
            let text = format!(
                "Two places list different members of “{}”: only the first has {}, only the second \
                 has {}. Which list is right?",
                markdown::plain(subject),
                only(&a, &b),
                only(&b, &a),
            );
            found.push(question(document, text, &[first.span, second.span]));
        }
    }
}

fn members(set: &ClosedSet) -> BTreeSet<String> {
    set.members
        .iter()
        .map(|member| member.text.to_lowercase())
        .collect()
}

fn quantities(document: &Document, found: &mut Vec<Node>) {
    let mut by_subject: BTreeMap<(&str, &str), Vec<&Quantity>> = BTreeMap::new();
    for quantity in &document.quantities {
        if quantity.subject.is_empty() {
            continue;
        }
        let key = (quantity.subject.as_str(), quantity.unit.as_str());
        let group = by_subject.entry(key).or_default();
        if group.len() < MAX_COMPARED {
            group.push(quantity);
        }
    }
    for ((subject, _), group) in by_subject {
        let Some((first, rest)) = group.split_first() else {
            continue;
        };
        let differs = |other: &&&Quantity| {
            (other.low - first.low).abs() > f64::EPSILON * first.low.abs().max(1.0)
                || (other.high - first.high).abs() > f64::EPSILON * first.high.abs().max(1.0)
        };
        if let Some(second) = rest.iter().find(differs) {
            let text = format!(
                "One place says “{}” and another “{}” for {}. Which holds?",
                markdown::plain(document.source.slice(first.span).trim()),
                markdown::plain(document.source.slice(second.span).trim()),
                markdown::plain(subject),
            );
            found.push(question(document, text, &[first.span, second.span]));
        }
    }
}

/// One file in two folders whose names are forms of one word: `spec/x/prd.md`, `specs/x/prd.md`.
fn paths(document: &Document, found: &mut Vec<Node>) {
    let mut by_form: BTreeMap<Vec<Stem>, (&str, Span)> = BTreeMap::new();
    for entry in &document.inventory {
        if entry.kind != InventoryKind::Path || !entry.name.contains('/') {
            continue;
        }
        let form = super::words::stems(&entry.name);
        if form.is_empty() {
            continue;
        }
        let (name, span) = *by_form.entry(form).or_insert((&entry.name, entry.span));
        let bare = |path: &str| path.trim_matches(['.', '/']).to_owned();
        if bare(name) != bare(&entry.name) {
            let text = format!(
                "One place has the path “{}”, another “{}”. Which is it?",
                markdown::plain(name),
                markdown::plain(&entry.name),
            );
            found.push(question(document, text, &[span, entry.span]));
        }
    }
}
