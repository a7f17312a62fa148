use super::{Context, Page, prd};
use crate::generate::work::{Stage, StageKind, Task};
use crate::manifest::NodeKind;
use crate::model::{Node, count};
use crate::order::Order;
use std::collections::HashMap;
use std::fmt::Write;

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
    let mut commands = context.work.tasks.iter().flat_map(|task| &task.verify);
    if commands.any(|command| command.contains("/example-")) {
        page.line("- `example-id` and the like in a path stand for a record that has to be there when the command runs.");
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
enum Labels<'a> {
    Shown,
    Hidden,
    /// The phase is the story's of this number, and what is in it for another has none.
    Of(&'a str),
}

/// `2` of the source's `User Story 2 - Pay with a voucher`.
fn story_of(title: &str) -> Option<&str> {
    let (_, rest) = title.split_once("User Story ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits).filter(|number| !number.is_empty())
}

fn labels(stage: &Stage) -> Labels<'_> {
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
        StageKind::Milestone if !is_shared => {
            story_of(&stage.title).map_or(Labels::Shown, Labels::Of)
        }
        _ => Labels::Hidden,
    }
}

fn write(page: &mut Page, context: &Context, task: &Task, labels: Labels<'_>) {
    let tick = if task.is_done { "x" } else { " " };
    let line = &mut page.0;
    // Writing to a string cannot fail.
    let _ = write!(line, "- [{tick}] {}", task.id);
    if task.is_parallel {
        line.push_str(" [P]");
    }
    let is_shown = |story: &&String| match labels {
        Labels::Shown => true,
        Labels::Hidden => false,
        Labels::Of(number) => prd::number(story) == number,
    };
    if let Some(story) = task.story.as_ref().filter(is_shown) {
        let _ = write!(line, " [{story}]");
    }
    if !task.refs.is_empty() {
        let _ = write!(line, " [{}]", task.refs.join(","));
    }
    line.push(' ');
    line.push_str(&task.text);
    if !task.depends_on.is_empty() {
        let _ = write!(line, " (depends on {})", task.depends_on.join(", "));
    }
    line.push_str(&context.mark(&task.spans));
    line.push('\n');
    for detail in &task.details {
        page.write(format_args!(
            "  - {}{}",
            detail.text,
            context.mark(&detail.spans)
        ));
    }
    for command in &task.verify {
        page.write(format_args!("  - Verify: `{command}`"));
    }
}

fn dependencies(page: &mut Page, context: &Context) {
    page.heading(2, "Dependencies & Execution Order");
    page.line("- Phases follow each other; inside of one a task waits only for what stands in its brackets.");
    for index in 0..context.work.stages.len() {
        let open: Vec<&Task> = context
            .work
            .of_stage(index)
            .filter(|task| !task.is_done)
            .collect();
        if open.is_empty() {
            continue;
        }
        let title = context
            .work
            .stages
            .get(index)
            .map_or("", |stage| &stage.title);
        let number = index + 1;
        let waves = waves(&open);
        let shown: Vec<String> = waves.iter().take(MAX_WAVES).map(|wave| few(wave)).collect();
        let rest: usize = waves.iter().skip(MAX_WAVES).map(Vec::len).sum();
        let more = match rest {
            0 => String::new(),
            rest => format!("; then {}", count(rest, "other", "others")),
        };
        page.write(format_args!(
            "- Phase {number} ({title}): {}{more}.",
            shown.join("; then ")
        ));
        let beside: Vec<&str> = open
            .iter()
            .filter(|task| task.is_parallel)
            .map(|task| task.id.as_str())
            .collect();
        if beside.len() > 1 {
            page.write(format_args!("  - Side by side: {}", few(&beside)));
        }
    }
}

/// Steps of a phase that are told; the rest is counted.
const MAX_WAVES: usize = 8;

fn few(ids: &[&str]) -> String {
    let shown = ids.iter().take(12).copied().collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(12) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The open tasks of a phase in the order of work: first what waits for nothing in it, then what
/// waits for these, and so on.
fn waves<'a>(open: &[&'a Task]) -> Vec<Vec<&'a str>> {
    let mut by_rank: Vec<&Task> = open.to_vec();
    by_rank.order_by_key(|task| (task.turn(), task.rank));
    let mut wave_of: HashMap<&str, usize> = HashMap::new();
    for task in by_rank {
        let before = task
            .depends_on
            .iter()
            .filter_map(|id| wave_of.get(id.as_str()));
        let wave = before.max().map_or(0, |before| before + 1);
        wave_of.insert(&task.id, wave);
    }
    let mut waves: Vec<Vec<&str>> = Vec::new();
    for task in open {
        let wave = wave_of.get(task.id.as_str()).copied().unwrap_or(0);
        if waves.len() <= wave {
            waves.resize_with(wave + 1, Vec::new);
        }
        if let Some(wave) = waves.get_mut(wave) {
            wave.push(&task.id);
        }
    }
    waves
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
            vec![
                crate::model::words::short(node.bare(), 8),
                node.id.clone(),
                context.work.of(&node.id).join(", "),
            ]
        })
        .collect();
    page.table(&["What", "Id", "Tasks"], &rows);
    page.paragraph(&format!(
        "{} in all.",
        count(context.work.tasks.len(), "task", "tasks")
    ));
}
