//! SK-TSK-001 to 006, 008 and 010: tasks that can be taken, in order, and are done when they say so.

use super::context::{Context, Key};
use super::draft::{Draft, Drafts};
use super::words::{normal, short};
use crate::bundle::Layout;
use crate::facts::{Check, Document, Role, Task};
use crate::order::{Gather, Order};
use crate::rules::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let Some(document) = &context.bundle.tasks else {
        return;
    };
    without_id(context, document, out);
    order(context, document, out);
    dependencies(document, out);
    parallel(document, out);
    labels(document, out);
    nowhere(context, document, out);
    super::finished::check(context, document, out);
    for task in &document.tasks {
        if let Some((marker, span)) = &task.marker {
            let message = format!("the box holds \"{marker}\", which has no known meaning");
            out.add(draft("SK-TSK-010", document, task, message).place(document, *span));
        }
    }
}

pub(super) fn name(task: &Task) -> String {
    match &task.id {
        Some(id) => id.written.to_string(),
        None => format!("\"{}\"", short(&task.text, 60)),
    }
}

pub(super) fn draft(
    rule: &'static str,
    document: &Document,
    task: &Task,
    message: String,
) -> Draft {
    let draft = Draft::at(rule, document, task.span, message).key(task.text.clone());
    match &task.id {
        Some(id) => draft.node(id.written.clone()),
        None => draft,
    }
}

/// Lists with boxes that are no tasks.
pub(super) fn is_check_list(document: &Document, task: &Task) -> bool {
    // A phase may be about notes, or a review.
    if task.id.as_ref().is_some_and(|id| id.prefix == "T") {
        return false;
    }
    let index = document
        .sections
        .partition_point(|section| section.span.start <= task.span.start);
    let Some(section) = index
        .checked_sub(1)
        .and_then(|at| document.sections.get(at))
    else {
        return false;
    };
    let is_other = matches!(
        section.role,
        Role::Acceptance
            | Role::Success
            | Role::Verification
            | Role::Governance
            | Role::Risks
            | Role::OpenQuestions
    );
    let words = [
        "checklist",
        "definition of done",
        "validation",
        "criteria",
        "notes",
        "gate",
        "checkpoint",
        "review",
    ];
    is_other
        || section.path.iter().any(|title| {
            let title = normal(title);
            words.iter().any(|word| title.contains(word))
        })
}

fn without_id(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    let bare: Vec<&Task> = document
        .tasks
        .iter()
        .filter(|task| task.id.is_none() && task.check != Check::None && task.parent.is_none())
        .filter(|task| !is_check_list(document, task) && !names_task(&task.text))
        .collect();
    let Some(first) = bare.first() else { return };
    let with_ids = document
        .tasks
        .iter()
        .filter(|task| task.id.is_some())
        .count();
    if with_ids == 0 && bare.len() > 1 {
        let message = format!("none of the {} tasks has an id", bare.len());
        return out.add(asked(
            context,
            Draft::at("SK-TSK-001", document, first.span, message).key("none"),
        ));
    }
    for task in bare {
        let message = format!("the task {} has no id", name(task));
        out.add(asked(context, draft("SK-TSK-001", document, task, message)));
    }
}

/// "SKIP: T039 (why)" has an id, if not where it should be.
fn names_task(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| {
            let digits = word.strip_prefix('T').unwrap_or("");
            digits.len() >= 3 && digits.bytes().all(|b| b.is_ascii_digit())
        })
}

/// Kiro and OpenSpec number tasks and do not ask for it.
fn asked(context: &Context<'_>, draft: Draft) -> Draft {
    match context.bundle.layout {
        Layout::Native | Layout::SpecKit => draft,
        Layout::Kiro | Layout::OpenSpec => draft.severity(Severity::Warning),
    }
}

fn order(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    // Where tasks have boxes, a bullet that begins with an id speaks of a task and is none.
    let has_boxes = document.tasks.iter().any(|task| task.check != Check::None);
    // A heading may introduce what a bullet lists again.
    let mut first: BTreeMap<(Key<'_>, bool), &Task> = BTreeMap::new();
    // Ids stay when tasks move between phases, so they rise only within one.
    let mut last: BTreeMap<(Option<usize>, Option<usize>, &str), &Task> = BTreeMap::new();
    for task in &document.tasks {
        let Some(id) = &task.id else { continue };
        if has_boxes && task.check == Check::None {
            continue;
        }
        let key = Key::of(id);
        let is_heading = document
            .source
            .line(document.line_of(task.span))
            .starts_with('#');
        if let Some(other) = first.get(&(key, is_heading)) {
            let message = format!("{} is there twice", id.written);
            out.add(
                draft("SK-TSK-002", document, task, message)
                    .key(format!("twice {}", id.written))
                    .related(document, other.span, "the first one"),
            );
            continue;
        }
        let group = (task.phase, task.parent, id.prefix.as_str());
        if let Some(before) = last.get(&group)
            && let Some(other) = &before.id
            && Key::of(other) > key
        {
            let message = format!("{} stands behind {}", id.written, other.written);
            let mut draft = draft("SK-TSK-002", document, task, message)
                .key(format!("order {}", id.written))
                .related(document, before.span, "the one before");
            if context.bundle.layout != Layout::Native {
                draft = draft.severity(Severity::Warning);
            }
            out.add(draft);
        }
        first.insert((key, is_heading), task);
        last.insert(group, task);
    }
}

fn dependencies(document: &Document, out: &mut Drafts) {
    let index: BTreeMap<Key<'_>, usize> = document
        .tasks
        .iter()
        .enumerate()
        .rev()
        .filter_map(|(at, task)| Some((Key::of(task.id.as_ref()?), at)))
        .into_map();
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); document.tasks.len()];
    for (at, task) in document.tasks.iter().enumerate() {
        for citation in task.depends_on.iter().filter(|c| c.id.bundle.is_none()) {
            let written = &citation.id.written;
            let Some(target) = index.get(&Key::of(&citation.id)) else {
                let message = format!("{} depends on {written}, which does not exist", name(task));
                out.add(
                    draft("SK-TSK-003", document, task, message)
                        .key(format!("unknown {written} {}", task.text))
                        .place(document, citation.span),
                );
                continue;
            };
            if let Some(edge) = edges.get_mut(at) {
                edge.push(*target);
            }
            let Some(other) = document.tasks.get(*target) else {
                continue;
            };
            if let (Some(own), Some(theirs)) = (task.phase, other.phase)
                && theirs > own
            {
                let message = format!(
                    "{} depends on {written}, which is in a later phase",
                    name(task)
                );
                out.add(
                    draft("SK-TSK-003", document, task, message)
                        .key(format!("later {written} {}", task.text))
                        .place(document, citation.span)
                        .related(document, other.span, format!("{written} is here")),
                );
            }
        }
    }
    for cycle in cycles(&edges) {
        circular(document, &cycle, out);
    }
}

fn circular(document: &Document, cycle: &[usize], out: &mut Drafts) {
    let members: Vec<&Task> = cycle
        .iter()
        .filter_map(|at| document.tasks.get(*at))
        .collect();
    let Some((first, rest)) = members.split_first() else {
        return;
    };
    let mut names: Vec<String> = members.iter().take(6).map(|task| name(task)).collect();
    if members.len() > 6 {
        names.push("…".to_owned());
    }
    names.push(name(first));
    let message = format!("tasks wait for each other: {}", names.join(" → "));
    let mut draft =
        draft("SK-TSK-003", document, first, message).key(format!("cycle {}", name(first)));
    for task in rest.iter().take(5) {
        draft = draft.related(document, task.span, "in the same circle");
    }
    out.add(draft);
}

/// One circle for each group of nodes that reach each other, from its lowest node. With a stack of
/// its own: the length of a chain is a caller's choice.
fn cycles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Closed,
    }
    let mut state = vec![State::New; edges.len()];
    let mut found = Vec::new();
    for root in 0..edges.len() {
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        if state.get(root) != Some(&State::New) {
            continue;
        }
        state[root] = State::Open;
        while let Some((node, next)) = path.last_mut() {
            let target = edges
                .get(*node)
                .and_then(|targets| targets.get(*next))
                .copied();
            *next += 1;
            let node = *node;
            match target.and_then(|target| Some((target, *state.get(target)?))) {
                None if target.is_some() => {}
                None => {
                    state[node] = State::Closed;
                    path.pop();
                }
                Some((target, State::New)) => {
                    state[target] = State::Open;
                    path.push((target, 0));
                }
                Some((target, State::Open)) => {
                    let from = path.iter().position(|(at, _)| *at == target).unwrap_or(0);
                    let mut cycle: Vec<usize> = path.iter().skip(from).map(|(at, _)| *at).collect();
                    let lowest = (0..cycle.len())
                        .min_by_key(|at| cycle.get(*at))
                        .unwrap_or(0);
                    cycle.rotate_left(lowest);
                    found.push(cycle);
                }
                Some((_, State::Closed)) => {}
            }
        }
    }
    found.order();
    // Two circles through one task are one thing to mend first.
    found.dedup_by_key(|cycle| cycle.first().copied());
    found
}

fn parallel(document: &Document, out: &mut Drafts) {
    let mut writers: BTreeMap<(Option<usize>, &str), &Task> = BTreeMap::new();
    for task in document.tasks.iter().filter(|task| task.is_parallel) {
        for (path, span) in &task.paths {
            let file = crate::bundle::file_name(path);
            if !file.contains('.') || path.contains('*') {
                continue;
            }
            let Some(other) = writers.get(&(task.phase, path.as_str())) else {
                writers.insert((task.phase, path), task);
                continue;
            };
            if other.span == task.span || depends(task, other) || depends(other, task) {
                continue;
            }
            let message = format!(
                "{} and {} are parallel and both write `{path}`",
                name(other),
                name(task)
            );
            out.add(
                draft("SK-TSK-004", document, task, message)
                    .key(format!("{path} {}", task.text))
                    .place(document, *span)
                    .related(document, other.span, format!("{} does too", name(other))),
            );
        }
    }
}

fn depends(task: &Task, other: &Task) -> bool {
    let Some(id) = &other.id else { return false };
    let key = Key::of(id);
    task.depends_on
        .iter()
        .any(|citation| Key::of(&citation.id) == key)
}

fn labels(document: &Document, out: &mut Drafts) {
    if document.tasks.iter().all(|task| task.stories.is_empty()) {
        return;
    }
    for task in document
        .tasks
        .iter()
        .filter(|task| task.id.is_some() && task.parent.is_none())
    {
        let Some(phase) = task.phase.and_then(|phase| document.phases.get(phase)) else {
            continue;
        };
        match (&phase.story, task.stories.first()) {
            (Some(story), None) => {
                let message = format!(
                    "{} is in the phase of {} and has no label",
                    name(task),
                    story.written
                );
                out.add(
                    draft("SK-TSK-005", document, task, message)
                        .hint(format!("Write [{}] behind the id", story.written)),
                );
            }
            (Some(story), Some(_))
                if task
                    .stories
                    .iter()
                    .all(|label| Key::of(&label.id) != Key::of(story)) =>
            {
                let label = task.stories.first().map_or("", |label| &label.id.written);
                let message = format!(
                    "{} has the label {label} in the phase of {}",
                    name(task),
                    story.written
                );
                out.add(draft("SK-TSK-005", document, task, message).related(
                    document,
                    phase.span,
                    "the phase",
                ));
            }
            (None, Some(label)) if phase.is_shared => {
                let message = format!(
                    "{} has the label {} in \"{}\", which belongs to no story",
                    name(task),
                    label.id.written,
                    short(&phase.title, 40)
                );
                out.add(draft("SK-TSK-005", document, task, message).related(
                    document,
                    phase.span,
                    "the phase",
                ));
            }
            _ => {}
        }
    }
}

fn nowhere(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    let parents: BTreeSet<usize> = document
        .tasks
        .iter()
        .filter_map(|task| task.parent)
        .into_set();
    let all: Vec<(usize, &Task)> = document
        .tasks
        .iter()
        .enumerate()
        .filter(|(_, task)| task.id.is_some() && task.parent.is_none())
        .collect();
    let bare: Vec<&Task> = all
        .iter()
        .filter(|(at, task)| {
            task.paths.is_empty()
                && task.commands.is_empty()
                && !parents.contains(at)
                && !document.source.slice(task.whole).contains('`')
        })
        .map(|(_, task)| *task)
        .collect();
    let Some(first) = bare.first() else { return };
    // In some ways of working no task names a file: that is one thing to say, not forty.
    if bare.len() > 3 && bare.len() * 2 > all.len() {
        let message = format!(
            "{} of {} tasks name neither a file nor a command",
            bare.len(),
            all.len()
        );
        let mut draft = Draft::at("SK-TSK-006", document, first.span, message).key("most");
        if !context.is_native() {
            draft = draft.severity(Severity::Note);
        }
        return out.add(draft);
    }
    for task in bare {
        let message = format!("{} names neither a file nor a command", name(task));
        out.add(draft("SK-TSK-006", document, task, message));
    }
}
