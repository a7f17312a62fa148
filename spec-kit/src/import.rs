//! A feature of github/spec-kit as one requirements document, which bundles are generated from.
//!
//! `spec.md` is taken word by word. What its neighbours add follows in sections of its own: the
//! principles of the constitution, the Technical Context of the plan, decisions of the research,
//! entities of the data model, and the phases of the task list, whose tasks keep their ids.

mod parts;

use parts::{Part, parts};

/// A file of the feature, by its name: `plan.md`.
pub type File<'a> = (&'a str, &'a str);

/// One document of a whole feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub text: String,
    /// The files in the order in which they stand in it, each with the sections that were taken;
    /// none of them where it was taken whole.
    pub taken: Vec<(String, Vec<String>)>,
    /// The files and sections that nothing was taken of, each with the reason.
    pub left: Vec<(String, &'static str)>,
}

/// What is taken of a neighbour of `spec.md`, and under which heading.
struct Rule {
    file: &'static str,
    /// None where its sections stay on their level.
    heading: Option<&'static str>,
    wanted: fn(&Part) -> bool,
    /// Why the other sections are left.
    reason: &'static str,
}

const RULES: [Rule; 5] = [
    Rule {
        file: "constitution.md",
        heading: None,
        wanted: |part| !part.is_titled(&["governance", "sync impact report"]),
        reason: "says how the constitution itself is changed",
    },
    Rule {
        file: "plan.md",
        heading: None,
        wanted: |part| part.is_titled(&["technical context"]),
        reason: "is made anew from the requirements",
    },
    Rule {
        file: "research.md",
        heading: Some("Decisions"),
        wanted: |_| true,
        reason: "",
    },
    Rule {
        file: "data-model.md",
        heading: Some("Data Model"),
        wanted: |_| true,
        reason: "",
    },
    Rule {
        file: "tasks.md",
        heading: Some("Milestones"),
        wanted: Part::has_tasks,
        reason: "has no tasks",
    },
];

/// The files that are looked at, `spec.md` first.
pub fn names() -> impl Iterator<Item = &'static str> {
    ["spec.md"]
        .into_iter()
        .chain(RULES.iter().map(|rule| rule.file))
}

/// One document of `spec.md` and what stands beside it. The same files give the same bytes.
pub fn import(spec: &str, beside: &[File<'_>]) -> Imported {
    let mut out = Imported {
        text: format!("{}\n", spec.trim_start_matches('\u{feff}').trim_end()),
        taken: vec![("spec.md".to_owned(), Vec::new())],
        left: Vec::new(),
    };
    for rule in &RULES {
        for (_, text) in beside.iter().filter(|(name, _)| *name == rule.file) {
            out.take(rule, text);
        }
    }
    for (name, _) in beside {
        if !RULES.iter().any(|rule| rule.file == *name) {
            out.left
                .push(((*name).to_owned(), "is no document of requirements"));
        }
    }
    out
}

impl Imported {
    fn take(&mut self, rule: &Rule, text: &str) {
        let is_template = [
            "[PROJECT_NAME]",
            "[PRINCIPLE_1_NAME]",
            "# Implementation Plan: [FEATURE]",
        ]
        .iter()
        .any(|token| text.contains(token));
        if is_template {
            let left = (
                rule.file.to_owned(),
                "is the template, and nobody filled it in",
            );
            return self.left.push(left);
        }
        let parts = parts(text);
        if parts.is_empty() {
            let left = (rule.file.to_owned(), "has no headings of the second level");
            return self.left.push(left);
        }
        let (wanted, others): (Vec<Part>, Vec<Part>) =
            parts.into_iter().partition(|part| (rule.wanted)(part));
        for part in others {
            self.left
                .push((format!("{}, {}", rule.file, part.title), rule.reason));
        }
        if wanted.is_empty() {
            return;
        }
        if let Some(heading) = rule.heading {
            self.text.push_str(&format!("\n## {heading}\n"));
        }
        let levels = usize::from(rule.heading.is_some());
        for part in &wanted {
            self.text.push('\n');
            self.text.push_str(&part.lowered(levels));
        }
        let titles = wanted.into_iter().map(|part| part.title).collect();
        self.taken.push((rule.file.to_owned(), titles));
    }
}
