use super::{Layer, Stage, StageKind, Task};
use crate::manifest::NodeKind;
use crate::model::{Model, Node};
use std::collections::{BTreeMap, HashMap};

/// What must hold before a stage begins and before it ends, from its own tasks.
pub(super) fn fill(model: &Model, stages: &mut [Stage], tasks: &[Task]) {
    let mut by_stage: BTreeMap<usize, Vec<&Task>> = BTreeMap::new();
    for task in tasks {
        by_stage.entry(task.stage).or_default().push(task);
    }
    let by_id = |kind| -> HashMap<&str, &Node> {
        let nodes = model.of_kind(kind).iter();
        nodes.map(|node| (node.id.as_str(), node)).collect()
    };
    let known = Known {
        requirements: by_id(NodeKind::Requirement),
        stories: by_id(NodeKind::Story),
    };
    let titles: Vec<String> = stages.iter().map(|stage| stage.title.clone()).collect();
    for (index, stage) in stages.iter_mut().enumerate() {
        let own = by_stage.get(&index).map_or(&[][..], Vec::as_slice);
        if stage.purpose.is_empty() {
            stage.purpose = purpose(&known, stage, own);
        }
        stage.entry = match index.checked_sub(1).and_then(|before| titles.get(before)) {
            None => "none; this is where work begins".to_owned(),
            Some(before) => {
                let gate = format!("the exit gate of phase {index} ({before}) is passed");
                match stage.kind {
                    StageKind::Later => format!("{gate}, and the source calls it due"),
                    _ => gate,
                }
            }
        };
        stage.exit = exit(own);
    }
}

fn setup(tasks: &[&Task]) -> String {
    let asks = |task: &&&Task| task.layer == Layer::Decide || task.key == "settle context";
    let asked = tasks.iter().filter(asks).count();
    match (asked, tasks.len() - asked) {
        (0, _) => "Provide what all work needs.".to_owned(),
        (_, 0) => "Answer what the source leaves open before anything is built on it.".to_owned(),
        _ => "Answer what the source leaves open before anything is built on it, and provide \
              what all work needs."
            .to_owned(),
    }
}

/// What of the last phase there is.
fn polish(tasks: &[&Task]) -> String {
    let has = |layers: &[Layer]| tasks.iter().any(|task| layers.contains(&task.layer));
    let is_built = |task: &&&Task| !matches!(task.layer, Layer::Deploy | Layer::Docs | Layer::Show);
    let built = |kind: &str| {
        let mut built = tasks.iter().filter(is_built);
        built.any(|task| task.key.starts_with(kind))
    };
    let parts: Vec<&str> = [
        (built("build "), "requirements"),
        (built("rules "), "rules"),
        (has(&[Layer::Deploy]), "deployment"),
        (has(&[Layer::Docs]), "documents"),
        (has(&[Layer::Show]), "criteria"),
    ]
    .into_iter()
    .filter_map(|(is_there, part)| is_there.then_some(part))
    .collect();
    let listed = match parts.as_slice() {
        [] => "the rest".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    format!("What belongs to no phase before it: {listed}.")
}

fn exit(tasks: &[&Task]) -> String {
    // No number of open tasks: a tick would make it wrong.
    let work = "every box of it is ticked".to_owned();
    let proofs: Vec<String> = tasks
        .iter()
        .filter(|task| task.key.starts_with("show "))
        .map(|task| {
            let id = task.refs.first().map_or("", String::as_str);
            format!("{id} by {}", task.id)
        })
        .collect();
    if proofs.is_empty() {
        let has_commands = tasks.iter().any(|task| !task.verify.is_empty());
        return if has_commands {
            format!("{work} and every `Verify` command in it succeeds")
        } else {
            work
        };
    }
    let shown = proofs
        .iter()
        .take(12)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match proofs.len().checked_sub(12) {
        Some(more) if more > 0 => format!("{work}; shown are {shown} and {more} more"),
        _ => format!("{work}; shown are {shown}"),
    }
}

/// Nodes by id.
struct Known<'a> {
    requirements: HashMap<&'a str, &'a Node>,
    stories: HashMap<&'a str, &'a Node>,
}

fn purpose(known: &Known<'_>, stage: &Stage, tasks: &[&Task]) -> String {
    if stage.kind == StageKind::Story
        && let Some(story) = stage.story.as_deref().and_then(|id| known.stories.get(id))
    {
        return format!(
            "{}.",
            crate::model::words::short(story.bare(), 40).trim_end_matches('.')
        );
    }
    match stage.kind {
        StageKind::Setup => return setup(tasks),
        StageKind::Polish => return polish(tasks),
        _ => {}
    }
    let state = stage
        .mark
        .map(|mark| format!("The source calls it {}. ", crate::model::state(mark)))
        .unwrap_or_default();
    let mut brought: Vec<(&str, &str)> = Vec::new();
    for id in tasks
        .iter()
        .filter(|task| task.layer != Layer::Show)
        .flat_map(|task| &task.refs)
    {
        if let Some((id, node)) = known.requirements.get_key_value(id.as_str())
            && !brought.iter().any(|(other, _)| other == id)
            && brought.len() < 9
        {
            brought.push((id, node.bare()));
        }
    }
    let parts: Vec<String> = brought
        .iter()
        .take(8)
        .map(|(id, text)| format!("{id} ({})", crate::model::words::short(text, 5)))
        .collect();
    match (parts.is_empty(), brought.len() > 8) {
        (true, _) => format!("{state}Work that the source lists here."),
        (_, true) => format!("{state}It works on {} and more.", parts.join(", ")),
        _ => format!("{state}It works on {}.", parts.join(", ")),
    }
}
