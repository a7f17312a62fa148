//! The tasks themselves, before they have a stage, an order or an id.

mod commands;
mod layers;
mod listed;
mod own;
mod proofs;
mod screens;
mod sequence;
mod things;
mod wording;

pub(super) use layers::layer_of;
pub(super) use own::waited;

use crate::order::Gather;
use crate::parallel;
use commands::{reach, show_table, show_tables};
use wording::to_do;

use super::facets::Facets;
use super::{Detail, Layer, Task, has_postgres, questions};
use crate::facts::{Mark, Role};
use crate::manifest::{NodeKind, Relation};
use crate::model::words::{Bag, Stem};
use crate::model::{Matcher, Model, Node, Standing, Table, Thing, concepts, words};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

/// A piece of work belongs to the requirements that share so much with it.
const SAME_WORK: f64 = 0.24;
/// And is the same as one requirement where they share nearly all.
const EQUAL_WORK: f64 = 0.8;

/// Work that is for no requirement is for a goal that it shares so much with.
const SAME_GOAL: f64 = 0.1;
/// Work is on a part of the architecture that it shares so much with.
const SAME_STATEMENT: f64 = 0.15;
/// What is compared with everything; more of it no person lists, and it would not be linear.
const MAX_COMPARED: usize = 300;

/// A task that names more requirements than this says nothing of any of them.
const MAX_REFS: usize = 6;

pub(super) fn all(model: &Model, facets: &Facets) -> Vec<Task> {
    let mut made = Making {
        model,
        facets,
        by_id: model
            .of_kind(NodeKind::Requirement)
            .iter()
            .map(|node| (node.id.as_str(), node))
            .collect(),
        of_goals: model.requirements_of_goals(),
        things: model
            .inventory
            .screens
            .iter()
            .filter_map(|screen| {
                let at = model
                    .statements
                    .partition_point(|s| s.span.start <= screen.span.start);
                at.checked_sub(1)
                    .and_then(|at| model.statements.get(at))
                    .filter(|s| s.span.holds(screen.span) || s.span.start == screen.span.start)
                    .map(|s| s.span.start)
            })
            .collect(),
        tasks: Vec::new(),
        covered: HashSet::new(),
        schema: Schema::Open,
        bags: OnceLock::new(),
        turns: HashMap::new(),
    };
    made.decisions();
    made.setup();
    made.listed_work();
    made.schema();
    made.endpoints();
    made.screens();
    made.deployment();
    made.requirements();
    made.rules();
    made.criteria();
    made.await_answers();
    made.proofs();
    read(&mut made.tasks);
    made.tasks
}

struct Making<'a> {
    model: &'a Model,
    facets: &'a Facets,
    tasks: Vec<Task>,
    by_id: HashMap<&'a str, &'a Node>,
    /// Requirements that were made of goals, by the goal's id.
    of_goals: BTreeMap<&'a str, &'a Node>,
    /// Where screens stand, which have tasks of their own.
    things: BTreeSet<usize>,
    /// Requirements and rules that a task makes true.
    covered: HashSet<String>,
    schema: Schema,
    /// The words of the first statements, once they are asked for.
    bags: OnceLock<Vec<Bag<'a>>>,
    /// When the source's own tasks are done, by their ids.
    turns: HashMap<String, Layer>,
}

/// Whether the work that the source lists as done has the tables in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Schema {
    Open,
    Done,
}

impl Task {
    pub(super) fn new(layer: Layer, key: String, text: String) -> Self {
        Self {
            id: String::new(),
            key,
            text,
            refs: Vec::new(),
            story: None,
            is_parallel: false,
            depends_on: Vec::new(),
            is_done: false,
            details: Vec::new(),
            verify: Vec::new(),
            spans: Vec::new(),
            layer,
            after: None,
            own: None,
            lost: Vec::new(),
            file: None,
            rank: 0,
            stage: 0,
            makes: Vec::new(),
            needs: Vec::new(),
            stems: Vec::new(),
        }
    }
}

/// Gives tasks the stems of their texts, unless they have others.
fn read(tasks: &mut [Task]) {
    let size = tasks.iter().map(|task| task.text.len()).sum();
    let stems = parallel::map(size, tasks, |task| match task.stems.is_empty() {
        true => concepts::stems(&task.text),
        false => Vec::new(),
    });
    for (task, stems) in tasks.iter_mut().zip(stems) {
        if !stems.is_empty() {
            task.stems = stems;
        }
    }
}

fn detail(text: String, spans: &[Span]) -> Detail {
    Detail {
        text,
        spans: spans.to_vec(),
    }
}

impl<'a> Making<'a> {
    fn push(&mut self, mut task: Task) {
        task.story = task.story.or_else(|| self.story(&task.refs));
        self.tasks.push(task);
    }

    /// The story of a task, where all that it names is of one.
    fn story(&self, refs: &[String]) -> Option<String> {
        let mut stories = refs.iter().filter_map(|id| {
            let goal_of = self.model.is_kind(id, NodeKind::Goal);
            if goal_of {
                let mut ties = self.model.ties.reaching(id, Relation::Serves);
                ties.find(|tie| self.model.is_kind(&tie.from, NodeKind::Story))
                    .map(|tie| tie.from.clone())
            } else {
                let mut ties = self.model.ties.leaving(id, Relation::Serves);
                ties.find(|tie| self.model.is_kind(&tie.to, NodeKind::Story))
                    .map(|tie| tie.to.clone())
            }
        });
        let first = stories.next()?;
        stories.all(|other| other == first).then_some(first)
    }

    fn requirement(&self, id: &str) -> Option<&'a Node> {
        self.by_id.get(id).copied()
    }

    fn decisions(&mut self) {
        for question in questions(self.model) {
            let text = format!(
                "Decide {} and write the answer into `{}`: {}",
                question.id, self.model.file, question.text
            );
            let mut task = Task::new(Layer::Decide, format!("decide {}", question.id), text);
            task.refs = vec![question.id.clone()];
            task.spans.clone_from(&question.spans);
            task.makes = vec![format!("answer {}", question.id)];
            task.verify = Vec::new();
            self.push(task);
        }
    }

    /// What is open and stands where a question was found waits for the answer.
    fn await_answers(&mut self) {
        let mut asked: BTreeMap<usize, &str> = BTreeMap::new();
        for question in questions(self.model) {
            for span in &question.spans {
                asked.entry(span.start).or_insert(&question.id);
            }
        }
        if asked.is_empty() {
            return;
        }
        let answer = |span: &Span| {
            asked
                .range(span.start..=span.end)
                .next()
                .map(|(_, id)| (*id).to_owned())
        };
        for task in &mut self.tasks {
            if task.is_done
                || matches!(
                    task.layer,
                    Layer::Decide | Layer::Schema | Layer::Index | Layer::Show
                )
            {
                continue;
            }
            let named = task
                .refs
                .iter()
                .filter_map(|id| self.by_id.get(id.as_str()));
            let spans = named.flat_map(|node| &node.spans).chain(&task.spans);
            let answers: BTreeSet<String> = spans.filter_map(answer).into_set();
            task.needs
                .extend(answers.into_iter().map(|id| format!("answer {id}")));
        }
    }

    fn setup(&mut self) {
        let unknown: Vec<&str> = self
            .model
            .context
            .iter()
            .filter(|field| field.values.is_empty())
            .map(|field| field.name)
            .collect();
        if !unknown.is_empty() {
            let text = format!(
                "Settle what the source does not say and write it into `{}`, from where it comes into the plan's Technical Context: {}",
                self.model.file,
                unknown.join(", ")
            );
            self.push(Task::new(Layer::Setup, "settle context".into(), text));
        }
        let variables = &self.model.inventory.environment;
        if !variables.is_empty() {
            let names: Vec<String> = variables.iter().map(|v| format!("`{}`", v.name)).collect();
            let text = format!("Provide the environment variables {}", names.join(", "));
            let mut task = Task::new(Layer::Setup, "environment".into(), text);
            task.details = variables
                .iter()
                .filter(|variable| !variable.text.is_empty())
                .map(|v| detail(format!("`{}`: {}", v.name, v.text), &[v.span]))
                .collect();
            task.spans = variables.iter().take(3).map(|v| v.span).collect();
            self.push(task);
        }
    }

    fn names_schema(&self, stems: &[Stem]) -> bool {
        let says = |word: &str| stems.iter().any(|stem| stem == word);
        !self.model.inventory.tables.is_empty() && (says("schema") || says("tabl"))
    }

    fn describe_tables(&self, task: &mut Task) {
        for table in &self.model.inventory.tables {
            task.details
                .push(detail(describe(table), &[table.thing.span]));
            task.makes.push(format!("table {}", table.thing.name));
        }
        if has_postgres(self.model) {
            task.verify.push(show_tables(&self.model.inventory.tables));
        }
        task.refs = self.requirements_of_tables();
    }

    /// Requirements that touch any table, the first few.
    fn requirements_of_tables(&self) -> Vec<String> {
        self.facets
            .by_requirement
            .iter()
            .filter(|(_, facet)| !facet.tables.is_empty())
            .map(|(id, _)| id.clone())
            .take(MAX_REFS)
            .collect()
    }
}

/// The task that shows that what is built keeps the rules.
fn kept(node: &Node) -> Task {
    let mut task = Task::new(
        Layer::Show,
        format!("check rules {}", node.id),
        format!(
            "Check that what is built for {} ({}) keeps its rules; the source calls it done and says nothing of them",
            node.id,
            words::short(node.bare(), 8)
        ),
    );
    task.needs = vec![format!("requirement {}", node.id)];
    task.refs = vec![node.id.clone()];
    task.spans.clone_from(&node.spans);
    task
}

fn standing(rule: Option<&&Node>) -> Standing {
    rule.map_or(Standing::Lasting, |rule| rule.standing)
}

/// Whether a requirement speaks of the very thing that an endpoint does: `cancel` of `runs.cancel`.
fn names(stems: &[Stem], endpoint: &str) -> bool {
    let path = endpoint.split_once(' ').map_or(endpoint, |(_, path)| path);
    words::stems(path)
        .last()
        .is_some_and(|last| stems.contains(last))
}

fn describe(table: &Table) -> String {
    let mut text = format!("`{}`", table.thing.name);
    if !table.thing.text.is_empty() {
        text.push_str(&format!(" ({})", table.thing.text.trim_end_matches('.')));
    }
    if !table.columns.is_empty() {
        let columns: Vec<String> = table
            .columns
            .iter()
            .take(30)
            .map(|column| format!("`{}`", column.name))
            .collect();
        text.push_str(&format!(" with at least {}", columns.join(", ")));
    }
    text
}
