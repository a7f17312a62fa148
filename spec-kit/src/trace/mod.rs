//! What stands for what, from a goal down to the task that makes it true, and back.

mod documents;
mod render;

pub use documents::of_documents;
pub use render::steps;

use crate::bundle::Bundle;
use crate::manifest::{Edge, Manifest, Node, NodeKind, Relation, sort_key};
use crate::order::{Gather, Order};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Nodes and edges of a bundle, found from either end.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    nodes: BTreeMap<String, Node>,
    down: BTreeMap<String, Vec<Edge>>,
    up: BTreeMap<String, Vec<Edge>>,
}

/// The whole chain of one requirement, or of a goal that none serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub goals: Vec<String>,
    /// None for goals without a requirement.
    pub requirement: Option<String>,
    pub text: String,
    pub criteria: Vec<String>,
    pub tasks: Vec<String>,
    /// The tasks that show the criteria.
    pub proofs: Vec<String>,
}

/// A matrix with what is missing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    pub rows: Vec<Row>,
    /// Requirements and criteria without a task.
    pub without_task: Vec<String>,
    /// Requirements that no criterion shows.
    pub without_criterion: Vec<String>,
    /// Criteria that are tied to no requirement.
    pub loose_criteria: Vec<String>,
    /// Tasks that name nothing.
    pub loose_tasks: Vec<String>,
}

/// One step of the way from an id to what it is there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// How far from the id that was asked for.
    pub depth: usize,
    pub id: String,
    pub text: String,
    /// By which the one before leads here; none for the id itself.
    pub relation: Option<Relation>,
    /// `docs/prd.md:96`, where the source says it.
    pub place: Option<String>,
}

/// Why there is no such way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    #[error("{id}: no such id in this bundle; the nearest is {nearest}")]
    Unknown { id: String, nearest: String },
    #[error("{id}: this bundle has no ids")]
    Empty { id: String },
}

impl Graph {
    pub fn new(
        nodes: impl IntoIterator<Item = Node>,
        edges: impl IntoIterator<Item = Edge>,
    ) -> Self {
        let mut graph = Self::default();
        for node in nodes {
            graph.nodes.entry(node.id.clone()).or_insert(node);
        }
        for edge in edges {
            graph
                .up
                .entry(edge.to.clone())
                .or_default()
                .push(edge.clone());
            graph.down.entry(edge.from.clone()).or_default().push(edge);
        }
        graph
    }

    pub fn of(manifest: &Manifest) -> Self {
        Self::new(manifest.nodes.clone(), manifest.edges.clone())
    }

    /// What the manifest knows, with its places in the source, and what only the documents say: a
    /// person's task between the marks is in no manifest.
    pub fn of_bundle(bundle: &Bundle) -> Self {
        let (nodes, edges) = of_documents(bundle.documents());
        let manifest = bundle.manifest.as_ref();
        let known = manifest.map_or(&[][..], |manifest| &manifest.nodes);
        let tied = manifest.map_or(&[][..], |manifest| &manifest.edges);
        let edges: BTreeSet<Edge> = tied.iter().cloned().chain(edges).into_set();
        Self::new(known.iter().cloned().chain(nodes), edges)
    }

    fn of_kinds(&self, kinds: &[NodeKind]) -> Vec<&Node> {
        let mut found: Vec<&Node> = self
            .nodes
            .values()
            .filter(|node| kinds.contains(&node.kind))
            .collect();
        found.order_by_cached_key(|node| sort_key(&node.id));
        found
    }

    fn ends(
        &self,
        edges: Option<&Vec<Edge>>,
        relation: Relation,
        end: fn(&Edge) -> &String,
    ) -> Vec<String> {
        let found: BTreeSet<(_, String)> = edges
            .into_iter()
            .flatten()
            .filter(|edge| edge.relation == relation)
            .map(|edge| (sort_key(end(edge)), end(edge).clone()))
            .into_set();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Who points at `id` by this relation.
    pub fn sources(&self, id: &str, relation: Relation) -> Vec<String> {
        self.ends(self.up.get(id), relation, |edge| &edge.from)
    }

    /// What `id` points at by this relation.
    pub fn targets(&self, id: &str, relation: Relation) -> Vec<String> {
        self.ends(self.down.get(id), relation, |edge| &edge.to)
    }

    pub fn matrix(&self) -> Matrix {
        let requirements = self.of_kinds(&[NodeKind::Requirement, NodeKind::NonFunctional]);
        let criteria = self.of_kinds(&[NodeKind::Acceptance, NodeKind::Success]);
        let is_goal = |id: &String| self.nodes.get(id).is_some_and(|n| n.kind == NodeKind::Goal);
        let mut rows = Vec::new();
        let mut served: BTreeSet<String> = BTreeSet::new();
        let mut without_task = Vec::new();
        let mut without_criterion = Vec::new();
        for node in requirements {
            let mut goals = self.targets(&node.id, Relation::Serves);
            goals.retain(is_goal);
            served.extend(goals.iter().cloned());
            let criteria = self.sources(&node.id, Relation::Validates);
            let tasks = self.sources(&node.id, Relation::Implements);
            let proofs: BTreeSet<String> = criteria
                .iter()
                .flat_map(|id| self.sources(id, Relation::Implements))
                .into_set();
            if tasks.is_empty() {
                without_task.push(node.id.clone());
            }
            if criteria.is_empty() {
                without_criterion.push(node.id.clone());
            }
            rows.push(Row {
                goals,
                requirement: Some(node.id.clone()),
                text: node.text.clone(),
                criteria,
                tasks,
                proofs: proofs.into_iter().collect(),
            });
        }
        for goal in self.of_kinds(&[NodeKind::Goal]) {
            if !served.contains(&goal.id) {
                rows.push(Row {
                    goals: vec![goal.id.clone()],
                    requirement: None,
                    text: goal.text.clone(),
                    criteria: Vec::new(),
                    tasks: self.sources(&goal.id, Relation::Implements),
                    proofs: Vec::new(),
                });
            }
        }
        let mut loose_criteria = Vec::new();
        for node in criteria {
            if self.sources(&node.id, Relation::Implements).is_empty() {
                without_task.push(node.id.clone());
            }
            if self.targets(&node.id, Relation::Validates).is_empty() {
                loose_criteria.push(node.id.clone());
            }
        }
        let loose_tasks = self
            .of_kinds(&[NodeKind::Task])
            .into_iter()
            .filter(|task| self.targets(&task.id, Relation::Implements).is_empty())
            .map(|task| task.id.clone())
            .collect();
        Matrix {
            rows,
            without_task,
            without_criterion,
            loose_criteria,
            loose_tasks,
        }
    }

    /// All that an id is there for, nearest first: the requirements and criteria of a task, the
    /// goals of those.
    ///
    /// # Errors
    /// An id that the bundle does not have.
    pub fn reverse(&self, id: &str) -> Result<Vec<Step>, TraceError> {
        let id = self.known(id)?;
        Ok(self.walk(id, |graph, id| {
            let edges = graph.down.get(id).into_iter().flatten();
            edges
                .filter(|edge| edge.relation != Relation::DependsOn)
                .map(|edge| (edge.relation, edge.to.clone()))
                .collect()
        }))
    }

    /// All that stands for an id: what serves a goal, shows a requirement, makes it true.
    ///
    /// # Errors
    /// An id that the bundle does not have.
    pub fn forward(&self, id: &str) -> Result<Vec<Step>, TraceError> {
        let id = self.known(id)?;
        Ok(self.walk(id, |graph, id| {
            let edges = graph.up.get(id).into_iter().flatten();
            edges
                .filter(|edge| edge.relation != Relation::DependsOn)
                .map(|edge| (edge.relation, edge.from.clone()))
                .collect()
        }))
    }

    /// The name of what is asked for: `2.1` is the task of that number where nothing else has it.
    fn known(&self, id: &str) -> Result<&str, TraceError> {
        let numbered = format!("{}{id}", documents::NUMBERED_TASK);
        let named = |name: &str| self.nodes.get_key_value(name).map(|(name, _)| name);
        if let Some(name) = named(id).or_else(|| named(&numbered)) {
            return Ok(name);
        }
        let nearest = self
            .nodes
            .range(id.to_owned()..)
            .next()
            .or_else(|| self.nodes.iter().next_back());
        Err(match nearest {
            Some((nearest, _)) => TraceError::Unknown {
                id: id.to_owned(),
                nearest: nearest.clone(),
            },
            None => TraceError::Empty { id: id.to_owned() },
        })
    }

    /// Each id once, at its least depth.
    fn walk(&self, id: &str, next: fn(&Self, &str) -> Vec<(Relation, String)>) -> Vec<Step> {
        let mut steps = vec![self.step(0, id, None)];
        let mut seen = BTreeSet::from([id.to_owned()]);
        let mut at = 0;
        while let Some((depth, from)) = steps.get(at).map(|step| (step.depth, step.id.clone())) {
            let mut found = next(self, &from);
            found.order_by_cached_key(|(_, id)| sort_key(id));
            for (relation, to) in found {
                if seen.insert(to.clone()) {
                    steps.push(self.step(depth + 1, &to, Some(relation)));
                }
            }
            at += 1;
        }
        steps
    }

    fn step(&self, depth: usize, id: &str, relation: Option<Relation>) -> Step {
        let node = self.nodes.get(id);
        Step {
            depth,
            id: id.to_owned(),
            text: node.map_or_else(String::new, |node| node.text.clone()),
            relation,
            place: node
                .and_then(|node| node.source.as_ref())
                .map(|source| format!("{}:{}", source.file, source.line)),
        }
    }
}

#[cfg(test)]
mod tests;
