//! A delta of OpenSpec: requirements that are added, changed and removed. It says what changes; why
//! is in the proposal beside it.

use super::node::Node;
use crate::facts::{Document, Item};
use crate::manifest::NodeKind;
use crate::text::Span;
use std::collections::BTreeMap;

/// What is to be done with a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Build,
    Modify,
    Remove,
}

impl Change {
    /// By the title of the group that a requirement stands in.
    pub fn of(section: &[String]) -> Self {
        let is_in = |word: &str| section.iter().any(|title| is_group(title, word));
        if is_in("removed") {
            Self::Remove
        } else if is_in("modified") || is_in("renamed") {
            Self::Modify
        } else {
            Self::Build
        }
    }
}

/// As its translations call the groups.
const TRANSLATED: &[(&str, &str)] = &[
    ("added", "追加された要件"),
    ("modified", "変更された要件"),
    ("removed", "削除された要件"),
    ("added", "新增需求"),
    ("modified", "修改需求"),
    ("removed", "移除需求"),
];

fn is_group(title: &str, word: &str) -> bool {
    const REST: &str = " requirements";
    let is_known = |(head, rest): (&str, &str)| {
        rest.eq_ignore_ascii_case(REST) && head.eq_ignore_ascii_case(word)
    };
    title.split_at_checked(word.len()).is_some_and(is_known)
        || !title.is_ascii() && TRANSLATED.contains(&(word, title.trim()))
}

/// The old name of `- FROM: …` in a group of renamed requirements.
pub(super) fn old_name(item: &Item) -> Option<&str> {
    name(item, "from:")
}

/// The new name of `- TO: …` there.
pub(super) fn new_name(item: &Item) -> Option<&str> {
    name(item, "to:")
}

fn name<'a>(item: &'a Item, lead: &str) -> Option<&'a str> {
    let (head, rest) = item.text.split_at_checked(lead.len())?;
    if !head.eq_ignore_ascii_case(lead) || !item.path.iter().any(|title| is_group(title, "renamed"))
    {
        return None;
    }
    let rest = rest.trim_start_matches([' ', '#', '`']);
    let name = rest.strip_prefix("Requirement:").unwrap_or(rest);
    let name = name.trim_matches([' ', '`']);
    (!name.is_empty()).then_some(name)
}

fn group(document: &Document) -> Option<Span> {
    let mut sections = document.sections.iter();
    let found = sections.find(|section| {
        section.path.last().is_some_and(|title| {
            ["added", "modified", "removed", "renamed"]
                .iter()
                .any(|word| is_group(title, word))
        })
    })?;
    Some(found.title_span)
}

pub(super) fn is_delta(document: &Document) -> bool {
    group(document).is_some()
}

/// Asks for the problem that a delta leaves to its proposal.
pub(super) fn reason(
    document: &Document,
    nodes: &BTreeMap<NodeKind, Vec<Node>>,
    no_problem: bool,
) -> Option<Node> {
    let says_why =
        !no_problem || nodes.contains_key(&NodeKind::Goal) || nodes.contains_key(&NodeKind::Story);
    let at = group(document).filter(|_| !says_why)?;
    let mut question = Node::new(
        NodeKind::Question,
        "The source says what changes and not why. Which problem does the change solve?".to_owned(),
    );
    question.spans = vec![at];
    Some(question)
}
