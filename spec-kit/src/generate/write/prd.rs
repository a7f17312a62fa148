use super::{Context, Page, prd_parts};
use crate::manifest::{NodeKind, Relation, compare_ids};
use crate::model::{Node, Passage, Strength, independent_test, markdown, reason, scene};
use crate::order::Order;

pub(in crate::generate) fn prd(context: &Context) -> String {
    let model = context.model;
    let mut page = Page::default();
    page.heading(1, &format!("PRD: {}", model.title));
    page.write(format_args!("**Feature Branch**: `{}`", context.slug));
    page.blank();
    page.write(format_args!(
        "**Created**: {}",
        context.date_or_todo("CREATED_DATE")
    ));
    page.blank();
    page.line("**Status**: Draft");
    context.origin(&mut page);
    problem(&mut page, context);
    page.heading(2, "Goals");
    list(
        &mut page,
        context,
        NodeKind::Goal,
        "The source names no goals of its own.",
    );
    page.heading(2, "Non-Goals");
    list(
        &mut page,
        context,
        NodeKind::NonGoal,
        "The source names none.",
    );
    page.heading(2, "Personas");
    list(
        &mut page,
        context,
        NodeKind::Persona,
        "The source names none.",
    );
    stories(&mut page, context);
    requirements(&mut page, context);
    prd_parts::inventory(&mut page, context);
    page.heading(2, "Acceptance Criteria");
    criteria(&mut page, context, NodeKind::Acceptance);
    page.heading(2, "Success Criteria");
    success(&mut page, context);
    prd_parts::later(&mut page, context);
    prd_parts::open_ends(&mut page, context);
    page.unlocked("prd-notes");
    prd_parts::source_map(&mut page, context);
    page.done()
}

fn problem(page: &mut Page, context: &Context) {
    page.heading(2, "Problem");
    if context.model.problem.is_empty() {
        page.paragraph(match context.model.of_kind(NodeKind::Goal) {
            [] => "TODO(PROBLEM): the source says what is to be done and not why.",
            _ => "TODO(PROBLEM): the source states goals, not the problem that they solve.",
        });
    }
    for passage in context.model.problem.iter().take(40) {
        page.paragraph(&format!(
            "{}{}",
            markdown::paragraph(&passage.text),
            context.mark(&[passage.span])
        ));
    }
}

fn list(page: &mut Page, context: &Context, kind: NodeKind, none: &str) {
    let nodes = context.model.of_kind(kind);
    if nodes.is_empty() {
        page.paragraph(none);
    }
    for node in nodes {
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
    }
}

fn stories(page: &mut Page, context: &Context) {
    let model = context.model;
    page.heading(2, "User Scenarios & Testing *(mandatory)*");
    let stories = model.of_kind(NodeKind::Story);
    if stories.is_empty() {
        page.paragraph("The source has no stories, and no requirement serves one of its goals.");
    }
    for (index, story) in stories.iter().enumerate() {
        write_story(page, context, story, index);
    }
    page.heading(3, "Edge Cases");
    if model.edge_cases.is_empty() {
        page.paragraph("The source lists none.");
    }
    for passage in &model.edge_cases {
        page.write(format_args!(
            "- {}{}",
            passage.text,
            context.mark(&[passage.span])
        ));
    }
}

pub(super) fn number(id: &str) -> &str {
    id.strip_prefix("US").unwrap_or(id).trim_start_matches('-')
}

/// Whether a reader may take the first word for an id, such as `FR8`, `(AC-1)` or `\\[T001\\]`.
fn may_begin_with_id(text: &str) -> bool {
    let word = text.trim_start_matches([' ', '\\', '[', '(', '*']);
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = word
        .get(letters..)
        .unwrap_or("")
        .trim_start_matches(['-', '_', '.']);
    (1..=5).contains(&letters) && rest.starts_with(|c: char| c.is_ascii_digit())
}

fn write_story(page: &mut Page, context: &Context, story: &Node, index: usize) {
    let model = context.model;
    let priority = priority(story, index);
    page.heading(
        3,
        &format!(
            "User Story {} - {} (Priority: P{priority})",
            number(&story.id),
            markdown::line(story.name())
        ),
    );
    let served = model.targets(&story.id, Relation::Serves);
    let personas = served.iter().filter_map(|id| context.personas.get(id));
    let first = personas.min().copied();
    let actor = first.and_then(|at| model.of_kind(NodeKind::Persona).get(at));
    let text = match actor {
        Some(persona) => format!(
            "For the **{}**: {}.",
            persona.name(),
            story.text.trim_end_matches('.')
        ),
        // At the begin of a paragraph an id introduces what it names.
        None if may_begin_with_id(&story.text) => {
            format!("What is wanted: {}.", story.text.trim_end_matches('.'))
        }
        None => format!("{}.", story.text.trim_end_matches('.')),
    };
    page.paragraph(&format!(
        "{}{}{}",
        markdown::paragraph(&text),
        context.serves(&story.id),
        context.mark(&story.spans)
    ));
    let requirements = model.sources(&story.id, Relation::Serves);
    let why = match (reason(story), story.priority) {
        (Some(reason), _) => quoted(context, &reason),
        (None, Some(_)) => "the source says so.".to_owned(),
        (None, None) => format!(
            "priorities follow the order of the source; this is number {}.",
            index + 1
        ),
    };
    page.paragraph(&format!("**Why this priority**: {why}"));
    if !requirements.is_empty() {
        page.paragraph(&format!("**Built by**: {}", named(context, &requirements)));
    }
    let Scenes { scenes, more } = scenes(context, story, &requirements);
    let shown = independent(context, story, &requirements);
    match independent_test(story) {
        Some(test) => {
            page.paragraph(&format!("**Independent Test**: {}", quoted(context, &test)));
            page.paragraph(&format!("**Shown by**: {shown}."));
        }
        None => page.paragraph(&format!("**Independent Test**: {shown}.")),
    }
    page.paragraph("**Acceptance Scenarios**:");
    for (index, (scene, source)) in scenes.iter().enumerate() {
        let when = match scene.when.as_str() {
            "" => String::new(),
            when => format!(" **When** {when},"),
        };
        page.write(format_args!(
            "{}. **Given** {},{when} **Then** {}{source}{}",
            index + 1,
            scene.given,
            scene.then,
            scene
                .span
                .map_or_else(String::new, |span| context.mark(&[span])),
        ));
    }
    if more > 0 {
        page.paragraph(&format!(
            "And {more} more, which stand with the requirements and criteria below."
        ));
    }
}

/// More scenarios of a story than these nobody reads.
const MAX_SCENES: usize = 6;

/// The scenarios of a story, each with where it is from, and how many are not told.
struct Scenes {
    scenes: Vec<(crate::model::Scene, String)>,
    more: usize,
}

/// A sentence of the source.
fn quoted(context: &Context, said: &Passage) -> String {
    let text = said.text.trim_end_matches('.');
    format!("{text}.{}", context.mark(&[said.span]))
}

pub(super) fn priority(story: &Node, index: usize) -> u32 {
    story
        .priority
        .unwrap_or_else(|| u32::try_from(index + 1).unwrap_or(9).min(3))
}

/// Requirements with their words, the first few.
fn named(context: &Context, ids: &[&str]) -> String {
    let parts: Vec<String> = ids
        .iter()
        .take(12)
        .map(|id| match context.requirements.get(id) {
            Some(node) => format!("{id} ({})", crate::model::words::short(node.bare(), 6)),
            None => (*id).to_owned(),
        })
        .collect();
    match ids.len().checked_sub(12) {
        Some(more) if more > 0 => format!("{} and {more} more", parts.join(", ")),
        _ => parts.join(", "),
    }
}

/// How a story is shown without the others: its own proofs, and what it needs from elsewhere.
fn independent(context: &Context, story: &Node, requirements: &[&str]) -> String {
    let tasks: Vec<&super::super::work::Task> = context.work.of_story(&story.id).collect();
    let own: std::collections::BTreeSet<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
    let proofs: Vec<String> = tasks
        .iter()
        .filter(|task| task.key.starts_with("show "))
        .map(|task| {
            format!(
                "{} ({})",
                task.id,
                task.refs.first().map_or("", String::as_str)
            )
        })
        .collect();
    let mut foreign: Vec<&str> = tasks
        .iter()
        .flat_map(|task| &task.depends_on)
        .map(String::as_str)
        .filter(|id| !own.contains(id))
        .collect();
    foreign.order_by(|a, b| compare_ids(a, b));
    foreign.dedup();
    let shown = match proofs.as_slice() {
        [] if has_scenarios(context, story, requirements) => {
            "its acceptance scenarios show it".to_owned()
        }
        [] if tasks.is_empty() => "no task is its own; see the coverage in tasks.md".to_owned(),
        [] => format!(
            "the source has no criterion for it; compare what is built with {}",
            super::and(
                &requirements
                    .iter()
                    .take(6)
                    .map(|id| (*id).to_owned())
                    .collect::<Vec<_>>()
            )
        ),
        [one] => format!("{one} shows it"),
        some => format!(
            "{} show it",
            super::and(&some.iter().take(6).cloned().collect::<Vec<_>>())
        ),
    };
    let needs = if foreign.is_empty() {
        "nothing of another story is needed".to_owned()
    } else {
        let few: Vec<String> = foreign.iter().take(6).map(|id| (*id).to_owned()).collect();
        format!("from elsewhere it needs {}", super::and(&few))
    };
    format!("{shown}; {needs}")
}

/// Whether the author wrote scenarios for it or for what it is built by.
fn has_scenarios(context: &Context, story: &Node, requirements: &[&str]) -> bool {
    let built = requirements
        .iter()
        .filter_map(|id| context.requirements.get(id));
    built
        .map(|node| &node.scenarios)
        .chain([&story.scenarios])
        .any(|scenes| !scenes.is_empty())
}

/// The author's scenarios; else one for each criterion of its requirements; else one that says
/// the story itself.
fn scenes(context: &Context, story: &Node, requirements: &[&str]) -> Scenes {
    let model = context.model;
    if !story.scenarios.is_empty() {
        let scenes = story
            .scenarios
            .iter()
            .map(|scene| {
                let mut scene = scene.clone();
                if scene.given.is_empty() {
                    scene.given = "the story's tasks are done".into();
                }
                if scene.then.is_empty() {
                    scene.then = story.text.trim_end_matches('.').to_owned();
                }
                (scene, String::new())
            })
            .collect();
        return Scenes { scenes, more: 0 };
    }
    let given = match requirements {
        [] => "its tasks are done".to_owned(),
        ids if ids.len() > 6 => "all its requirements are built".to_owned(),
        ids => format!(
            "{} built",
            match ids.len() {
                1 => format!("{} is", ids.join("")),
                _ => format!(
                    "{} are",
                    super::and(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>())
                ),
            }
        ),
    };
    let mut found = Vec::new();
    let mut more = 0;
    let mut seen = std::collections::BTreeSet::new();
    for id in requirements {
        for tie in model.ties.reaching(id, Relation::Validates) {
            if !seen.insert(tie.from.as_str()) {
                continue;
            }
            let Some(node) = context.criterion(&tie.from) else {
                continue;
            };
            match found.len() < MAX_SCENES {
                true => found.push((scene(node, &given), format!(" (per {})", node.id))),
                false => more += 1,
            }
        }
    }
    let own = requirements
        .iter()
        .filter_map(|id| context.requirements.get(id));
    for (node, scene) in own.flat_map(|node| node.scenarios.iter().map(move |scene| (node, scene)))
    {
        if scene.then.is_empty() {
            continue;
        }
        if found.len() == MAX_SCENES {
            more += 1;
            continue;
        }
        let mut scene = scene.clone();
        if scene.given.is_empty() {
            given.clone_into(&mut scene.given);
        }
        found.push((scene, format!(" (per {})", node.id)));
    }
    // Without any the requirements that say themselves when they hold.
    if found.is_empty() {
        let nodes = requirements
            .iter()
            .filter_map(|id| context.requirements.get(id));
        let told = nodes
            .map(|node| (scene(node, &given), format!(" (per {})", node.id)))
            .filter(|(scene, _)| !scene.when.is_empty());
        found.extend(told.take(MAX_SCENES));
    }
    if found.is_empty() {
        let scene = crate::model::Scene {
            given,
            when: String::new(),
            then: story.text.trim_end_matches('.').to_owned(),
            span: story.spans.first().copied(),
        };
        found.push((scene, String::new()));
    }
    Scenes {
        scenes: found,
        more,
    }
}

fn requirements(page: &mut Page, context: &Context) {
    let model = context.model;
    page.heading(2, "Requirements *(mandatory)*");
    page.heading(3, "Functional Requirements");
    for node in model.of_kind(NodeKind::Requirement) {
        prd_parts::requirement(page, context, node);
    }
    let rules = model.of_kind(NodeKind::NonFunctional);
    // A sentence that there are none would be read as one.
    if !rules.is_empty() {
        page.heading(3, "Non-Functional Requirements");
    }
    for node in rules {
        prd_parts::requirement(page, context, node);
    }
}

fn criteria(page: &mut Page, context: &Context, kind: NodeKind) {
    let nodes = context.model.of_kind(kind);
    if nodes.is_empty() {
        page.paragraph(
            "TODO(ACCEPTANCE): the source has no acceptance criteria; the requirements themselves \
             are what is shown.",
        );
    }
    for node in nodes {
        let hard = match (kind, node.strength) {
            (NodeKind::Acceptance, Strength::Hard) => " (hard)",
            _ => "",
        };
        page.write(format_args!(
            "- **{}**{hard}: {}{}{}",
            node.id,
            node.text,
            context.validates(&node.id),
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
}

fn success(page: &mut Page, context: &Context) {
    page.heading(3, "Measurable Outcomes");
    if context.model.of_kind(NodeKind::Success).is_empty() {
        page.paragraph(
            "The source measures success by its goals and acceptance criteria; it has no outcomes \
             beside them.",
        );
        return;
    }
    criteria(page, context, NodeKind::Success);
}
