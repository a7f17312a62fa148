//! The graph of a bundle from its documents alone, for bundles without a manifest, and to compare
//! with one.

use crate::facts::edges::{is_id, tail};
use crate::facts::{Document, DocumentKind, Role};
use crate::manifest::{Edge, Node, NodeKind, Relation};

/// Nodes and edges that the documents themselves state.
pub fn of_documents<'a>(
    documents: impl IntoIterator<Item = &'a Document>,
) -> (Vec<Node>, Vec<Edge>) {
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for document in documents {
        items(document, &mut nodes, &mut edges);
        principles(document, &mut nodes, &mut edges);
        tasks(document, &mut nodes, &mut edges);
    }
    (nodes, edges)
}

fn items(document: &Document, nodes: &mut Vec<Node>, edges: &mut Vec<Edge>) {
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

fn tasks(document: &Document, nodes: &mut Vec<Node>, edges: &mut Vec<Edge>) {
    if document.kind != DocumentKind::Tasks {
        return;
    }
    for task in &document.tasks {
        let Some(id) = &task.id else {
            continue;
        };
        let (words, _) = tail(&task.text);
        nodes.push(node(document, &id.written, NodeKind::Task, &words));
        let ends = [
            (Relation::Implements, &task.refs),
            (Relation::DependsOn, &task.depends_on),
        ];
        for (relation, citations) in ends {
            edges.extend(citations.iter().map(|citation| Edge {
                from: id.written.to_string(),
                to: citation.id.written.to_string(),
                relation,
            }));
        }
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
