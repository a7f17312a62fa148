//! What is to be done, in which order: tasks from the named things, the requirements, the work
//! that the source lists, and the criteria.

mod facets;
mod foreign;
mod gates;
mod layout;
mod order;
mod stages;
mod tasks;

pub(super) use facets::Facets;
pub(super) use foreign::told_apart;
pub(super) use layout::Layout;
pub(super) use stages::{Stage, StageKind};

use crate::check::Excluded;
use crate::ids::Mint;
use crate::manifest::NodeKind;
use crate::model::words::Stem;
use crate::model::{Exclusions, Model, OwnTask};
use crate::parallel;
use crate::text::Span;
use std::collections::HashMap;

/// In the order in which things can be built on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Decide,
    Setup,
    Schema,
    Index,
    Access,
    Api,
    Worker,
    Screen,
    Deploy,
    Docs,
    /// What the source says comes later.
    Later,
    Show,
}

/// One line of a task's details, in markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detail {
    pub text: String,
    pub spans: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Task {
    pub id: String,
    /// What it is found again by: `table runs`, `show AC-001`.
    pub key: String,
    pub text: String,
    pub refs: Vec<String>,
    pub story: Option<String>,
    pub is_parallel: bool,
    /// Ids, once there are ids.
    pub depends_on: Vec<String>,
    pub is_done: bool,
    pub details: Vec<Detail>,
    /// Commands that show that it is done.
    pub verify: Vec<String>,
    pub spans: Vec<Span>,
    pub layer: Layer,
    /// The latest layer of what the source has it wait for.
    pub after: Option<Layer>,
    /// What the source's own task says of itself.
    pub own: Option<OwnTask>,
    /// What the source has it wait for that the bundle has nowhere, or not before it.
    pub lost: Vec<String>,
    /// The file that it is proposed to write, where that is one and no folder.
    pub file: Option<String>,
    /// The order in which things can be made within a layer.
    pub rank: usize,
    /// Index into the stages.
    pub stage: usize,
    /// `table runs`, `endpoint POST /x`, `requirement FR-001`.
    pub makes: Vec<String>,
    pub needs: Vec<String>,
    /// Those of its text, or of what it stands for.
    pub stems: Vec<Stem>,
}

impl Task {
    /// When it is done: by what it is, or after what it waits for.
    pub(super) fn turn(&self) -> Layer {
        self.after.map_or(self.layer, |after| after.max(self.layer))
    }

    /// Whether the source marks it so, and it writes one file at most.
    fn may_be_parallel(&self) -> bool {
        let own = self.own.as_ref();
        own.is_some_and(|own| own.is_parallel && own.paths.len() < 2)
    }
}

pub(super) struct Work {
    pub facets: Facets,
    /// Where the generator proposes that things live.
    pub layout: Layout,
    pub stages: Vec<Stage>,
    /// By stage, then by id.
    pub tasks: Vec<Task>,
    /// The tasks that name an id, by that id.
    named: HashMap<String, Vec<usize>>,
    /// The tasks of a story.
    stories: HashMap<String, Vec<usize>>,
}

pub(super) fn plan(model: &Model, mint: &mut Mint) -> Work {
    let facets = Facets::of(model);
    let mut tasks = tasks::all(model, &facets);
    let exclusions = Exclusions::of(model.of_kind(NodeKind::NonGoal));
    // What is held against the tasks of a bundle counts words that say little too.
    let non_goals = model.of_kind(NodeKind::NonGoal).iter();
    let excluded = Excluded::of(non_goals.map(|node| node.text.as_str()));
    let size = tasks.iter().map(|task| task.text.len()).sum();
    let is_excluded = parallel::map(size, &tasks, |task| {
        task.layer != Layer::Decide
            && (exclusions.hit(&task.stems).is_some() || excluded.hit(&task.text).is_some())
            && !is_refusal(&task.text)
    });
    for (task, is_excluded) in tasks.iter_mut().zip(is_excluded) {
        if is_excluded {
            task.text = format!("Do not begin before the scope is settled: {}", task.text);
        }
        let key = format!("key {}", task.key);
        task.makes.push(key);
    }
    let mut stages = stages::of(model);
    stages::assign(model, &mut stages, &mut tasks);
    let layout = layout::propose(model, &mut tasks);
    order::arrange(&mut tasks, mint);
    foreign::tell_apart(&mut tasks);
    stages::give_ids(&mut stages, mint);
    gates::fill(model, &mut stages, &tasks);
    let mut named = HashMap::new();
    let mut stories = HashMap::new();
    for (index, task) in tasks.iter().enumerate() {
        for id in &task.refs {
            note(&mut named, id, index);
        }
        if let Some(story) = &task.story {
            note(&mut stories, story, index);
        }
    }
    Work {
        facets,
        layout,
        stages,
        tasks,
        named,
        stories,
    }
}

fn note(tasks: &mut HashMap<String, Vec<usize>>, id: &str, task: usize) {
    match tasks.get_mut(id) {
        Some(known) => known.push(task),
        None => {
            tasks.insert(id.to_owned(), vec![task]);
        }
    }
}

/// Not to do what is excluded agrees with it.
fn is_refusal(text: &str) -> bool {
    let said = text.split_once(": ").map_or(text, |(_, said)| said);
    text.starts_with("Make sure that the system does not ") || crate::model::denies(said)
}

impl Work {
    pub(super) fn of_stage(&self, stage: usize) -> impl Iterator<Item = &Task> {
        let first = self.tasks.partition_point(|task| task.stage < stage);
        self.tasks
            .iter()
            .skip(first)
            .take_while(move |task| task.stage == stage)
    }

    /// The tasks that name an id.
    pub(super) fn naming(&self, id: &str) -> impl Iterator<Item = &Task> {
        self.at(self.named.get(id))
    }

    pub(super) fn of(&self, id: &str) -> Vec<&str> {
        self.naming(id).map(|task| task.id.as_str()).collect()
    }

    pub(super) fn of_story(&self, id: &str) -> impl Iterator<Item = &Task> {
        self.at(self.stories.get(id))
    }

    /// The tasks that show a criterion.
    pub(super) fn showing(&self, id: &str) -> Vec<&str> {
        self.naming(id)
            .filter(|task| task.layer == Layer::Show)
            .filter(|task| task.refs.first().is_some_and(|first| first == id))
            .map(|task| task.id.as_str())
            .collect()
    }

    fn at<'a>(&'a self, list: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a Task> {
        list.into_iter()
            .flatten()
            .filter_map(|index| self.tasks.get(*index))
    }
}

/// Whether the source names a database that `psql` speaks to.
pub(super) fn has_postgres(model: &Model) -> bool {
    model.context.iter().any(|field| {
        field.key == "STORAGE"
            && field
                .values
                .iter()
                .any(|value| value.text.starts_with("Postgres"))
    })
}

pub(super) fn questions(model: &Model) -> &[crate::model::Node] {
    model.of_kind(NodeKind::Question)
}
