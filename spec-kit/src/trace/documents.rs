//! The graph of a bundle from its documents alone, for bundles without a manifest, and to compare
//! with one.

use crate::facts::edges::{is_id, tail};
use crate::facts::{Document, DocumentKind, Id, Role};
use crate::manifest::{Edge, Node, NodeKind, Relation};
use crate::order::Gather;
use std::collections::{BTreeMap, BTreeSet};

/// What stands before the number of a task that has nothing else.
pub(super) const NUMBERED_TASK: &str = "task ";

/// Nodes and edges that the documents themselves state.
pub fn of_documents<'a>(
    documents: impl IntoIterator<Item = &'a Document>,
) -> (Vec<Node>, Vec<Edge>) {
    let documents: Vec<&Document> = documents.into_iter().collect();
    let numbered = Numbered::of(&documents);
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for document in documents {
        items(document, &numbered, &mut nodes, &mut edges);
        principles(document, &mut nodes, &mut edges);
        tasks(document, &numbered, &mut nodes, &mut edges);
    }
    (nodes, edges)
}

/// What has a number and no letters, as in the documents of Kiro: `Requirement 1` and its criterion
/// `1.2`. Its tasks are numbered too, so those have another name, `task 1.2`.
struct Numbered<'a>(BTreeMap<&'a [u32], &'a str>);

impl<'a> Numbered<'a> {
    fn of(documents: &[&'a Document]) -> Self {
        let wishes = documents
            .iter()
            .filter(|document| document.kind == DocumentKind::Prd);
        let ids = wishes
            .flat_map(|document| &document.items)
            .filter_map(|item| item.id.as_ref())
            .filter(|id| id.prefix.is_empty());
        Self(
            ids.map(|id| (id.numbers.as_slice(), id.written.as_str()))
                .collect(),
        )
    }

    /// The requirement that a numbered criterion stands in.
    fn above(&self, id: &Id) -> Option<&'a str> {
        let (number, rest) = id.numbers.split_first()?;
        let is_within = id.prefix.is_empty() && !rest.is_empty();
        is_within.then(|| self.0.get([*number].as_slice()).copied())?
    }

    /// What a task names by an id: for a criterion also the requirement that it stands in.
    fn named(&self, id: &Id) -> Vec<String> {
        if !id.prefix.is_empty() {
            return vec![id.written.to_string()];
        }
        let own = self.0.get(id.numbers.as_slice());
        let own = own.map_or(id.written.as_str(), |written| written);
        let mut found = vec![own.to_owned()];
        found.extend(self.above(id).map(str::to_owned));
        found
    }
}

/// The name of a task among all things of a bundle.
fn name_of_task(id: &Id) -> String {
    match id.prefix.is_empty() {
        true => format!("{NUMBERED_TASK}{}", id.written),
        false => id.written.to_string(),
    }
}

fn items(
    document: &Document,
    numbered: &Numbered<'_>,
    nodes: &mut Vec<Node>,
    edges: &mut Vec<Edge>,
) {
    if matches!(
        document.kind,
        DocumentKind::Tasks | DocumentKind::Constitution
    ) {
        return;
    }
    for item in &document.items {
        let (Some(id), Some(kind)) = (&item.id, kind(document.kind, item.role)) else {
            continue;
        };
        let text = match (&item.title, kind) {
            (Some(title), NodeKind::Story) => title.text.clone(),
            _ => item.text.clone(),
        };
        let text = text.trim().trim_start_matches("(hard):").trim();
        let (words, named) = tail(text);
        edges.extend(named.into_iter().map(|(relation, to)| Edge {
            from: id.written.to_string(),
            to,
            relation,
        }));
        if kind == NodeKind::Acceptance
            && let Some(requirement) = numbered.above(id)
        {
            edges.push(Edge {
                from: id.written.to_string(),
                to: requirement.to_owned(),
                relation: Relation::Validates,
            });
        }
        nodes.push(node(document, &id.written, kind, &words));
    }
    // A story says what it serves in the paragraph below its heading.
    stories(document, edges);
}

fn kind(document: DocumentKind, role: Role) -> Option<NodeKind> {
    Some(match (document, role) {
        (DocumentKind::Plan, Role::Decisions) => NodeKind::Decision,
        (DocumentKind::Plan, Role::Risks) => NodeKind::Risk,
        (DocumentKind::Plan, _) => return None,
        (_, Role::Goals) => NodeKind::Goal,
        (_, Role::NonGoals) => NodeKind::NonGoal,
        (_, Role::Personas) => NodeKind::Persona,
        (_, Role::Stories) => NodeKind::Story,
        (_, Role::Requirements) => NodeKind::Requirement,
        (_, Role::NonFunctional | Role::Security) => NodeKind::NonFunctional,
        (_, Role::Acceptance) => NodeKind::Acceptance,
        (_, Role::Success) => NodeKind::Success,
        (_, Role::OpenQuestions) => NodeKind::Question,
        (_, Role::Decisions) => NodeKind::Decision,
        (_, Role::Risks) => NodeKind::Risk,
        _ => return None,
    })
}

fn stories(document: &Document, edges: &mut Vec<Edge>) {
    for section in &document.sections {
        if section.role != Role::Stories {
            continue;
        }
        let Some(story) = document
            .items
            .iter()
            .find(|item| item.role == Role::Stories && section.title_span.holds(item.span))
            .and_then(|item| item.id.as_ref())
        else {
            continue;
        };
        for line in document.source.slice(section.span).lines().skip(1) {
            if line.starts_with("**") {
                break;
            }
            let (_, named) = tail(&plain_marks(line));
            edges.extend(named.into_iter().map(|(relation, to)| Edge {
                from: story.written.to_string(),
                to,
                relation,
            }));
        }
    }
}

/// `‹[L1](x#L1)›` as `‹L1›`.
fn plain_marks(line: &str) -> String {
    match line.rsplit_once('‹') {
        Some((before, _)) => before.trim_end().to_owned(),
        None => line.to_owned(),
    }
}

fn principles(document: &Document, nodes: &mut Vec<Node>, edges: &mut Vec<Edge>) {
    if document.kind != DocumentKind::Constitution {
        return;
    }
    for principle in &document.principles {
        let Some(id) = &principle.id else {
            continue;
        };
        nodes.push(node(
            document,
            &id.written,
            NodeKind::Principle,
            &principle.title,
        ));
        let enforced = principle.enforced_by.as_deref().unwrap_or("");
        for word in enforced.split([',', ' ']).filter(|word| is_id(word)) {
            edges.push(Edge {
                from: id.written.to_string(),
                to: word.to_owned(),
                relation: Relation::Enforces,
            });
        }
    }
}

fn tasks(
    document: &Document,
    numbered: &Numbered<'_>,
    nodes: &mut Vec<Node>,
    edges: &mut Vec<Edge>,
) {
    if document.kind != DocumentKind::Tasks {
        return;
    }
    for task in &document.tasks {
        let Some(id) = &task.id else {
            continue;
        };
        let from = name_of_task(id);
        let (words, _) = tail(&task.text);
        nodes.push(node(document, &from, NodeKind::Task, &words));
        let refs = task.refs.iter();
        let refs = refs.flat_map(|citation| numbered.named(&citation.id));
        let refs: BTreeSet<String> = refs.into_set();
        let waits = task.depends_on.iter();
        let waits = waits.map(|citation| name_of_task(&citation.id));
        let ends = refs.into_iter().map(|to| (Relation::Implements, to));
        let ends = ends.chain(waits.map(|to| (Relation::DependsOn, to)));
        edges.extend(ends.map(|(relation, to)| Edge {
            from: from.clone(),
            to,
            relation,
        }));
    }
}

fn node(document: &Document, id: &str, kind: NodeKind, text: &str) -> Node {
    let file = document.source.file();
    Node {
        id: id.to_owned(),
        kind,
        text: text.to_owned(),
        document: file.rsplit('/').next().unwrap_or(file).to_owned(),
        source: None,
    }
}
