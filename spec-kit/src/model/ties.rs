use super::node::Tie;
use crate::manifest::Relation;
use std::collections::HashMap;

/// All ties of a model, found from either end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ties {
    list: Vec<Tie>,
    from: HashMap<String, Vec<usize>>,
    to: HashMap<String, Vec<usize>>,
}

impl Ties {
    pub fn push(&mut self, tie: Tie) {
        let known = self
            .from
            .get(&tie.from)
            .into_iter()
            .flatten()
            .filter_map(|at| self.list.get(*at))
            .any(|other| other.to == tie.to && other.relation == tie.relation);
        if known {
            return;
        }
        let at = self.list.len();
        for (list, id) in [(&mut self.from, &tie.from), (&mut self.to, &tie.to)] {
            match list.get_mut(id) {
                Some(known) => known.push(at),
                None => {
                    list.insert(id.clone(), vec![at]);
                }
            }
        }
        self.list.push(tie);
    }

    pub fn iter(&self) -> impl Iterator<Item = &Tie> {
        self.list.iter()
    }

    /// The ties that leave a node.
    pub fn leaving<'a>(&'a self, id: &str, relation: Relation) -> impl Iterator<Item = &'a Tie> {
        self.pick(self.from.get(id), relation)
    }

    /// The ties that reach a node.
    pub fn reaching<'a>(&'a self, id: &str, relation: Relation) -> impl Iterator<Item = &'a Tie> {
        self.pick(self.to.get(id), relation)
    }

    fn pick<'a>(
        &'a self,
        at: Option<&'a Vec<usize>>,
        relation: Relation,
    ) -> impl Iterator<Item = &'a Tie> {
        at.into_iter()
            .flatten()
            .filter_map(|index| self.list.get(*index))
            .filter(move |tie| tie.relation == relation)
    }
}

impl Extend<Tie> for Ties {
    fn extend<I: IntoIterator<Item = Tie>>(&mut self, ties: I) {
        for tie in ties {
            self.push(tie);
        }
    }
}
