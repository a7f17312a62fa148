//! What is stored of a bundle, and what its manifest says of it.

use super::address;
use super::findings::Findings;
use crate::ui::json::{list, number, some_text, text};
use ops_render::Href;
use ops_render::view::{Badge, Link, SpecDrift, SpecRow, Tone};
use ops_render::words::counted;
use serde_json::Value;
use std::collections::BTreeMap;

/// The text that a bundle was made from, in the bundle.
pub const SOURCE: &str = "source.md";
const DOCUMENTS: [&str; 4] = ["constitution.md", "prd.md", "plan.md", "tasks.md"];

pub struct Bundle {
    pub name: String,
    session: String,
    /// Without their texts, by slug.
    pub rows: Vec<Value>,
    /// `spec-kit.json`; null where there is none.
    pub manifest: Value,
    pub findings: Findings,
    /// Places of nodes of the manifest by id.
    ids: BTreeMap<String, usize>,
}

impl Bundle {
    /// From the answers of the reads: the list, the manifest and the report.
    pub fn of(
        name: &str,
        session: &str,
        rows: &Value,
        manifest: Option<&Value>,
        report: Option<&Value>,
    ) -> Bundle {
        let content = |answer: Option<&Value>| {
            let answer = answer?;
            serde_json::from_str(text(&answer["document"], "content")).ok()
        };
        let manifest: Value = content(manifest).unwrap_or_default();
        let ids = list(&manifest, "nodes").iter().enumerate();
        Bundle {
            ids: ids
                .filter(|(_, node)| is_id(text(node, "id")))
                .map(|(at, node)| (text(node, "id").into(), at))
                .collect(),
            name: name.into(),
            session: session.into(),
            rows: list(rows, "documents").to_vec(),
            findings: Findings::of(content(report)),
            manifest,
        }
    }

    pub fn file_of<'a>(&self, slug: &'a str) -> &'a str {
        slug.split_once('/').map_or(slug, |(_, file)| file)
    }

    pub fn row(&self, file: &str) -> Option<&Value> {
        let mut rows = self.rows.iter();
        rows.find(|row| self.file_of(text(row, "slug")) == file)
    }

    pub fn href(&self, file: &str) -> Href {
        address(&format!("{}/{file}", self.name), &self.session)
    }

    pub fn home(&self) -> Href {
        address(&self.name, &self.session)
    }

    pub fn list(&self) -> Href {
        Href::path(&["spec-kit"]).with("session", &self.session)
    }

    pub fn download(&self) -> Href {
        Href::path(&["spec-kit", &format!("{}.zip", self.name)])
    }

    /// A line of a document that is stored.
    pub fn line(&self, file: &str, line: u64) -> Option<Href> {
        self.row(file)?;
        Some(self.href(file).at(&format!("L{line}")))
    }

    pub fn nodes(&self) -> impl Iterator<Item = &Value> {
        self.ids.values().filter_map(|at| self.node_at(*at))
    }

    pub fn node(&self, id: &str) -> Option<&Value> {
        self.node_at(*self.ids.get(id)?)
    }

    fn node_at(&self, at: usize) -> Option<&Value> {
        list(&self.manifest, "nodes").get(at)
    }

    /// Where an id is defined.
    pub fn definition(&self, node: &Value) -> Href {
        self.href(text(node, "document")).at(text(node, "id"))
    }

    /// An id as a link to its definition, or as text where nothing is known of it.
    pub fn link(&self, id: &str) -> Link {
        match self.node(id) {
            Some(node) => Link::to(id, self.definition(node)),
            None => Link::plain(id),
        }
    }

    pub fn title(&self) -> String {
        let named = ["spec-kit.json", "prd.md"]
            .iter()
            .find_map(|file| Some((some_text(self.row(file)?, "title")?, *file)));
        let Some((title, file)) = named else {
            return self.name.clone();
        };
        let title = title.strip_suffix(&format!(" · {file}")).unwrap_or(title);
        // That it is a PRD goes without saying here.
        let start = ["PRD: ", "PRD — ", "PRD – ", "PRD - "];
        let short = start.iter().find_map(|start| title.strip_prefix(start));
        short.unwrap_or(title).into()
    }

    /// Whether the source is another one than the bundle was made from; nobody knows without both.
    pub fn has_drifted(&self) -> Option<bool> {
        let before = some_text(&self.manifest["source"], "sha256")?;
        Some(some_text(self.row(SOURCE)?, "sha256")? != before)
    }

    /// Of the whole. What was found in documents of another source says little.
    pub fn verdict(&self) -> Badge {
        match self.has_drifted() {
            Some(true) => Badge::new(Tone::Warn, "out of date"),
            _ => self.findings.verdict(),
        }
    }

    pub fn drift(&self) -> Option<SpecDrift> {
        self.has_drifted().filter(|drifted| *drifted)?;
        let told = self.findings.drift();
        let words = told.split([',', ' ']).filter(|word| !word.is_empty());
        let affected: Vec<Link> = words
            .filter(|word| self.ids.contains_key(*word))
            .map(|id| self.link(id))
            .collect();
        let more = told.split_once(" and ").map(|(_, more)| more);
        Some(SpecDrift {
            text: format!(
                "{SOURCE} changed after the documents were generated from it. They say what it said before."
            ),
            affected,
            more: more
                .filter(|more| more.starts_with(|c: char| c.is_ascii_digit()))
                .map_or_else(String::new, |more| format!("and {more}")),
        })
    }

    pub fn summary(&self) -> String {
        let documents = self.rows.iter().filter(|row| {
            let file = self.file_of(text(row, "slug"));
            file != SOURCE && file.ends_with(".md")
        });
        let mut words = vec![counted(documents.count() as u64, "document", "documents")];
        if self.row(SOURCE).is_some() {
            words[0].push_str(&format!(" from {SOURCE}"));
        }
        words.extend(self.findings.summary());
        words.extend(self.has_drifted().map(|drifted| match drifted {
            true => "source changed".to_string(),
            false => "source unchanged".to_string(),
        }));
        words.join(" · ")
    }

    /// Ours first, in the order in which they depend on each other; then what others added.
    pub fn documents(&self, current: &str) -> Vec<SpecRow> {
        let ours = DOCUMENTS.iter().filter_map(|file| self.row(file));
        let others = self.rows.iter().filter(|row| {
            let file = self.file_of(text(row, "slug"));
            file.ends_with(".md") && file != SOURCE && !DOCUMENTS.contains(&file)
        });
        ours.chain(others)
            .map(|row| self.document_row(row, current))
            .collect()
    }

    pub fn sources(&self, current: &str) -> Vec<SpecRow> {
        let row = self.row(SOURCE).into_iter();
        row.map(|row| self.document_row(row, current)).collect()
    }

    /// What is for programs.
    pub fn others(&self, current: &str) -> Vec<SpecRow> {
        let others = self.rows.iter();
        others
            .filter(|row| !text(row, "slug").ends_with(".md"))
            .map(|row| {
                let file = self.file_of(text(row, "slug"));
                SpecRow {
                    name: file.into(),
                    href: Some(self.href(file)),
                    badge: None,
                    note: ops_render::words::size(number(row, "size")),
                    is_current: file == current,
                }
            })
            .collect()
    }

    fn document_row(&self, row: &Value, current: &str) -> SpecRow {
        let file = self.file_of(text(row, "slug"));
        let short = self.counts(file, &SHORT);
        SpecRow {
            name: file.into(),
            href: Some(self.href(file)),
            badge: Some(match file {
                SOURCE => self.source_badge(),
                file => self.findings.badge(&format!("{}/{file}", self.name)),
            }),
            note: match short.as_str() {
                "" => ops_render::words::size(number(row, "size")),
                _ => short,
            },
            is_current: file == current,
        }
    }

    fn source_badge(&self) -> Badge {
        match self.has_drifted() {
            Some(true) => Badge::new(Tone::Warn, "changed"),
            Some(false) => Badge::new(Tone::Ok, "in step"),
            None => Badge::new(Tone::Off, "source"),
        }
    }

    /// `10 FR · 9 AC`: what a document defines.
    pub fn counts(&self, file: &str, kinds: &[(&str, &str, &str)]) -> String {
        let nodes = || self.nodes().filter(|node| text(node, "document") == file);
        let words = kinds.iter().filter_map(|(kind, one, many)| {
            let count = nodes().filter(|node| text(node, "kind") == *kind).count();
            (count > 0).then(|| counted(count as u64, one, many))
        });
        words.collect::<Vec<_>>().join(" · ")
    }
}

/// Kinds of nodes with their words for one and for several.
pub const SHORT: [(&str, &str, &str); 6] = [
    ("requirement", "FR", "FR"),
    ("acceptance", "AC", "AC"),
    ("principle", "P", "P"),
    ("decision", "D", "D"),
    ("risk", "R", "R"),
    ("task", "task", "tasks"),
];

pub const ALL: [(&str, &str, &str); 14] = [
    ("goal", "goal", "goals"),
    ("non_goal", "non-goal", "non-goals"),
    ("persona", "persona", "personas"),
    ("story", "story", "stories"),
    ("requirement", "FR", "FR"),
    ("non_functional", "NFR", "NFR"),
    ("acceptance", "AC", "AC"),
    ("success", "SC", "SC"),
    ("question", "open question", "open questions"),
    ("principle", "principle", "principles"),
    ("decision", "decision", "decisions"),
    ("risk", "risk", "risks"),
    ("phase", "phase", "phases"),
    ("task", "task", "tasks"),
];

/// Manifests come from callers too: an id is letters, digits and hyphens, and none that a line has.
fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    let is_line = text
        .strip_prefix('L')
        .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    (2..=24).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(plain)
        && text.bytes().any(|b| b.is_ascii_digit())
        && !is_line
}
