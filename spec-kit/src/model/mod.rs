//! What a document asks for, as typed nodes that are tied to each other. Each has the places of
//! the source that stand behind it; nothing is made up.

mod build;
pub(crate) use head::iso_date;
mod collect;
pub mod concepts;
mod context;
mod delta;
mod filled;
mod head;
mod inventory;
mod links;
mod listings;
mod make;
pub mod markdown;
mod matcher;
mod milestones;
mod node;
mod own_tasks;
mod phrasing;
mod principles;
mod questions;
mod refusal;
mod risks;
mod scope;
mod sense;
mod standing;
mod stories;
mod structured;
mod ties;
mod unknown;
pub mod words;

pub use collect::Statement;
pub use context::Field;
pub use context::count;
pub use delta::Change;
pub use inventory::{Column, Index, Inventory, Table, Thing};
pub use listings::Listing;
pub use matcher::{Match, Matcher};
pub use milestones::{Milestone, Work};
pub use node::{Basis, Node, Passage, Scene, Strength, Tie};
pub use own_tasks::OwnTask;
pub use questions::state;
pub use refusal::Lacking;
pub use scope::Exclusions;
pub use sense::denies;
pub use standing::Standing;
pub use stories::{independent_test, reason, scene};
pub use structured::{RequestError, request};
pub use ties::Ties;

use crate::facts::{ClosedSet, Document, Quantity};
use crate::ids::Mint;
use crate::manifest::{NodeKind, Relation};
use std::collections::{BTreeMap, HashMap};

/// Everything that a bundle is written from.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub title: String,
    pub file: String,
    pub sha256: String,
    /// `2026-01-31`, where the document says when it was written.
    pub date: Option<String>,
    pub problem: Vec<Passage>,
    pub assumptions: Vec<Passage>,
    pub edge_cases: Vec<Passage>,
    pub statements: Vec<Statement>,
    /// What the source itself puts off, beside the requirements that it does.
    pub later: Vec<Statement>,
    /// In the order of the text.
    pub nodes: BTreeMap<NodeKind, Vec<Node>>,
    /// What each id is.
    pub kinds: HashMap<String, NodeKind>,
    pub ties: Ties,
    pub inventory: Inventory,
    pub milestones: Vec<Milestone>,
    pub sets: Vec<ClosedSet>,
    pub quantities: Vec<Quantity>,
    /// The nine fields of a technical context.
    pub context: Vec<Field>,
    /// Where the document has lists and tables.
    pub listings: Vec<Listing>,
}

impl Model {
    /// What a document asks for; ids come from `mint`.
    ///
    /// # Errors
    /// A document that lacks what nothing can be generated without.
    pub fn of(document: &Document, mint: &mut Mint) -> Result<Self, Lacking> {
        build::model(document, mint)
    }

    pub fn of_kind(&self, kind: NodeKind) -> &[Node] {
        self.nodes.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Functional and other requirements.
    pub fn requirements(&self) -> impl Iterator<Item = &Node> {
        self.of_kind(NodeKind::Requirement)
            .iter()
            .chain(self.of_kind(NodeKind::NonFunctional))
    }

    /// The requirements that goals were made of which nothing else serves, by the goal's id.
    pub fn requirements_of_goals(&self) -> BTreeMap<&str, &Node> {
        let goals: HashMap<&str, &Node> = self
            .of_kind(NodeKind::Goal)
            .iter()
            .map(|goal| (goal.id.as_str(), goal))
            .collect();
        let requirements = self.of_kind(NodeKind::Requirement).iter();
        requirements
            .filter_map(|node| Some((links::goal_of(node, &goals)?.id.as_str(), node)))
            .collect()
    }

    /// Ids at the other end of the ties that leave `id`.
    pub fn targets(&self, id: &str, relation: Relation) -> Vec<&str> {
        self.ties
            .leaving(id, relation)
            .map(|tie| tie.to.as_str())
            .collect()
    }

    /// Ids at the other end of the ties that reach `id`.
    pub fn sources(&self, id: &str, relation: Relation) -> Vec<&str> {
        self.ties
            .reaching(id, relation)
            .map(|tie| tie.from.as_str())
            .collect()
    }

    pub fn is_kind(&self, id: &str, kind: NodeKind) -> bool {
        self.kinds.get(id) == Some(&kind)
    }
}
