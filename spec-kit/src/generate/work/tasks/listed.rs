//! Work that the source lists under its milestones becomes tasks, in its own words.

use super::*;
use crate::model::words::Bag;
use crate::model::{Match, Work};
use crate::order::Gather;

/// A piece of work and what it is like, before what others cover is known.
struct Looked<'a> {
    work: &'a Work,
    task: Task,
    /// The requirements that it is for.
    refs: Vec<String>,
    /// Those of them that say the same.
    equal: Vec<String>,
    /// The goal that it is most like.
    goal: Option<Match>,
}

/// What work is compared with.
struct Compared {
    requirements: Matcher,
    goals: Matcher,
}

impl<'a> Making<'a> {
    pub(super) fn listed_work(&mut self) {
        let model = self.model;
        let milestones = model.milestones.iter().enumerate();
        let work: Vec<(usize, &Work)> = milestones
            .flat_map(|(number, milestone)| {
                let work = own::in_order(&milestone.work).into_iter();
                work.map(move |work| (number, work))
            })
            .collect();
        let compared = self.compared();
        let size = work.iter().map(|(_, work)| work.text.len()).sum();
        let looked = parallel::map(size, &work, |(number, work)| {
            self.look(*number, work, &compared)
        });
        for looked in looked {
            self.take(looked);
        }
    }

    fn compared(&self) -> Compared {
        let made: BTreeSet<&str> = self.of_goals.values().map(|n| n.id.as_str()).into_set();
        let requirements = self.model.of_kind(NodeKind::Requirement).iter();
        let goals = self.model.of_kind(NodeKind::Goal).iter();
        Compared {
            requirements: Matcher::new(requirements.map(|n| match made.contains(n.id.as_str()) {
                true => Vec::new(),
                false => vec![(n.stems.as_slice(), 1.0)],
            })),
            goals: Matcher::new(goals.map(|goal| vec![(goal.stems.as_slice(), 1.0)])),
        }
    }

    fn look(&self, number: usize, work: &'a Work, compared: &Compared) -> Looked<'a> {
        let layer = layer_of(&work.stems);
        let requirements = self.model.of_kind(NodeKind::Requirement);
        let found = compared.requirements.find(&work.stems, 3);
        let best = found.first().map_or(0.0, |best| best.score);
        let refs: Vec<String> = found
            .iter()
            .filter(|f| f.score >= SAME_WORK && f.score >= best * 0.6)
            .filter(|f| layer != Layer::Deploy || f.score >= 0.5)
            .filter_map(|f| requirements.get(f.target))
            .map(|node| node.id.clone())
            .collect();
        let refs = self.named_by_own(work).unwrap_or(refs);
        let mut task = Task::new(
            layer,
            format!("work {}", words::normal(&work.text, 16)),
            work.text.clone(),
        );
        task.is_done = work.mark == Some(Mark::Done);
        task.spans = vec![work.span];
        task.makes = refs.iter().map(|id| format!("requirement {id}")).collect();
        task.needs.push(format!("milestone {number}"));
        let is_equal = |id: &&String| {
            self.requirement(id)
                .is_some_and(|node| words::is_alike(&node.stems, &work.stems, EQUAL_WORK))
        };
        Looked {
            work,
            task,
            equal: refs.iter().filter(is_equal).cloned().collect(),
            refs,
            goal: compared.goals.find(&work.stems, 1).into_iter().next(),
        }
    }

    fn take(&mut self, looked: Looked<'a>) {
        let Looked {
            work,
            mut task,
            refs,
            equal,
            goal,
        } = looked;
        let layer = task.layer;
        if layer == Layer::Schema && task.is_done && self.names_schema(&work.stems) {
            self.schema = Schema::Done;
            self.describe_tables(&mut task);
        }
        for rule in self.rules_of_work(&work.stems, layer) {
            self.covered.insert(rule.clone());
            task.refs.push(rule);
        }
        // Done work does not do what is left of an open requirement.
        let nodes: Vec<&Node> = refs.iter().filter_map(|id| self.requirement(id)).collect();
        for node in nodes {
            if equal.contains(&node.id) || !task.is_done && layer != Layer::Deploy {
                self.cover(&mut task, node);
            }
        }
        task.refs.splice(0..0, refs);
        self.hold_goal_like(&mut task, goal);
        if task.refs.is_empty() {
            task.refs = self.reached_by_statement(&work.stems);
        }
        self.take_over(&mut task, work);
        self.push(task);
    }

    /// A goal that became a requirement is made true by work that is much like it; work that is for
    /// nothing else is for the goal that it is a little like.
    fn hold_goal_like(&mut self, task: &mut Task, goal: Option<Match>) {
        let model = self.model;
        let Some(found) = goal else { return };
        let Some(goal) = model.of_kind(NodeKind::Goal).get(found.target) else {
            return;
        };
        if task.layer != Layer::Deploy
            && found.score >= SAME_WORK
            && found.is_telling(1.0)
            && self.of_goals.contains_key(goal.id.as_str())
        {
            self.hold_goal(task, goal);
        }
        if task.refs.is_empty() && found.score >= SAME_GOAL {
            self.hold_goal(task, goal);
        }
    }

    /// Work for a goal. One that no requirement serves became one itself, which work makes true.
    pub(super) fn hold_goal(&mut self, task: &mut Task, goal: &Node) {
        let Some(node) = self.of_goals.get(goal.id.as_str()).copied() else {
            task.refs.push(goal.id.clone());
            return;
        };
        if !task.refs.contains(&node.id) {
            task.refs.push(node.id.clone());
            task.makes.push(format!("requirement {}", node.id));
            // Done work does not do what is left of an open requirement.
            if node.is_done() || !task.is_done {
                self.cover(task, node);
            }
        }
    }

    /// Work that shares words with no requirement may do so with what the source says of how it is
    /// built: the function that serves all endpoints is for the requirements behind these, first of
    /// all for those that are open. One endpoint alone may be named by chance.
    fn reached_by_statement(&self, stems: &[Stem]) -> Vec<String> {
        let bag = Bag::of(stems);
        let bags = self.bags.get_or_init(|| {
            let statements = self.model.statements.iter().take(MAX_COMPARED);
            let bags = statements.map(|statement| Bag::of(&statement.stems));
            bags.collect()
        });
        let said = bags
            .iter()
            .zip(&self.model.statements)
            .map(|(said, statement)| (bag.similarity(said), statement))
            .filter(|(alike, _)| *alike >= SAME_STATEMENT)
            .map(|(alike, statement)| (alike, self.behind(&statement.stems)))
            .filter(|(_, served)| served.len() > 1)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let served = said.map(|(_, served)| served).unwrap_or_default();
        let open: Vec<&Node> = served.iter().copied().filter(|n| !n.is_done()).collect();
        let chosen = if open.is_empty() { served } else { open };
        let ids: BTreeSet<String> = chosen.iter().map(|node| node.id.clone()).into_set();
        ids.into_iter().take(MAX_REFS).collect()
    }

    /// The requirements of the endpoints that words name.
    fn behind(&self, stems: &[Stem]) -> Vec<&'a Node> {
        let endpoints = &self.model.inventory.endpoints;
        endpoints
            .iter()
            .zip(&self.facets.endpoints)
            .take(MAX_COMPARED)
            .filter(|(endpoint, _)| names(stems, &endpoint.name))
            .filter_map(|(_, id)| self.requirement(id.as_deref()?))
            .collect()
    }

    /// Access rules that work on access makes true.
    fn rules_of_work(&self, stems: &[Stem], layer: Layer) -> Vec<String> {
        if layer != Layer::Access {
            return Vec::new();
        }
        self.model
            .of_kind(NodeKind::NonFunctional)
            .iter()
            .take(MAX_COMPARED)
            .filter(|rule| {
                !self.covered.contains(&rule.id)
                    && !self.facets.rules.contains_key(&rule.id)
                    && rule.standing != Standing::Later
                    && words::similarity(&rule.stems, stems) > 0.1
            })
            .map(|rule| rule.id.clone())
            .take(12)
            .collect()
    }
}
