//! Tasks that the source has with ids: what they say of themselves is kept.

use super::sequence::needed_first;
use super::{Detail, Layer, Making, Task};
use crate::ids::spelled_alike;
use crate::manifest::NodeKind;
use crate::model::Work;
use crate::order::{Gather, Order};
use std::collections::BTreeMap;

/// What is waited for by a task's id: `T4` is `T004`.
pub(in crate::generate::work) fn waited(id: &str) -> String {
    format!("task {}", spelled_alike(id))
}

/// The work of a milestone, each piece behind what it waits for; else as the source has it. Where
/// they wait for each other in a circle, the first of the circle begins.
pub(super) fn in_order(work: &[Work]) -> Vec<&Work> {
    let places: BTreeMap<String, usize> = work
        .iter()
        .enumerate()
        .filter_map(|(at, work)| Some((waited(&work.own.as_ref()?.id), at)))
        .into_map();
    let waits: Vec<Vec<usize>> = work
        .iter()
        .map(|work| {
            let ids = work.own.iter().flat_map(|own| &own.waits);
            let found = ids.filter_map(|id| places.get(&waited(id)).copied());
            found.collect()
        })
        .collect();
    let order = needed_first(&waits);
    order.into_iter().filter_map(|at| work.get(at)).collect()
}

impl Task {
    /// The criterion that a task of the source shows.
    pub(super) fn shows(&self) -> Option<String> {
        let is_own = self.own.is_some() && self.layer == Layer::Show;
        self.refs.first().filter(|_| is_own).cloned()
    }
}

impl Making<'_> {
    /// The requirements that a task of the source names, if it names any.
    pub(super) fn named_by_own(&self, work: &Work) -> Option<Vec<String>> {
        let named = work.own.as_ref()?.refs.iter();
        let mut known: Vec<String> = named
            .filter(|id| self.by_id.contains_key(id.as_str()))
            .cloned()
            .collect();
        known.order();
        known.dedup();
        (!known.is_empty()).then_some(known)
    }

    pub(super) fn take_over(&mut self, task: &mut Task, work: &Work) {
        let Some(own) = &work.own else { return };
        for id in &own.refs {
            let is_kind = |kind| self.model.is_kind(id, kind);
            let is_rule = is_kind(NodeKind::NonFunctional);
            if is_rule {
                self.covered.insert(id.clone());
            }
            let is_criterion = is_kind(NodeKind::Acceptance) || is_kind(NodeKind::Success);
            // What names a criterion first shows it.
            if is_criterion && own.refs.first() == Some(id) {
                task.layer = Layer::Show;
                task.refs.retain(|other| other != id);
                task.refs.insert(0, id.clone());
            } else if (is_rule || is_criterion) && !task.refs.contains(id) {
                task.refs.push(id.clone());
            }
        }
        let story = own.story.iter();
        let mut story = story.filter(|id| self.model.is_kind(id, NodeKind::Story));
        task.story = story.next().cloned();
        task.makes.push(waited(&own.id));
        let waits = own.waits.iter().map(|id| waited(id));
        task.after = waits
            .clone()
            .filter_map(|need| self.turns.get(&need))
            .max()
            .copied();
        task.needs.extend(waits);
        task.verify.clone_from(&own.verify);
        let details = own.details.iter();
        task.details.extend(details.map(|detail| Detail {
            text: detail.text.clone(),
            spans: vec![detail.span],
        }));
        task.own = Some(own.clone());
        self.turns.insert(waited(&own.id), task.turn());
    }
}
