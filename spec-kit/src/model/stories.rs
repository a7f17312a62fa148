//! Slices that can be built and shown one by one: the author's stories, else the groups of
//! requirements that the source itself has, else its goals.

use super::links::{self, RELATED};
use super::node::{Basis, Node, Passage, Scene, Tie};
use super::ties::Ties;
use crate::manifest::{NodeKind, Relation};
use crate::order::Gather;
use std::collections::{BTreeMap, BTreeSet};

/// More groups than this are no stories but a list.
const MAX_GROUPS: usize = 12;

/// A story before it has an id, and the ids of what it stands for.
#[derive(Debug)]
pub(super) struct Draft {
    pub node: Node,
    pub goals: Vec<String>,
    pub requirements: Vec<String>,
}

/// Stories for a source that has none.
pub(super) fn derive(goals: &[Node], requirements: &[Node], ties: &Ties) -> Vec<Draft> {
    // What a goal itself was made a requirement of stands in the goal's section.
    let of_goals: BTreeSet<&Vec<crate::text::Span>> = goals.iter().map(|g| &g.spans).into_set();
    let stated: Vec<&Node> = requirements
        .iter()
        .filter(|node| !of_goals.contains(&node.spans))
        .collect();
    let groups = groups(&stated);
    if groups.len() >= 2 && groups.len() <= MAX_GROUPS {
        return groups
            .into_iter()
            .map(|group| of_group(group, ties))
            .collect();
    }
    let by_id: BTreeMap<&str, &Node> = requirements
        .iter()
        .map(|node| (node.id.as_str(), node))
        .into_map();
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    goals
        .iter()
        .filter_map(|goal| {
            // A requirement that serves several goals is built with the first.
            let own: Vec<&Node> = ties
                .reaching(&goal.id, Relation::Serves)
                .filter_map(|tie| by_id.get(tie.from.as_str()).copied())
                .filter(|requirement| !taken.contains(requirement.id.as_str()))
                .collect();
            taken.extend(own.iter().map(|node| node.id.as_str()));
            (!own.is_empty()).then(|| of_goal(goal, &own))
        })
        .collect()
}

/// Requirements by the innermost heading that they share, in order, where there are several.
fn groups<'a>(requirements: &[&'a Node]) -> Vec<Vec<&'a Node>> {
    let mut order: Vec<&[String]> = Vec::new();
    let mut by_section: BTreeMap<&[String], Vec<&Node>> = BTreeMap::new();
    for &node in requirements {
        let group = by_section.entry(&node.section).or_default();
        if group.is_empty() {
            order.push(&node.section);
        }
        group.push(node);
    }
    order
        .into_iter()
        .filter_map(|section| by_section.remove(section))
        .collect()
}

fn of_group(group: Vec<&Node>, ties: &Ties) -> Draft {
    let title = group
        .first()
        .and_then(|node| node.section.last())
        .map_or_else(String::new, |title| super::markdown::plain(title));
    let ids: Vec<String> = group.iter().map(|node| node.id.clone()).collect();
    let goals: BTreeSet<String> = ids
        .iter()
        .flat_map(|id| ties.leaving(id, Relation::Serves))
        .map(|tie| tie.to.clone())
        .into_set();
    let mut node = Node::new(NodeKind::Story, title.clone());
    node.title = Some(title);
    node.section = group.first().map(|n| n.section.clone()).unwrap_or_default();
    node.spans = group.first().map(|n| n.spans.clone()).unwrap_or_default();
    for member in &group {
        node.stems.extend(member.stems.iter().cloned());
    }
    node.stems.truncate(super::words::MAX_WORDS);
    Draft {
        node,
        goals: goals.into_iter().collect(),
        requirements: ids,
    }
}

fn of_goal(goal: &Node, requirements: &[&Node]) -> Draft {
    let mut node = Node::new(NodeKind::Story, goal.text.trim_end_matches('.').to_owned());
    node.title = Some(goal.name().trim_end_matches('.').to_owned());
    node.section.clone_from(&goal.section);
    node.spans.clone_from(&goal.spans);
    for member in requirements {
        node.stems.extend(member.stems.iter().cloned());
    }
    node.stems.truncate(super::words::MAX_WORDS);
    Draft {
        node,
        goals: vec![goal.id.clone()],
        requirements: requirements.iter().map(|n| n.id.clone()).collect(),
    }
}

/// Who a story is for: the persona that shares most words with it.
pub(super) fn actors(stories: &[Node], personas: &[Node]) -> Vec<Tie> {
    let personas: Vec<&Node> = personas.iter().collect();
    let matcher = links::matcher(&personas);
    stories
        .iter()
        .filter_map(|story| {
            let found = matcher.best(&story.stems, RELATED / 2.0)?;
            let persona = personas.get(found.target)?;
            Some(Tie {
                from: story.id.clone(),
                to: persona.id.clone(),
                relation: Relation::Serves,
                basis: Basis::Words(found.shared),
            })
        })
        .collect()
}

/// What somebody wants who says it as a story: `open the panel` of `As a user, I want to open the
/// panel, so that …`.
pub(super) fn want(text: &str) -> Option<String> {
    wanted(text).map(|wanted| super::words::short(&wanted, 12))
}

/// The same, to its end.
fn wanted(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let begins = ["as a ", "as an ", "as the ", "作为", "作為"];
    if !begins.iter().any(|word| lower.starts_with(word)) {
        return None;
    }
    let joints = [
        " i want to ",
        " i would like to ",
        " i need to ",
        " i want ",
        " i need ",
        " i can ",
        "我希望",
        "我想要",
        "我想",
    ];
    let (at, joint) = joints
        .iter()
        .filter_map(|joint| Some((lower.find(joint)?, *joint)))
        .min_by_key(|(at, joint)| (*at, usize::MAX - joint.len()))?;
    let rest = text.get(at + joint.len()..)?;
    let lower = lower.get(at + joint.len()..)?;
    let end = [
        " so that ",
        " in order to ",
        "以便",
        "从而",
        "從而",
        "，这样",
    ]
    .iter()
    .filter_map(|reason| lower.find(reason))
    .min()
    .unwrap_or(rest.len());
    let said = rest
        .get(..end)?
        .trim()
        .trim_end_matches([',', '.', '，', '。', ' ']);
    let mut letters = said.chars();
    let first = letters.next()?;
    // Half a code span would swallow what follows.
    let is_whole = said.matches('`').count() % 2 == 0;
    is_whole.then(|| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// A story that no requirement serves asks for something all the same: what is wanted, at its place.
pub(super) fn requirement_of(story: &Node) -> Node {
    let text = wanted(&story.text).or_else(|| story.title.clone());
    let mut node = story.clone();
    node.kind = NodeKind::Requirement;
    node.id = String::new();
    node.own = None;
    node.named = vec![story.id.clone()];
    node.text = text.unwrap_or_else(|| story.text.clone());
    node.keyword = None;
    let steps: Vec<_> = story
        .scenarios
        .iter()
        .filter_map(|scene| scene.span)
        .collect();
    let is_of_story = |detail: &Passage| {
        steps.iter().any(|step| step.holds(detail.span))
            || [WHY, TEST]
                .iter()
                .any(|labels| labelled(detail, labels).is_some())
    };
    node.details.retain(|detail| !is_of_story(detail));
    node.scenarios.clear();
    node
}

/// What spec-kit's template and its translations call the reason for a priority.
const WHY: &[&str] = &[
    "why this priority",
    "pourquoi cette priorité",
    "warum diese priorität",
    "por qué esta prioridad",
    "por que esta prioridade",
    "この優先度の理由",
    "为什么是这个优先级",
];
/// And how a story is tried on its own.
const TEST: &[&str] = &[
    "independent test",
    "test indépendant",
    "unabhängiger test",
    "prueba independiente",
    "teste independente",
    "独立テスト",
    "独立测试",
];

/// Why a story has its priority, as its author says.
pub fn reason(story: &Node) -> Option<Passage> {
    story
        .details
        .iter()
        .find_map(|detail| labelled(detail, WHY))
}

/// How a story is tried on its own, as its author says.
pub fn independent_test(story: &Node) -> Option<Passage> {
    story
        .details
        .iter()
        .find_map(|detail| labelled(detail, TEST))
}

fn labelled(detail: &Passage, labels: &[&str]) -> Option<Passage> {
    let (label, text) = detail.text.split_once([':', '：'])?;
    let label = label.trim_matches(['*', ' ']).to_lowercase();
    let text = text.trim_start_matches(['*', ' ']).trim();
    (labels.contains(&label.as_str()) && !text.is_empty()).then(|| Passage {
        text: text.to_owned(),
        span: detail.span,
    })
}

/// How a criterion or requirement looks as a scenario: its own words, put where its grammar says.
/// Without a when where it has no words for it.
pub fn scene(criterion: &Node, context: &str) -> Scene {
    let text = criterion.text.trim_end_matches('.');
    let span = criterion.spans.first().copied();
    let make = |given: &str, when: &str, then: &str| Scene {
        given: given.to_owned(),
        when: when.trim().trim_matches(',').to_owned(),
        then: then.trim().to_owned(),
        span,
    };
    if let Some(own) = criterion.scenarios.first()
        && !own.then.is_empty()
    {
        let or = |said: &str, otherwise: &str| match said {
            "" => otherwise.to_owned(),
            said => said.to_owned(),
        };
        return make(&or(&own.given, context), &own.when, &own.then);
    }
    if let Some((cause, effect)) = led(text) {
        return make(context, cause, effect);
    }
    if let Some((cause, effect)) = split(text, &[" triggers ", " leads to ", " results in "]) {
        return make(
            context,
            &format!("{cause} happens"),
            &format!("{effect} follows"),
        );
    }
    if let Some((effect, cause)) = split(
        text,
        &[
            " when ",
            " whenever ",
            " after ",
            " as soon as ",
            " if ",
            " once ",
        ],
    ) {
        return make(context, cause, effect);
    }
    if let Some((effect, cause)) = split(text, &[" of status changes", " of a change"]) {
        return make(context, &format!("the status changes{cause}"), effect);
    }
    if let Some((subject, result)) = split(
        text,
        &[" produces ", " creates ", " returns ", " generates "],
    ) {
        return make(
            context,
            &format!("{subject} is used"),
            &format!("it produces {result}"),
        );
    }
    make(context, "", text)
}

/// `While the shop is closed, orders are refused`: cause and effect of a sentence that begins with
/// its cause.
fn led(text: &str) -> Option<(&str, &str)> {
    let cause = [
        "when ",
        "while ",
        "whenever ",
        "if ",
        "once ",
        "after ",
        "as soon as ",
    ]
    .iter()
    .find_map(|lead| {
        let head = text.get(..lead.len())?;
        head.eq_ignore_ascii_case(lead)
            .then(|| text.get(lead.len()..))?
    })?;
    let (cause, effect) = cause.split_once(", ")?;
    let effect = effect.strip_prefix("then ").unwrap_or(effect);
    (cause.matches('`').count() % 2 == 0 && !effect.is_empty()).then_some((cause, effect))
}

fn split<'a>(text: &'a str, joints: &[&str]) -> Option<(&'a str, &'a str)> {
    joints.iter().find_map(|joint| {
        let (before, after) = text.split_once(joint)?;
        // Not inside of code.
        (before.matches('`').count() % 2 == 0 && !before.trim().is_empty())
            .then_some((before.trim(), after.trim()))
            .filter(|(_, after)| !after.is_empty() || joint.ends_with("changes"))
    })
}
