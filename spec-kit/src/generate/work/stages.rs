use super::{Layer, Task};
use crate::facts::Mark;
use crate::ids::{Claim, Mint};
use crate::manifest::NodeKind;
use crate::model::{Matcher, Model};
use crate::order::Gather;
use crate::parallel;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// So much in common with a milestone's work, and a task belongs to it.
const SAME_MILESTONE: f64 = 0.22;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::generate) enum StageKind {
    Setup,
    Foundational,
    /// A stage that the source names.
    Milestone,
    /// One story.
    Story,
    Polish,
    /// What the source puts off.
    Later,
}

/// A phase of plan and tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::generate) struct Stage {
    pub id: String,
    pub kind: StageKind,
    pub title: String,
    /// What the source says of it as a whole.
    pub mark: Option<Mark>,
    pub spans: Vec<Span>,
    /// The story of a story's phase.
    pub story: Option<String>,
    pub purpose: String,
    pub entry: String,
    pub exit: String,
}

impl Stage {
    fn new(kind: StageKind, title: &str, purpose: &str) -> Self {
        Self {
            id: String::new(),
            kind,
            title: called(title),
            mark: None,
            spans: Vec::new(),
            story: None,
            purpose: purpose.to_owned(),
            entry: String::new(),
            exit: String::new(),
        }
    }
}

/// In quotes where it begins with what the bundle would call a thing of its own: a phase `R1: Paper`
/// is no risk. Phases are called by their stories, and by `M1`.
fn called(title: &str) -> String {
    const THINGS: &[&str] = &["AC", "D", "FR", "G", "NFR", "NG", "P", "PE", "Q", "R", "SC"];
    match crate::read::leading_id(title) {
        Some(id) if THINGS.contains(&id.prefix.as_str()) => format!("“{title}”"),
        _ => title.to_owned(),
    }
}

pub(super) fn of(model: &Model) -> Vec<Stage> {
    let mut stages = vec![Stage::new(StageKind::Setup, "Setup", "")];
    if has_milestones(model) {
        for milestone in &model.milestones {
            let mut stage = Stage::new(
                StageKind::Milestone,
                &of_the_source(&crate::model::markdown::plain(&milestone.title)),
                "",
            );
            stage.mark = milestone.mark;
            stage.spans = vec![milestone.span];
            stages.push(stage);
        }
    } else {
        stages.push(Stage::new(
            StageKind::Foundational,
            "Foundational (Blocking Prerequisites)",
            "What several stories stand on.",
        ));
        for story in model.of_kind(NodeKind::Story) {
            let mut stage = Stage::new(StageKind::Story, &story.name(), "");
            stage.story = Some(story.id.clone());
            stage.spans.clone_from(&story.spans);
            stages.push(stage);
        }
    }
    stages.push(Stage::new(
        StageKind::Polish,
        "Polish & Cross-Cutting Concerns",
        "",
    ));
    stages.push(Stage::new(
        StageKind::Later,
        "Later",
        "The source puts this off: it is no part of the release.",
    ));
    stages
}

/// `Phase 2 - Search` of the source may be the third here: `Search (phase 2 of the source)`.
fn of_the_source(title: &str) -> String {
    let numbered = || {
        let rest = title
            .strip_prefix("Phase ")
            .or_else(|| title.strip_prefix("phase "))?;
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, words) = rest.split_at_checked(end)?;
        let words = words.trim_start_matches([' ', '-', '–', '—', ':', '.']);
        (!number.is_empty() && words.starts_with(char::is_alphanumeric))
            .then(|| format!("{words} (phase {number} of the source)"))
    };
    numbered().unwrap_or_else(|| title.to_owned())
}

fn has_milestones(model: &Model) -> bool {
    model
        .milestones
        .iter()
        .filter(|milestone| milestone.has_content())
        .count()
        >= 2
}

/// Puts each task into a stage; stages without a task lose their place.
pub(super) fn assign(model: &Model, stages: &mut Vec<Stage>, tasks: &mut [Task]) {
    let last = polish(stages);
    if has_milestones(model) {
        by_milestone(model, stages, tasks);
    } else {
        by_story(stages, tasks);
    }
    parents_early(tasks);
    index_with_table(tasks);
    show_last(tasks, last);
    let used: BTreeSet<usize> = tasks.iter().map(|task| task.stage).into_set();
    let mut place = BTreeMap::new();
    let mut kept = Vec::new();
    for (index, stage) in stages.drain(..).enumerate() {
        if used.contains(&index) {
            place.insert(index, kept.len());
            kept.push(stage);
        }
    }
    *stages = kept;
    for task in tasks {
        task.stage = place.get(&task.stage).copied().unwrap_or(0);
    }
}

/// The place of the last stage of the release; behind it is what the source puts off.
fn polish(stages: &[Stage]) -> usize {
    stages.len().saturating_sub(2)
}

fn by_story(stages: &[Stage], tasks: &mut [Task]) {
    let last = polish(stages);
    let by_story: BTreeMap<&str, usize> = stages
        .iter()
        .enumerate()
        .filter_map(|(index, stage)| Some((stage.story.as_deref()?, index)))
        .into_map();
    for task in tasks {
        task.stage = match task.layer {
            Layer::Decide | Layer::Setup => 0,
            Layer::Schema | Layer::Index | Layer::Access => 1,
            Layer::Deploy | Layer::Docs => last,
            Layer::Later => last + 1,
            Layer::Api | Layer::Worker | Layer::Screen | Layer::Show => task
                .story
                .as_deref()
                .and_then(|story| by_story.get(story).copied())
                .unwrap_or(last),
        };
    }
}

fn by_milestone(model: &Model, stages: &[Stage], tasks: &mut [Task]) {
    let work = || {
        model
            .milestones
            .iter()
            .flat_map(|milestone| &milestone.work)
    };
    let owner: Vec<usize> = model
        .milestones
        .iter()
        .enumerate()
        .flat_map(|(number, milestone)| milestone.work.iter().map(move |_| number))
        .collect();
    let named: BTreeMap<&str, usize> = model
        .milestones
        .iter()
        .enumerate()
        .rev()
        .flat_map(|(number, milestone)| {
            milestone
                .named
                .iter()
                .map(move |named| (named.text.as_str(), number))
        })
        .into_map();
    let matcher = Matcher::new(work().map(|work| vec![(work.stems.as_slice(), 1.0)]));
    let marks: Vec<Option<Mark>> = model.milestones.iter().map(|m| m.mark).collect();
    let is_done = |at: usize| marks.get(at).copied().flatten() == Some(Mark::Done);
    let requirements: BTreeMap<&str, Option<Mark>> = model
        .of_kind(NodeKind::Requirement)
        .iter()
        .map(|node| (node.id.as_str(), node.mark))
        .into_map();
    let last = polish(stages);
    let size = tasks.iter().map(|task| task.text.len()).sum();
    let alike = parallel::map(size, tasks, |task| {
        let is_told = task.needs.iter().any(|need| need.starts_with("milestone "));
        match is_told {
            true => Vec::new(),
            false => matcher.find(&task.stems, 6),
        }
    });
    for (task, alike) in tasks.iter_mut().zip(alike) {
        if let Some(number) = task
            .needs
            .iter()
            .find_map(|need| need.strip_prefix("milestone ")?.parse::<usize>().ok())
        {
            task.stage = number + 1;
            continue;
        }
        let by_name = task.refs.iter().find_map(|id| named.get(id.as_str()));
        if let Some(number) =
            by_name.filter(|_| task.layer > Layer::Setup && task.layer < Layer::Docs)
        {
            task.stage = number + 1;
            continue;
        }
        let best = alike
            .into_iter()
            .filter(|found| found.score >= SAME_MILESTONE)
            .filter_map(|found| owner.get(found.target).copied())
            .find(|number| is_done(*number) == task.is_done || task.layer == Layer::Index);
        let known = best.unwrap_or_else(|| fallback(&requirements, task, &marks));
        task.stage = match task.layer {
            Layer::Decide | Layer::Setup => 0,
            Layer::Docs => last,
            Layer::Later => last + 1,
            _ => known + 1,
        };
    }
}

/// The milestone of a task that no listed work is like: by its state, else by what it is.
fn fallback(
    requirements: &BTreeMap<&str, Option<Mark>>,
    task: &Task,
    marks: &[Option<Mark>],
) -> usize {
    let state = if task.is_done {
        Some(Mark::Done)
    } else {
        task.refs
            .iter()
            .find_map(|id| requirements.get(id.as_str()).copied().flatten())
    };
    let with = |mark: Mark| marks.iter().position(|m| *m == Some(mark));
    let first_open = marks
        .iter()
        .position(|mark| *mark != Some(Mark::Done))
        .unwrap_or(marks.len().saturating_sub(1));
    match state {
        Some(Mark::Done) if task.is_done => with(Mark::Done).unwrap_or(0),
        Some(Mark::InProgress) => with(Mark::InProgress).unwrap_or(first_open),
        Some(Mark::NotStarted) => with(Mark::NotStarted).unwrap_or(first_open),
        _ if task.layer <= Layer::Index => 0,
        _ => first_open,
    }
}

/// A table is made no later than those that refer to it. They are in an order in which they can be
/// made, so that going back over them once is enough.
fn parents_early(tasks: &mut [Task]) {
    let mut latest: BTreeMap<String, usize> = BTreeMap::new();
    for task in tasks
        .iter_mut()
        .rev()
        .filter(|task| task.layer == Layer::Schema)
    {
        for made in &task.makes {
            if let Some(stage) = latest.get(made) {
                task.stage = task.stage.min(*stage);
            }
        }
        for need in task.needs.iter().filter(|need| need.starts_with("table ")) {
            let stage = latest.entry(need.clone()).or_insert(task.stage);
            *stage = (*stage).min(task.stage);
        }
    }
}

fn index_with_table(tasks: &mut [Task]) {
    let mut made: HashMap<&str, usize> = HashMap::new();
    for task in tasks.iter() {
        let tables = task.makes.iter().filter(|made| made.starts_with("table "));
        made.extend(tables.map(|table| (table.as_str(), task.stage)));
    }
    let of = |task: &Task| {
        let mut needs = task.needs.iter();
        needs.find_map(|need| made.get(need.as_str()).copied())
    };
    let found: Vec<Option<usize>> = tasks
        .iter()
        .map(|task| of(task).filter(|_| task.layer == Layer::Index))
        .collect();
    for (task, stage) in tasks.iter_mut().zip(found) {
        task.stage = stage.unwrap_or(task.stage);
    }
}

/// What shows that something holds comes in the last stage of what it is about.
fn show_last(tasks: &mut [Task], last: usize) {
    let mut latest: HashMap<&str, usize> = HashMap::new();
    for task in tasks.iter().filter(|task| task.layer != Layer::Show) {
        for made in &task.makes {
            let stage = latest.entry(made).or_default();
            *stage = (*stage).max(task.stage);
        }
    }
    // The source says itself where its own tasks stand.
    let shows = |task: &&Task| task.layer == Layer::Show && task.own.is_none();
    let of = |task: &Task| {
        let needs = task.needs.iter();
        let stages = needs.filter_map(|need| latest.get(need.as_str()));
        stages.max().copied().unwrap_or(last)
    };
    let found: Vec<usize> = tasks
        .iter()
        .map(|task| Some(task).filter(shows).map_or(task.stage, of))
        .collect();
    for (task, stage) in tasks.iter_mut().zip(found) {
        task.stage = stage;
    }
}

pub(super) fn give_ids(stages: &mut [Stage], mint: &mut Mint) {
    let claims: Vec<Claim> = stages
        .iter()
        .map(|stage| Claim {
            own: None,
            text: stage.title.as_str().into(),
            section: &[],
        })
        .collect();
    let ids = mint.assign(NodeKind::Phase, &claims);
    for (stage, id) in stages.iter_mut().zip(ids) {
        stage.id = id;
    }
}
