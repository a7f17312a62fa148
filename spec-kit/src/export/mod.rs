//! A bundle in the layout of github/spec-kit, whose commands then work on it.
//!
//! `prd.md` becomes `specs/NNN-slug/spec.md`, plan and tasks stand beside it, the constitution is
//! that of the repository. Headings and task lines are spec-kit's already; what changes is where
//! things stand: links, titles, the fields of the Technical Context, which its scripts read at the
//! start of a line (`update-agent-context`, 1.0.1), and the path of a task, which it has in the
//! sentence. The bundle stays the master: ticks of the export are kept, other edits are refused.

mod links;
mod tasks;

use crate::digest::{LOCK, UNLOCK, digest};
use crate::generate::DOCUMENTS;
/// The fresh text with the ticks of the export before it.
pub use crate::generate::keep as with_ticks;
use crate::order::Gather;
use links::{Move, joined};
use std::collections::BTreeMap;

/// The last line of an exported document, with the bundle's slug and the [`digest`] of the rest.
const STAMP: &str = "<!-- sk:exported";
/// The constitution of a whole repository.
pub const CONSTITUTION: &str = ".specify/memory/constitution.md";

/// Whose constitution a repository has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constitution {
    /// The bundle's becomes that of the repository.
    Repository,
    /// The repository has another one, so the bundle's stands beside the specification.
    Feature,
}

/// What to export, and where to. Paths are seen from the root of the other repository.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    pub slug: &'a str,
    /// The folder of the bundle: `spec/search`, `../other/spec/search`.
    pub bundle: &'a str,
    /// The name below `specs/`: `001-search`.
    pub feature: &'a str,
    pub constitution: Constitution,
    /// The bundle's documents, by name.
    pub documents: &'a [(&'a str, &'a str)],
}

/// What stands where a document is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before<'a> {
    /// Exported before, and only ticked since.
    Exported { slug: &'a str },
    /// Written or changed by somebody.
    Foreign,
}

impl Export<'_> {
    /// Each document's path and text.
    pub fn files(&self) -> Vec<(String, String)> {
        let names = self.names();
        let known: BTreeMap<&str, &str> = self.documents.iter().copied().into_map();
        DOCUMENTS
            .iter()
            .filter_map(|name| {
                let path = names.get(&joined(self.bundle, name))?;
                let text = self.document(name, known.get(name)?, path, &names);
                Some((path.clone(), text))
            })
            .collect()
    }

    /// From a document of the bundle to the one of the export.
    fn names(&self) -> BTreeMap<String, String> {
        let feature = format!("specs/{}", self.feature);
        DOCUMENTS
            .iter()
            .map(|name| {
                let to = match (*name, self.constitution) {
                    ("constitution.md", Constitution::Repository) => CONSTITUTION.to_owned(),
                    ("prd.md", _) => format!("{feature}/spec.md"),
                    (name, _) => format!("{feature}/{name}"),
                };
                (joined(self.bundle, name), to)
            })
            .collect()
    }

    fn document(
        &self,
        name: &str,
        text: &str,
        path: &str,
        renamed: &BTreeMap<String, String>,
    ) -> String {
        let road = Move {
            from: self.bundle,
            to: path.rsplit_once('/').map_or("", |(folder, _)| folder),
            renamed,
        };
        let mut lines: Vec<String> = Vec::new();
        let mut fence: Option<&str> = None;
        for line in text.trim_start_matches('\u{feff}').lines() {
            let start = line.trim_start();
            // The marks are promises of the generator, which does not come here.
            if start.starts_with(UNLOCK) || start.starts_with(LOCK) {
                continue;
            }
            let mark = ["```", "~~~"].into_iter().find(|m| start.starts_with(m));
            if fence.is_some() || mark.is_some() {
                fence = match (fence, mark) {
                    (Some(open), Some(mark)) if open == mark => None,
                    (None, mark) => mark,
                    (open, _) => open,
                };
                lines.push(line.to_owned());
                continue;
            }
            let is_open = lines
                .last()
                .is_some_and(|last| last.is_empty() || last.ends_with('\n'));
            if line.is_empty() && is_open {
                continue;
            }
            let line = road.line(line);
            lines.push(self.worded(name, line.as_ref()));
        }
        if name == "tasks.md" {
            lines = tasks::with_paths(lines.iter().map(String::as_str));
        }
        stamped(self.slug, &lines)
    }

    /// A line as spec-kit's template has it.
    fn worded(&self, name: &str, line: &str) -> String {
        if let Some(rest) = line.strip_prefix("Generated from ") {
            let rest = rest
                .split("Edit the source")
                .next()
                .unwrap_or(rest)
                .trim_end();
            return format!(
                "Exported from the bundle `{}`, which is generated from {rest} Ticks are kept when \
                 it is exported again; anything else is changed in the source.",
                self.slug
            );
        }
        match name {
            "prd.md" => self.specification(line),
            "plan.md" => self.plan(line),
            "tasks.md" if line.starts_with("**Input**: ") => format!(
                "**Input**: Design documents from `/specs/{0}/`\n\n**Prerequisites**: plan.md, spec.md",
                self.feature
            ),
            _ => line.to_owned(),
        }
    }

    fn specification(&self, line: &str) -> String {
        if let Some(title) = line.strip_prefix("# PRD: ") {
            return format!("# Feature Specification: {title}");
        }
        if line.starts_with("**Feature Branch**: ") {
            return format!("**Feature Branch**: `{}`", self.feature);
        }
        match line {
            "## Success Criteria" => "## Success Criteria *(mandatory)*".to_owned(),
            line => line.to_owned(),
        }
    }

    fn plan(&self, line: &str) -> String {
        if let Some(rest) = line.strip_prefix("**Branch**: ") {
            let rest = rest.find(" | ").and_then(|at| rest.get(at..)).unwrap_or("");
            return format!("**Branch**: `{}`{rest}", self.feature);
        }
        let field = line.strip_prefix("- **").and_then(|l| l.split_once("**: "));
        match field {
            Some((field, value)) if FIELDS.contains(&field) => {
                format!("**{field}**: {}\n", clarified(value))
            }
            _ => line.to_owned(),
        }
    }
}

/// Of the Technical Context in spec-kit's template of a plan.
const FIELDS: [&str; 9] = [
    "Language/Version",
    "Primary Dependencies",
    "Storage",
    "Testing",
    "Target Platform",
    "Project Type",
    "Performance Goals",
    "Constraints",
    "Scale/Scope",
];

/// spec-kit's word for what nobody knows: `TODO(FIELD): reason` is ours.
fn clarified(value: &str) -> String {
    match value
        .strip_prefix("TODO(")
        .and_then(|v| v.split_once("): "))
    {
        Some((_, reason)) => format!("NEEDS CLARIFICATION ({reason})"),
        None => value.to_owned(),
    }
}

fn stamped(slug: &str, lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.truncate(text.trim_end().len());
    text.push('\n');
    let digest = digest(&text);
    format!("{text}\n{STAMP} {slug} {digest} -->\n")
}

/// What a file is that stands where a document is to be written.
pub fn before(text: &str) -> Before<'_> {
    let stamp = text.rfind(STAMP).and_then(|at| {
        let (words, stamp) = text.split_at(at);
        let inside = stamp.trim_end().strip_prefix(STAMP)?.strip_suffix("-->")?;
        let (slug, known) = inside.trim().split_once(' ')?;
        (digest(words) == known).then_some(slug)
    });
    match stamp {
        Some(slug) => Before::Exported { slug },
        None => Before::Foreign,
    }
}

/// The folder below `specs/` for a bundle: the one that it has, else the next number. A slug that
/// begins with a number keeps it.
pub fn feature(slug: &str, folders: &[String]) -> String {
    let parts = |name: &str| {
        let (number, rest) = name.split_once('-')?;
        let is_number = number.len() >= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| (number.parse::<u32>().unwrap_or(0), rest.to_owned()))
    };
    if parts(slug).is_some() {
        return slug.to_owned();
    }
    let numbered = || folders.iter().filter_map(|name| Some((name, parts(name)?)));
    if let Some((name, _)) = numbered().find(|(_, (_, rest))| rest == slug) {
        return name.clone();
    }
    let last = numbered().map(|(_, (number, _))| number).max().unwrap_or(0);
    format!("{:03}-{slug}", last.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_keeps_its_number_and_a_new_one_gets_the_next() {
        let folders = ["001-a", "007-search", "x", "9-y"].map(str::to_owned);
        assert_eq!(feature("search", &folders), "007-search");
        assert_eq!(feature("billing", &folders), "008-billing");
        assert_eq!(feature("012-billing", &folders), "012-billing");
        assert_eq!(feature("billing", &[]), "001-billing");
    }

    #[test]
    fn a_tick_is_no_edit_and_a_word_is_one() {
        let text = stamped(
            "search",
            &["# T".into(), String::new(), "- [ ] T001 a".into()],
        );
        assert_eq!(before(&text), Before::Exported { slug: "search" });
        let ticked = text.replace("[ ]", "[x]");
        assert_eq!(before(&ticked), Before::Exported { slug: "search" });
        assert_eq!(with_ticks(&text, &ticked), ticked);
        assert_eq!(before(&text.replace("T001 a", "T001 b")), Before::Foreign);
        assert_eq!(before("# T\n"), Before::Foreign);
    }
}
