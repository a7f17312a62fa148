//! The manifest of a bundle.

use super::Request;
use super::work::{Task, Work};
use crate::digest::sha256;
use crate::facts::Document;
use crate::manifest::{
    Edge, Manifest, Node, NodeKind, NodeSource, Relation, SourceFile, VERSION, compare_ids,
};
use crate::model::{self, Model};
use crate::order::Order;
use crate::text::Span;
use std::collections::BTreeMap;

pub(super) const TOOL: &str = concat!("ops-spec-kit ", env!("CARGO_PKG_VERSION"));

/// Without the digests of the documents, which are written meanwhile.
pub(super) fn manifest(request: &Request, model: &Model, work: &Work) -> Manifest {
    let document = request.source;
    let mut nodes: Vec<Node> = model
        .nodes
        .values()
        .flatten()
        .map(|node| of_node(document, node))
        .collect();
    nodes.extend(work.stages.iter().map(|stage| Node {
        id: stage.id.clone(),
        kind: NodeKind::Phase,
        text: stage.title.clone(),
        document: "tasks.md".into(),
        source: source(document, &stage.spans),
    }));
    nodes.extend(work.tasks.iter().map(|task| Node {
        id: task.id.clone(),
        kind: NodeKind::Task,
        text: task.text.clone(),
        document: "tasks.md".into(),
        source: source(document, &task.spans),
    }));
    let mut manifest = Manifest {
        version: VERSION,
        tool: TOOL.to_owned(),
        slug: request.slug.to_owned(),
        source: SourceFile {
            file: model.file.clone(),
            sha256: model.sha256.clone(),
        },
        documents: BTreeMap::new(),
        nodes,
        edges: edges(model, work),
    };
    manifest.sort();
    manifest
}

fn of_node(document: &Document, node: &model::Node) -> Node {
    Node {
        id: node.id.clone(),
        kind: node.kind,
        text: match node.kind {
            NodeKind::Principle | NodeKind::Story => node.name(),
            _ => node.text.clone(),
        },
        document: match node.kind {
            NodeKind::Principle => "constitution.md",
            NodeKind::Decision | NodeKind::Risk => "plan.md",
            _ => "prd.md",
        }
        .to_owned(),
        source: source(document, &node.spans),
    }
}

fn source(document: &Document, spans: &[Span]) -> Option<NodeSource> {
    let span = *spans.first()?;
    let place = document.place(span);
    Some(NodeSource {
        file: place.file,
        line: place.line,
        column: place.column,
        sha256: sha256(document.source.slice(span).as_bytes()),
    })
}

fn edges(model: &Model, work: &Work) -> Vec<Edge> {
    let edge = |from: &str, to: &str, relation| Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        relation,
    };
    let mut edges: Vec<Edge> = model
        .ties
        .iter()
        .map(|tie| edge(&tie.from, &tie.to, tie.relation))
        .collect();
    for task in &work.tasks {
        edges.extend(
            task.refs
                .iter()
                .map(|id| edge(&task.id, id, Relation::Implements)),
        );
        edges.extend(
            task.depends_on
                .iter()
                .map(|id| edge(&task.id, id, Relation::DependsOn)),
        );
    }
    for principle in model.of_kind(NodeKind::Principle) {
        edges.extend(
            enforcing(model, work, principle)
                .into_iter()
                .take(MAX_ENFORCING)
                .map(|id| edge(&principle.id, id, Relation::Enforces)),
        );
    }
    edges
}

/// As many as a constitution names.
pub(super) const MAX_ENFORCING: usize = 12;

/// The tasks that make the rules of a principle true or show them, in order.
pub(super) fn enforcing<'a>(
    model: &Model,
    work: &'a Work,
    principle: &model::Node,
) -> Vec<&'a str> {
    told(
        principle
            .named
            .iter()
            .flat_map(|id| naming(model, work, id)),
    )
}

/// The tasks that make one rule true or show it, in order.
pub(super) fn holding<'a>(model: &Model, work: &'a Work, id: &str) -> Vec<&'a str> {
    told(naming(model, work, id))
}

fn naming<'a>(model: &Model, work: &'a Work, id: &str) -> impl Iterator<Item = &'a Task> {
    let shown = model.ties.reaching(id, Relation::Validates);
    let shown = shown.flat_map(|tie| work.naming(&tie.from));
    work.naming(id).chain(shown)
}

fn told<'a>(tasks: impl Iterator<Item = &'a Task>) -> Vec<&'a str> {
    let mut found: Vec<&Task> = tasks.collect();
    found.order_by(|a, b| compare_ids(&a.id, &b.id));
    found.dedup_by(|a, b| a.id == b.id);
    found.into_iter().map(|task| task.id.as_str()).collect()
}
