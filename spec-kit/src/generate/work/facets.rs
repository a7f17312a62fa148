use crate::facts::Role;
use crate::manifest::{NodeKind, Relation};
use crate::model::words::Stem;
use crate::model::{Matcher, Model, Node, Standing, Thing, concepts};
use crate::order::Gather;
use crate::parallel;
use std::collections::{BTreeMap, BTreeSet};

/// So much in common, and a thing belongs to a requirement.
const OWNED: f64 = 0.16;
/// A sentence in passing has to say more.
const SAID: f64 = 0.2;
/// One word in common says enough where it is so much of what either says.
const MUCH: f64 = 0.4;
/// More screens than these no person lists.
const MAX_SCREENS: usize = 300;
/// For what has a name of its own, such as an endpoint that nothing else is like.
const NAMED: f64 = 0.08;
/// Less for what stands beside other rules of it.
const BESIDE: f64 = 0.3;

/// The id of the requirement that words speak of, from a likeness on.
type Owner<'a> = dyn Fn(&[Stem], f64) -> Option<String> + Sync + 'a;

/// Which things, rules and sentences belong to which requirement. Indices are those of the model.
#[derive(Debug, Default)]
pub(in crate::generate) struct Facets {
    pub by_requirement: BTreeMap<String, Facet>,
    /// Endpoint → requirement, screen → requirement, rule → requirement.
    pub endpoints: Vec<Option<String>>,
    pub screens: Vec<Option<String>>,
    /// Screen → what the source says of it.
    pub by_screen: Vec<Vec<usize>>,
    /// By the rule's id.
    pub rules: BTreeMap<String, String>,
    /// Endpoint → tables.
    pub endpoint_tables: Vec<Vec<usize>>,
    /// Table → requirements.
    pub by_table: Vec<Vec<String>>,
}

#[derive(Debug, Default)]
pub(in crate::generate) struct Facet {
    pub tables: Vec<usize>,
    pub endpoints: Vec<usize>,
    pub screens: Vec<usize>,
    pub statements: Vec<usize>,
    pub rules: Vec<usize>,
}

impl Facets {
    pub(super) fn of(model: &Model) -> Self {
        let requirements = model.of_kind(NodeKind::Requirement);
        let bags = bags(model, requirements);
        // What comes later has nothing of what is built now, and what a goal was made of is wide.
        let made: BTreeSet<&str> = model
            .requirements_of_goals()
            .into_values()
            .map(|node| node.id.as_str())
            .into_set();
        let has_stated = made.len() < requirements.len();
        let matcher = Matcher::new(requirements.iter().zip(&bags).map(|(node, bag)| {
            if node.standing == Standing::Later || has_stated && made.contains(node.id.as_str()) {
                return Vec::new();
            }
            vec![(node.stems.as_slice(), 1.0), (bag.as_slice(), 0.4)]
        }));
        // A thing is what it is called; what is said of it comes second.
        let thing_owner = |thing: &Thing| {
            let name = without_verb(&concepts::stems(&thing.name));
            let mut scores: BTreeMap<usize, f64> = BTreeMap::new();
            for (words, part) in [(&thing.stems, 1.0), (&name, 0.6)] {
                for found in matcher.find(&without_verb(words), 5) {
                    *scores.entry(found.target).or_default() += found.score * part;
                }
            }
            scores
                .into_iter()
                .filter(|(_, score)| *score >= NAMED)
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
                .and_then(|(target, _)| requirements.get(target))
                .map(|node| node.id.clone())
        };
        let heads = Heads::of(model);
        let inventory = &model.inventory;
        let size = |things: &[Thing]| things.iter().map(|thing| thing.text.len()).sum();
        let owners = |things: &[Thing]| parallel::map(size(things), things, thing_owner);
        let mut facets = Self {
            endpoints: owners(&inventory.endpoints),
            screens: owners(&inventory.screens),
            endpoint_tables: inventory
                .endpoints
                .iter()
                .map(|thing| heads.among(&thing.stems))
                .collect(),
            ..Self::default()
        };
        for node in requirements {
            let facet = Facet {
                tables: heads.among(&node.stems),
                ..Facet::default()
            };
            facets.by_requirement.insert(node.id.clone(), facet);
        }
        facets.take_rules(model, &matcher);
        let speaker = |stems: &[Stem], at_least: f64| {
            let mut found = matcher.find(stems, 3).into_iter();
            let found = found.find(|found| found.score >= at_least && found.is_telling(MUCH))?;
            requirements.get(found.target).map(|node| node.id.clone())
        };
        facets.take_statements(model, &speaker);
        facets.take_things();
        facets.take_tables(model, &speaker);
        facets.by_table = vec![Vec::new(); inventory.tables.len()];
        for (id, facet) in &facets.by_requirement {
            for table in &facet.tables {
                if let Some(list) = facets.by_table.get_mut(*table) {
                    list.push(id.clone());
                }
            }
        }
        facets
    }

    fn take_rules(&mut self, model: &Model, matcher: &Matcher) {
        // Many rules stand in one section.
        let mut spoken: BTreeMap<&[String], (bool, Vec<Stem>)> = BTreeMap::new();
        let mut rules: Vec<(usize, &Node, bool, Vec<Stem>)> = Vec::new();
        for (index, rule) in model.of_kind(NodeKind::NonFunctional).iter().enumerate() {
            if rule.standing == Standing::Later
                || super::tasks::layer_of(&rule.stems) == super::Layer::Docs
            {
                continue;
            }
            let (is_access, title) = spoken.entry(&rule.section).or_insert_with(|| {
                let all = concepts::stems(&rule.section.join(" "));
                let title = rule.section.last().map_or("", String::as_str);
                (concepts::speaks_of(&all, "~access"), concepts::stems(title))
            });
            let mut words = rule.stems.clone();
            if !*is_access {
                words.extend(title.iter().cloned());
            }
            rules.push((index, rule, *is_access, words));
        }
        let size = rules.iter().map(|(_, rule, ..)| rule.text.len()).sum();
        let best = parallel::map(size, &rules, |(.., words)| matcher.best(words, 0.0));
        let requirements = model.of_kind(NodeKind::Requirement);
        let mut before: Option<(&[String], String)> = None;
        for ((index, rule, is_access, _), best) in rules.into_iter().zip(best) {
            let beside = before
                .as_ref()
                .filter(|(section, _)| *section == rule.section.as_slice() && !is_access)
                .map(|(_, id)| id.clone());
            let at_least = if beside.is_some() { BESIDE } else { OWNED };
            let found = best
                .filter(|found| found.score >= at_least)
                .and_then(|found| requirements.get(found.target))
                .map(|node| node.id.clone());
            let Some(id) = found.or(beside) else {
                continue;
            };
            before = Some((&rule.section, id.clone()));
            if let Some(facet) = self.by_requirement.get_mut(&id) {
                facet.rules.push(index);
            }
            self.rules.insert(rule.id.clone(), id);
        }
    }

    /// What stands under a screen is said of it, whatever its words.
    fn take_statements(&mut self, model: &Model, owner: &Owner) {
        let mut sections: BTreeMap<&[String], Option<String>> = BTreeMap::new();
        let mut screens: BTreeMap<(&str, &str), Option<usize>> = BTreeMap::new();
        self.by_screen = vec![Vec::new(); model.inventory.screens.len()];
        let mut said: Vec<(usize, Option<String>)> = Vec::new();
        for (index, statement) in model.statements.iter().enumerate() {
            if statement.role == Role::Interface {
                let title = statement.section.last().map_or("", String::as_str);
                let place = (statement.under.as_str(), title);
                let screen = screens.entry(place).or_insert_with(|| {
                    screen_of(model, place.0).or_else(|| screen_of(model, place.1))
                });
                if let Some(said) = screen.and_then(|screen| self.by_screen.get_mut(screen)) {
                    said.push(index);
                    continue;
                }
            }
            // A part of the architecture that is called after a requirement is about it.
            let of_section = match statement.role {
                Role::Architecture | Role::Interface => sections
                    .entry(&statement.section)
                    .or_insert_with(|| {
                        let title = statement.section.last().map_or("", String::as_str);
                        owner(&concepts::stems(title), OWNED)
                    })
                    .clone(),
                _ => None,
            };
            said.push((index, of_section));
        }
        let size = model.statements.iter().map(|said| said.text.len()).sum();
        let owners = parallel::map(size, &said, |(index, of_section)| {
            let by_words = || owner(&model.statements.get(*index)?.stems, SAID);
            of_section.clone().or_else(by_words)
        });
        for ((index, _), id) in said.into_iter().zip(owners) {
            if let Some(facet) = id.and_then(|id| self.by_requirement.get_mut(&id)) {
                facet.statements.push(index);
            }
        }
    }

    /// A table that no requirement names by its head word goes to the one that is most like it.
    fn take_tables(&mut self, model: &Model, owner: &Owner) {
        let used: BTreeSet<usize> = self
            .by_requirement
            .values()
            .flat_map(|facet| facet.tables.iter().copied())
            .into_set();
        for (index, table) in model.inventory.tables.iter().enumerate() {
            if !used.contains(&index)
                && let Some(id) = owner(&table.thing.stems, OWNED)
                && let Some(facet) = self.by_requirement.get_mut(&id)
            {
                facet.tables.push(index);
            }
        }
    }

    fn take_things(&mut self) {
        for (index, id) in self.endpoints.iter().enumerate() {
            let Some(facet) = id.as_ref().and_then(|id| self.by_requirement.get_mut(id)) else {
                continue;
            };
            facet.endpoints.push(index);
            let touched = self.endpoint_tables.get(index).into_iter().flatten();
            let all: BTreeSet<usize> = facet.tables.iter().chain(touched).copied().into_set();
            facet.tables = all.into_iter().collect();
        }
        for (index, id) in self.screens.iter().enumerate() {
            if let Some(facet) = id.as_ref().and_then(|id| self.by_requirement.get_mut(id)) {
                facet.screens.push(index);
            }
        }
    }

    pub(in crate::generate) fn of_requirement(&self, id: &str) -> Option<&Facet> {
        self.by_requirement.get(id)
    }
}

/// The one screen that a title or an introduction names.
fn screen_of(model: &Model, title: &str) -> Option<usize> {
    let words = crate::model::words::normal(title, 24);
    let screens = model.inventory.screens.iter().enumerate().take(MAX_SCREENS);
    let mut named = screens.filter(|(_, screen)| {
        let name = crate::model::words::normal(&screen.name, 8);
        let at = words.find(&name).filter(|_| !name.is_empty());
        at.is_some_and(|at| {
            let is_edge = |letter: Option<char>| letter.is_none_or(|c| c == ' ');
            let end = words
                .get(at + name.len()..)
                .and_then(|rest| rest.chars().next());
            is_edge(words.get(..at).and_then(|head| head.chars().next_back())) && is_edge(end)
        })
    });
    match (named.next(), named.next()) {
        (Some((screen, _)), None) => Some(screen),
        _ => None,
    }
}

/// Words around a requirement: those of the goals that it serves.
fn bags(model: &Model, requirements: &[Node]) -> Vec<Vec<Stem>> {
    let mut goals: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    let by_id: BTreeMap<&str, &Node> = model
        .of_kind(NodeKind::Goal)
        .iter()
        .map(|goal| (goal.id.as_str(), goal))
        .into_map();
    for tie in model.ties.iter() {
        if tie.relation == Relation::Serves
            && let Some(goal) = by_id.get(tie.to.as_str())
        {
            goals.entry(&tie.from).or_default().push(goal);
        }
    }
    requirements
        .iter()
        .map(|node| {
            goals
                .get(node.id.as_str())
                .into_iter()
                .flatten()
                .flat_map(|goal| goal.stems.iter().cloned())
                .collect()
        })
        .collect()
}

fn without_verb(stems: &[Stem]) -> Vec<Stem> {
    let verbs = ["post", "put", "patch", "delet", "http"];
    let first_is_verb = stems.first().is_some_and(|s| verbs.contains(&s.as_str()));
    stems
        .iter()
        .skip(usize::from(first_is_verb))
        .cloned()
        .collect()
}

/// Tables by their head word, `event` of `run_events`.
struct Heads(BTreeMap<Stem, Vec<usize>>);

impl Heads {
    fn of(model: &Model) -> Self {
        let mut heads: BTreeMap<Stem, Vec<usize>> = BTreeMap::new();
        for (index, table) in model.inventory.tables.iter().enumerate() {
            if let Some(head) = crate::model::words::stems(&table.thing.name).pop() {
                heads.entry(head).or_default().push(index);
            }
        }
        Self(heads)
    }

    /// The tables whose head word is among the words.
    fn among(&self, stems: &[Stem]) -> Vec<usize> {
        let found: BTreeSet<usize> = stems
            .iter()
            .filter_map(|stem| self.0.get(stem))
            .flatten()
            .copied()
            .into_set();
        found.into_iter().take(8).collect()
    }
}
