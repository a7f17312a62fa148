//! What the source says is done, under way and to come, and in which order.

use super::filled::filled_title;
use super::node::Passage;
use super::own_tasks::{self, OwnTask};
use super::standing::Later;
use super::words::Stem;
use super::{concepts, make};
use crate::facts::{Check, Document, Item, Mark, Role, Task};
use crate::order::Order;
use crate::text::Span;

/// A stage that the document itself names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// `M0 - Database Foundation`
    pub title: String,
    pub mark: Option<Mark>,
    pub span: Span,
    pub work: Vec<Work>,
    /// Ids of what it delivers, where it names them.
    pub named: Vec<Passage>,
}

impl Milestone {
    /// Says what is to be done in it, itself or by the ids that it names.
    pub fn has_content(&self) -> bool {
        !self.work.is_empty() || !self.named.is_empty()
    }
}

/// One piece of work that it lists there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    pub text: String,
    pub mark: Option<Mark>,
    pub span: Span,
    pub stems: Vec<Stem>,
    /// Where the source has it as a task of its own.
    pub own: Option<OwnTask>,
}

pub(super) fn milestones(document: &Document) -> Vec<Milestone> {
    let mut found = of_phases(document);
    if !found.iter().any(Milestone::has_content) {
        found = of_sections(document);
    }
    share(&mut found);
    found.retain(|milestone| milestone.has_content() || milestone.mark.is_some());
    found
}

/// Where one heading names several milestones (`M2 - Scale & M3 - Spec Kit`), each gets the work
/// that speaks of it, and the first what speaks of none.
fn share(found: &mut [Milestone]) {
    let mut start = 0;
    while start < found.len() {
        let same = |other: &Milestone| {
            found.get(start).is_some_and(|first| {
                first.work.first().map(|w| w.span) == other.work.first().map(|w| w.span)
                    && !first.work.is_empty()
            })
        };
        let length = found
            .iter()
            .skip(start)
            .take_while(|other| same(other))
            .count()
            .max(1);
        if length > 1
            && let Some(group) = found.get_mut(start..start + length)
        {
            split(group);
        }
        start += length;
    }
}

fn split(group: &mut [Milestone]) {
    let titles: Vec<Vec<Stem>> = group.iter().map(|m| concepts::stems(&m.title)).collect();
    let work = group.first().map(|m| m.work.clone()).unwrap_or_default();
    for milestone in group.iter_mut() {
        milestone.work.clear();
    }
    for piece in work {
        let mut best = (0, 0.0);
        for (at, title) in titles.iter().enumerate() {
            let alike = super::words::similarity(title, &piece.stems);
            if alike > best.1 {
                best = (at, alike);
            }
        }
        if let Some(milestone) = group.get_mut(best.0) {
            milestone.work.push(piece);
        }
    }
}

/// `mark` is that of what stands around it.
fn is_work(item: &Item, mark: Option<Mark>) -> bool {
    let is_stage = match item.role {
        Role::Milestones | Role::Phases | Role::Tasks => true,
        // What has no state there is history, as in a log of changes.
        Role::Status => item.mark.or(mark).is_some(),
        _ => false,
    };
    is_stage
        && item.text.chars().any(char::is_alphanumeric)
        && !item.text.starts_with("Legend")
        && !only_names(item)
}

/// `- FR-1, FR-2`: no work of its own, but what the milestone delivers.
fn only_names(item: &Item) -> bool {
    let mut rest = item.text.clone();
    for citation in &item.citations {
        rest = rest.replace(citation.id.written.as_str(), "");
    }
    !item.citations.is_empty() && !rest.chars().any(char::is_alphanumeric)
}

/// The ids that the items inside of a place name.
fn named(document: &Document, whole: Span) -> Vec<Passage> {
    let first = document
        .items
        .partition_point(|item| item.span.start < whole.start);
    let mut found: Vec<Passage> = document
        .items
        .iter()
        .skip(first)
        .take_while(|item| item.span.start < whole.end)
        .filter(|item| matches!(item.role, Role::Milestones | Role::Phases))
        .flat_map(|item| &item.citations)
        .map(|citation| Passage {
            text: citation.id.written.to_string(),
            span: citation.span,
        })
        .collect();
    found.order_by(|a, b| a.text.cmp(&b.text));
    found.dedup_by(|a, b| a.text == b.text);
    found
}

fn of_phases(document: &Document) -> Vec<Milestone> {
    let later = Later::of(document);
    let mut found: Vec<Milestone> = Vec::new();
    for (index, phase) in document.phases.iter().enumerate() {
        if later.holds(phase.span) {
            continue;
        }
        let title = match (phase.label.trim(), phase.title.trim()) {
            ("", title) => title.to_owned(),
            (label, "") => label.to_owned(),
            (label, title) if title.starts_with(label) => title.to_owned(),
            (label, title) => format!("{label} - {title}"),
        };
        let title = filled_title(document, &title);
        let items = document
            .items
            .iter()
            .filter(|item| {
                phase.whole.holds(item.span) && item.span != phase.span && is_work(item, phase.mark)
            })
            .map(|item| work(document, item, phase.mark));
        let tasks = document
            .tasks
            .iter()
            .filter(|task| task.phase == Some(index))
            .map(|task| of_task(document, task, phase.mark));
        let mut all: Vec<Work> = items.chain(tasks).collect();
        all.order_by_key(|work| work.span);
        all.dedup_by_key(|work| work.span.start);
        found.push(Milestone {
            title,
            mark: phase.mark,
            span: phase.span,
            named: named(document, phase.whole),
            work: all,
        });
    }
    found
}

fn of_sections(document: &Document) -> Vec<Milestone> {
    let later = Later::of(document);
    let mut found = Vec::new();
    let mut rest = document.items.as_slice();
    for (index, section) in document.sections.iter().enumerate() {
        if !matches!(section.role, Role::Milestones | Role::Status | Role::Phases)
            || later.holds(section.span)
        {
            continue;
        }
        // Its own items only: those before the next heading.
        let end = document
            .sections
            .get(index + 1)
            .map_or(section.span.end, |next| next.span.start);
        let first = rest.partition_point(|item| item.span.start < section.span.start);
        rest = rest.get(first..).unwrap_or(&[]);
        let work: Vec<Work> = rest
            .iter()
            .take_while(|item| item.span.start < end)
            .filter(|item| is_work(item, section.mark))
            .map(|item| work(document, item, section.mark))
            .collect();
        if !work.is_empty() {
            found.push(Milestone {
                title: section
                    .path
                    .last()
                    .map_or_else(String::new, |title| filled_title(document, title)),
                mark: section.mark,
                span: section.title_span,
                named: Vec::new(),
                work,
            });
        }
    }
    found
}

fn of_task(document: &Document, task: &Task, mark: Option<Mark>) -> Work {
    Work {
        text: super::markdown::inline(&task.text, document.source.slice(task.span)),
        mark: match task.check {
            Check::Done => Some(Mark::Done),
            Check::Open => Some(Mark::NotStarted),
            Check::None => mark,
        },
        span: task.span,
        stems: concepts::stems(&task.text),
        own: own_tasks::own(document, task),
    }
}

fn work(document: &Document, item: &Item, mark: Option<Mark>) -> Work {
    Work {
        text: make::text_of(document, item),
        mark: item.mark.or(mark),
        span: item.span,
        stems: concepts::stems(&item.text),
        own: None,
    }
}
