//! Which task serves which requirement: by naming it, by naming a criterion that validates it, or
//! by the label of a story that it belongs to.

use super::context::{Key, of_role, requirements};
use crate::bundle::Bundle;
use crate::facts::{Check, Document, Id, Item, Role, Task};
use crate::order::Order;
use crate::report::{Coverage, CoverageKind, CoverageRow};
use std::collections::{BTreeMap, BTreeSet};

/// Only where there are both a PRD and tasks.
pub(super) struct Served<'a> {
    pub prd: &'a Document,
    pub tasks: &'a Document,
    /// Indices of tasks by what they name.
    by_key: BTreeMap<Key<'a>, Vec<usize>>,
    /// What a criterion or story belongs to, and the reverse.
    tied: BTreeMap<Key<'a>, BTreeSet<Key<'a>>>,
}

impl<'a> Served<'a> {
    pub fn of(bundle: &'a Bundle) -> Option<Self> {
        let (prd, tasks) = (bundle.prd.as_ref()?, bundle.tasks.as_ref()?);
        let mut by_key: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
        for (index, task) in tasks.tasks.iter().enumerate() {
            for id in named(tasks, task) {
                let list = by_key.entry(Key::of(id)).or_default();
                if list.last() != Some(&index) {
                    list.push(index);
                }
            }
        }
        let mut tied: BTreeMap<Key<'_>, BTreeSet<Key<'_>>> = BTreeMap::new();
        for item in &prd.items {
            let Some(id) = &item.id else { continue };
            if !matches!(
                item.role,
                Role::Requirements | Role::NonFunctional | Role::Acceptance | Role::Stories
            ) {
                continue;
            }
            for citation in &item.citations {
                let (a, b) = (Key::of(id), Key::of(&citation.id));
                if a != b {
                    tied.entry(a).or_default().insert(b);
                    tied.entry(b).or_default().insert(a);
                }
            }
        }
        Some(Self {
            prd,
            tasks,
            by_key,
            tied,
        })
    }

    /// Whether any task names any requirement, criterion or story.
    pub fn is_traced(&self) -> bool {
        self.rows().any(|(item, _)| {
            item.id
                .as_ref()
                .is_some_and(|id| self.is_named(&Key::of(id)))
        })
    }

    /// Requirements and criteria that have an id.
    pub fn rows(&self) -> impl Iterator<Item = (&'a Item, CoverageKind)> {
        let prd: &'a Document = self.prd;
        let with_id = |item: &&Item| item.id.is_some();
        requirements(prd)
            .filter(with_id)
            .map(|item| (item, CoverageKind::Requirement))
            .chain(
                of_role(prd, Role::Acceptance)
                    .filter(with_id)
                    .map(|item| (item, CoverageKind::Criterion)),
            )
    }

    /// Indices of the tasks that name an id, or a part of it: task `1.2` serves requirement 1. As
    /// they come, some more than once.
    fn naming<'k>(&'k self, key: &Key<'k>) -> impl Iterator<Item = usize> + 'k {
        let (prefix, numbers) = (key.prefix, key.numbers);
        let parts = self.by_key.range(*key..).take_while(move |(other, _)| {
            other.prefix == prefix && other.numbers.starts_with(numbers)
        });
        let parts = parts.filter(move |(other, _)| other.numbers.len() > numbers.len());
        // `Requirement 1` is cited as `1.2`.
        let is_bare = matches!(prefix, "REQ" | "") && numbers.len() == 1;
        let bare = is_bare.then(|| self.by_key.range(Key::new("", numbers, "")..));
        let bare = bare.into_iter().flatten().take_while(move |(other, _)| {
            other.prefix.is_empty() && other.numbers.starts_with(numbers)
        });
        let own = self.by_key.get(key);
        let parts = parts.chain(bare).map(|(_, tasks)| tasks);
        own.into_iter().chain(parts).flatten().copied()
    }

    /// The same, sorted and each once.
    fn by(&self, key: &Key<'_>) -> Vec<usize> {
        let mut found: Vec<usize> = self.naming(key).collect();
        found.order();
        found.dedup();
        found
    }

    fn is_named(&self, key: &Key<'_>) -> bool {
        self.naming(key).next().is_some()
    }

    /// Whether a task serves an id, itself or through something that it is tied to.
    pub fn is_served(&self, key: &Key<'_>) -> bool {
        let tied = || self.tied.get(key).into_iter().flatten();
        self.is_named(key) || tied().any(|other| self.is_named(other))
    }

    /// Tasks that serve an id through something that it is tied to, and what that is.
    fn through(&self, key: &Key<'_>) -> (Vec<usize>, Vec<Key<'a>>) {
        let mut tasks = Vec::new();
        let mut by = Vec::new();
        for other in self.tied.get(key).into_iter().flatten() {
            let found = self.by(other);
            if !found.is_empty() {
                tasks.extend(found);
                by.push(*other);
            }
        }
        tasks.order();
        tasks.dedup();
        (tasks, by)
    }

    pub fn coverage(&self, bundle: &Bundle) -> Coverage {
        let written = self.written();
        let mut rows = Vec::new();
        let mut serving: BTreeSet<usize> = BTreeSet::new();
        for (item, kind) in self.rows() {
            let Some(id) = &item.id else { continue };
            let key = Key::of(id);
            let mut tasks = self.by(&key);
            let mut through = Vec::new();
            if tasks.is_empty() {
                let (found, by) = self.through(&key);
                tasks = found;
                through = by
                    .iter()
                    .filter_map(|key| written.get(key))
                    .filter(|id| !id.is_empty())
                    .map(|id| (*id).to_owned())
                    .collect();
            }
            serving.extend(&tasks);
            rows.push(CoverageRow {
                id: id.written.to_string(),
                kind,
                text: item.text.clone(),
                tasks: tasks.iter().map(|index| self.task_name(*index)).collect(),
                through,
            });
        }
        Coverage {
            bundle: bundle.directory.clone(),
            rows,
            tasks_without: (0..self.tasks.tasks.len())
                .filter(|index| !serving.contains(index))
                .map(|index| self.task_name(index))
                .collect(),
            tasks: self.tasks.tasks.len(),
            tasks_done: self
                .tasks
                .tasks
                .iter()
                .filter(|task| task.check == Check::Done)
                .count(),
        }
    }

    fn task_name(&self, index: usize) -> String {
        let Some(task) = self.tasks.tasks.get(index) else {
            return String::new();
        };
        match &task.id {
            Some(id) => id.written.to_string(),
            None => format!("line {}", self.tasks.line_of(task.span)),
        }
    }

    fn written(&self) -> BTreeMap<Key<'a>, &'a str> {
        self.prd
            .items
            .iter()
            .filter_map(|item| item.id.as_ref())
            .map(|id| (Key::of(id), id.written.as_str()))
            .collect()
    }
}

/// What a task names, and what the tasks above it name: a step serves what its task serves.
pub(super) fn named<'a>(tasks: &'a Document, task: &'a Task) -> Vec<&'a Id> {
    let mut found = Vec::new();
    let mut next = Some(task);
    // Nesting is bounded by the outline's depth.
    for _ in 0..crate::outline::MAX_DEPTH {
        let Some(task) = next else { break };
        let cited = task.refs.iter().chain(&task.stories);
        found.extend(cited.map(|citation| &citation.id));
        next = task.parent.and_then(|parent| tasks.tasks.get(parent));
    }
    if let Some(story) = task
        .phase
        .and_then(|phase| tasks.phases.get(phase))
        .and_then(|phase| phase.story.as_ref())
    {
        found.push(story);
    }
    found
}
