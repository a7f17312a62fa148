//! SK-TSK-008: what is called done and is not.

use super::context::{Context, Key};
use super::draft::{Draft, Drafts};
use super::open::is_final;
use super::provenance::{is_as_generated, milder};
use super::tasks::{draft, is_check_list, name};
use super::words::{normal, short};
use crate::facts::{Check, Document, Mark, Task};
use crate::order::Gather;
use crate::rules::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for task in document
        .tasks
        .iter()
        .filter(|task| task.check == Check::Open)
    {
        // A star behind the box or before the words says that a step may be left out.
        let is_optional = task.text.starts_with('*')
            || task.marker.as_ref().is_some_and(|(m, _)| m.contains('*'));
        let Some(parent) = task.parent.filter(|_| !is_optional) else {
            continue;
        };
        let Some(above) = document.tasks.get(parent) else {
            continue;
        };
        if above.check == Check::Done && told.insert(parent) {
            let message = format!("{} is done and {} below it is not", name(above), name(task));
            out.add(draft("SK-TSK-008", document, above, message).related(
                document,
                task.span,
                "still open",
            ));
        }
    }
    for (index, phase) in document.phases.iter().enumerate() {
        if phase.mark != Some(Mark::Done) {
            continue;
        }
        let open = document
            .tasks
            .iter()
            .find(|task| task.phase == Some(index) && task.check == Check::Open);
        if let Some(task) = open {
            let message = format!(
                "\"{}\" is called done and {} is open",
                short(&phase.title, 40),
                name(task)
            );
            let draft = Draft::at("SK-TSK-008", document, phase.span, message)
                .key(phase.title.clone())
                .related(document, task.span, "still open");
            // A milestone that the source calls so, with work that it does not.
            out.add(match is_as_generated(context, document) {
                true => milder(draft),
                false => draft,
            });
        }
    }
    ahead(context, document, out);
    finished(context, document, out);
}

/// Tasks that are done before what they wait for.
fn ahead(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    let open: BTreeMap<Key<'_>, &Task> = document
        .tasks
        .iter()
        .filter(|task| task.check == Check::Open)
        .filter_map(|task| Some((Key::of(task.id.as_ref()?), task)))
        .into_map();
    let done = document
        .tasks
        .iter()
        .filter(|task| task.check == Check::Done);
    for task in done {
        let mut waits = task.depends_on.iter();
        let waits_for = waits.find_map(|citation| {
            let is_here = citation.id.bundle.is_none();
            open.get(&Key::of(&citation.id)).filter(|_| is_here)
        });
        let Some(before) = waits_for else { continue };
        let message = format!(
            "{} is done and waits for {}, which is open",
            name(task),
            name(before)
        );
        let draft = draft("SK-TSK-008", document, task, message).related(
            document,
            before.span,
            "still open",
        );
        // There a person ticked it, and may have good reasons.
        let is_mild = is_as_generated(context, document) || !context.is_native();
        out.add(match is_mild {
            true => draft.severity(Severity::Warning),
            false => draft,
        });
    }
}

fn finished(context: &Context<'_>, tasks: &Document, out: &mut Drafts) {
    let Some(open) = tasks
        .tasks
        .iter()
        .find(|task| task.check == Check::Open && !is_check_list(tasks, task))
    else {
        return;
    };
    for document in context.bundle.documents() {
        let Some(status) = &document.status else {
            continue;
        };
        // What is approved is not yet built.
        // "Implemented (web); mobile is deferred" says itself that it is a part.
        let is_plain = status.text.split_whitespace().count() <= 3;
        let is_built = is_plain
            && is_final(&status.text)
            && !normal(&status.text).starts_with("approved")
            && !normal(&status.text).starts_with("final");
        let is_of_tasks = document.source.file() == tasks.source.file()
            || context
                .bundle
                .prd
                .as_ref()
                .is_some_and(|prd| prd.source.file() == document.source.file());
        if is_built && is_of_tasks {
            let message = format!(
                "the status is \"{}\" and {} is open",
                status.text.trim(),
                name(open)
            );
            out.add(
                Draft::at("SK-TSK-008", document, status.span, message)
                    .key("status")
                    .related(tasks, open.span, "still open"),
            );
        }
    }
}
