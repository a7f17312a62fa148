use super::{Context, Page, and, plan_tables};
use crate::facts::Role;
use crate::manifest::NodeKind;
use crate::model::words::{Bag, Stem};
use crate::model::{count, markdown, state};

pub(in crate::generate) fn plan(context: &Context) -> String {
    let model = context.model;
    let mut page = Page::default();
    page.heading(1, &format!("Implementation Plan: {}", model.title));
    page.write(format_args!(
        "**Branch**: `{}` | **Date**: {} | **Spec**: [prd.md](prd.md)",
        context.slug,
        context.date_or_todo("PLAN_DATE")
    ));
    context.origin(&mut page);
    summary(&mut page, context);
    technical(&mut page, context);
    check(&mut page, context);
    decisions(&mut page, context);
    plan_tables::data_model(&mut page, context);
    plan_tables::contracts(&mut page, context);
    plan_tables::interface(&mut page, context);
    phases(&mut page, context);
    risks(&mut page, context);
    plan_tables::verification(&mut page, context);
    structure(&mut page, context);
    page.heading(2, "Complexity Tracking");
    page.paragraph(
        "No departure from the constitution is planned, so there is nothing to justify.",
    );
    page.unlocked("plan-notes");
    page.done()
}

fn summary(page: &mut Page, context: &Context) {
    let model = context.model;
    let tasks = &context.work.tasks;
    page.heading(2, "Summary");
    if let Some(first) = model.problem.first() {
        page.paragraph(&format!(
            "{}{}",
            markdown::paragraph(&first.text),
            context.mark(&[first.span])
        ));
    }
    let requirements = model.of_kind(NodeKind::Requirement);
    let built = requirements.iter().filter(|node| node.is_done()).count();
    page.paragraph(&format!(
        "{} ({built} of them done according to the source), {}, {} and {}. The work is {} in {}.",
        count(
            requirements.len(),
            "functional requirement",
            "functional requirements"
        ),
        count(
            model.of_kind(NodeKind::NonFunctional).len(),
            "rule",
            "rules"
        ),
        count(
            model.of_kind(NodeKind::Acceptance).len(),
            "acceptance criterion",
            "acceptance criteria"
        ),
        count(
            model.of_kind(NodeKind::Question).len(),
            "open question",
            "open questions"
        ),
        count(tasks.len(), "task", "tasks"),
        count(context.work.stages.len(), "phase", "phases"),
    ));
    critical(page, context);
}

/// Where to begin: what is open in the first phase that is not done, and waits for nothing there.
fn critical(page: &mut Page, context: &Context) {
    let tasks = &context.work.tasks;
    let Some(first) = tasks.iter().filter(|t| !t.is_done).map(|t| t.stage).min() else {
        return;
    };
    let is_done = |id: &String| {
        let other = context.by_task.get(id.as_str());
        other.is_none_or(|other| other.is_done)
    };
    let ready: Vec<String> = context
        .work
        .of_stage(first)
        .filter(|task| !task.is_done && task.depends_on.iter().all(is_done))
        .map(|task| task.id.clone())
        .collect();
    let title = context
        .work
        .stages
        .get(first)
        .map_or("", |stage| &stage.title);
    let number = first + 1;
    let shown = and(&ready.iter().take(8).cloned().collect::<Vec<_>>());
    let more = match ready.len().saturating_sub(8) {
        0 => String::new(),
        1 => ", and so does 1 other".to_owned(),
        more => format!(", and so do {more} others"),
    };
    let verb = if ready.len() == 1 { "waits" } else { "wait" };
    page.paragraph(&format!(
        "Work begins in phase {number} ({title}): there {shown} {verb} for no open task{more}."
    ));
}

fn technical(page: &mut Page, context: &Context) {
    page.heading(2, "Technical Context");
    for field in &context.model.context {
        if field.values.is_empty() {
            page.write(format_args!(
                "- **{}**: TODO({}): the source does not say",
                field.name, field.key
            ));
            continue;
        }
        let values: Vec<String> = field
            .values
            .iter()
            .map(|value| {
                format!(
                    "{}{}",
                    value.text.trim_end_matches('.'),
                    context.mark(&[value.span])
                )
            })
            .collect();
        page.write(format_args!("- **{}**: {}", field.name, values.join("; ")));
    }
    architecture(page, context);
}

/// What the source says about how it is built, as it says it.
fn architecture(page: &mut Page, context: &Context) {
    let mut section: Option<&[String]> = None;
    for statement in context
        .model
        .statements
        .iter()
        .filter(|s| {
            matches!(
                s.role,
                Role::Architecture | Role::Deployment | Role::TechnicalContext
            )
        })
        .take(200)
    {
        if section != Some(statement.section.as_slice()) {
            section = Some(&statement.section);
            let title = statement.section.last().map_or("", String::as_str);
            page.paragraph(&format!("**{}**:", markdown::plain(title)));
        }
        context.statement(page, statement);
    }
}

fn check(page: &mut Page, context: &Context) {
    page.heading(2, "Constitution Check");
    page.paragraph("*GATE: must pass before work begins, and again after each phase.*");
    let rows: Vec<Vec<String>> = context
        .model
        .of_kind(NodeKind::Principle)
        .iter()
        .map(|principle| {
            let (check, how) = held(context, principle);
            vec![
                format!("{} ({})", principle.name(), principle.id),
                check.to_owned(),
                how,
            ]
        })
        .collect();
    if rows.is_empty() {
        page.paragraph("The constitution has no principles yet.");
        return;
    }
    page.table(&["Principle", "Check", "How it is held"], &rows);
    page.paragraph(
        "PASS: nothing in this plan departs from it, and each rule of it has a task or a check of \
         `ops spec validate`. REVIEW: nothing departs from it, and of some rules nothing but a \
         reader can tell.",
    );
}

/// Whether something holds a principle, and what.
fn held(context: &Context, principle: &crate::model::Node) -> (&'static str, String) {
    let tasks = super::super::enforcing(context.model, context.work, principle);
    let reviewed = reviewed(context, principle);
    let is_scope = !principle.named.is_empty() && reviewed.is_empty();
    let few = |ids: &[&str]| {
        let shown = ids.iter().take(6).copied().collect::<Vec<_>>().join(", ");
        let more = if ids.len() > 6 { ", …" } else { "" };
        format!("{shown}{more}")
    };
    if tasks.is_empty() {
        return match is_scope {
            true => (
                "PASS",
                "held by rule SK-TRC-006 of `ops spec validate`".to_owned(),
            ),
            false => (
                "REVIEW",
                "no task is about it: whoever reviews the work holds it".to_owned(),
            ),
        };
    }
    let number = count(tasks.len(), "task", "tasks");
    let how = format!("held by {number} ({})", few(&tasks));
    match reviewed.as_slice() {
        [] => ("PASS", how),
        some => ("REVIEW", format!("{how}; by review alone: {}", few(some))),
    }
}

/// The rules of a principle that no task and no check of the validator holds.
fn reviewed<'a>(context: &Context, principle: &'a crate::model::Node) -> Vec<&'a str> {
    let ids = principle.named.iter().map(String::as_str);
    ids.filter(|id| !context.model.is_kind(id, NodeKind::NonGoal))
        .filter(|id| super::super::holding(context.model, context.work, id).is_empty())
        .collect()
}

fn decisions(page: &mut Page, context: &Context) {
    page.heading(2, "Decisions");
    let decisions = context.model.of_kind(NodeKind::Decision);
    if decisions.is_empty() {
        page.paragraph("The source records no decisions.");
    }
    for node in decisions {
        page.write(format_args!(
            "- **{}**: {}{}",
            node.id,
            node.text,
            context.mark(&node.spans)
        ));
        for detail in &node.details {
            page.write(format_args!(
                "  - {}{}",
                detail.text,
                context.mark(&[detail.span])
            ));
        }
        match super::constitution::reason(&node.text) {
            Some(reason) => page.write(format_args!("  - Reason: {reason}")),
            None => {
                if let Some(passage) = background(context, &node.stems) {
                    page.write(format_args!(
                        "  - Background: {}{}",
                        passage.text,
                        context.mark(&[passage.span])
                    ));
                }
            }
        }
    }
}

/// The part of the problem that a decision answers, where one shares enough words.
pub(super) fn background<'a>(
    context: &'a Context,
    stems: &[Stem],
) -> Option<&'a crate::model::Passage> {
    let bag = Bag::of(stems);
    context
        .problem
        .iter()
        .map(|(own, passage)| (own.similarity(&bag), *passage))
        .filter(|(alike, _)| *alike >= 0.25)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, passage)| passage)
}

fn phases(page: &mut Page, context: &Context) {
    page.heading(2, "Phases");
    for (index, stage) in context.work.stages.iter().enumerate() {
        page.heading(3, &format!("Phase {}: {}", index + 1, stage.title));
        let tasks: Vec<&super::super::work::Task> = context.work.of_stage(index).collect();
        let done = tasks.iter().filter(|task| task.is_done).count();
        let purpose = markdown::line(markdown::paragraph(&stage.purpose));
        page.paragraph(&format!("{purpose}{}", context.mark(&stage.spans)));
        page.write(format_args!("- **Entry**: {}", stage.entry));
        page.write(format_args!("- **Exit**: {}", stage.exit));
        if let Some(mark) = stage.mark {
            let open = tasks.len() - done;
            let but = match (mark, open) {
                (crate::facts::Mark::Done, 1..) => format!(
                    ", but {} in it {} not named as done there",
                    count(open, "task", "tasks"),
                    if open == 1 { "is" } else { "are" }
                ),
                _ => String::new(),
            };
            page.write(format_args!(
                "- **State**: {} according to the source{but}",
                state(mark)
            ));
        }
        plan_tables::stage_inventory(page, context, &tasks);
    }
}

fn risks(page: &mut Page, context: &Context) {
    page.heading(2, "Risks");
    let risks = context.model.of_kind(NodeKind::Risk);
    let questions = context.model.of_kind(NodeKind::Question);
    if risks.is_empty() && questions.is_empty() {
        page.paragraph("The source names no risks and does not contradict itself.");
        return;
    }
    for node in risks {
        let about = if node.named.is_empty() {
            String::new()
        } else {
            format!(" (per {})", node.named.join(", "))
        };
        page.write(format_args!(
            "- **{}**: {}{about}{}",
            node.id,
            node.text,
            context.mark(&node.spans)
        ));
        for detail in &node.details {
            page.write(format_args!(
                "  - {}{}",
                detail.text,
                context.mark(&[detail.span])
            ));
        }
    }
    if !questions.is_empty() {
        page.paragraph(
            "Until they are answered, what is built on one of these questions may have to be built again:",
        );
    }
    for question in questions {
        page.write(format_args!(
            "- Open question {} (see [prd.md](prd.md)), to be decided by {}{}",
            question.id,
            context
                .work
                .of(&question.id)
                .first()
                .copied()
                .unwrap_or("nobody yet"),
            context.mark(&question.spans)
        ));
    }
}

fn structure(page: &mut Page, context: &Context) {
    page.heading(2, "Project Structure");
    let paths = &context.model.inventory.paths;
    if !paths.is_empty() {
        page.paragraph("The source names these files and folders:");
        for path in paths.iter().take(200) {
            page.write(format_args!(
                "- `{}`{}",
                path.name,
                context.mark(&[path.span])
            ));
        }
    }
    proposed(page, context);
}

/// What the `Where` lines of the tasks stand on; said to be no word of the source.
fn proposed(page: &mut Page, context: &Context) {
    let layout = &context.work.layout;
    if layout.places.is_empty() {
        return;
    }
    let from: Vec<String> = layout
        .from
        .iter()
        .map(|value| format!("{}{}", value.text, context.mark(&[value.span])))
        .collect();
    let follows = match from.as_slice() {
        [] => "It follows no stack, because the source names none".to_owned(),
        some => format!("It follows what is usual with {}", and(some)),
    };
    page.paragraph(&format!(
        "**Proposed layout**: this is the generator's proposal and not the source's. {follows}. \
         The `Where` lines of [tasks.md](tasks.md) stand on it. To have another layout, name its \
         folders in the source and generate again."
    ));
    for place in &layout.places {
        page.write(format_args!("- `{}`: {}", place.root, place.holds));
    }
}
