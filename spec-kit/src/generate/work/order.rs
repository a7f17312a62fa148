//! Order, ids, dependencies, and what may be done side by side.

use super::tasks::waited;
use super::{Layer, Task};
use crate::ids::{Claim, Mint};
use crate::manifest::{NodeKind, compare_ids};
use crate::order::Order;
use crate::parallel;
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
    let size = tasks.iter().map(|task| task.text.len()).sum();
    let places: Vec<usize> = (0..tasks.len()).collect();
    let waiting = Waiting::of(tasks);
    let mut all = parallel::map(size, &places, |at| waiting.before(*at));
    deploy_last(tasks, &mut all);
    let told = parallel::map(size, &places, |at| {
        let before = all.get(*at).map_or(&[][..], Vec::as_slice);
        let lost = tasks.get(*at).map(|task| lost(task, before, tasks));
        let direct = direct(before, &all).into_iter();
        let ids = direct.filter_map(|other| Some(tasks.get(other)?.id.clone()));
        let mut ids: Vec<String> = ids.collect();
        ids.order_by(|a, b| compare_ids(a, b));
        (lost.unwrap_or_default(), ids)
    });
    for (task, (lost, ids)) in tasks.iter_mut().zip(told) {
        task.lost = lost;
        task.depends_on = ids;
    }
}

/// What is asked of each task to know which it waits for.
struct Waiting<'a> {
    tasks: &'a [Task],
    turns: Vec<Turn>,
    makers: HashMap<&'a str, Vec<usize>>,
    same_file: BTreeMap<usize, usize>,
}

/// Of a task, when it is done. Others are compared with it many times.
struct Turn {
    stage: usize,
    layer: Layer,
    rank: usize,
    is_done: bool,
}

impl Turn {
    /// By rank and not by id: what is added later has a higher id and may have to come first. What
    /// the source calls done waits for nothing that is open: it was built without it.
    fn follows(&self, other: &Self) -> bool {
        (other.stage, other.layer, other.rank) < (self.stage, self.layer, self.rank)
            && (other.is_done || !self.is_done)
    }
}

impl<'a> Waiting<'a> {
    fn of(tasks: &'a [Task]) -> Self {
        let mut makers: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, task) in tasks.iter().enumerate() {
            for made in &task.makes {
                makers.entry(made).or_default().push(index);
            }
        }
        let turn = |task: &Task| Turn {
            stage: task.stage,
            layer: task.turn(),
            rank: task.rank,
            is_done: task.is_done,
        };
        Self {
            tasks,
            turns: tasks.iter().map(turn).collect(),
            makers,
            same_file: same_file(tasks),
        }
    }

    /// The tasks that one waits for, by themselves or through others, in order.
    fn before(&self, index: usize) -> Vec<usize> {
        let (Some(task), Some(turn)) = (self.tasks.get(index), self.turns.get(index)) else {
            return Vec::new();
        };
        let mut before: Vec<usize> = Vec::new();
        let mut take = |made: &str, is_meant: &dyn Fn(&Turn) -> bool| {
            let makers = self.makers.get(made).into_iter().flatten().copied();
            let found = makers.filter(|other| {
                let other = self.turns.get(*other);
                other.is_some_and(|other| turn.follows(other) && is_meant(other))
            });
            before.extend(found.take(MAX_DEPENDENCIES));
        };
        for need in &task.needs {
            take(need, &|_| true);
        }
        // What a requirement consists of is built in order of the layers.
        for made in &task.makes {
            if made.starts_with("requirement ") {
                take(made, &|other| other.layer < turn.layer);
            }
        }
        // Two that write one file are done one after the other.
        let same_file = self.same_file.get(&index).copied();
        let is_before = |other: &usize| {
            let other = self.turns.get(*other);
            other.is_some_and(|other| turn.follows(other))
        };
        before.extend(same_file.filter(is_before));
        before.order();
        before.dedup();
        before
    }
}

/// Of what a task waits for the last that it does not wait for through others.
fn direct(before: &[usize], all: &[Vec<usize>]) -> Vec<usize> {
    if let [_] | [] = before {
        return before.to_vec();
    }
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
