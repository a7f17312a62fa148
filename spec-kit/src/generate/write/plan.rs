use super::{Context, Page, and, plan_tables};
use crate::facts::Role;
use crate::manifest::NodeKind;
use crate::model::words::Stem;
use crate::model::{count, markdown, state};

pub(in crate::generate) fn plan(context: &Context) -> String {
    let model = context.model;
    let mut page = Page::default();
    page.heading(1, &format!("Implementation Plan: {}", model.title));
    page.line(&format!(
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

/// Where to begin: what is open and what most waits for.
fn critical(page: &mut Page, context: &Context) {
    let tasks = &context.work.tasks;
    let ready: Vec<String> = tasks
        .iter()
        .filter(|task| {
            !task.is_done
                && task.depends_on.iter().all(|id| {
                    context
                        .by_task
                        .get(id.as_str())
                        .is_none_or(|other| other.is_done)
                })
        })
        .map(|task| task.id.clone())
        .collect();
    if ready.is_empty() {
        return;
    }
    let shown = and(&ready.iter().take(8).cloned().collect::<Vec<_>>());
    let more = ready.len().saturating_sub(8);
    page.paragraph(&match more {
        0 => format!("Work can begin with {shown}: they wait for no open task."),
        more => format!(
            "Work can begin with {shown}: they wait for no open task, and neither do {more} others."
        ),
    });
}

fn technical(page: &mut Page, context: &Context) {
    page.heading(2, "Technical Context");
    for field in &context.model.context {
        if field.values.is_empty() {
            page.line(&format!(
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
        page.line(&format!("- **{}**: {}", field.name, values.join("; ")));
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
        page.line(&format!(
            "- {}{}",
            statement.text,
            context.mark(&[statement.span])
        ));
        for detail in &statement.details {
            page.line(&format!(
                "  - {}{}",
                detail.text,
                context.mark(&[detail.span])
            ));
        }
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
            let tasks = super::super::enforcing(context.model, context.work, principle);
            let how = match tasks.len() {
                0 => "nothing in this plan departs from it; no task is about it".to_owned(),
                all => {
                    let shown = tasks.iter().take(6).copied().collect::<Vec<_>>().join(", ");
                    let more = if all > 6 { ", …" } else { "" };
                    format!("held by {} ({shown}{more})", count(all, "task", "tasks"))
                }
            };
            vec![
                format!("{} ({})", principle.name(), principle.id),
                "PASS".to_owned(),
                how,
            ]
        })
        .collect();
    if rows.is_empty() {
        page.paragraph("The constitution has no principles yet.");
        return;
    }
    page.table(&["Principle", "Check", "How it is held"], &rows);
}

fn decisions(page: &mut Page, context: &Context) {
    page.heading(2, "Decisions");
    let decisions = context.model.of_kind(NodeKind::Decision);
    if decisions.is_empty() {
        page.paragraph("The source records no decisions.");
    }
    for node in decisions {
        page.line(&format!(
            "- **{}**: {}{}",
            node.id,
            node.text,
            context.mark(&node.spans)
        ));
        for detail in &node.details {
            page.line(&format!(
                "  - {}{}",
                detail.text,
                context.mark(&[detail.span])
            ));
        }
        match super::constitution::reason(&node.text) {
            Some(reason) => page.line(&format!("  - Reason: {reason}")),
            None => {
                if let Some(passage) = background(context, &node.stems) {
                    page.line(&format!(
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
    context
        .problem
        .iter()
        .map(|(own, passage)| (crate::model::words::similarity(own, stems), *passage))
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
        page.paragraph(&format!("{}{}", stage.purpose, context.mark(&stage.spans)));
        page.line(&format!("- **Entry**: {}", stage.entry));
        page.line(&format!("- **Exit**: {}", stage.exit));
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
            page.line(&format!(
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
        page.line(&format!(
            "- **{}**: {}{about}{}",
            node.id,
            node.text,
            context.mark(&node.spans)
        ));
        for detail in &node.details {
            page.line(&format!(
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
        page.line(&format!(
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
            page.line(&format!("- `{}`{}", path.name, context.mark(&[path.span])));
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
        page.line(&format!("- `{}`: {}", place.root, place.holds));
    }
}
