//! SK-REQ-007: whether it can be seen that a story or a requirement is met.

use super::context::{Context, Key, of_role};
use super::draft::{Draft, Drafts};
use super::requirements::{criteria_by_id, draft, name};
use super::words::{find_word, normal, short};
use crate::bundle::Layout;
use crate::facts::{Document, Item, Role, RoleSection};
use crate::order::Order;
use crate::rules::Severity;
use crate::text::Span;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let Some(prd) = &context.bundle.prd else {
        return;
    };
    let told = Told::of(prd);
    for (at, story) in told.stories.iter().enumerate() {
        let unended = unended(prd, story)
            .into_iter()
            .chain(unfinished(prd, story));
        for span in unended {
            out.add(without_then(prd, story, span));
        }
        if told.is_bare(prd, at) {
            let message = format!(
                "{} has neither a scenario nor an acceptance criterion",
                name(story)
            );
            let draft = draft("SK-REQ-007", prd, story, message);
            out.add(match context.bundle.layout {
                Layout::OpenSpec => draft.severity(Severity::Warning),
                _ => draft,
            });
        }
    }
    told.criteria(prd, out);
    if context.bundle.layout == Layout::OpenSpec {
        let others = context.bundle.extra.iter();
        for specification in std::iter::once(prd).chain(others) {
            of_openspec(specification, out);
        }
    }
}

fn without_then(prd: &Document, owner: &Item, span: Span) -> Draft {
    let message = format!("a scenario of {} has no Then", name(owner));
    let words = prd.source.slice(span).to_owned();
    draft("SK-REQ-007", prd, owner, message)
        .key(words)
        .place(prd, span)
}

/// What the stories of a PRD are accepted by.
struct Told<'a> {
    stories: Vec<&'a Item>,
    /// With the story that each stands in.
    criteria: Vec<(&'a Item, Option<usize>)>,
    /// Of each story, whether a criterion stands in it or names it.
    is_covered: Vec<bool>,
    /// Criteria that stand in no story and name none may be of any.
    may_be_elsewhere: bool,
}

impl<'a> Told<'a> {
    fn of(prd: &'a Document) -> Self {
        let mut stories: Vec<&Item> = of_role(prd, Role::Stories).collect();
        stories.order_by_key(|story| story.whole.start);
        let owner = |item: &Item| {
            let next = stories.partition_point(|story| story.whole.start <= item.span.start);
            let at = next.checked_sub(1)?;
            let story = stories.get(at)?;
            story.whole.holds(item.span).then_some(at)
        };
        let criteria: Vec<(&Item, Option<usize>)> = of_role(prd, Role::Acceptance)
            .map(|item| (item, owner(item)))
            .collect();
        let by_id = criteria_by_id(prd);
        let names = |story: &&Item| {
            let id = story.id.as_ref();
            id.is_some_and(|id| by_id.contains_key(&Key::of(id)))
        };
        let mut is_covered: Vec<bool> = stories.iter().map(names).collect();
        for at in criteria.iter().filter_map(|(_, owner)| *owner) {
            if let Some(covered) = is_covered.get_mut(at) {
                *covered = true;
            }
        }
        // Where criteria name stories, a story without one lacks it.
        let named = by_id.keys().any(|key| key.prefix == "US");
        let may_be_elsewhere = !named && criteria.iter().any(|(_, owner)| owner.is_none());
        Self {
            stories,
            criteria,
            is_covered,
            may_be_elsewhere,
        }
    }

    fn is_bare(&self, prd: &Document, at: usize) -> bool {
        let Some(story) = self.stories.get(at) else {
            return false;
        };
        let has_points = !story.scenarios.is_empty() || !story.details.is_empty();
        let is_covered = self.is_covered.get(at).copied().unwrap_or(false);
        is_story(story)
            && !has_points
            && !is_covered
            && !self.may_be_elsewhere
            && says_nothing(prd, story)
    }

    /// Criteria that begin as a scenario does and never end.
    fn criteria(&self, prd: &Document, out: &mut Drafts) {
        for (at, (item, owner)) in self.criteria.iter().enumerate() {
            if !is_begun(&item.text) {
                continue;
            }
            let next = self.criteria.get(at + 1);
            // A Then may be the next point of the same list.
            let end = match next.filter(|(_, of)| of == owner) {
                Some((next, _)) if is_then(&next.text) => next.whole.end,
                _ => item.whole.end,
            };
            if says_then(prd, Span::new(item.span.start, end.max(item.span.end))) {
                continue;
            }
            let story = owner.and_then(|at| self.stories.get(at));
            out.add(without_then(prd, story.unwrap_or(item), item.span));
        }
    }
}

/// A point that says Given and When.
fn is_begun(text: &str) -> bool {
    let folded = normal(text);
    folded.starts_with("given ") && find_word(&folded, "when").is_some()
}

fn is_then(text: &str) -> bool {
    normal(text).starts_with("then ")
}

/// Whether words end a scenario.
fn says_then(document: &Document, span: Span) -> bool {
    let text = document.source.slice(span).to_lowercase();
    ["then", "shall"]
        .iter()
        .any(|word| find_word(&text, word).is_some())
}

/// Scenarios with a beginning and no Then, also none before the next Given: steps may be items of
/// their own.
fn unended(prd: &Document, item: &Item) -> Vec<Span> {
    let mut found = Vec::new();
    for (at, scenario) in item.scenarios.iter().enumerate() {
        let is_begun = scenario.given.is_some() || scenario.when.is_some();
        if scenario.then.is_some() || !is_begun {
            continue;
        }
        let mut later = item.scenarios.iter().skip(at + 1);
        let next = later.find(|next| next.given.is_some());
        let end = next.map_or(item.whole.end, |next| next.span.start);
        let rest = Span::new(scenario.span.start, end.max(scenario.span.end));
        if !says_then(prd, rest) {
            found.push(scenario.span);
        }
    }
    found
}

/// Points that say Given and When and end there, with no Then in the next.
fn unfinished(prd: &Document, item: &Item) -> Vec<Span> {
    let is_known = |span: Span| {
        let mut scenarios = item.scenarios.iter();
        scenarios.any(|scenario| scenario.span.holds(span))
    };
    let mut found = Vec::new();
    for (at, (text, span)) in item.details.iter().enumerate() {
        if !is_begun(text) || is_known(*span) {
            continue;
        }
        let next = item.details.get(at + 1);
        let end = next.map_or(item.whole.end, |(_, next)| next.end);
        if !says_then(prd, Span::new(span.start, end.max(span.end))) {
            found.push(*span);
        }
    }
    found
}

fn is_story(item: &Item) -> bool {
    let text = item.text.to_lowercase();
    item.id.as_ref().is_some_and(|id| id.prefix == "US")
        || text.starts_with("as a ")
        || text.starts_with("as an ")
        || text.starts_with("as the ")
}

/// No words below the story that speak of acceptance in a form that no scenario was read from.
fn says_nothing(prd: &Document, item: &Item) -> bool {
    let below = prd.source.slice(item.whole).to_lowercase();
    !["acceptance", "given", "criteria", "shall", "verify"]
        .iter()
        .any(|word| find_word(&below, word).is_some())
}

/// `### Requirement: X` with `#### Scenario: Y` below, as the grammar of OpenSpec has them.
fn of_openspec(document: &Document, out: &mut Drafts) {
    for (at, section) in document.sections.iter().enumerate() {
        let Some(title) = titled(section, "requirement:") else {
            continue;
        };
        // What is removed or renamed has no behaviour to show.
        let is_gone = section.path.iter().any(|title| {
            let title = title.to_lowercase();
            title == "removed requirements" || title == "renamed requirements"
        });
        if is_gone {
            continue;
        }
        let below = document.sections.get(at + 1..).unwrap_or(&[]);
        let below = below
            .iter()
            .take_while(|inner| section.span.holds(inner.span));
        let mut has_scenario = false;
        for scenario in below.filter(|inner| titled(inner, "scenario").is_some()) {
            has_scenario = true;
            if !says_then(document, scenario.span) {
                let name = scenario.path.last().map_or("", String::as_str);
                let message = format!("\"{}\" has no THEN", short(name, 60));
                out.add(Draft::at(
                    "SK-REQ-007",
                    document,
                    scenario.title_span,
                    message,
                ));
            }
        }
        if !has_scenario {
            let message = format!("the requirement \"{}\" has no scenario", short(title, 60));
            out.add(Draft::at(
                "SK-REQ-007",
                document,
                section.title_span,
                message,
            ));
        }
    }
}

/// What follows a word at the start of a title.
fn titled<'a>(section: &'a RoleSection, word: &str) -> Option<&'a str> {
    let title = section.path.last()?;
    let head = title.get(..word.len())?;
    head.eq_ignore_ascii_case(word)
        .then(|| title.get(word.len()..).unwrap_or("").trim())
}
