//! Tasks from the things that the source names, and from its requirements, rules and criteria.

use super::sequence::needed_first;
use super::*;
use crate::model::words::Stem;
use crate::order::Gather;

impl<'a> Making<'a> {
    pub(super) fn schema(&mut self) {
        let model = self.model;
        let tables = &model.inventory.tables;
        for at in parents_first(tables) {
            let Some(table) = tables.get(at) else {
                continue;
            };
            let name = &table.thing.name;
            let users = self.facets.by_table.get(at).map_or(&[][..], Vec::as_slice);
            let refs: Vec<String> = users.iter().take(MAX_REFS).cloned().collect();
            if self.schema == Schema::Open {
                let mut task = Task::new(
                    Layer::Schema,
                    format!("table {name}"),
                    format!("Create table {}", describe(table)),
                );
                task.refs.clone_from(&refs);
                task.spans = vec![table.thing.span];
                task.makes = vec![format!("table {name}")];
                task.needs = table.parents.iter().map(|p| format!("table {p}")).collect();
                if has_postgres(model) {
                    task.verify.push(show_table(table));
                }
                self.push(task);
            }
            if !table.indexes.is_empty() {
                self.index_task(table, refs);
            }
        }
    }

    fn index_task(&mut self, table: &Table, refs: Vec<String>) {
        let name = &table.thing.name;
        let names: Vec<String> = table
            .indexes
            .iter()
            .map(|i| format!("`{}`", i.name))
            .collect();
        let noun = if names.len() == 1 { "index" } else { "indexes" };
        let mut task = Task::new(
            Layer::Index,
            format!("indexes {name}"),
            format!("Create the {noun} {}", names.join(", ")),
        );
        task.refs = refs;
        task.spans = table.indexes.iter().map(|index| index.span).collect();
        task.makes = vec![format!("indexes {name}")];
        task.needs = vec![format!("table {name}")];
        for index in &table.indexes {
            if !index.text.is_empty() {
                task.details.push(detail(
                    format!("`{}` is {}", index.name, index.text),
                    &[index.span],
                ));
            }
            if has_postgres(self.model) {
                task.verify.push(format!(
                    "psql \"$DATABASE_URL\" -Atc \"select indexdef from pg_indexes where tablename = '{name}'\" | grep -F '({})'",
                    index.columns.join(", ")
                ));
            }
        }
        self.push(task);
    }

    pub(super) fn endpoints(&mut self) {
        let model = self.model;
        for (at, endpoint) in model.inventory.endpoints.iter().enumerate() {
            let owner = self.facets.endpoints.get(at).cloned().flatten();
            let node = owner.as_deref().and_then(|id| self.requirement(id));
            let said = match (endpoint.text.as_str(), node) {
                ("", Some(node)) => format!(": {}", node.bare()),
                ("", None) => String::new(),
                (text, _) => format!(": {}", text.trim_end_matches('.')),
            };
            let mut task = Task::new(
                Layer::Api,
                format!("endpoint {}", endpoint.name),
                format!("Serve `{}`{said}", endpoint.name),
            );
            task.spans = vec![endpoint.span];
            task.makes = vec![format!("endpoint {}", endpoint.name)];
            if let Some(node) = node {
                task.refs = vec![node.id.clone()];
                task.makes.push(format!("requirement {}", node.id));
                task.is_done = node.is_done() && names(&node.stems, &endpoint.name);
                self.cover(&mut task, node);
            }
            task.needs = self.tables_needed(self.facets.endpoint_tables.get(at));
            task.verify.push(reach(endpoint));
            self.push(task);
        }
    }

    pub(super) fn tables_needed(&self, tables: Option<&Vec<usize>>) -> Vec<String> {
        tables
            .into_iter()
            .flatten()
            .filter_map(|table| self.model.inventory.tables.get(*table))
            .flat_map(|table| {
                let name = &table.thing.name;
                [format!("table {name}"), format!("indexes {name}")]
            })
            .collect()
    }

    /// Every requirement that no endpoint, screen or listed work makes true.
    pub(super) fn requirements(&mut self) {
        let model = self.model;
        for node in model.of_kind(NodeKind::Requirement) {
            if self.covered.contains(&node.id) {
                continue;
            }
            let layer = match node.standing {
                Standing::Later => Layer::Later,
                _ => layer_of(&node.stems),
            };
            let mut task = Task::new(layer, format!("build {}", node.id), to_do(node));
            task.refs = vec![node.id.clone()];
            task.is_done = node.is_done();
            task.spans.clone_from(&node.spans);
            task.makes = vec![format!("requirement {}", node.id)];
            let facet = self.facets.of_requirement(&node.id);
            task.needs = self.tables_needed(facet.map(|facet| &facet.tables));
            self.cover(&mut task, node);
            self.push(task);
        }
    }

    /// Gives a task what is said of a requirement, unless another task has it already.
    pub(super) fn cover(&mut self, task: &mut Task, node: &Node) {
        if !self.covered.insert(node.id.clone()) {
            return;
        }
        let model = self.model;
        for passage in &node.details {
            task.details
                .push(detail(passage.text.clone(), &[passage.span]));
        }
        let Some(facet) = self.facets.of_requirement(&node.id) else {
            return;
        };
        let rules = model.of_kind(NodeKind::NonFunctional);
        let mut bound: Vec<&Node> = Vec::new();
        for rule in facet.rules.iter().filter_map(|at| rules.get(*at)) {
            if self.covered.insert(rule.id.clone()) {
                bound.push(rule);
            }
        }
        // Of a requirement that is said to be done nobody says that its rules are kept.
        let mut check = task.is_done.then(|| kept(node));
        let holder = check.as_mut().unwrap_or(task);
        for rule in &bound {
            holder.refs.push(rule.id.clone());
            holder
                .details
                .push(detail(format!("{}: {}", rule.id, rule.bare()), &rule.spans));
        }
        if let Some(check) = check.filter(|_| !bound.is_empty()) {
            self.push(check);
        }
        for statement in facet
            .statements
            .iter()
            .filter_map(|at| model.statements.get(*at))
            .filter(|s| matches!(s.role, Role::Architecture | Role::Interface | Role::Other))
            .filter(|s| !self.things.contains(&s.span.start))
            .take(8)
        {
            let where_ = statement.section.last().map_or("", String::as_str);
            task.details.push(detail(
                format!(
                    "{}: {}",
                    crate::model::markdown::plain(where_),
                    statement.text
                ),
                &[statement.span],
            ));
        }
    }

    /// Rules that belong to no requirement, one task for each section of them.
    pub(super) fn rules(&mut self) {
        let model = self.model;
        let mut groups: Vec<(&[String], Vec<&Node>)> = Vec::new();
        for rule in model.of_kind(NodeKind::NonFunctional) {
            if self.covered.contains(&rule.id) {
                continue;
            }
            match groups.last_mut() {
                Some((section, group))
                    if *section == rule.section
                        && group.len() < 12
                        && standing(group.first()) == rule.standing =>
                {
                    group.push(rule);
                }
                _ => groups.push((&rule.section, vec![rule])),
            }
        }
        for (section, group) in groups {
            let title = section.last().map_or("", String::as_str);
            let title = crate::model::markdown::plain(title);
            let stems: Vec<Stem> = group.iter().flat_map(|rule| rule.stems.clone()).collect();
            let layer = match layer_of(&concepts::stems(&title)) {
                Layer::Api => layer_of(&stems),
                known => known,
            };
            let layer = match standing(group.first()) {
                Standing::Later => Layer::Later,
                _ => layer,
            };
            let text = match group.as_slice() {
                [one] => format!("Hold {}: {}", one.id, one.bare()),
                more => format!("Hold the {} rules of “{title}”", more.len()),
            };
            let first = group.first().map_or("", |rule| rule.id.as_str());
            let mut task = Task::new(layer, format!("rules {first}"), text);
            task.stems = stems;
            task.stems.truncate(words::MAX_WORDS);
            if group.len() > 1 {
                task.details = group
                    .iter()
                    .map(|rule| detail(format!("{}: {}", rule.id, rule.bare()), &rule.spans))
                    .collect();
            } else if let [one] = group.as_slice() {
                task.details = one
                    .details
                    .iter()
                    .map(|d| detail(d.text.clone(), &[d.span]))
                    .collect();
            }
            task.spans = group
                .iter()
                .take(3)
                .flat_map(|rule| rule.spans.clone())
                .collect();
            task.refs = group.iter().map(|rule| rule.id.clone()).collect();
            task.makes = task
                .refs
                .iter()
                .map(|id| format!("requirement {id}"))
                .collect();
            self.covered.extend(task.refs.iter().cloned());
            self.push(task);
        }
    }

    pub(super) fn deployment(&mut self) {
        let model = self.model;
        let mut goals = model.of_kind(NodeKind::Goal).iter();
        let goal = goals.find(|goal| concepts::speaks_of(&goal.stems, "~deploy"));
        for statement in &model.statements {
            if statement.role != Role::Deployment
                || statement.standing == Standing::Later
                || crate::model::denies(&statement.text)
            {
                continue;
            }
            let text = format!("Deploy {}", statement.text.trim_end_matches('.'));
            let key = format!("deploy {}", words::normal(&statement.text, 12));
            let mut task = Task::new(Layer::Deploy, key, text);
            task.spans = vec![statement.span];
            task.details = statement
                .details
                .iter()
                .map(|d| detail(d.text.clone(), &[d.span]))
                .collect();
            if let Some(goal) = goal {
                self.hold_goal(&mut task, goal);
            }
            self.push(task);
        }
    }

    /// Each criterion is shown by a task of its own, after all that it is about.
    pub(super) fn criteria(&mut self) {
        let model = self.model;
        read(&mut self.tasks);
        let near = self.near_criteria();
        let shown: BTreeSet<String> = self.tasks.iter().filter_map(Task::shows).into_set();
        let criteria = [NodeKind::Acceptance, NodeKind::Success];
        let criteria = criteria.iter().flat_map(|kind| model.of_kind(*kind));
        for node in criteria.filter(|node| !shown.contains(&node.id)) {
            let validated = model.targets(&node.id, Relation::Validates);
            let mut task = Task::new(
                Layer::Show,
                format!("show {}", node.id),
                format!("Show {}: {}", node.id, node.text.trim_end_matches('.')),
            );
            task.refs = vec![node.id.clone()];
            task.refs
                .extend(validated.iter().map(|id| (*id).to_owned()));
            task.needs = validated
                .iter()
                .map(|id| format!("requirement {id}"))
                .collect();
            let near = near.get(node.id.as_str());
            task.needs.extend(near.map(|key| format!("key {key}")));
            task.is_done = node.is_done();
            task.spans.clone_from(&node.spans);
            task.details = node
                .details
                .iter()
                .map(|d| detail(d.text.clone(), &[d.span]))
                .collect();
            self.push(task);
        }
    }
}

impl<'a> Making<'a> {
    /// The keys of the tasks that criteria are like which show no requirement, by their ids.
    fn near_criteria(&self) -> BTreeMap<&'a str, String> {
        let model = self.model;
        let criteria = [NodeKind::Acceptance, NodeKind::Success];
        let criteria = criteria.iter().flat_map(|kind| model.of_kind(*kind));
        let loose: Vec<&Node> = criteria
            .filter(|node| {
                let shown = model.targets(&node.id, Relation::Validates);
                !shown
                    .iter()
                    .any(|id| model.is_kind(id, NodeKind::Requirement))
            })
            .collect();
        if loose.is_empty() {
            return BTreeMap::new();
        }
        let made = self.tasks.iter();
        let matcher = Matcher::new(made.map(|task| vec![(task.stems.as_slice(), 1.0)]));
        let size = loose.iter().map(|node| node.text.len()).sum();
        let found = parallel::map(size, &loose, |node| {
            let found = matcher.best(&node.stems, SAME_WORK)?;
            Some((node.id.as_str(), self.tasks.get(found.target)?.key.clone()))
        });
        found.into_iter().flatten().collect()
    }
}

/// The places of the tables in an order in which they can be made: those that others refer to come
/// first.
fn parents_first(tables: &[Table]) -> Vec<usize> {
    let at: BTreeMap<&str, usize> = tables
        .iter()
        .enumerate()
        .map(|(index, table)| (table.thing.name.as_str(), index))
        .into_map();
    let parents = |table: &Table| {
        let names = table.parents.iter();
        names
            .filter_map(|name| at.get(name.as_str()).copied())
            .collect()
    };
    needed_first(&tables.iter().map(parents).collect::<Vec<_>>())
}
