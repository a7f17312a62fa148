//! What binds all work on a bundle: the source's own principles, its security rules, its
//! decisions, its hard criteria, and what it says it will not do.

use super::node::{Node, Passage, Strength};
use super::standing::Standing;
use crate::manifest::NodeKind;
use std::collections::BTreeMap;

/// Rules of one principle that are told; the rest is counted.
const MAX_RULES: usize = 30;

pub(super) fn derive(nodes: &BTreeMap<NodeKind, Vec<Node>>) -> Vec<Node> {
    let of = |kind: NodeKind| nodes.get(&kind).map_or(&[][..], Vec::as_slice);
    let mut found = security(of(NodeKind::NonFunctional));
    found.extend(decisions(of(NodeKind::Decision)));
    found.extend(criteria(of(NodeKind::Acceptance)));
    found.extend(scope(of(NodeKind::NonGoal)));
    found
}

fn principle(title: &str, text: String, from: &[&Node]) -> Node {
    let mut node = Node::new(NodeKind::Principle, text);
    node.title = Some(title.to_owned());
    node.spans = from
        .iter()
        .filter_map(|node| node.spans.first().copied())
        .collect();
    node.section = from.first().map(|n| n.section.clone()).unwrap_or_default();
    node.details = from
        .iter()
        .take(MAX_RULES)
        .filter_map(|node| {
            Some(Passage {
                text: node.bare().to_owned(),
                span: *node.spans.first()?,
            })
        })
        .collect();
    for rule in from.iter().take(MAX_RULES) {
        node.stems.extend(rule.stems.iter().cloned());
    }
    node.stems.truncate(super::words::MAX_WORDS);
    node.named = from.iter().map(|node| node.id.clone()).collect();
    node
}

/// One principle for each section of rules on access.
fn security(rules: &[Node]) -> Vec<Node> {
    let mut order: Vec<&[String]> = Vec::new();
    let mut by_section: BTreeMap<&[String], Vec<&Node>> = BTreeMap::new();
    for rule in rules {
        let is_security =
            super::concepts::speaks_of(&super::concepts::stems(&rule.section.join(" ")), "~access");
        if !is_security {
            continue;
        }
        let group = by_section.entry(&rule.section).or_default();
        if group.is_empty() {
            order.push(&rule.section);
        }
        group.push(rule);
    }
    order
        .into_iter()
        .filter_map(|section| {
            let group = by_section.remove(section)?;
            let title = super::markdown::plain(section.last()?);
            let binding: Vec<&Node> = group
                .into_iter()
                .filter(|rule| rule.standing == Standing::Lasting)
                .collect();
            let first = binding.first()?;
            let text = match binding.len() {
                1 => format!("It MUST hold that: {}.", first.bare()),
                more => format!("All {more} rules below MUST hold in every release."),
            };
            Some(principle(&title, text, &binding))
        })
        .collect()
}

fn decisions(decisions: &[Node]) -> Option<Node> {
    let from: Vec<&Node> = decisions
        .iter()
        .filter(|node| node.standing != Standing::Later)
        .collect();
    let first = from.first()?;
    let text = match from.len() {
        1 => format!("Work MUST follow the decision: {}.", first.bare()),
        more => format!(
            "Work MUST follow the {more} decisions below; to depart from one is an amendment."
        ),
    };
    Some(principle("Decisions stand", text, &from))
}

fn criteria(criteria: &[Node]) -> Option<Node> {
    let from: Vec<&Node> = criteria
        .iter()
        .filter(|node| node.strength != Strength::Soft && node.standing != Standing::Later)
        .collect();
    let all_hard = from.iter().all(|node| node.strength == Strength::Hard);
    let kind = if all_hard {
        "hard acceptance"
    } else {
        "acceptance"
    };
    let first = from.first()?;
    let text = match from.len() {
        1 => format!("A release MUST meet the criterion: {}.", first.bare()),
        more => format!("A release MUST meet all {more} {kind} criteria below."),
    };
    Some(principle("Criteria before release", text, &from))
}

fn scope(non_goals: &[Node]) -> Option<Node> {
    let from: Vec<&Node> = non_goals.iter().collect();
    from.first()?;
    Some(principle(
        "Scope is closed",
        "Work MUST NOT build what the source excludes; a change of scope is an amendment.".into(),
        &from,
    ))
}
