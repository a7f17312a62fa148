//! SK-TSK-007: stated counts against what is there.

use super::context::{Context, of_role};
use super::draft::{Draft, Drafts};
use super::provenance::{is_as_generated, milder};
use super::tasks::is_check_list;
use crate::digest::unlocked;
use crate::facts::{Check, Document, DocumentKind, InventoryKind, Mark, Role, StatedCount, Task};
use crate::order::Gather;
use crate::text::Span;
use std::collections::BTreeSet;
use std::ops::Range;

/// Words by which a count is of a part, or is no promise.
const PARTIAL: &[&str] = &[
    "about",
    "additional",
    "another",
    "around",
    "at least",
    "at most",
    "each",
    "every",
    "extra",
    "few",
    "first",
    "fewer",
    "last",
    "less than",
    "max",
    "maximum",
    "min",
    "minimum",
    "more",
    "new",
    "next",
    "of the",
    "only",
    "other",
    "over",
    "parallel",
    "per",
    "remaining",
    "roughly",
    "these",
    "those",
    "up to",
];

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let tasks = context.bundle.tasks.iter();
    let blocks = tasks.flat_map(|tasks| unlocked(tasks.source.text()));
    let own = OwnTasks(blocks.collect());
    for document in context.bundle.documents() {
        for count in &document.counts {
            compare(context, &own, document, count, out);
        }
    }
}

/// What people wrote between the marks of the task list, which the generator does not count.
struct OwnTasks(Vec<Range<usize>>);

impl OwnTasks {
    fn holds(&self, span: Span) -> bool {
        let next = self.0.partition_point(|block| block.start <= span.start);
        let block = next.checked_sub(1).and_then(|at| self.0.get(at));
        block.is_some_and(|block| block.contains(&span.start))
    }
}

/// What was counted.
struct Computed {
    all: u64,
    /// Of tasks.
    done: Option<u64>,
    /// Where it begins, for the other end.
    first: Option<Span>,
}

fn compare(
    context: &Context<'_>,
    own: &OwnTasks,
    document: &Document,
    stated: &StatedCount,
    out: &mut Drafts,
) {
    if is_partial(document, stated.span) || is_subject(document, stated.span) {
        return;
    }
    let noun = stated.noun.to_lowercase();
    let Some((counted_in, computed)) = computed(context, own, document, stated, &noun) else {
        return;
    };
    if computed.all == 0 {
        return;
    }
    let written = document.source.slice(stated.span).trim().to_owned();
    let Some(message) = difference(stated, &computed, &noun, &written) else {
        return;
    };
    let section = stated
        .section
        .and_then(|at| document.sections.get(at))
        .map_or(String::new(), |section| section.path.join(" / "));
    let mut draft = Draft::at("SK-TSK-007", document, stated.span, message)
        .key(format!("{noun} {section} {}", stated.of.is_some()));
    if let Some(span) = computed.first {
        draft = draft.related(counted_in, span, "the first that was counted");
    }
    out.add(match is_as_generated(context, document) {
        true => milder(draft),
        false => draft,
    });
}

fn difference(
    stated: &StatedCount,
    computed: &Computed,
    noun: &str,
    written: &str,
) -> Option<String> {
    if stated.is_percent {
        let done = computed.done?;
        let exact = done * 100;
        // Rounded either way is right.
        let (low, high) = (exact / computed.all, exact.div_ceil(computed.all));
        let is_right = (low..=high).contains(&stated.stated);
        return (!is_right).then(|| {
            format!(
                "\"{written}\" is stated; {done} of {} are done, {low} %",
                computed.all
            )
        });
    }
    if let Some(of) = stated.of {
        let done = computed.done?;
        let is_right = stated.stated == done && of == computed.all;
        return (!is_right).then(|| {
            format!(
                "\"{written}\" is stated; {done} of {} {noun}s are done",
                computed.all
            )
        });
    }
    (stated.stated != computed.all)
        .then(|| format!("\"{written}\" is stated; {} are listed", computed.all))
}

/// Whether it stands in a task, requirement or scenario, where a number is of what is built.
fn is_subject(document: &Document, span: Span) -> bool {
    let in_task = {
        let index = document
            .tasks
            .partition_point(|task| task.span.start <= span.start);
        let near = document.tasks.get(index.saturating_sub(1)..index);
        near.is_some_and(|tasks| tasks.iter().any(|task| task.whole.holds(span)))
    };
    let built = |role| {
        matches!(
            role,
            Role::Requirements
                | Role::NonFunctional
                | Role::Stories
                | Role::Acceptance
                | Role::Success
                | Role::EdgeCases
        )
    };
    let index = document
        .sections
        .partition_point(|section| section.span.start <= span.start);
    let section = index
        .checked_sub(1)
        .and_then(|at| document.sections.get(at));
    in_task || section.is_some_and(|section| built(section.role))
}

/// Whether the line says that it counts all there is.
fn is_total(document: &Document, span: Span) -> bool {
    let line = document.source.line(document.line_of(span)).to_lowercase();
    [
        "total",
        "all",
        "overall",
        "altogether",
        "sum",
        "progress",
        "summary",
        "gesamt",
        "insgesamt",
    ]
    .iter()
    .any(|word| super::words::has_word(&line, word))
}

/// Whether no task of the list stands after it: what closes the last phase may close them all.
fn is_behind_all(list: &Document, span: Span) -> bool {
    list.tasks
        .last()
        .is_some_and(|task| task.whole.end <= span.start)
}

/// Whether the words around it say that it is not the whole.
fn is_partial(document: &Document, span: Span) -> bool {
    let place = document.place(span);
    let line = document.source.line(place.line).to_lowercase();
    let column = (place.column as usize).saturating_sub(1);
    let before: String = line.chars().take(column).collect();
    let tail: String = {
        let mut words: Vec<&str> = before.split_whitespace().rev().take(3).collect();
        words.reverse();
        words.join(" ")
    };
    let own = document.source.slice(span).to_lowercase();
    before
        .trim_end()
        .ends_with(['~', '≈', '<', '>', '≤', '≥', '+', '-', '–'])
        || own.contains('+')
        || PARTIAL
            .iter()
            .any(|word| super::words::has_word(&tail, word) || super::words::has_word(&own, word))
}

fn computed<'a>(
    context: &Context<'a>,
    own: &OwnTasks,
    document: &'a Document,
    stated: &StatedCount,
    noun: &str,
) -> Option<(&'a Document, Computed)> {
    match noun {
        "task" | "subtask" | "step" => tasks(context, own, document, stated, noun),
        "phase" => of_spans(document, document.phases.iter().map(|phase| phase.span)),
        "table" => inventory(context, InventoryKind::Table),
        "endpoint" => inventory(context, InventoryKind::Endpoint),
        "index" => inventory(context, InventoryKind::Index),
        "tab" | "screen" => inventory(context, InventoryKind::Screen),
        "requirement" | "functional requirement" => requirements(context, document, stated),
        "goal" => items(context, &[Role::Goals]),
        "non-goal" => items(context, &[Role::NonGoals]),
        "persona" => items(context, &[Role::Personas]),
        // There it is of the stories of a phase or a row.
        "story" | "user story" if document.kind == DocumentKind::Tasks => None,
        "story" | "user story" => items(context, &[Role::Stories]),
        "principle" => {
            let constitution = context.bundle.constitution.as_ref()?;
            of_spans(constitution, constitution.principles.iter().map(|p| p.span))
        }
        _ => None,
    }
}

fn tasks<'a>(
    context: &Context<'a>,
    written: &OwnTasks,
    document: &'a Document,
    stated: &StatedCount,
    noun: &str,
) -> Option<(&'a Document, Computed)> {
    let own = document.kind == DocumentKind::Tasks;
    let list: &Document = match own {
        true => document,
        false => context.bundle.tasks.as_ref()?,
    };
    // Elsewhere a count of tasks may be of anything.
    if !own && stated.section.is_none() {
        return None;
    }
    // "Setup: 9 tasks" is of a phase that the line names and no section is.
    if stated.section.is_none()
        && stated.of.is_none()
        && !stated.is_percent
        && !is_total(document, stated.span)
    {
        return None;
    }
    let within = match stated.section {
        Some(at) if own => document.sections.get(at).map(|section| section.span),
        Some(_) => return None,
        None => None,
    };
    let counted = |task: &Task| {
        let is_own = written.holds(task.span);
        !is_own || (own && written.holds(stated.span))
    };
    let of_section = count_tasks(list, stated, noun, &|task| {
        counted(task) && within.is_none_or(|span| span.holds(task.span))
    });
    if within.is_none() || !is_behind_all(list, stated.span) {
        return Some((list, of_section));
    }
    let of_all = count_tasks(list, stated, noun, &counted);
    let is_right = |computed| difference(stated, computed, noun, "").is_none();
    let speaks_of_all = match is_total(document, stated.span) {
        true => !is_right(&of_section),
        false => is_right(&of_all),
    };
    Some((list, if speaks_of_all { of_all } else { of_section }))
}

/// Some of the tasks of a list.
fn count_tasks(
    list: &Document,
    stated: &StatedCount,
    noun: &str,
    is_counted: &dyn Fn(&Task) -> bool,
) -> Computed {
    let parents: BTreeSet<usize> = list.tasks.iter().filter_map(|task| task.parent).into_set();
    let has_nested = !parents.is_empty();
    // Where tasks have boxes, a bullet that begins with an id speaks of a task and is none.
    let has_boxes = list.tasks.iter().any(|task| task.check != Check::None);
    let in_scope = |task: &&Task| {
        (!has_boxes || task.check != Check::None) && is_counted(task) && !is_check_list(list, task)
    };
    let wanted = |nested: bool, task: &Task| match noun {
        "subtask" | "step" => nested == task.parent.is_some(),
        _ => task.parent.is_none(),
    };
    let of = |nested: bool| -> Vec<&Task> {
        list.tasks
            .iter()
            .filter(in_scope)
            .filter(|task| wanted(nested, task))
            .collect()
    };
    let found = match noun {
        "subtask" | "step" if !has_nested => list.tasks.iter().filter(in_scope).collect(),
        "subtask" | "step" => of(true),
        _ => of(false),
    };
    // A total that also counts what is nested is right too.
    let every: Vec<&Task> = list.tasks.iter().filter(in_scope).collect();
    let count = |tasks: &[&Task]| tasks.len() as u64;
    let chosen = match stated.of.unwrap_or(stated.stated) {
        total if has_nested && total == count(&every) && !stated.is_percent => every,
        _ => found,
    };
    let done = chosen
        .iter()
        .filter(|task| task.check == Check::Done)
        .count() as u64;
    let has_boxes = chosen.iter().any(|task| task.check != Check::None);
    Computed {
        all: count(&chosen),
        done: has_boxes.then_some(done),
        first: chosen.first().map(|task| task.span),
    }
}

fn inventory<'a>(context: &Context<'a>, kind: InventoryKind) -> Option<(&'a Document, Computed)> {
    let bundle = context.bundle;
    let lists = bundle.prd.iter().chain(&bundle.plan).filter(|document| {
        document
            .inventory
            .iter()
            .any(|entry| entry.kind == kind && entry.is_listed)
    });
    let mut lists = lists.map(|document| {
        let mut seen = BTreeSet::new();
        let entries: Vec<Span> = document
            .inventory
            .iter()
            .filter(|entry| entry.kind == kind && entry.is_listed)
            .filter(|entry| seen.insert(entry.name.to_lowercase()))
            .map(|entry| entry.span)
            .collect();
        (document, entries)
    });
    let (document, entries) = lists.next()?;
    let computed = Computed {
        all: entries.len() as u64,
        done: None,
        first: entries.first().copied(),
    };
    Some((document, computed))
}

/// By their ids: without them one sentence may be one requirement or three.
fn requirements<'a>(
    context: &Context<'a>,
    document: &Document,
    stated: &StatedCount,
) -> Option<(&'a Document, Computed)> {
    let prd = context.bundle.prd.as_ref()?;
    let written = document.source.slice(stated.span).to_lowercase();
    let named = |role: Role| -> BTreeSet<super::context::Key<'_>> {
        super::context::of_role(prd, role)
            .filter_map(|item| item.id.as_ref())
            .map(super::context::Key::of)
            .collect()
    };
    // An author may call them `REQ-1` or `F2`: where they stand says what they are.
    let (own, other) = (named(Role::Requirements), named(Role::NonFunctional));
    let is_one = |id: &crate::facts::Id, prefix: &str| {
        let (here, there) = match prefix {
            "FR" => (&own, &other),
            _ => (&other, &own),
        };
        let key = super::context::Key::of(id);
        let is_there = there.contains(&key);
        !is_there && (id.prefix == prefix || here.contains(&key))
    };
    let spans = |prefixes: &[&str]| -> Vec<Span> {
        let mut seen = BTreeSet::new();
        let all = context.definitions(prd).iter();
        all.filter(|(id, _)| prefixes.iter().any(|prefix| is_one(id, prefix)))
            .filter(|(id, _)| seen.insert(super::context::Key::of(id)))
            .map(|(_, span)| *span)
            .collect()
    };
    let found = if written.contains("non-functional") || written.contains("nonfunctional") {
        spans(&["NFR"])
    } else if written.contains("functional") {
        spans(&["FR"])
    } else {
        // Either way of counting them is right.
        let both = spans(&["FR", "NFR"]);
        let own = spans(&["FR"]);
        match own.len() as u64 == stated.of.unwrap_or(stated.stated) {
            true => own,
            false => both,
        }
    };
    of_spans(prd, found.into_iter())
}

fn items<'a>(context: &Context<'a>, roles: &[Role]) -> Option<(&'a Document, Computed)> {
    let prd = context.bundle.prd.as_ref()?;
    let all: Vec<&crate::facts::Item> = roles.iter().flat_map(|role| of_role(prd, *role)).collect();
    let done = all
        .iter()
        .filter(|item| item.mark == Some(Mark::Done))
        .count() as u64;
    let computed = Computed {
        all: all.len() as u64,
        done: all.iter().any(|item| item.mark.is_some()).then_some(done),
        first: all.first().map(|item| item.span),
    };
    Some((prd, computed))
}

fn of_spans(
    document: &Document,
    spans: impl Iterator<Item = Span>,
) -> Option<(&Document, Computed)> {
    let spans: Vec<Span> = spans.collect();
    let computed = Computed {
        all: spans.len() as u64,
        done: None,
        first: spans.first().copied(),
    };
    Some((document, computed))
}
