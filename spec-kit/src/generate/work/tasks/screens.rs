//! One task for each screen: what the source lists on it, else what builds it.

use super::*;

/// What is said of one screen; more of it is a document of its own.
const MAX_SAID: usize = 24;

impl Making<'_> {
    pub(super) fn screens(&mut self) {
        let model = self.model;
        let listed = self.listed_screens();
        for (at, screen) in model.inventory.screens.iter().enumerate() {
            let owner = self.facets.screens.get(at).cloned().flatten();
            let node = owner.as_deref().and_then(|id| self.requirement(id));
            let said = screen.text.trim_end_matches('.');
            if let Some(work) = listed.get(&at) {
                self.screen_of_work(*work, (at, screen), node);
                continue;
            }
            let mut task = Task::new(
                Layer::Screen,
                format!("screen {}", screen.name),
                if said.is_empty() {
                    format!("Build the screen {}", screen.bold())
                } else {
                    format!("Build the screen {}: {said}", screen.bold())
                },
            );
            task.spans = vec![screen.span];
            task.makes = vec![format!("screen {}", screen.name)];
            task.details = self.said_of(at);
            task.is_done = self.is_listed_done(screen);
            if let Some(node) = node {
                task.refs = vec![node.id.clone()];
                task.makes.push(format!("requirement {}", node.id));
                task.is_done = match node.mark {
                    None => task.is_done,
                    Some(mark) => mark == Mark::Done,
                };
                self.cover(&mut task, node);
                self.need_things_of(&mut task, node);
            }
            self.push(task);
        }
    }

    /// The work that the source lists on one screen alone, by the screen: it is what builds it, and
    /// a second task of the same file would do so again.
    fn listed_screens(&self) -> BTreeMap<usize, usize> {
        let screens = &self.model.inventory.screens;
        let mut found = BTreeMap::new();
        let works = self.tasks.iter().enumerate();
        for (work, task) in works
            .filter(|(_, task)| task.layer == Layer::Screen && task.key.starts_with("work "))
            .take(MAX_COMPARED)
        {
            let mut named = screens
                .iter()
                .enumerate()
                .take(MAX_COMPARED)
                .filter(|(_, screen)| task.text.contains(&screen.name));
            if let (Some((screen, _)), None) = (named.next(), named.next()) {
                found.entry(screen).or_insert(work);
            }
        }
        found
    }

    /// What the source says under a screen.
    fn said_of(&self, screen: usize) -> Vec<Detail> {
        let said = self.facets.by_screen.get(screen).into_iter().flatten();
        said.filter_map(|at| self.model.statements.get(*at))
            .filter(|statement| !self.things.contains(&statement.span.start))
            .take(MAX_SAID)
            .map(|statement| detail(statement.text.clone(), &[statement.span]))
            .collect()
    }

    fn screen_of_work(&mut self, work: usize, (at, screen): (usize, &Thing), node: Option<&Node>) {
        let Some(task) = self.tasks.get_mut(work) else {
            return;
        };
        let mut task =
            std::mem::replace(task, Task::new(Layer::Screen, String::new(), String::new()));
        let said = screen.text.trim_end_matches('.');
        if !said.is_empty() {
            let text = format!("{}: {said}", screen.bold());
            task.details.push(detail(text, &[screen.span]));
        }
        task.details.extend(self.said_of(at));
        task.makes.push(format!("screen {}", screen.name));
        if let Some(node) = node {
            if !task.refs.contains(&node.id) {
                task.refs.push(node.id.clone());
            }
            task.makes.push(format!("requirement {}", node.id));
            self.need_things_of(&mut task, node);
            self.cover(&mut task, node);
        }
        if let Some(place) = self.tasks.get_mut(work) {
            *place = task;
        }
    }

    /// A screen shows what endpoints give and tables hold.
    fn need_things_of(&self, task: &mut Task, node: &Node) {
        let facet = self.facets.of_requirement(&node.id);
        for endpoint in facet.into_iter().flat_map(|facet| &facet.endpoints) {
            if let Some(thing) = self.model.inventory.endpoints.get(*endpoint) {
                task.needs.push(format!("endpoint {}", thing.name));
            }
        }
        task.needs
            .extend(self.tables_needed(facet.map(|f| &f.tables)));
    }

    fn is_listed_done(&self, thing: &Thing) -> bool {
        self.model
            .milestones
            .iter()
            .flat_map(|milestone| &milestone.work)
            .take(MAX_COMPARED)
            .filter(|work| work.mark == Some(Mark::Done))
            .any(|work| work.text.contains(&thing.name))
    }
}
