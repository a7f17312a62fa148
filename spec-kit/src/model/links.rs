//! Which node stands for which: as the author says, else by the words that they share.

use super::concepts;
use super::matcher::{Match, Matcher};
use super::node::{Basis, Node, Tie};
use super::words::Stem;
use crate::manifest::{NodeKind, Relation};
use crate::order::Gather;
use crate::parallel;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

/// Less than this in common is chance.
pub(super) const RELATED: f64 = 0.16;
/// So much that it can hardly be chance.
pub(super) const CLOSE: f64 = 0.3;
/// One word in common makes a tie where it is so much of what one of the two says.
const MUCH: f64 = 0.5;
/// A second target must be nearly as good as the first.
const ALSO: f64 = 0.75;
/// Less so for a criterion, which often takes several requirements.
const ALSO_SHOWN: f64 = 0.6;
/// A requirement serves few goals, a criterion shows few requirements.
pub(super) const MAX_TARGETS: usize = 3;

/// What is tied to what: (nodes, by which relation, to nodes).
pub(super) fn tie(from: &[&Node], relation: Relation, to: &[&Node]) -> Vec<Tie> {
    tie_around(from, relation, to, &[], RELATED)
}

/// The same, where each target has words around it too, and from a likeness on.
pub(super) fn tie_around(
    from: &[&Node],
    relation: Relation,
    to: &[&Node],
    around: &[Vec<Stem>],
    at_least: f64,
) -> Vec<Tie> {
    // Of two things with one id in the source the first has it in the bundle, so what is given
    // goes before what was written.
    let written = || {
        let own = to
            .iter()
            .filter_map(|node| Some((node.own.as_deref()?, node.id.as_str())));
        own.chain(to.iter().map(|node| (node.id.as_str(), node.id.as_str())))
    };
    let ids: HashMap<&str, &str> = written().collect();
    // Seldom asked for, and as many as there are ids.
    let forms: OnceLock<BTreeMap<String, &str>> = OnceLock::new();
    let in_other_form = |name: &str| {
        let forms = forms.get_or_init(|| written().map(|(id, to)| (in_one_form(id), to)).collect());
        forms.get(&in_one_form(name)).copied()
    };
    let known = |name: &str| ids.get(name).copied().or_else(|| in_other_form(name));
    let also = match relation {
        Relation::Validates => ALSO_SHOWN,
        _ => ALSO,
    };
    let matcher = matcher_around(to, around);
    let size = from.iter().map(|node| node.text.len()).sum();
    let of_each = parallel::map(size, from, |node| {
        let named: BTreeSet<&str> = node.named.iter().filter_map(|name| known(name)).into_set();
        let tie = |to: &str, basis| Tie {
            from: node.id.clone(),
            to: to.to_owned(),
            relation,
            basis,
        };
        if !named.is_empty() {
            let named = named.into_iter().map(|id| tie(id, Basis::Named));
            return named.collect::<Vec<_>>();
        }
        let matches = matcher.find(&node.stems, MAX_TARGETS);
        let best = matches.first().map_or(0.0, |best| best.score);
        let most = matches.first().is_some_and(|best| best.is_telling(1.0));
        // A criterion shows what it can; a thing serves what it is about.
        let is_meant = |found: &Match| match relation {
            Relation::Validates => found.is_telling(1.0) || !most,
            _ => found.is_telling(MUCH),
        };
        matches
            .into_iter()
            .filter(|found| found.score >= at_least && found.score >= best * also)
            .filter(is_meant)
            .filter_map(|found| Some(tie(&to.get(found.target)?.id, Basis::Words(found.shared))))
            .collect()
    });
    of_each.into_iter().flatten().collect()
}

/// `User Story 002` has the id `US002` and may be cited as `US-002` or `US2`.
fn in_one_form(id: &str) -> String {
    let digits = id.find(|c: char| c.is_ascii_digit()).unwrap_or(id.len());
    let (letters, number) = id.split_at(digits);
    let mut form = letters
        .trim_end_matches(['-', '_', ' '])
        .to_ascii_uppercase();
    form.push_str(number.trim_start_matches('0'));
    form
}

/// What stands below what: each node whose place is inside of one of the others, tied to the
/// innermost. `outer` is in the order of the text.
pub(super) fn tie_inside(inner: &[&Node], relation: Relation, outer: &[&Node]) -> Vec<Tie> {
    inner
        .iter()
        .filter(|node| node.named.is_empty())
        .filter_map(|node| {
            let span = *node.spans.first()?;
            let after = outer.partition_point(|above| above.whole.start <= span.start);
            // Those that begin before it, the last first; few are nested in each other.
            let holds =
                |above: &&&&Node| above.whole.holds(span) && above.spans.first() != Some(&span);
            let above = outer
                .iter()
                .take(after)
                .rev()
                .take(8)
                .find(|above| holds(&above))?;
            Some(Tie {
                from: node.id.clone(),
                to: above.id.clone(),
                relation,
                basis: Basis::Derived,
            })
        })
        .collect()
}

/// Finds nodes by their words, and less by those of their section.
pub(super) fn matcher(nodes: &[&Node]) -> Matcher {
    matcher_around(nodes, &[])
}

fn matcher_around(nodes: &[&Node], around: &[Vec<Stem>]) -> Matcher {
    // Many nodes stand in one section.
    let mut sections: HashMap<&str, Vec<Stem>> = HashMap::new();
    for node in nodes {
        let title = node.section.last().map_or("", String::as_str);
        sections
            .entry(title)
            .or_insert_with(|| concepts::stems(title));
    }
    Matcher::new(nodes.iter().enumerate().map(|(at, node)| {
        let title = node.section.last().map_or("", String::as_str);
        let section = sections.get(title).map_or(&[][..], Vec::as_slice);
        let around = around.get(at).map_or(&[][..], Vec::as_slice);
        vec![(node.stems.as_slice(), 1.0), (around, 0.4), (section, 0.3)]
    }))
}

/// The goal that a requirement was made of.
pub(super) fn goal_of<'a>(node: &Node, goals: &HashMap<&str, &'a Node>) -> Option<&'a Node> {
    let goal = goals.get(node.named.first()?.as_str())?;
    (goal.spans == node.spans).then_some(goal)
}

/// A goal that no requirement serves becomes one itself, at the goal's place.
pub(super) fn requirements_of_goals(goals: &[Node], ties: &[Tie]) -> Vec<Node> {
    let served: BTreeSet<&str> = ties
        .iter()
        .filter(|tie| tie.relation == Relation::Serves)
        .map(|tie| tie.to.as_str())
        .into_set();
    goals
        .iter()
        .filter(|goal| !served.contains(goal.id.as_str()))
        .map(|goal| Node {
            kind: NodeKind::Requirement,
            id: String::new(),
            own: None,
            named: vec![goal.id.clone()],
            ..goal.clone()
        })
        .collect()
}
