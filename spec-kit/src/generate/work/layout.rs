//! Where the work of tasks could live. The source seldom says it: what stands here is a proposal
//! of the generator, from the stack and the paths that the source names, and plan.md says so.

mod naming;
mod stack;

use super::{Detail, Layer, Task};
use crate::model::{Model, Passage};
use crate::parallel;
use naming::{named, said, short_name, slug, snake};
use stack::Stack;
use std::collections::BTreeMap;

/// A folder of the proposal, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::generate) struct Place {
    pub root: String,
    pub holds: &'static str,
}

/// The proposal as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::generate) struct Layout {
    /// In the order of their names; only those that a task is in.
    pub places: Vec<Place>,
    /// What of the source it follows from.
    pub from: Vec<Passage>,
}

/// Gives each task that names no file the place that is proposed for it.
pub(super) fn propose(model: &Model, tasks: &mut [Task]) -> Layout {
    let proposal = Proposal {
        model,
        stack: Stack::of(model),
    };
    let mut roots: BTreeMap<String, &'static str> = BTreeMap::new();
    let size = tasks.iter().map(|task| task.text.len()).sum();
    let places = parallel::map(size, tasks, |task| proposal.place(task));
    let mut guessed: BTreeMap<String, usize> = BTreeMap::new();
    for (task, found) in tasks.iter().zip(&places) {
        if let Some((_, path)) = found.as_ref().filter(|_| is_guess(task)) {
            *guessed.entry(path.clone()).or_default() += 1;
        }
    }
    for (task, found) in tasks.iter_mut().zip(places) {
        let Some((place, path)) = found else {
            continue;
        };
        // One made-up name for several tasks is the name of none.
        let path = match is_guess(task) && guessed.get(&path).is_some_and(|count| *count > 1) {
            true => place.root.clone(),
            false => path,
        };
        let is_file = !path.ends_with('/') && !path.contains('*');
        task.file = is_file.then(|| path.clone());
        roots.entry(place.root).or_insert(place.holds);
        if task.own.is_some() && task.text.contains(&path) {
            continue;
        }
        let text = match task.is_done {
            true => format!("Where: `{path}`, unless it is built elsewhere already"),
            false => format!("Where: `{path}`"),
        };
        let spans = Vec::new();
        task.details.insert(0, Detail { text, spans });
    }
    Layout {
        places: roots
            .into_iter()
            .map(|(root, holds)| Place { root, holds })
            .collect(),
        from: proposal.stack.evidence(),
    }
}

/// Whether the name of a file is made of the words of a task, rather than of a thing's name.
fn is_guess(task: &Task) -> bool {
    let is_made_of_words = ["work ", "build "]
        .iter()
        .any(|kind| task.key.starts_with(kind));
    let names_path = task.own.iter().any(|own| !own.paths.is_empty());
    is_made_of_words && !names_path && !matches!(task.layer, Layer::Screen | Layer::Deploy)
}

struct Proposal<'a> {
    model: &'a Model,
    stack: Stack<'a>,
}

impl Proposal<'_> {
    /// The folder and the file in it. Nothing for what is written into a document of the bundle.
    fn place(&self, task: &Task) -> Option<(Place, String)> {
        if let Some(path) = task.own.as_ref().and_then(|own| own.paths.first()) {
            let end = path.rfind('/').map_or(path.len(), |at| at + 1);
            let root = path.get(..end).unwrap_or("").to_owned();
            let holds = "what the source's tasks name";
            return Some((Place { root, holds }, path.clone()));
        }
        let (kind, name) = task.key.split_once(' ').unwrap_or((&task.key, ""));
        match kind {
            "decide" | "settle" => None,
            "environment" => Some(self.root_file(".env.example", "the variables, without values")),
            "table" => self.migration(&format!("create_{}", snake(name))),
            "indexes" => self.migration(&format!("index_{}", snake(name))),
            "endpoint" => Some(self.endpoint(name)),
            "screen" => Some(self.screen(name)),
            "show" => Some(self.test("acceptance", name, "a test for each criterion, by its id")),
            "check" => Some(self.test(
                "requirements",
                task.refs.first().map_or("", String::as_str),
                "a test for each rule that is checked, by its id",
            )),
            _ => self.by_layer(task),
        }
    }

    fn by_layer(&self, task: &Task) -> Option<(Place, String)> {
        let says = |words: &[&str]| task.stems.iter().any(|stem| words.contains(&stem.as_str()));
        match task.layer {
            Layer::Schema if self.stack.is_relational() => self.migrations(),
            Layer::Access if self.stack.is_relational() => self.migration("policies"),
            Layer::Deploy => Some(self.deployment(task)),
            Layer::Docs => Some(self.document(task)),
            Layer::Worker => Some(self.worker(task)),
            Layer::Screen => Some(self.part_of_interface(task)),
            _ if task.key.starts_with("rules ") => Some(self.test(
                "requirements",
                task.refs.first().map_or("", String::as_str),
                "a test for each rule that is checked, by its id",
            )),
            Layer::Api if says(&["sql"]) && self.stack.is_relational() => {
                self.migration("functions")
            }
            _ => Some(self.code(task)),
        }
    }

    fn root_file(&self, path: &str, holds: &'static str) -> (Place, String) {
        let root = path.to_owned();
        (Place { root, holds }, path.to_owned())
    }

    fn in_folder(&self, root: String, file: &str, holds: &'static str) -> (Place, String) {
        let path = format!("{root}{file}");
        (Place { root, holds }, path)
    }

    fn migrations(&self) -> Option<(Place, String)> {
        let root = self.stack.migrations()?;
        Some(self.in_folder(root, "", "the steps that build the database"))
    }

    fn migration(&self, words: &str) -> Option<(Place, String)> {
        let Some(root) = self.stack.migrations() else {
            let root = self.stack.root(&["models", "model"], "src/models/");
            return Some(self.in_folder(root, words, "what is stored"));
        };
        // Tools put a time or a number in front.
        let file = format!("*_{words}.sql");
        Some(self.in_folder(root, &file, "the steps that build the database"))
    }

    fn endpoint(&self, name: &str) -> (Place, String) {
        let holds = "the endpoints";
        if let Some(root) = self.stack.function() {
            return self.in_folder(root, "", holds);
        }
        let path = name.split_once(' ').map_or(name, |(_, path)| path);
        let is_open = |part: &&str| part.starts_with(['{', ':', '<']);
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !is_open(part))
            .map(|part| slug(part, 3))
            .filter(|part| !part.is_empty())
            .collect();
        if self.stack.has("Next.js") {
            let root = self.stack.root(&["api"], "app/api/");
            // There a folder in brackets is what a path leaves open.
            let below = path.split('/').map(|part| match is_open(&part) {
                true => format!("[{}]", part.trim_matches(['{', '}', ':', '<', '>'])),
                false => slug(part, 3),
            });
            let below: Vec<String> = below
                .filter(|part| !part.is_empty())
                .skip_while(|part| part == "api")
                .collect();
            return self.in_folder(root, &format!("{}/route.ts", below.join("/")), holds);
        }
        let is_version = |part: &&String| {
            *part == "api"
                || part
                    .strip_prefix('v')
                    .is_some_and(|n| n.parse::<u8>().is_ok())
        };
        let first = parts.iter().find(|part| !is_version(part));
        let first = first.map_or("root", |part| part.split('-').next().unwrap_or(part));
        let root = self
            .stack
            .root(&["api", "routes", "controllers"], "src/api/");
        self.in_folder(root, &self.stack.module(first), holds)
    }

    fn screen(&self, name: &str) -> (Place, String) {
        let slug = named(name, "screen");
        let holds = "a page for each screen";
        if self.stack.has("Next.js") {
            let root = self.stack.root(&["app", "pages"], "app/");
            return self.in_folder(root, &format!("{slug}/page.tsx"), holds);
        }
        let root = self
            .stack
            .root(&["screens", "pages", "views"], "src/screens/");
        self.in_folder(root, &self.stack.view(&slug), holds)
    }

    /// Work on a screen that the source lists is in the file of that screen.
    fn part_of_interface(&self, task: &Task) -> (Place, String) {
        let screens = &self.model.inventory.screens;
        let mut named = screens
            .iter()
            .filter(|screen| task.text.contains(&screen.name));
        match (named.next(), named.next()) {
            (Some(one), None) => self.screen(&one.name),
            _ => {
                let (place, _) = self.screen("");
                let path = place.root.clone();
                (place, path)
            }
        }
    }

    fn worker(&self, task: &Task) -> (Place, String) {
        let root = self.stack.root(&["worker", "workers"], "worker/");
        let name = short_name(&said(task)).unwrap_or_default();
        let file = match name.strip_prefix("worker-").unwrap_or(&name) {
            "" => String::new(),
            name => format!("{name}/"),
        };
        self.in_folder(root, &file, "what runs in the background")
    }

    fn document(&self, task: &Task) -> (Place, String) {
        let root = self.stack.root(&["docs", "doc"], "docs/");
        let file = short_name(&said(task)).map_or_else(String::new, |name| format!("{name}.md"));
        self.in_folder(root, &file, "what users and operators read")
    }

    fn deployment(&self, task: &Task) -> (Place, String) {
        let holds = "how it is deployed";
        let name = short_name(&said(task));
        for (word, file) in stack::PLATFORM_FILES {
            if task.text.contains(word) {
                return self.root_file(file, holds);
            }
        }
        let is_workflow = ["GitHub Actions", "CI/CD", "CI pipeline"]
            .iter()
            .any(|word| task.text.contains(word));
        let root = match is_workflow {
            true => self.stack.root(&["workflows"], ".github/workflows/"),
            false => self.stack.root(&["deploy", "infra"], "deploy/"),
        };
        let file = match (name, is_workflow) {
            (None, _) => String::new(),
            (Some(name), true) => format!("{name}.yml"),
            (Some(name), false) => format!("{name}/"),
        };
        self.in_folder(root, &file, holds)
    }

    fn test(&self, folder: &str, id: &str, holds: &'static str) -> (Place, String) {
        let tests = self.stack.root(&["tests", "test"], "tests/");
        let root = format!("{tests}{folder}/");
        self.in_folder(root, &self.stack.test(&id.to_ascii_lowercase()), holds)
    }

    fn code(&self, task: &Task) -> (Place, String) {
        if task.layer == Layer::Api
            && let Some(root) = self.stack.function()
        {
            return self.in_folder(root, "", "the endpoints");
        }
        let root = self.stack.root(&["src", "lib"], "src/");
        let file = short_name(&said(task)).map(|name| self.stack.module(&name));
        self.in_folder(
            root,
            &file.unwrap_or_default(),
            "what no other folder is for",
        )
    }
}
