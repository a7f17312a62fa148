use super::{Context, Page, prd};
use crate::generate::work::{Stage, StageKind, Task};
use crate::manifest::NodeKind;
use crate::model::{Node, count};

pub(in crate::generate) fn tasks(context: &Context) -> String {
    let model = context.model;
    let mut page = Page::default();
    page.heading(1, &format!("Tasks: {}", model.title));
    page.line(
        "**Input**: [prd.md](prd.md), [plan.md](plan.md), [constitution.md](constitution.md)",
    );
    context.origin(&mut page);
    format_section(&mut page, context);
    for index in 0..context.work.stages.len() {
        stage(&mut page, context, index);
    }
    dependencies(&mut page, context);
    coverage(&mut page, context);
    page.unlocked("tasks-notes");
    page.done()
}

fn format_section(page: &mut Page, context: &Context) {
    page.heading(2, "Format: `[ID] [P?] [Story] [Refs] Description`");
    page.line("- `[P]`: can be done beside the other `[P]` tasks of its phase, because it makes a thing of its own.");
    page.line("- Refs are the requirements, criteria and questions that a task makes true, shows or answers.");
    page.line("- A ticked box means that the source, or a person who ticked it here, calls it done. Ticks survive the next generation.");
    page.line("- An id stays with its task for good, so a task that is added later has a higher id than the phase after it.");
    if !context.work.layout.places.is_empty() {
        page.line("- `Where` is the layout that [plan.md](plan.md) proposes in Project Structure; the source does not say where things live.");
    }
    let has_commands = context
        .work
        .tasks
        .iter()
        .any(|task| !task.verify.is_empty());
    if has_commands {
        page.line("- `Verify` commands take the address of the API, with its base path, from `BASE_URL` and the database from `DATABASE_URL`; they exit with 0 when the thing is there.");
    }
}

fn stage(page: &mut Page, context: &Context, index: usize) {
    let Some(stage) = context.work.stages.get(index) else {
        return;
    };
    let number = index + 1;
    let tasks: Vec<&Task> = context.work.of_stage(index).collect();
    let story = stage
        .story
        .as_deref()
        .and_then(|id| context.stories.get(id));
    let title = match story {
        Some((at, story)) => format!(
            "Phase {number}: User Story {} - {} (Priority: P{})",
            prd::number(&story.id),
            stage.title,
            prd::priority(story, *at)
        ),
        None => format!("Phase {number}: {}", stage.title),
    };
    page.heading(2, &title);
    page.paragraph(&format!(
        "**Purpose**: {}{}",
        stage.purpose,
        context.mark(&stage.spans)
    ));
    page.paragraph(&format!("**Entry**: {}", stage.entry));
    let labels = labels(stage);
    for task in tasks {
        write(page, context, task, labels);
    }
    page.paragraph(&format!("**Checkpoint**: {}.", stage.exit));
}

/// Whether tasks of a phase have the label of their story; what all stories stand on has none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Labels {
    Shown,
    Hidden,
}

fn labels(stage: &Stage) -> Labels {
    let title = stage.title.to_lowercase();
    let is_shared = [
        "foundation",
        "setup",
        "polish",
        "cross-cutting",
        "infrastructure",
    ]
    .iter()
    .any(|word| title.contains(word));
    match stage.kind {
        StageKind::Story => Labels::Shown,
        StageKind::Milestone if !is_shared => Labels::Shown,
        _ => Labels::Hidden,
    }
}

fn write(page: &mut Page, context: &Context, task: &Task, labels: Labels) {
    let tick = if task.is_done { "x" } else { " " };
    let mut line = format!("- [{tick}] {}", task.id);
    if task.is_parallel {
        line.push_str(" [P]");
    }
    if labels == Labels::Shown
        && let Some(story) = &task.story
    {
        line.push_str(&format!(" [{story}]"));
    }
    if !task.refs.is_empty() {
        line.push_str(&format!(" [{}]", task.refs.join(",")));
    }
    line.push(' ');
    line.push_str(&task.text);
    if !task.depends_on.is_empty() {
        line.push_str(&format!(" (depends on {})", task.depends_on.join(", ")));
    }
    line.push_str(&context.mark(&task.spans));
    page.line(&line);
    for detail in &task.details {
        page.line(&format!(
            "  - {}{}",
            detail.text,
            context.mark(&detail.spans)
        ));
    }
    for command in &task.verify {
        page.line(&format!("  - Verify: `{command}`"));
    }
}

fn dependencies(page: &mut Page, context: &Context) {
    page.heading(2, "Dependencies & Execution Order");
    page.line("- Phases follow each other; inside of one a task waits only for what stands in its brackets.");
    let tasks = &context.work.tasks;
    let mut waited: Vec<(&str, usize)> = Vec::new();
    for task in tasks.iter().filter(|task| !task.is_done) {
        let count = context.waiting.get(task.id.as_str()).copied().unwrap_or(0);
        if count > 1 {
            waited.push((&task.id, count));
        }
    }
    waited.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (id, number) in waited.iter().take(5) {
        page.line(&format!("- {number} tasks wait for {id}."));
    }
    for (index, stage) in context.work.stages.iter().enumerate() {
        let beside: Vec<&str> = context
            .work
            .of_stage(index)
            .filter(|task| task.is_parallel && !task.is_done)
            .map(|task| task.id.as_str())
            .collect();
        if beside.len() > 1 {
            let shown = beside
                .iter()
                .take(12)
                .copied()
                .collect::<Vec<_>>()
                .join(", ");
            page.line(&format!(
                "- Side by side in phase {} ({}): {shown}{}.",
                index + 1,
                stage.title,
                if beside.len() > 12 { " and others" } else { "" }
            ));
        }
    }
}

/// Which task makes what true. Nothing here changes with a tick.
fn coverage(page: &mut Page, context: &Context) {
    let model = context.model;
    page.heading(2, "Coverage");
    let kinds = [
        NodeKind::Requirement,
        NodeKind::NonFunctional,
        NodeKind::Acceptance,
        NodeKind::Success,
    ];
    let nodes: Vec<&Node> = kinds.iter().flat_map(|kind| model.of_kind(*kind)).collect();
    let rows: Vec<Vec<String>> = nodes
        .iter()
        .take(20_000)
        .map(|node| {
            let tasks: Vec<&Task> = context.work.naming(&node.id).collect();
            let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
            vec![
                crate::model::words::short(node.bare(), 8),
                node.id.clone(),
                ids.join(", "),
            ]
        })
        .collect();
    page.table(&["What", "Id", "Tasks"], &rows);
    page.paragraph(&format!(
        "{} in all.",
        count(context.work.tasks.len(), "task", "tasks")
    ));
}
