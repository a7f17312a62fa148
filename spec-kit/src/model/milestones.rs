//! What the source says is done, under way and to come, and in which order.

use super::filled::filled_title;
use super::standing::Later;
use super::words::Stem;
use super::{concepts, make};
use crate::facts::{Document, Item, Mark, Role};
use crate::text::Span;

/// A stage that the document itself names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// `M0 - Database Foundation`
    pub title: String,
    pub mark: Option<Mark>,
    pub span: Span,
    pub work: Vec<Work>,
}

/// One piece of work that it lists there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    pub text: String,
    pub mark: Option<Mark>,
    pub span: Span,
    pub stems: Vec<Stem>,
}

pub(super) fn milestones(document: &Document) -> Vec<Milestone> {
    let mut found = of_phases(document);
    if found.iter().all(|milestone| milestone.work.is_empty()) {
        found = of_sections(document);
    }
    share(&mut found);
    found.retain(|milestone| !milestone.work.is_empty() || milestone.mark.is_some());
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

fn is_work(item: &Item) -> bool {
    matches!(
        item.role,
        Role::Milestones | Role::Status | Role::Phases | Role::Tasks
    ) && item.text.chars().any(char::is_alphanumeric)
        && !item.text.starts_with("Legend")
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
            .filter(|item| phase.whole.holds(item.span) && item.span != phase.span && is_work(item))
            .map(|item| work(document, item, phase.mark));
        let tasks = document
            .tasks
            .iter()
            .filter(|task| task.phase == Some(index))
            .map(|task| Work {
                text: super::markdown::inline(&task.text, document.source.slice(task.span)),
                mark: match task.check {
                    crate::facts::Check::Done => Some(Mark::Done),
                    crate::facts::Check::Open => Some(Mark::NotStarted),
                    crate::facts::Check::None => phase.mark,
                },
                span: task.span,
                stems: concepts::stems(&task.text),
            });
        let mut all: Vec<Work> = items.chain(tasks).collect();
        all.sort_by_key(|work| work.span);
        all.dedup_by_key(|work| work.span.start);
        found.push(Milestone {
            title,
            mark: phase.mark,
            span: phase.span,
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
            .filter(|item| is_work(item))
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
                work,
            });
        }
    }
    found
}

fn work(document: &Document, item: &Item, mark: Option<Mark>) -> Work {
    Work {
        text: make::text_of(document, item),
        mark: item.mark.or(mark),
        span: item.span,
        stems: concepts::stems(&item.text),
    }
}
