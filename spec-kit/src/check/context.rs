use super::Options;
use super::coverage::Served;
use crate::bundle::{Bundle, Layout, Scope, file_name};
use crate::config::Config;
use crate::digest::digest;
use crate::facts::{Document, DocumentKind, Id, Item, Role};
use crate::order::Gather;
use crate::parallel;
use crate::report::Coverage;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// An id without its spelling: `FR-1` and `FR-001` are the same. Borrowed, as rules ask for the
/// key of every id that is written anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key<'a> {
    pub prefix: &'a str,
    pub numbers: &'a [u32],
    /// The letter of `T005a`.
    pub suffix: &'a str,
}

impl<'a> Key<'a> {
    pub fn of(id: &'a Id) -> Self {
        let stem = id
            .written
            .trim_end_matches(|c: char| c.is_ascii_lowercase());
        Self {
            prefix: &id.prefix,
            numbers: &id.numbers,
            suffix: id.written.get(stem.len()..).unwrap_or(""),
        }
    }
}

/// All that the rules of one bundle look at.
pub(super) struct Context<'a> {
    pub bundle: &'a Bundle,
    pub config: &'a Config,
    /// The bundle as it was.
    pub base: Option<&'a Bundle>,
    pub peers: &'a Peers<'a>,
    /// Every id that the bundle introduces.
    pub defined: BTreeSet<Key<'a>>,
    /// Prefixes of `defined`.
    pub prefixes: BTreeSet<&'a str>,
    pub served: Option<Served<'a>>,
    pub coverage: Option<Coverage>,
    /// What [`digest`] says now of the documents that the manifest has, by their name.
    pub digests: BTreeMap<&'a str, String>,
}

impl<'a> Context<'a> {
    pub fn new(bundle: &'a Bundle, options: &Options<'a>, peers: &'a Peers<'a>) -> Self {
        let texts = bundle.documents().map(|document| document.source.text());
        let ((served, coverage), (defined, digests)) = parallel::join(
            texts.map(str::len).sum(),
            || {
                let served = Served::of(bundle);
                let coverage = served.as_ref().map(|served| served.coverage(bundle));
                (served, coverage)
            },
            || {
                let defined = bundle.documents().flat_map(definitions);
                let defined: BTreeSet<Key<'a>> = defined.map(|(id, _)| Key::of(id)).into_set();
                (defined, digests(bundle))
            },
        );
        Self {
            bundle,
            config: options.config,
            base: options
                .base
                .iter()
                .find(|base| base.directory == bundle.directory),
            peers,
            prefixes: defined.iter().map(|key| key.prefix).collect(),
            defined,
            served,
            coverage,
            digests,
        }
    }

    pub fn is_whole(&self) -> bool {
        self.bundle.scope == Scope::Bundle
    }

    pub fn is_native(&self) -> bool {
        self.bundle.layout == Layout::Native
    }
}

fn digests(bundle: &Bundle) -> BTreeMap<&str, String> {
    let Some(manifest) = &bundle.manifest else {
        return BTreeMap::new();
    };
    bundle
        .documents()
        .map(|document| (file_name(document.source.file()), document))
        .filter(|(name, _)| manifest.documents.contains_key(*name))
        .map(|(name, document)| (name, digest(document.source.text())))
        .collect()
}

/// Every id that a document introduces, with tasks and items that carry one.
pub(super) fn definitions(document: &Document) -> impl Iterator<Item = (&Id, Span)> {
    let mut seen = HashSet::new();
    let of_tasks = document
        .tasks
        .iter()
        .filter_map(|task| task.id.as_ref().map(|id| (id, task.span)));
    document
        .definitions
        .iter()
        .map(|definition| (&definition.id, definition.span))
        .chain(of_tasks)
        .filter(move |(id, span)| seen.insert((Key::of(id), document.line_of(*span))))
}

/// The requirements of a PRD: what has a task or should have one. Remarks on quality that neither
/// have an id nor stand below "requirements" are none.
pub(super) fn requirements(prd: &Document) -> impl Iterator<Item = &Item> {
    let is_called = |item: &Item| {
        item.path.iter().any(|title| {
            let title = title.to_lowercase();
            title.contains("requirement") || title.contains("nfr")
        })
    };
    prd.items.iter().filter(move |item| match item.role {
        Role::Requirements => true,
        Role::NonFunctional => item.id.is_some() || is_called(item),
        _ => false,
    })
}

pub(super) fn of_role(document: &Document, role: Role) -> impl Iterator<Item = &Item> {
    document.items.iter().filter(move |item| item.role == role)
}

pub(super) fn has_role(document: &Document, role: Role) -> bool {
    document.sections.iter().any(|section| section.role == role)
        || document.items.iter().any(|item| item.role == role)
}

/// What other bundles of the same check have.
pub(super) struct Peers<'a> {
    /// By the name of the bundle.
    defined: BTreeMap<&'a str, BTreeSet<Key<'a>>>,
}

impl<'a> Peers<'a> {
    pub fn of(bundles: &[&'a Bundle]) -> Self {
        let mut defined: BTreeMap<&str, BTreeSet<Key<'_>>> = BTreeMap::new();
        for bundle in bundles {
            let keys = defined.entry(&bundle.slug).or_default();
            for document in bundle.documents() {
                keys.extend(definitions(document).map(|(id, _)| Key::of(id)));
            }
        }
        Self { defined }
    }

    /// Whether a bundle of that name has the id. None where there is no such bundle.
    pub fn has(&self, bundle: &str, key: &Key<'_>) -> Option<bool> {
        self.defined.get(bundle).map(|keys| keys.contains(key))
    }

    /// The other bundles that define an id.
    pub fn owners(&self, own: &str, key: &Key<'_>) -> Vec<&'a str> {
        self.defined
            .iter()
            .filter(|(slug, keys)| **slug != own && keys.contains(key))
            .map(|(slug, _)| *slug)
            .collect()
    }
}

/// What a document is called in a message.
pub(super) fn called(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Constitution => "the constitution",
        DocumentKind::Prd => "the PRD",
        DocumentKind::Plan => "the plan",
        DocumentKind::Tasks => "the task list",
        DocumentKind::Other => "the document",
    }
}
