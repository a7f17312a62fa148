use super::collect::{self, Collected};
use super::node::{Basis, Node, Tie};
use super::stories::{self, Draft};
use super::words::Stem;
use super::{
    Lacking, Model, Ties, context, delta, head, inventory, links, listings, milestones, own_tasks,
    phrasing, principles, questions, risks, unknown,
};
use crate::facts::{Document, Keyword};
use crate::ids::{Claim, Mint};
use crate::manifest::{NodeKind, Relation};
use crate::order::{Gather, Order};
use crate::parallel;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) type Nodes = BTreeMap<NodeKind, Vec<Node>>;

pub(super) fn model(document: &Document, mint: &mut Mint) -> Result<Model, Lacking> {
    let size = document.source.text().len();
    let (collected, (mut milestones, found)) = parallel::join(
        size,
        || collect::collect(document),
        || {
            let milestones = milestones::milestones(document);
            (milestones, questions::questions(document))
        },
    );
    let Collected {
        mut nodes,
        problem,
        assumptions,
        edge_cases,
        statements,
        later,
    } = collected;
    check(document, &nodes, problem.is_empty())?;
    let reason = delta::reason(document, &nodes, problem.is_empty());
    nodes.entry(NodeKind::Question).or_default().extend(reason);
    mint.reserve(
        nodes
            .values()
            .flatten()
            .filter_map(|node| node.own.as_deref()),
    );
    let asked = nodes.entry(NodeKind::Question).or_default();
    asked.iter_mut().for_each(questions::unmark);
    asked.extend(found);
    own_tasks::settle(&mut milestones, &nodes);
    // What the source calls T9, the bundle calls nothing else so.
    let cited = document.citations.iter().map(|citation| &citation.id);
    mint.reserve(
        cited
            .filter(|id| id.prefix == "T")
            .map(|id| id.written.as_str()),
    );
    let unknown = unknown::ids(document, &nodes, &milestones);
    nodes.entry(NodeKind::Question).or_default().extend(unknown);
    let conflicts = out_of_scope(&nodes);
    nodes
        .entry(NodeKind::Question)
        .or_default()
        .extend(conflicts);
    for kind in [
        NodeKind::Goal,
        NodeKind::NonGoal,
        NodeKind::Persona,
        NodeKind::Requirement,
        NodeKind::NonFunctional,
        NodeKind::Success,
        NodeKind::Acceptance,
        NodeKind::Decision,
        NodeKind::Question,
    ] {
        if kind == NodeKind::Requirement {
            give_ids(&mut nodes, NodeKind::Story, mint);
            add_requirements_of_stories(&mut nodes);
            // What a story asks for may serve a goal.
            add_requirements_of_goals(&mut nodes);
        }
        give_ids(&mut nodes, kind, mint);
    }
    phrasing::phrase(&mut nodes);
    let mut ties = Ties::default();
    ties.extend(serve_goals(&nodes));
    tie_stories(&mut nodes, &mut ties, mint);
    tie_criteria(&nodes, &mut ties);
    let derived = principles::derive(&nodes);
    nodes
        .entry(NodeKind::Principle)
        .or_default()
        .extend(derived);
    give_ids(&mut nodes, NodeKind::Principle, mint);
    risks::risks(&mut nodes, &statements, &ties);
    give_ids(&mut nodes, NodeKind::Risk, mint);
    nodes.retain(|_, list| !list.is_empty());
    let inventory = inventory::inventory(document, &statements);
    Ok(Model {
        title: head::title(document),
        file: document.source.file().to_owned(),
        sha256: document.source.sha256().to_owned(),
        date: head::date(document),
        context: context::fields(document, &inventory, &nodes),
        problem,
        assumptions,
        edge_cases,
        statements,
        later,
        kinds: nodes
            .values()
            .flatten()
            .map(|node| (node.id.clone(), node.kind))
            .collect(),
        nodes,
        ties,
        inventory,
        milestones,
        listings: listings::listings(document),
        sets: document.sets.clone(),
        quantities: document.quantities.clone(),
    })
}

fn check(document: &Document, nodes: &Nodes, no_problem: bool) -> Result<(), Lacking> {
    let has = |kinds: &[NodeKind]| kinds.iter().any(|kind| nodes.contains_key(kind));
    let file = document.source.file().to_owned();
    let is_change = delta::is_delta(document) && has(&[NodeKind::Requirement]);
    if no_problem && !is_change && !has(&[NodeKind::Goal, NodeKind::Story]) {
        return Err(Lacking::Purpose { file });
    }
    if !has(&[NodeKind::Requirement, NodeKind::Goal, NodeKind::Story]) {
        return Err(Lacking::Requirements { file });
    }
    Ok(())
}

/// What is asked for and excluded at once.
fn out_of_scope(nodes: &Nodes) -> Vec<Node> {
    let non_goals = all(nodes, NodeKind::NonGoal);
    let exclusions = super::Exclusions::of(non_goals);
    [
        NodeKind::Goal,
        NodeKind::Requirement,
        NodeKind::NonFunctional,
    ]
    .iter()
    .flat_map(|kind| all(nodes, *kind))
    .filter_map(|node| Some((node, exclusions.hit(&node.stems)?)))
    // Not to do what is excluded agrees with it.
    .filter(|(node, _)| !is_refusal(node))
    .filter_map(|(node, excluded)| {
        let excluded = non_goals.get(excluded)?;
        let mut question = Node::new(
            NodeKind::Question,
            format!(
                "“{}” is asked for, but “{}” is said not to be wanted. Which holds?",
                node.bare(),
                excluded.bare()
            ),
        );
        question.spans = node.spans.iter().chain(&excluded.spans).copied().collect();
        question.section.clone_from(&node.section);
        Some(question)
    })
    .collect()
}

fn is_refusal(node: &Node) -> bool {
    matches!(node.keyword, Some(Keyword::MustNot | Keyword::ShouldNot))
        || super::denies(node.bare())
}

fn give_ids(nodes: &mut Nodes, kind: NodeKind, mint: &mut Mint) {
    let Some(list) = nodes.get_mut(&kind) else {
        return;
    };
    let claims: Vec<Claim> = list
        .iter()
        .map(|node| Claim {
            own: node.own.as_deref(),
            text: match kind {
                // Its words repeat those of its rules, which change more often than its name.
                NodeKind::Principle | NodeKind::Persona | NodeKind::Story => node.name().into(),
                _ => node.text.as_str().into(),
            },
            section: &node.section,
        })
        .collect();
    let ids = mint.assign(kind, &claims);
    for (node, id) in list.iter_mut().zip(ids) {
        node.id = id;
    }
}

/// Which goals no requirement serves is known by their words alone, before there are ids.
fn add_requirements_of_goals(nodes: &mut Nodes) {
    let ties = serve_goals(nodes);
    let made = links::requirements_of_goals(all(nodes, NodeKind::Goal), &ties);
    nodes.entry(NodeKind::Requirement).or_default().extend(made);
}

/// Which stories no requirement serves is known by places and words, before requirements have ids.
fn add_requirements_of_stories(nodes: &mut Nodes) {
    if list(nodes, NodeKind::Story).is_empty() {
        return;
    }
    let requirements = nodes.entry(NodeKind::Requirement).or_default();
    // Only to tell them from each other: they get their ids next.
    for (at, node) in requirements.iter_mut().enumerate() {
        node.id = at.to_string();
    }
    let stories = list(nodes, NodeKind::Story);
    let ties = serve_stories(&list(nodes, NodeKind::Requirement), &stories);
    let served: BTreeSet<&str> = ties.iter().map(|tie| tie.to.as_str()).into_set();
    let made: Vec<Node> = stories
        .iter()
        .filter(|story| !served.contains(story.id.as_str()))
        .map(|story| stories::requirement_of(story))
        .collect();
    nodes.entry(NodeKind::Requirement).or_default().extend(made);
}

/// A requirement is built in one story: that below its heading, else the best.
fn serve_stories(from: &[&Node], stories: &[&Node]) -> Vec<Tie> {
    let below = stories_below(from, stories);
    let placed: BTreeSet<&str> = below.iter().map(|tie| tie.from.as_str()).into_set();
    let rest: Vec<&Node> = from
        .iter()
        .filter(|node| !placed.contains(node.id.as_str()))
        .copied()
        .collect();
    let mut ties = links::tie(&rest, Relation::Serves, stories);
    ties.dedup_by(|later, first| later.from == first.from && later.basis != Basis::Named);
    ties.extend(below.iter().cloned());
    ties
}

pub(super) fn list(nodes: &Nodes, kind: NodeKind) -> Vec<&Node> {
    all(nodes, kind).iter().collect()
}

fn all(nodes: &Nodes, kind: NodeKind) -> &[Node] {
    nodes.get(&kind).map_or(&[], Vec::as_slice)
}

fn serve_goals(nodes: &Nodes) -> Vec<Tie> {
    let goals = list(nodes, NodeKind::Goal);
    let requirements = [
        list(nodes, NodeKind::Requirement),
        list(nodes, NodeKind::NonFunctional),
    ]
    .concat();
    links::tie(&requirements, Relation::Serves, &goals)
}

fn tie_stories(nodes: &mut Nodes, ties: &mut Ties, mint: &mut Mint) {
    if !all(nodes, NodeKind::Story).is_empty() {
        let stories = list(nodes, NodeKind::Story);
        let goals = list(nodes, NodeKind::Goal);
        ties.extend(links::tie(&stories, Relation::Serves, &goals));
        let from = list(nodes, NodeKind::Requirement);
        ties.extend(serve_stories(&from, &stories));
    } else {
        let goals = all(nodes, NodeKind::Goal);
        let drafts = stories::derive(goals, all(nodes, NodeKind::Requirement), ties);
        let mut tied: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        let own: Vec<Node> = drafts
            .into_iter()
            .map(
                |Draft {
                     node,
                     goals,
                     requirements,
                 }| {
                    tied.push((goals, requirements));
                    node
                },
            )
            .collect();
        nodes.insert(NodeKind::Story, own);
        give_ids(nodes, NodeKind::Story, mint);
        for (story, (goals, requirements)) in list(nodes, NodeKind::Story).iter().zip(tied) {
            let tie = |from: &str, to: &str| Tie {
                from: from.to_owned(),
                to: to.to_owned(),
                relation: Relation::Serves,
                basis: Basis::Derived,
            };
            ties.extend(goals.iter().map(|goal| tie(&story.id, goal)));
            ties.extend(requirements.iter().map(|from| tie(from, &story.id)));
        }
    }
    ties.extend(stories::actors(
        all(nodes, NodeKind::Story),
        all(nodes, NodeKind::Persona),
    ));
}

/// A requirement that is a heading, and the story below it.
fn stories_below(requirements: &[&Node], stories: &[&Node]) -> Vec<Tie> {
    requirements
        .iter()
        .filter(|node| node.named.is_empty())
        .filter_map(|node| {
            let at = stories.partition_point(|story| {
                story
                    .spans
                    .first()
                    .is_some_and(|span| span.start < node.whole.start)
            });
            let story = stories.get(at)?;
            let span = *story.spans.first()?;
            node.whole.holds(span).then(|| Tie {
                from: node.id.clone(),
                to: story.id.clone(),
                relation: Relation::Serves,
                basis: Basis::Derived,
            })
        })
        .collect()
}

/// What a criterion shows: the requirement that it stands below, else requirements, by their own words and those of their goals; rules and
/// decisions only where much is shared.
fn tie_criteria(nodes: &Nodes, ties: &mut Ties) {
    let requirements = list(nodes, NodeKind::Requirement);
    let goals: HashMap<&str, &Node> = list(nodes, NodeKind::Goal)
        .into_iter()
        .map(|goal| (goal.id.as_str(), goal))
        .collect();
    // What was made of a goal is wide: it has what the source's own requirements leave.
    let (made, stated): (Vec<&Node>, Vec<&Node>) = requirements
        .iter()
        .partition(|node| links::goal_of(node, &goals).is_some());
    let (first, second) = match stated.is_empty() {
        true => (made, stated),
        false => (stated, made),
    };
    let around: Vec<Vec<Stem>> = first
        .iter()
        .map(|node| {
            ties.leaving(&node.id, Relation::Serves)
                .filter_map(|tie| goals.get(tie.to.as_str()))
                .flat_map(|goal| goal.stems.iter().cloned())
                .collect()
        })
        .collect();
    let criteria = [
        list(nodes, NodeKind::Acceptance),
        list(nodes, NodeKind::Success),
    ]
    .concat();
    let mut by_place = requirements.clone();
    by_place.order_by_key(|node| node.whole.start);
    let below = links::tie_inside(&criteria, Relation::Validates, &by_place);
    let placed: BTreeSet<&str> = below.iter().map(|tie| tie.from.as_str()).into_set();
    let criteria: Vec<&Node> = criteria
        .into_iter()
        .filter(|node| !placed.contains(node.id.as_str()))
        .collect();
    let of_stories = below_stories(&criteria, nodes, ties);
    let placed: BTreeSet<&str> = of_stories.iter().map(|tie| tie.from.as_str()).into_set();
    let criteria: Vec<&Node> = criteria
        .into_iter()
        .filter(|node| !placed.contains(node.id.as_str()))
        .collect();
    let binding = [
        list(nodes, NodeKind::NonFunctional),
        list(nodes, NodeKind::Decision),
    ]
    .concat();
    ties.extend(links::tie_around(
        &criteria,
        Relation::Validates,
        &first,
        &around,
        links::RELATED,
    ));
    let left: Vec<&Node> = criteria
        .iter()
        .filter(|node| ties.leaving(&node.id, Relation::Validates).next().is_none())
        .copied()
        .collect();
    ties.extend(links::tie_around(
        &left,
        Relation::Validates,
        &second,
        &[],
        links::CLOSE,
    ));
    ties.extend(links::tie_around(
        &criteria,
        Relation::Validates,
        &binding,
        &[],
        links::CLOSE,
    ));
    ties.extend(of_stories.iter().cloned());
    ties.extend(below.iter().cloned());
}

/// Criteria that stand below a story show what is built for it.
fn below_stories(criteria: &[&Node], nodes: &Nodes, ties: &Ties) -> Vec<Tie> {
    let mut stories = list(nodes, NodeKind::Story);
    stories.order_by_key(|node| node.whole.start);
    let requirements: BTreeSet<&str> = list(nodes, NodeKind::Requirement)
        .into_iter()
        .map(|node| node.id.as_str())
        .into_set();
    links::tie_inside(criteria, Relation::Validates, &stories)
        .into_iter()
        .flat_map(|tie| {
            let building = ties.reaching(&tie.to, Relation::Serves);
            let ids = building.filter(|built| requirements.contains(built.from.as_str()));
            ids.take(links::MAX_TARGETS)
                .map(|built| Tie {
                    to: built.from.clone(),
                    ..tie.clone()
                })
                .collect::<Vec<_>>()
        })
        .collect()
}
