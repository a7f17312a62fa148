//! Ids that the source uses and that nothing of the bundle has: they are copied with its words, so
//! the bundle asks what they are.

use super::milestones::Milestone;
use super::node::Node;
use crate::facts::{Document, Id, Numbers, Role};
use crate::manifest::NodeKind;
use crate::order::Gather;
use crate::text::Span;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of ids that a bundle has, so that one of them must be there.
const KINDS: &[&str] = &[
    "AC", "D", "FR", "G", "NFR", "NG", "P", "PE", "PH", "Q", "R", "SC", "T", "TASK", "US",
];
/// Those of them that are given to what is wanted.
const WISHES: &[&str] = &["AC", "FR", "G", "NFR", "NG", "PE", "SC", "US"];
/// Those that are given to rules, decisions and risks. `P2` is a priority.
const RULES: &[&str] = &["D", "P", "R"];
/// More numbers in a row are written in several rows, as readers of ranges expect.
const LONGEST: u32 = 150;
/// More ids than these nobody answers for one by one.
const MOST: usize = 400;

type Key = (SmolStr, Numbers);

pub(super) fn ids(
    document: &Document,
    nodes: &BTreeMap<NodeKind, Vec<Node>>,
    milestones: &[Milestone],
) -> Option<Node> {
    let own: BTreeSet<&str> = nodes
        .values()
        .flatten()
        .filter_map(|node| node.own.as_deref())
        .chain(own_tasks(milestones))
        .into_set();
    let named = document.definitions.iter().map(|d| (&d.id, d.span));
    let carried: BTreeSet<Key> = named
        .filter(|(id, _)| own.contains(id.written.as_str()))
        .map(|(id, _)| key(id))
        .into_set();
    let kinds: BTreeSet<&str> = carried
        .iter()
        .map(|(prefix, _)| prefix.as_str())
        .chain(KINDS.iter().copied())
        .into_set();
    let mut asked: BTreeMap<Key, (&Id, Span)> = BTreeMap::new();
    let cited = document.citations.iter().map(|c| (&c.id, c.span));
    let titles = titles(document, nodes);
    let is_title = |span: Span| titles.contains(&document.line_of(span));
    let tasks: BTreeSet<u32> = document
        .tasks
        .iter()
        .map(|task| document.line_of(task.span))
        .into_set();
    // A task is known by what it is made to; one that begins another text is none.
    let is_mention = |id: &Id, span: Span| {
        matches!(id.prefix.as_str(), "T" | "TASK") && !tasks.contains(&document.line_of(span))
    };
    let inside = document
        .definitions
        .iter()
        .filter(|definition| {
            let prefix = definition.id.prefix.as_str();
            let is_rule = RULES.contains(&prefix) && definition.id.written.contains('-');
            is_rule
                || WISHES.contains(&prefix)
                || is_title(definition.span)
                || is_mention(&definition.id, definition.span)
        })
        .map(|definition| (&definition.id, definition.span));
    for (id, span) in cited.chain(inside) {
        let whole = (
            id.prefix.clone(),
            id.numbers.iter().take(1).copied().collect(),
        );
        let is_known = carried.contains(&key(id)) || carried.contains(&whole);
        let is_kind = kinds.contains(id.prefix.as_str()) && id.bundle.is_none();
        if is_kind && !is_known && asked.len() < MOST {
            asked.entry(key(id)).or_insert((id, span));
        }
    }
    let first = asked.values().map(|(_, span)| *span).min()?;
    let mut question = Node::new(
        NodeKind::Question,
        format!(
            "The source uses {}, and nothing in this bundle is called so. What is meant?",
            written(&asked).join(", ")
        ),
    );
    question.spans = vec![first];
    Some(question)
}

/// The lines of titles. What stands in the text of another thing is no thing of its own, and neither
/// is what a phase or any other section is called by. Where a title is a thing, it is told as such.
fn titles(document: &Document, nodes: &BTreeMap<NodeKind, Vec<Node>>) -> BTreeSet<u32> {
    let made = nodes.values().flatten().flat_map(|node| &node.spans);
    let things: BTreeSet<u32> = made.map(|span| document.line_of(*span)).into_set();
    let sections = document
        .sections
        .iter()
        .filter(|section| match section.role {
            Role::Milestones | Role::Status | Role::Phases => true,
            Role::Tasks => false,
            _ => !things.contains(&document.line_of(section.title_span)),
        });
    let phases = document.phases.iter().map(|phase| phase.span);
    phases
        .chain(sections.map(|section| section.title_span))
        .map(|span| document.line_of(span))
        .into_set()
}

fn own_tasks(milestones: &[Milestone]) -> impl Iterator<Item = &str> {
    let work = milestones.iter().flat_map(|milestone| &milestone.work);
    work.filter_map(|work| Some(work.own.as_ref()?.id.as_str()))
}

/// Readers of a row know the ids between its ends by how these are written: `T0` and `T001` are the
/// ends of none.
fn is_spelled_as(one: &Id, other: &Id) -> bool {
    let digits = |id: &Id| {
        let stem = id.written.trim_end_matches(|c: char| c.is_ascii_digit());
        id.written.get(stem.len()..).unwrap_or("").to_owned()
    };
    let (one, other) = (digits(one), digits(other));
    let is_filled = one.starts_with('0') || other.starts_with('0');
    one.len() == other.len() || !is_filled
}

fn key(id: &Id) -> Key {
    (id.prefix.clone(), id.numbers.clone())
}

/// Numbers in a row as their first and last: `FR-004–FR-019`.
fn written(asked: &BTreeMap<Key, (&Id, Span)>) -> Vec<String> {
    let mut rows: Vec<(&Id, &Id)> = Vec::new();
    for (id, _) in asked.values() {
        if let Some((first, last)) = rows.last_mut()
            && let ([from], [before], [own]) = (
                first.numbers.as_slice(),
                last.numbers.as_slice(),
                id.numbers.as_slice(),
            )
            && last.prefix == id.prefix
            && *own == before.saturating_add(1)
            && is_spelled_as(id, first)
            && own - from < LONGEST
        {
            *last = id;
        } else {
            rows.push((id, id));
        }
    }
    rows.into_iter()
        .map(|(first, last)| match first == last {
            true => first.written.to_string(),
            false => format!("{}–{}", first.written, last.written),
        })
        .collect()
}
