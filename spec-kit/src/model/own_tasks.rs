//! Tasks that the source itself has, with ids: `- [ ] T004 [P] [US1] words (depends on T002)`. The
//! bundle keeps their ids, labels, paths and order.

use super::markdown;
use super::milestones::Milestone;
use super::node::{Node, Passage};
use crate::facts::{Document, Id, Task};
use crate::ids::spelled_alike;
use crate::manifest::NodeKind;
use crate::order::Gather;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What a task of the source says of itself, beside its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTask {
    /// `T004`
    pub id: String,
    /// `[P]`
    pub is_parallel: bool,
    /// `[US1]`
    pub story: Option<String>,
    /// Requirements and criteria in its labels and details.
    pub refs: Vec<String>,
    /// The tasks that it waits for.
    pub waits: Vec<String>,
    pub paths: Vec<String>,
    /// Behind `Verify:` below it.
    pub verify: Vec<String>,
    /// What else is listed below it, in markdown.
    pub details: Vec<Passage>,
}

/// None where the task has no id, or one that is none of a bundle's, such as `1.2`.
pub(super) fn own(document: &Document, task: &Task) -> Option<OwnTask> {
    let id = task.id.as_ref().filter(|id| is_own(id))?;
    let mut found = OwnTask {
        id: id.written.to_string(),
        is_parallel: task.is_parallel,
        story: task
            .stories
            .first()
            .map(|story| story.id.written.to_string()),
        refs: written(task.refs.iter().map(|citation| &citation.id)),
        waits: written(task.depends_on.iter().map(|citation| &citation.id)),
        paths: task.paths.iter().map(|(path, _)| path.clone()).collect(),
        verify: Vec::new(),
        details: Vec::new(),
    };
    details(document, task, &mut found);
    Some(found)
}

fn is_own(id: &Id) -> bool {
    let number = id.written.strip_prefix('T').unwrap_or("");
    id.bundle.is_none()
        && (1..=6).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn written<'a>(ids: impl Iterator<Item = &'a Id>) -> Vec<String> {
    ids.map(|id| id.written.to_string()).collect()
}

/// The bullets below a task, but not the tasks below it.
fn details(document: &Document, task: &Task, found: &mut OwnTask) {
    let first = document
        .tasks
        .partition_point(|other| other.span.start <= task.span.start);
    let end = document
        .tasks
        .get(first)
        .map_or(task.whole.end, |next| next.span.start.min(task.whole.end));
    let below = Span::new(task.span.end.min(end), end);
    let mut at = below.start;
    let mut is_code = false;
    for line in document.source.slice(below).split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words = line.trim();
        if ["```", "~~~"].iter().any(|fence| words.starts_with(fence)) {
            is_code = !is_code;
        }
        let Some(said) = point(words).filter(|_| !is_code) else {
            continue;
        };
        if let Some(command) = verified(said) {
            found.verify.push(command.to_owned());
            continue;
        }
        let begin = start + line.find(said).unwrap_or(0);
        let span = Span::new(begin, begin + said.len());
        let is_wait = task.depends_on.iter().any(|wait| span.holds(wait.span));
        if said.chars().any(char::is_alphanumeric) && !is_wait && !said.starts_with("Where: `") {
            found.details.push(Passage {
                text: markdown::inline(said, said),
                span,
            });
        }
    }
}

/// What stands behind the mark of a point: `-`, `*`, `+`, `1.`.
fn point(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => line.strip_prefix(['-', '*', '+'])?,
        digits => line.get(digits..)?.strip_prefix(['.', ')'])?,
    };
    rest.starts_with(' ').then(|| rest.trim())
}

/// ``Verify: `make list` ``
fn verified(said: &str) -> Option<&str> {
    let command = said.strip_prefix("Verify:")?.trim();
    let inside = command.strip_prefix('`')?.strip_suffix('`')?;
    (!inside.contains('`')).then_some(inside)
}

/// Of several with one id the first has it, and none where something else of the source has it.
pub(super) fn settle(milestones: &mut [Milestone], nodes: &BTreeMap<NodeKind, Vec<Node>>) {
    let named = nodes
        .values()
        .flatten()
        .filter_map(|node| node.own.as_deref());
    let mut taken: BTreeSet<String> = named.map(spelled_alike).into_set();
    for work in milestones
        .iter_mut()
        .flat_map(|milestone| &mut milestone.work)
    {
        work.own
            .take_if(|own| !taken.insert(spelled_alike(&own.id)));
    }
}
