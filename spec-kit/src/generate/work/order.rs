//! Order, ids, dependencies, and what may be done side by side.

use super::tasks::waited;
use super::{Layer, Task};
use crate::ids::{Claim, Mint};
use crate::manifest::{NodeKind, compare_ids};
use crate::order::Order;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A task that waits for more than this waits for the last of them.
const MAX_DEPENDENCIES: usize = 12;

pub(super) fn arrange(tasks: &mut [Task], mint: &mut Mint) {
    for (rank, task) in tasks.iter_mut().enumerate() {
        task.rank = rank;
    }
    // Stable: within a layer the order of the source stays.
    tasks.order_by_key(|task| (task.stage, task.layer));
    let claims: Vec<Claim> = tasks
        .iter()
        .map(|task| Claim {
            own: task.own.as_ref().map(|own| own.id.as_str()),
            text: task.key.as_str().into(),
            section: &[],
        })
        .collect();
    let ids = mint.assign(NodeKind::Task, &claims);
    for (task, id) in tasks.iter_mut().zip(ids) {
        task.id = id;
    }
    // A later generation adds tasks with higher ids, which stand last in their stage.
    tasks.order_by(|a, b| {
        a.stage
            .cmp(&b.stage)
            .then_with(|| compare_ids(&a.id, &b.id))
    });
    depend(tasks);
    mark_parallel(tasks);
}

fn depend(tasks: &mut [Task]) {
    let mut makers: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, task) in tasks.iter().enumerate() {
        for made in &task.makes {
            makers.entry(made).or_default().push(index);
        }
    }
    let same_file = same_file(tasks);
    let mut all: Vec<Vec<usize>> = Vec::with_capacity(tasks.len());
    for (index, task) in tasks.iter().enumerate() {
        let mut before: Vec<usize> = Vec::new();
        // By rank and not by id: what is added later has a higher id and may have to come first.
        let comes_before = |other: usize| {
            tasks.get(other).is_some_and(|o| {
                (o.stage, o.turn(), o.rank) < (task.stage, task.turn(), task.rank)
                    && !is_held_up(task, o)
            })
        };
        for need in &task.needs {
            let found = makers.get(need.as_str()).into_iter().flatten().copied();
            before.extend(
                found
                    .filter(|other| comes_before(*other))
                    .take(MAX_DEPENDENCIES),
            );
        }
        // Two that write one file are done one after the other.
        before.extend(
            same_file
                .get(&index)
                .copied()
                .filter(|other| comes_before(*other)),
        );
        // What a requirement consists of is built in order of the layers.
        for made in task
            .makes
            .iter()
            .filter(|made| made.starts_with("requirement "))
        {
            let found = makers.get(made.as_str()).into_iter().flatten().copied();
            before.extend(
                found
                    .filter(|other| {
                        comes_before(*other)
                            && tasks.get(*other).is_some_and(|o| o.turn() < task.turn())
                    })
                    .take(MAX_DEPENDENCIES),
            );
        }
        before.order();
        before.dedup();
        all.push(before);
    }
    deploy_last(tasks, &mut all);
    let lost: Vec<Vec<String>> = tasks
        .iter()
        .zip(&all)
        .map(|(task, before)| lost(task, before, tasks))
        .collect();
    let pruned: Vec<Vec<usize>> = all
        .iter()
        .map(|before| {
            let lists = before.iter().filter_map(|other| all.get(*other));
            let mut through: Vec<usize> = lists.flatten().copied().collect();
            through.order();
            let mut direct: Vec<usize> = before
                .iter()
                .copied()
                .filter(|other| through.binary_search(other).is_err())
                .collect();
            let extra = direct.len().saturating_sub(MAX_DEPENDENCIES);
            direct.drain(..extra);
            direct
        })
        .collect();
    let ids: Vec<String> = tasks.iter().map(|task| task.id.clone()).collect();
    for ((task, before), lost) in tasks.iter_mut().zip(pruned).zip(lost) {
        task.lost = lost;
        task.depends_on = before
            .into_iter()
            .filter_map(|other| ids.get(other).cloned())
            .collect();
        task.depends_on.order_by(|a, b| compare_ids(a, b));
    }
}

/// What the source has a task wait for that is none of those `before` it.
fn lost(task: &Task, before: &[usize], tasks: &[Task]) -> Vec<String> {
    let Some(own) = task.own.as_ref().filter(|own| !own.waits.is_empty()) else {
        return Vec::new();
    };
    let before = before.iter().filter_map(|at| tasks.get(*at));
    let made: HashSet<&str> = before
        .flat_map(|task| &task.makes)
        .map(String::as_str)
        .collect();
    let waits = own.waits.iter();
    waits
        .filter(|id| !made.contains(waited(id).as_str()))
        .cloned()
        .collect()
}

/// Of each part of the interface the one that writes the same file before it.
fn same_file(tasks: &[Task]) -> BTreeMap<usize, usize> {
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.order_by_key(|at| {
        tasks
            .get(*at)
            .map(|task| (task.stage, task.turn(), task.rank))
    });
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let mut before = BTreeMap::new();
    for at in order {
        if let Some(task) = tasks.get(at).filter(|task| task.layer == Layer::Screen)
            && let Some(file) = &task.file
            && let Some(other) = last.insert(file, at)
        {
            before.insert(at, other);
        }
    }
    before
}

/// What the source calls done waits for nothing that is open: it was built without it.
fn is_held_up(task: &Task, other: &Task) -> bool {
    task.is_done && !other.is_done
}

/// What is deployed has been built: a deployment of the interface waits for the screens, one of
/// workers for the workers, one of the database for schema and functions.
fn deploy_last(tasks: &[Task], all: &mut [Vec<usize>]) {
    for (index, task) in tasks.iter().enumerate() {
        if task.layer != Layer::Deploy || task.is_done {
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
                !other.is_done
                    && layers.contains(&other.layer)
                    && other.stage <= task.stage
                    && other.turn() < task.turn()
            })
            .map(|(at, _)| at)
            .take(6);
        before.extend(found);
        before.order();
        before.dedup();
    }
}

/// Tasks may be done side by side where each makes a thing of its own: tables and their indexes,
/// screens, proofs. Endpoints share one function, rules share files; the source names no files
/// that would tell them apart.
fn mark_parallel(tasks: &mut [Task]) {
    let mut groups: BTreeMap<(usize, Option<Layer>), Vec<usize>> = BTreeMap::new();
    for (index, task) in tasks.iter().enumerate() {
        let layer = Some(task.layer).filter(|layer| {
            let has_things = matches!(
                layer,
                Layer::Schema | Layer::Index | Layer::Screen | Layer::Show
            );
            has_things && has_own_thing(task)
        });
        // What the source itself marks is beside each other, whatever it is.
        if layer.is_some() || task.may_be_parallel() {
            groups.entry((task.stage, layer)).or_default().push(index);
        }
    }
    let mut writers: HashMap<(usize, &str), usize> = HashMap::new();
    for task in tasks.iter() {
        if let Some(file) = &task.file {
            *writers.entry((task.stage, file)).or_default() += 1;
        }
    }
    let mut is_beside = vec![false; tasks.len()];
    for group in groups.values().filter(|group| group.len() > 1) {
        let members = || group.iter().filter_map(|index| tasks.get(*index));
        // Tables that refer to each other in a circle have no order, and are not made at once.
        let made: HashSet<&str> = members()
            .flat_map(|task| &task.makes)
            .map(String::as_str)
            .filter(|made| made.starts_with("table "))
            .collect();
        let ids: HashSet<&str> = members().map(|task| task.id.as_str()).collect();
        for (index, task) in group.iter().zip(members()) {
            let has_file_alone = || {
                let mut file = task.file.iter();
                file.all(|file| writers.get(&(task.stage, file.as_str())) == Some(&1))
            };
            if let Some(is_beside) = is_beside.get_mut(*index) {
                *is_beside = !task.depends_on.iter().any(|id| ids.contains(id.as_str()))
                    && !task.needs.iter().any(|need| made.contains(need.as_str()))
                    && has_file_alone();
            }
        }
    }
    for (task, is_beside) in tasks.iter_mut().zip(is_beside) {
        task.is_parallel = is_beside;
    }
}

fn has_own_thing(task: &Task) -> bool {
    ["table ", "indexes ", "screen ", "show "]
        .iter()
        .any(|kind| task.key.starts_with(kind))
}
