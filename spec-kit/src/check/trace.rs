//! SK-TRC-001 to 004, 006 and 008: from goals to tasks and back.

use super::context::{Context, Key, called, of_role, requirements};
use super::coverage::{Served, named};
use super::draft::{Draft, Drafts};
use super::words::{LETTERS, Runs, list, normal, short, stems, stems_in};
use crate::facts::{Document, DocumentKind, Item, Role};
use crate::order::{Gather, Order};
use crate::report::CoverageKind;
use crate::rules::Severity;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Non-goals that begin with the same word; more of them are not looked at.
const MOST_PHRASES: usize = 50;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    if let Some(served) = &context.served {
        untasked(context, served, out);
        floor(context, out);
        non_goals(served, out);
    }
    if let Some(tasks) = &context.bundle.tasks {
        unreasoned(context, tasks, out);
    }
    if let Some(prd) = &context.bundle.prd {
        goals(context, prd, out);
        personas(context, prd, out);
    }
}

fn untasked(context: &Context<'_>, served: &Served<'_>, out: &mut Drafts) {
    let rows: Vec<(&Item, CoverageKind)> = served.rows().collect();
    let Some((first, _)) = rows.first() else {
        return;
    };
    if !served.is_traced() {
        // One cause, so one finding: these tasks name nothing at all.
        let ids: Vec<&str> = rows
            .iter()
            .filter_map(|(item, _)| item.id.as_ref().map(|id| id.written.as_str()))
            .collect();
        let message = format!("no task names any of {}", list(&ids, 3));
        let mut draft = Draft::at("SK-TRC-001", served.prd, first.span, message)
            .key("none")
            .hint("Write the ids of what a task is for behind its own, as in T004 [FR-001]");
        if let Some(task) = served.tasks.tasks.first() {
            draft = draft.related(served.tasks, task.span, "the first task");
        }
        if !context.is_native() {
            draft = draft.severity(Severity::Warning);
        }
        return out.add(draft);
    }
    let verified = verified_by_plan(context);
    let lacking = |(item, kind): &&(&Item, CoverageKind)| {
        let key = item.id.as_ref().map(Key::of);
        *kind == CoverageKind::Requirement && key.is_some_and(|key| !served.is_served(&key))
    };
    let all = rows
        .iter()
        .filter(|(_, kind)| *kind == CoverageKind::Requirement)
        .count();
    let bare = rows.iter().filter(lacking).count();
    // Where stories carry the tasks, a requirement named in passing is no promise to name all.
    if !context.is_native() && bare > 3 && bare * 2 > all {
        let message = format!("{bare} of {all} requirements have no task that names them");
        return out.add(
            Draft::at("SK-TRC-001", served.prd, first.span, message)
                .key("most")
                .severity(Severity::Warning),
        );
    }
    for (item, kind) in rows {
        let Some(id) = &item.id else { continue };
        let key = Key::of(id);
        if served.is_served(&key) {
            continue;
        }
        let words = short(&item.text, 80);
        let (rule, message) = match kind {
            CoverageKind::Requirement => {
                ("SK-TRC-001", format!("{} has no task: {words}", id.written))
            }
            CoverageKind::Criterion if validates(context, item) || verified.contains(&key) => {
                continue;
            }
            // `2.1` is of requirement 2, so that is not what it lacks.
            CoverageKind::Criterion if id.prefix.is_empty() => (
                "SK-TRC-003",
                format!(
                    "{} has no task and nothing verifies it: {words}",
                    id.written
                ),
            ),
            CoverageKind::Criterion => (
                "SK-TRC-003",
                format!(
                    "{} has no requirement and nothing verifies it: {words}",
                    id.written
                ),
            ),
        };
        let mut draft = Draft::at(rule, served.prd, item.span, message)
            .node(id.written.clone())
            .key(item.text.clone());
        // Where stories carry the tasks, ids of requirements are not asked for.
        if !context.is_native() && !names_requirements(served) {
            draft = draft.severity(Severity::Warning);
        }
        out.add(draft);
    }
}

fn names_requirements(served: &Served<'_>) -> bool {
    let refs = served.tasks.tasks.iter().flat_map(|task| &task.refs);
    let mut prefixes = refs.map(|citation| citation.id.prefix.as_str());
    prefixes.any(|prefix| matches!(prefix, "FR" | "NFR" | "AC" | ""))
}

/// Whether a criterion names a requirement that there is.
fn validates(context: &Context<'_>, item: &Item) -> bool {
    item.citations.iter().any(|citation| {
        matches!(citation.id.prefix.as_str(), "FR" | "NFR" | "US" | "REQ")
            && context.defined.contains(&Key::of(&citation.id))
    })
}

/// Ids in the plan's sections on verification.
fn verified_by_plan<'a>(context: &Context<'a>) -> BTreeSet<Key<'a>> {
    let Some(plan) = &context.bundle.plan else {
        return BTreeSet::new();
    };
    let sections: Vec<Span> = plan
        .sections
        .iter()
        .filter(|section| section.role == Role::Verification)
        .map(|section| section.span)
        .collect();
    let cited = plan.citations.iter().map(|c| (&c.id, c.span));
    let listed = plan.definitions.iter().map(|d| (&d.id, d.span));
    cited
        .chain(listed)
        .filter(|(_, span)| holds(&sections, *span))
        .map(|(id, _)| Key::of(id))
        .collect()
}

/// Whether the last section that begins before a span holds it, or one above that.
fn holds(sections: &[Span], span: Span) -> bool {
    let before = sections.partition_point(|section| section.start <= span.start);
    // Six levels of headings at most.
    sections
        .get(before.saturating_sub(6)..before)
        .is_some_and(|near| near.iter().any(|section| section.holds(span)))
}

fn floor(context: &Context<'_>, out: &mut Drafts) {
    let (Some(floor), Some(coverage), Some(served)) = (
        context.config.coverage_floor,
        &context.coverage,
        &context.served,
    ) else {
        return;
    };
    let (with_task, all) = coverage.share(CoverageKind::Requirement);
    let percent = coverage.percent();
    if percent >= floor {
        return;
    }
    let message = format!(
        "{with_task} of {all} requirements have a task: {percent} %, and coverage_floor is {floor} %"
    );
    out.add(
        Draft::at("SK-TRC-008", served.prd, Span::new(0, 0), message)
            .severity(Severity::Error)
            .key("floor"),
    );
}

fn unreasoned(context: &Context<'_>, tasks: &Document, out: &mut Drafts) {
    let is_shared = |task: &crate::facts::Task| {
        task.phase
            .and_then(|phase| tasks.phases.get(phase))
            .is_some_and(|phase| phase.is_shared)
    };
    // What is nested says what the whole is for.
    let told_below: BTreeSet<usize> = tasks
        .tasks
        .iter()
        .filter(|task| !task.refs.is_empty() || !task.stories.is_empty())
        .filter_map(|task| task.parent)
        .into_set();
    let bare: Vec<&crate::facts::Task> = tasks
        .tasks
        .iter()
        .enumerate()
        .filter(|(index, task)| {
            task.id.is_some()
                && !is_shared(task)
                && !told_below.contains(index)
                && named(tasks, task).is_empty()
        })
        .map(|(_, task)| task)
        .collect();
    let Some(first) = bare.first() else { return };
    let with_ids = tasks.tasks.iter().filter(|task| task.id.is_some()).count();
    if bare.len() > 3 && bare.len() * 2 > with_ids {
        let message = format!(
            "{} of {with_ids} tasks name no requirement, story or principle",
            bare.len()
        );
        let mut draft = Draft::at("SK-TRC-002", tasks, first.span, message).key("most");
        if !context.is_native() {
            draft = draft.severity(Severity::Note);
        }
        return out.add(draft);
    }
    for task in bare {
        let Some(id) = &task.id else { continue };
        let message = format!("{} names no requirement, story or principle", id.written);
        out.add(
            Draft::at("SK-TRC-002", tasks, task.span, message)
                .node(id.written.clone())
                .key(task.text.clone()),
        );
    }
}

fn goals(context: &Context<'_>, prd: &Document, out: &mut Drafts) {
    let goals: Vec<&Item> = of_role(prd, Role::Goals)
        .filter(|item| {
            item.id
                .as_ref()
                .is_some_and(|id| matches!(id.prefix.as_str(), "G" | "GOAL" | "OBJ"))
        })
        .collect();
    let served = served_goals(context, prd);
    let is_linked = |goal: &&&Item| {
        let key = goal.id.as_ref().map(Key::of);
        key.is_some_and(|key| served.contains(&key))
            || goal.citations.iter().any(|citation| {
                matches!(
                    citation.id.prefix.as_str(),
                    "FR" | "NFR" | "US" | "SC" | "AC"
                )
            })
    };
    // Without any link this document does not speak of goals by id, which is no lack of a goal.
    if !goals.iter().any(|goal| is_linked(&goal)) || requirements(prd).next().is_none() {
        return;
    }
    for goal in goals.iter().filter(|goal| !is_linked(goal)) {
        let Some(id) = &goal.id else { continue };
        let message = format!(
            "no requirement serves {}: {}",
            id.written,
            short(&goal.text, 80)
        );
        out.add(
            Draft::at("SK-TRC-004", prd, goal.span, message)
                .node(id.written.clone())
                .key(goal.text.clone()),
        );
    }
}

/// Ids that requirements, stories, criteria or the manifest's edges lead to.
fn served_goals<'a>(context: &Context<'_>, prd: &'a Document) -> BTreeSet<Key<'a>> {
    let serving =
        |item: &&Item| !matches!(item.role, Role::Goals | Role::NonGoals | Role::Coverage);
    prd.items
        .iter()
        .filter(serving)
        .filter(|item| item.id.is_some())
        .flat_map(|item| &item.citations)
        .map(|citation| Key::of(&citation.id))
        .filter(|key| context.defined.contains(key))
        .collect()
}

fn personas(context: &Context<'_>, prd: &Document, out: &mut Drafts) {
    if of_role(prd, Role::Personas).next().is_none() {
        return;
    }
    let named: Vec<(&Item, &crate::facts::Title, Vec<String>)> = of_role(prd, Role::Personas)
        .filter_map(|item| Some((item, item.title.as_ref()?)))
        .map(|(item, title)| (item, title, stems(&title.text)))
        .collect();
    let wanted: BTreeSet<&str> = named
        .iter()
        .flat_map(|(_, _, words)| words.iter().map(String::as_str))
        .into_set();
    let used = words_outside_personas(context, prd, &wanted);
    for (item, title, words) in &named {
        if words.is_empty()
            || words.len() > 4
            || words.iter().any(|word| used.contains(word.as_str()))
        {
            continue;
        }
        let message = format!(
            "the persona \"{}\" is named nowhere else",
            short(&title.text, 60)
        );
        let mut draft = Draft::at("SK-TRC-004", prd, title.span, message)
            .severity(Severity::Note)
            .key(title.text.clone())
            .hint("Say which requirement or story is for this persona, or drop it");
        draft.node = item.id.as_ref().map(|id| id.written.to_string());
        out.add(draft);
    }
}

/// Those of the wanted stems of words that the bundle has elsewhere.
fn words_outside_personas<'a>(
    context: &Context<'_>,
    prd: &Document,
    wanted: &BTreeSet<&'a str>,
) -> BTreeSet<&'a str> {
    let mut used = BTreeSet::new();
    // Most bundles name all of their personas near their begin.
    let mut open: Vec<&'a str> = wanted.iter().copied().collect();
    let mut take = |text: &str| {
        if open.is_empty() {
            return;
        }
        for word in Runs::of(text, &LETTERS) {
            if !open.iter().any(|stem| may_have(word, stem)) {
                continue;
            }
            let normal = normal(word);
            for stem in stems_in(&normal) {
                used.extend(wanted.get(stem));
                open.retain(|other| *other != stem);
            }
        }
    };
    for document in context.bundle.documents() {
        let text = document.source.text();
        let mut from = 0;
        if document.source.file() == prd.source.file() {
            for section in &prd.sections {
                if section.role == Role::Personas && section.span.start >= from {
                    take(text.get(from..section.span.start).unwrap_or(""));
                    from = section.span.end;
                }
            }
        }
        take(text.get(from..).unwrap_or(""));
    }
    used
}

/// Whether a word may have a stem. A stem is what the word begins with, in small letters.
fn may_have(word: &str, stem: &str) -> bool {
    let begin = word.as_bytes().get(..stem.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(stem.as_bytes())) || !word.is_ascii()
}

/// Words by which a task keeps a non-goal instead of breaking it.
fn is_refusal(word: &str) -> bool {
    matches!(
        word,
        "avoid"
            | "block"
            | "defer"
            | "disable"
            | "document"
            | "exclude"
            | "excluded"
            | "forbid"
            | "never"
            | "no"
            | "non"
            | "not"
            | "out"
            | "placeholder"
            | "prevent"
            | "refuse"
            | "reject"
            | "remove"
            | "skip"
            | "without"
    )
}

/// The things that non-goals name, with the place of each in the list of them. By the first word of
/// a phrase, so that a task is compared with few of them.
pub(crate) struct Excluded(BTreeMap<String, Vec<(usize, Vec<String>)>>);

impl Excluded {
    pub(crate) fn of<'a>(non_goals: impl Iterator<Item = &'a str>) -> Self {
        let mut wanted: BTreeMap<String, Vec<(usize, Vec<String>)>> = BTreeMap::new();
        for (at, phrase) in non_goals.map(phrase).enumerate() {
            let Some(phrase) = phrase else { continue };
            let first = phrase.first().cloned().unwrap_or_default();
            let list = wanted.entry(first).or_default();
            if list.len() < MOST_PHRASES {
                list.push((at, phrase));
            }
        }
        Self(wanted)
    }

    /// The non-goal that a task does.
    pub(crate) fn hit(&self, task: &str) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let folded = normal(task);
        if folded.split(' ').any(is_refusal) {
            return None;
        }
        let mut words: Vec<&str> = stems_in(&folded).collect();
        // Hardly a task has the first word of a phrase.
        if !words.iter().any(|word| self.0.contains_key(*word)) {
            return None;
        }
        words.order();
        words.dedup();
        let has = |word: &String| words.binary_search(&word.as_str()).is_ok();
        let mut near = words.iter().filter_map(|word| self.0.get(*word)).flatten();
        near.find(|(_, phrase)| phrase.iter().all(has))
            .map(|(at, _)| *at)
    }
}

fn non_goals(served: &Served<'_>, out: &mut Drafts) {
    let non_goals: Vec<&Item> = of_role(served.prd, Role::NonGoals).collect();
    let excluded = Excluded::of(non_goals.iter().map(|item| item.text.as_str()));
    for task in &served.tasks.tasks {
        // To decide on a thing is not to do it.
        if task.refs.first().is_some_and(|c| c.id.prefix == "Q") {
            continue;
        }
        let hit = excluded.hit(&task.text).and_then(|at| non_goals.get(at));
        let Some(item) = hit else { continue };
        let name = task.id.as_ref().map_or("a task", |id| id.written.as_str());
        let message = format!(
            "{name} does what {} excludes: {}",
            called(DocumentKind::Prd),
            short(&item.text, 80)
        );
        let mut draft = Draft::at("SK-TRC-006", served.tasks, task.span, message)
            .key(task.text.clone())
            .related(served.prd, item.span, "the non-goal");
        draft.node = task.id.as_ref().map(|id| id.written.to_string());
        out.add(draft);
    }
}

/// The thing that a non-goal names: two to four words, so that one word in common is not enough to
/// accuse a task, and not a sentence, of which parts are found everywhere.
fn phrase(text: &str) -> Option<Vec<String>> {
    let head = text
        .split(['(', ':', ';', '.', ',', '—', '–'])
        .next()
        .unwrap_or("");
    let folded = head.trim().to_lowercase();
    let thing = ["no ", "not ", "without ", "any "]
        .iter()
        .fold(folded.as_str(), |rest, word| {
            rest.strip_prefix(word).unwrap_or(rest)
        });
    let words = stems(thing);
    let is_short = thing.split_whitespace().count() <= 6 && !thing.contains(" or ");
    (is_short && (2..=4).contains(&words.len())).then_some(words)
}
