//! Risks that the source does not call so.

use super::Ties;
use super::build::{Nodes, list};
use super::collect::Statement;
use super::node::{Node, Strength};
use super::standing::Standing;
use crate::manifest::{NodeKind, Relation};

/// What the source says holds only for now is a risk for whoever builds on it.
pub(super) fn risks(nodes: &mut Nodes, statements: &[Statement], ties: &Ties) {
    let mut found: Vec<Node> = Vec::new();
    let of_nodes = [
        NodeKind::NonFunctional,
        NodeKind::Requirement,
        NodeKind::Decision,
    ]
    .iter()
    .flat_map(|kind| nodes.get(kind).into_iter().flatten())
    .filter(|node| node.standing == Standing::Interim)
    .map(|node| {
        (
            node.bare().to_owned(),
            node.spans.clone(),
            node.section.clone(),
            node.id.clone(),
        )
    });
    let of_statements = statements
        .iter()
        .filter(|statement| statement.standing == Standing::Interim)
        .map(|s| {
            (
                s.text.clone(),
                vec![s.span],
                s.section.clone(),
                String::new(),
            )
        });
    for (text, spans, section, id) in of_nodes.chain(of_statements) {
        let mut node = Node::new(
            NodeKind::Risk,
            format!(
                "The source says that this holds only for now: “{}”. Built upon, it becomes permanent.",
                text.trim_end_matches('.')
            ),
        );
        node.spans = spans;
        node.section = section;
        node.strength = Strength::Soft;
        if !id.is_empty() {
            node.named = vec![id];
        }
        found.push(node);
    }
    for node in list(nodes, NodeKind::Acceptance) {
        let is_asked_for = ties.leaving(&node.id, Relation::Validates).next().is_some();
        if is_asked_for || node.strength == Strength::Soft {
            continue;
        }
        let mut risk = Node::new(
            NodeKind::Risk,
            format!(
                "A release has to meet “{}”, but no requirement of the source asks for what it shows.",
                node.bare()
            ),
        );
        risk.spans.clone_from(&node.spans);
        risk.section.clone_from(&node.section);
        risk.named = vec![node.id.clone()];
        found.push(risk);
    }
    nodes.entry(NodeKind::Risk).or_default().extend(found);
}
