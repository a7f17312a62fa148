//! Order, ids, dependencies, and what may be done side by side.

use super::{Layer, Task};
use crate::ids::{Claim, Mint};
use crate::manifest::{NodeKind, sort_key};
use std::collections::{BTreeMap, BTreeSet};

/// A task that waits for more than this waits for the last of them.
const MAX_DEPENDENCIES: usize = 12;

pub(super) fn arrange(tasks: &mut [Task], mint: &mut Mint) {
    // Stable: within a layer the order of the source stays.
    tasks.sort_by_key(|task| (task.stage, task.layer));
    let claims: Vec<Claim> = tasks
        .iter()
        .map(|task| Claim {
            own: None,
            text: task.key.clone(),
            section: Vec::new(),
        })
        .collect();
    for (task, id) in tasks.iter_mut().zip(mint.assign(NodeKind::Task, &claims)) {
        task.id = id;
    }
    // A later generation adds tasks with higher ids, which stand last in their stage.
    tasks.sort_by_cached_key(|task| (task.stage, sort_key(&task.id)));
    depend(tasks);
    mark_parallel(tasks);
}

fn depend(tasks: &mut [Task]) {
    let mut makers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, task) in tasks.iter().enumerate() {
        for made in &task.makes {
            makers.entry(made.clone()).or_default().push(index);
        }
    }
    let mut all: Vec<Vec<usize>> = Vec::with_capacity(tasks.len());
    for (index, task) in tasks.iter().enumerate() {
        let mut before: BTreeSet<usize> = BTreeSet::new();
        let comes_before = |other: usize| {
            tasks.get(other).is_some_and(|o| {
                // What is done did not wait for what is not.
                (o.is_done || !task.is_done)
                    && (o.stage, o.layer, other) < (task.stage, task.layer, index)
                    && o.stage <= task.stage
            })
        };
        for need in &task.needs {
            let found = makers.get(need).into_iter().flatten().copied();
            before.extend(
                found
                    .filter(|other| comes_before(*other))
                    .take(MAX_DEPENDENCIES),
            );
        }
        // What a requirement consists of is built in order of the layers.
        for made in task
            .makes
            .iter()
            .filter(|made| made.starts_with("requirement "))
        {
            let found = makers.get(made).into_iter().flatten().copied();
            before.extend(
                found
                    .filter(|other| {
                        comes_before(*other)
                            && tasks.get(*other).is_some_and(|o| o.layer < task.layer)
                    })
                    .take(MAX_DEPENDENCIES),
            );
        }
        all.push(before.into_iter().collect());
    }
    deploy_last(tasks, &mut all);
    let pruned: Vec<Vec<usize>> = all
        .iter()
        .map(|before| {
            let through: BTreeSet<usize> = before
                .iter()
                .filter_map(|other| all.get(*other))
                .flatten()
                .copied()
                .collect();
            let mut direct: Vec<usize> = before
                .iter()
                .copied()
                .filter(|other| !through.contains(other))
                .collect();
            let extra = direct.len().saturating_sub(MAX_DEPENDENCIES);
            direct.drain(..extra);
            direct
        })
        .collect();
    let ids: Vec<String> = tasks.iter().map(|task| task.id.clone()).collect();
    for (task, before) in tasks.iter_mut().zip(pruned) {
        task.depends_on = before
            .into_iter()
            .filter_map(|other| ids.get(other).cloned())
            .collect();
        task.depends_on.sort_by_cached_key(|id| sort_key(id));
    }
}

/// What is deployed has been built: a deployment of the interface waits for the screens, one of
/// workers for the workers, one of the database for schema and functions.
fn deploy_last(tasks: &[Task], all: &mut [Vec<usize>]) {
    for (index, task) in tasks.iter().enumerate() {
        if task.layer != Layer::Deploy {
            continue;
        }
        let says = |words: &[&str]| task.stems.iter().any(|stem| words.contains(&stem.as_str()));
        let layers: &[Layer] = if says(&["ui", "frontend", "web", "client", "app"]) {
            &[Layer::Screen]
        } else if says(&["worker", "job", "runner"]) {
            &[Layer::Worker]
        } else if says(&["db", "databas", "funct", "api", "backend", "server"]) {
            &[Layer::Schema, Layer::Index, Layer::Access, Layer::Api]
        } else {
            continue;
        };
        let Some(before) = all.get_mut(index) else {
            continue;
        };
        // Only open ones: what is done holds nothing up. The latest are enough.
        let found = tasks
            .iter()
            .enumerate()
            .take(index)
            .rev()
            .filter(|(_, other)| {
                !other.is_done && layers.contains(&other.layer) && other.stage <= task.stage
            })
            .map(|(at, _)| at)
            .take(6);
        before.extend(found);
        before.sort_unstable();
        before.dedup();
    }
}

/// Tasks may be done side by side where each makes a thing of its own: tables and their indexes,
/// screens, proofs. Endpoints share one function, rules share files; the source names no files
/// that would tell them apart.
fn mark_parallel(tasks: &mut [Task]) {
    let mut groups: BTreeMap<(usize, Layer), Vec<usize>> = BTreeMap::new();
    for (index, task) in tasks.iter().enumerate() {
        if matches!(
            task.layer,
            Layer::Schema | Layer::Index | Layer::Screen | Layer::Show
        ) && has_own_thing(task)
        {
            groups
                .entry((task.stage, task.layer))
                .or_default()
                .push(index);
        }
    }
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let ids: BTreeSet<String> = group
            .iter()
            .filter_map(|index| tasks.get(*index))
            .map(|task| task.id.clone())
            .collect();
        for index in group {
            if let Some(task) = tasks.get_mut(index) {
                task.is_parallel = !task.depends_on.iter().any(|id| ids.contains(id));
            }
        }
    }
}

fn has_own_thing(task: &Task) -> bool {
    ["table ", "indexes ", "screen ", "show "]
        .iter()
        .any(|kind| task.key.starts_with(kind))
}
