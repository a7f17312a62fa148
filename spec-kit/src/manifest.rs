//! `spec-kit.json`: what a bundle consists of, where each line came from, and what is tied to what.

mod id_order;

pub(crate) use id_order::compare_ids;
pub use id_order::{SortKey, sort_key};

use crate::parallel;
use id_order::{arrange, places, ranks};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;

/// The only version there is.
pub const VERSION: u32 = 1;

/// What `generate` writes and `validate` compares. Nodes by id, edges by (from, to, relation).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    pub version: u32,
    /// Name and version of the program, `ops-spec-kit 0.1.0`.
    pub tool: String,
    pub slug: String,
    pub source: SourceFile,
    /// By file name, `prd.md`.
    pub documents: BTreeMap<String, DocumentDigest>,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// Of a [`Manifest`], what stands before its lists.
#[derive(Serialize)]
struct Head<'a> {
    version: u32,
    tool: &'a str,
    slug: &'a str,
    source: &'a SourceFile,
    documents: &'a BTreeMap<String, DocumentDigest>,
}

/// The document that the bundle was generated from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    pub file: String,
    /// Of its bytes, in lower-case hex.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentDigest {
    /// By [`crate::digest::digest`].
    pub digest: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Node {
    pub id: String,
    pub kind: NodeKind,
    pub text: String,
    /// The file of the bundle that defines it.
    pub document: String,
    /// None for what no line of the source says, such as a task that follows from many.
    #[serde(default)]
    pub source: Option<NodeSource>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NodeSource {
    pub file: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// Of the text of the span, in lower-case hex: tells whether this very passage changed.
    pub sha256: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    Goal,
    NonGoal,
    Persona,
    Story,
    Requirement,
    NonFunctional,
    Success,
    Acceptance,
    Principle,
    Decision,
    Risk,
    Phase,
    Task,
    /// A question that the source leaves open, or a contradiction in it.
    Question,
}

impl NodeKind {
    /// What its ids begin with, and how many digits they have at least.
    pub fn prefix(self) -> (&'static str, usize) {
        match self {
            Self::Goal => ("G-", 2),
            Self::NonGoal => ("NG-", 2),
            Self::Persona => ("PE-", 2),
            Self::Story => ("US", 1),
            Self::Requirement => ("FR-", 3),
            Self::NonFunctional => ("NFR-", 3),
            Self::Success => ("SC-", 3),
            Self::Acceptance => ("AC-", 3),
            Self::Principle => ("P-", 2),
            Self::Decision => ("D-", 2),
            Self::Risk => ("R-", 2),
            Self::Phase => ("PH-", 2),
            Self::Task => ("T", 3),
            Self::Question => ("Q-", 2),
        }
    }

    pub const ALL: [Self; 14] = [
        Self::Goal,
        Self::NonGoal,
        Self::Persona,
        Self::Story,
        Self::Requirement,
        Self::NonFunctional,
        Self::Success,
        Self::Acceptance,
        Self::Principle,
        Self::Decision,
        Self::Risk,
        Self::Phase,
        Self::Task,
        Self::Question,
    ];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As it is written in the manifest and the lock.
    pub fn name(self) -> &'static str {
        match self {
            Self::Goal => "goal",
            Self::NonGoal => "non_goal",
            Self::Persona => "persona",
            Self::Story => "story",
            Self::Requirement => "requirement",
            Self::NonFunctional => "non_functional",
            Self::Success => "success",
            Self::Acceptance => "acceptance",
            Self::Principle => "principle",
            Self::Decision => "decision",
            Self::Risk => "risk",
            Self::Phase => "phase",
            Self::Task => "task",
            Self::Question => "question",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub relation: Relation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A criterion shows that a requirement holds.
    Validates,
    /// A task makes a requirement or criterion true.
    Implements,
    DependsOn,
    /// A principle binds a requirement or task.
    Enforces,
    /// A requirement or story is there for a goal.
    Serves,
}

/// A `spec-kit.json` that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    #[error("spec-kit.json: {reason}; generate the bundle anew")]
    Unreadable { reason: String },
    #[error("spec-kit.json: version {found}; this program knows {VERSION}: update it")]
    Version { found: u32 },
}

impl Manifest {
    /// # Errors
    /// What is no JSON of this shape, and other versions.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
                ManifestError::Unreadable {
                    reason: error.to_string(),
                }
            })?;
        if manifest.version != VERSION {
            return Err(ManifestError::Version {
                found: manifest.version,
            });
        }
        Ok(manifest)
    }

    /// Sorted, so that two bundles can be compared line by line.
    pub fn sort(&mut self) {
        let keys = self.nodes.iter().map(|node| sort_key(&node.id));
        let order = places(keys);
        arrange(&mut self.nodes, &order);
        let ends = self.edges.iter();
        let ranks = ranks(ends.flat_map(|edge| [edge.from.as_str(), edge.to.as_str()]));
        let relations = self.edges.iter().map(|edge| edge.relation);
        let keys = ranks.as_chunks::<2>().0.iter().zip(relations);
        let order = places(keys);
        arrange(&mut self.edges, &order);
        self.edges.dedup();
    }

    /// As it is stored: a line for each node and for each edge, so that a change of one is a change
    /// of one line.
    pub fn render(&self) -> String {
        let head = Head {
            version: self.version,
            tool: &self.tool,
            slug: &self.slug,
            source: &self.source,
            documents: &self.documents,
        };
        // Strings, numbers and maps with string keys: there is nothing that cannot be written.
        let head = serde_json::to_string_pretty(&head).unwrap_or_default();
        let head = head.trim_end_matches("\n}");
        let size = (self.nodes.len() + self.edges.len()) * 64;
        let (nodes, edges) = parallel::join(
            size,
            || lines(&self.nodes, Node::put),
            || lines(&self.edges, Edge::put),
        );
        format!("{head},\n  \"nodes\": [{nodes}],\n  \"edges\": [{edges}]\n}}\n")
    }

    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }
}

/// The items of a list in the second level, one to a line.
fn lines<T>(list: &[T], put: impl Fn(&T, &mut Vec<u8>)) -> String {
    let mut text = Vec::with_capacity(list.len() * 160);
    for (at, item) in list.iter().enumerate() {
        text.extend_from_slice(if at == 0 { b"\n    " } else { b",\n    " });
        put(item, &mut text);
    }
    if !list.is_empty() {
        text.extend_from_slice(b"\n  ");
    }
    String::from_utf8(text).unwrap_or_default()
}

impl Node {
    /// As serde writes it, in whole pieces.
    fn put(&self, out: &mut Vec<u8>) {
        field(out, b"{\"id\":", &self.id);
        field(out, b",\"kind\":", self.kind.name());
        field(out, b",\"text\":", &self.text);
        field(out, b",\"document\":", &self.document);
        if let Some(source) = &self.source {
            field(out, b",\"source\":{\"file\":", &source.file);
            // Writing to a list cannot fail.
            let _ = write!(
                out,
                ",\"line\":{},\"column\":{}",
                source.line, source.column
            );
            field(out, b",\"sha256\":", &source.sha256);
            out.push(b'}');
        }
        out.push(b'}');
    }
}

impl Edge {
    fn put(&self, out: &mut Vec<u8>) {
        field(out, b"{\"from\":", &self.from);
        field(out, b",\"to\":", &self.to);
        out.extend_from_slice(b",\"relation\":");
        let _ = serde_json::to_writer(&mut *out, &self.relation);
        out.push(b'}');
    }
}

/// A name and its value.
fn field(out: &mut Vec<u8>, name: &[u8], value: &str) {
    out.extend_from_slice(name);
    // Without a branch for each byte.
    let is_plain = |plain, byte: &u8| plain & (*byte >= b' ' && *byte != b'"' && *byte != b'\\');
    if value.as_bytes().iter().fold(true, is_plain) {
        out.push(b'"');
        out.extend_from_slice(value.as_bytes());
        out.push(b'"');
    } else {
        let _ = serde_json::to_writer(&mut *out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let node = |id: &str| Node {
            id: id.into(),
            kind: NodeKind::Story,
            text: "a".into(),
            document: "prd.md".into(),
            source: None,
        };
        let edge = |from: &str| Edge {
            from: from.into(),
            to: "FR-001".into(),
            relation: Relation::Implements,
        };
        Manifest {
            version: VERSION,
            tool: "ops-spec-kit 0.1.0".into(),
            slug: "a".into(),
            source: SourceFile {
                file: "prd.md".into(),
                sha256: "0".into(),
            },
            documents: BTreeMap::new(),
            nodes: vec![node("US10"), node("US2"), node("FR-001")],
            edges: vec![edge("T1000"), edge("T002"), edge("T002")],
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_sorted_by_number() {
        let mut written = manifest();
        written.sort();
        let ids: Vec<&str> = written.nodes.iter().map(|n| n.id.as_str()).collect();
        assert_eq!(ids, ["FR-001", "US2", "US10"]);
        assert_eq!(written.edges.len(), 2);
        assert_eq!(written.edges[0].from, "T002");
        let text = written.render();
        assert!(text.ends_with("}\n"));
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines.contains(&r#"    {"id":"US2","kind":"story","text":"a","document":"prd.md"},"#)
        );
        assert!(lines.contains(&r#"    {"from":"T1000","to":"FR-001","relation":"implements"}"#));
        assert_eq!(Manifest::parse(&text), Ok(written));
    }

    #[test]
    fn what_no_line_holds_is_escaped_and_read_again() {
        let mut written = manifest();
        for text in ["say \"a\\b\"", "two\nlines\tand \u{1}", "é – ☃", ""] {
            let source = NodeSource {
                file: "a b.md".into(),
                line: 12,
                column: 3,
                sha256: "ff".into(),
            };
            written.nodes.push(Node {
                id: text.into(),
                kind: NodeKind::NonGoal,
                text: text.into(),
                document: "prd.md".into(),
                source: Some(source),
            });
        }
        let text = written.render();
        assert!(text.contains(
            r#"    {"id":"say \"a\\b\"","kind":"non_goal","text":"say \"a\\b\"","document":"prd.md","source":{"file":"a b.md","line":12,"column":3,"sha256":"ff"}},"#
        ));
        assert!(text.contains(r#""text":"two\nlines\tand \u0001","#));
        assert_eq!(Manifest::parse(&text), Ok(written));
    }

    #[test]
    fn another_version_is_named_and_rubbish_is_refused() {
        let mut other = manifest();
        other.version = 2;
        assert_eq!(
            Manifest::parse(&other.render()),
            Err(ManifestError::Version { found: 2 })
        );
        let error = Manifest::parse("{").expect_err("no JSON");
        assert!(error.to_string().contains("generate the bundle anew"));
    }
}
