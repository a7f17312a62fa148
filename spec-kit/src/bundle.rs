//! What belongs together: the documents of one feature, and what they were made from.

use crate::facts::{Document, DocumentKind};
use crate::ids::Lock;
use crate::manifest::Manifest;
use crate::text::Source;
use std::collections::BTreeSet;

mod gather;
mod paths;

pub use paths::{file_name, folder, resolve};

/// Whose conventions a bundle follows. Some rules ask for more of our own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// `<slug>/{constitution,prd,plan,tasks}.md`
    #[default]
    Native,
    /// github/spec-kit: `specs/NNN-slug/{spec,plan,tasks}.md`
    SpecKit,
    /// `.kiro/specs/x/{requirements,design,tasks}.md`
    Kiro,
    /// `openspec/changes/x/{proposal,tasks}.md` with `specs/*/spec.md`
    OpenSpec,
}

/// Whether the rest of a bundle is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// All that there is was given: what is absent is missing.
    #[default]
    Bundle,
    /// One document on its own: nothing is said of the others.
    Single,
}

/// A file that could not be read as what its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub file: String,
    /// From 1.
    pub line: u32,
    pub reason: String,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bundle {
    /// The name of the folder.
    pub slug: String,
    /// The folder, with `/` between its parts and none at the end; empty for the working folder.
    pub directory: String,
    pub layout: Layout,
    pub scope: Scope,
    pub constitution: Option<Document>,
    pub prd: Option<Document>,
    pub plan: Option<Document>,
    pub tasks: Option<Document>,
    /// `spec-kit.json`
    pub manifest: Option<Manifest>,
    /// `spec-kit.lock`
    pub lock: Option<Lock>,
    /// `spec-kit.toml`
    pub config: Option<Source>,
    /// The PRD that the bundle was generated from.
    pub source: Option<Document>,
    /// Other documents: research, contracts, check lists, a second specification.
    pub extra: Vec<Document>,
    /// Migrations, to compare with.
    pub sql: Vec<Source>,
    pub unreadable: Vec<Unreadable>,
    /// Every path that was given, read or not.
    pub files: BTreeSet<String>,
}

impl Bundle {
    /// One document on its own.
    pub fn single(document: Document) -> Self {
        let mut bundle = Self {
            scope: Scope::Single,
            files: BTreeSet::from([document.source.file().to_owned()]),
            ..Self::default()
        };
        bundle.layout = layout_of(std::iter::once(document.source.file()));
        bundle.take(document);
        bundle
    }

    /// All documents, in the order in which they depend on each other.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        [&self.constitution, &self.prd, &self.plan, &self.tasks]
            .into_iter()
            .filter_map(Option::as_ref)
            .chain(&self.extra)
    }

    /// Puts a document in its place. A second one of a kind is an extra, and has no kind then: what
    /// is asked of a PRD is not asked of the notes beside it.
    fn take(&mut self, mut document: Document) {
        let place = match document.kind {
            DocumentKind::Constitution => &mut self.constitution,
            DocumentKind::Prd => &mut self.prd,
            DocumentKind::Plan => &mut self.plan,
            DocumentKind::Tasks => &mut self.tasks,
            DocumentKind::Other => return self.extra.push(document),
        };
        match place {
            None => *place = Some(document),
            Some(_) => {
                document.kind = DocumentKind::Other;
                self.extra.push(document);
            }
        }
    }

    /// A document whose name says nothing, beside those that have names.
    fn take_extra(&mut self, mut document: Document) {
        document.kind = DocumentKind::Other;
        self.extra.push(document);
    }
}

fn layout_of<'a>(paths: impl Iterator<Item = &'a str>) -> Layout {
    let mut layout = Layout::Native;
    for path in paths {
        let parts = || path.split('/');
        match file_name(path) {
            _ if parts().any(|part| part == "openspec") => return Layout::OpenSpec,
            _ if parts().any(|part| part == ".kiro") => return Layout::Kiro,
            "prd.md" | "spec-kit.json" => return Layout::Native,
            "spec.md" => layout = Layout::SpecKit,
            "requirements.md" | "design.md" if layout == Layout::Native => layout = Layout::Kiro,
            "proposal.md" if layout == Layout::Native => layout = Layout::OpenSpec,
            _ => {}
        }
    }
    layout
}
