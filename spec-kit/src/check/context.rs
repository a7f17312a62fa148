use super::Options;
use super::coverage::Served;
use crate::bundle::{Bundle, Layout, Scope, file_name};
use crate::config::Config;
use crate::digest::digest;
use crate::facts::{Document, DocumentKind, Id, Item, Role};
use crate::order::Order;
use crate::parallel;
use crate::report::Coverage;
use crate::text::Span;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash, Hasher};

/// An id without its spelling: `FR-1` and `FR-001` are the same. Borrowed, as rules ask for the
/// key of every id that is written anywhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    pub prefix: &'a str,
    pub numbers: &'a [u32],
    /// The letter of `T005a`.
    pub suffix: &'a str,
    /// The first eight bytes of the prefix, as a number. Keys are compared millions of times, and
    /// hardly a prefix is longer.
    rank: u64,
}

impl<'a> Key<'a> {
    pub fn of(id: &'a Id) -> Self {
        let stem = id
            .written
            .trim_end_matches(|c: char| c.is_ascii_lowercase());
        Self::new(
            &id.prefix,
            &id.numbers,
            id.written.get(stem.len()..).unwrap_or(""),
        )
    }

    pub fn new(prefix: &'a str, numbers: &'a [u32], suffix: &'a str) -> Self {
        let bytes = prefix.bytes().chain(std::iter::repeat(0));
        Self {
            prefix,
            numbers,
            suffix,
            rank: bytes
                .take(8)
                .fold(0, |rank, byte| rank << 8 | u64::from(byte)),
        }
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let of_long = || match self.prefix.len().max(other.prefix.len()) > 8 {
            true => self.prefix.cmp(other.prefix),
            false => self.prefix.len().cmp(&other.prefix.len()),
        };
        let of_suffix = || match self.suffix.is_empty() && other.suffix.is_empty() {
            true => Ordering::Equal,
            false => self.suffix.cmp(other.suffix),
        };
        self.rank
            .cmp(&other.rank)
            .then_with(of_long)
            .then_with(|| self.numbers.cmp(other.numbers))
            .then_with(of_suffix)
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.rank);
        self.numbers.hash(state);
    }
}

/// What the documents of a bundle introduce.
pub(super) struct Defined<'a> {
    /// In the order of the documents, those of each.
    documents: Vec<Vec<(&'a Id, Span)>>,
    /// Sorted, each once.
    keys: Vec<Key<'a>>,
}

impl<'a> Defined<'a> {
    fn of(bundle: &'a Bundle) -> Self {
        let documents: Vec<&Document> = bundle.documents().collect();
        let size = documents.iter().map(|d| d.source.text().len()).sum();
        let documents = parallel::map(size, &documents, |document| definitions(document));
        let mut keys: Vec<Key<'_>> = documents
            .iter()
            .flatten()
            .map(|(id, _)| Key::of(id))
            .collect();
        keys.order();
        keys.dedup();
        Self { documents, keys }
    }

    pub fn contains(&self, key: &Key<'_>) -> bool {
        self.keys.binary_search(key).is_ok()
    }

    /// The first that is not before a key.
    pub fn next(&self, key: &Key<'_>) -> Option<&Key<'a>> {
        let at = self.keys.partition_point(|own| own < key);
        self.keys.get(at)
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
    pub defined: &'a Defined<'a>,
    /// Prefixes of `defined`.
    pub prefixes: BTreeSet<&'a str>,
    pub served: Option<Served<'a>>,
    pub coverage: Option<Coverage>,
    /// What [`digest`] says now of the documents that the manifest has, by their name.
    pub digests: BTreeMap<&'a str, String>,
}

impl<'a> Context<'a> {
    pub fn new(
        bundle: &'a Bundle,
        options: &Options<'a>,
        (peers, defined): (&'a Peers<'a>, &'a Defined<'a>),
    ) -> Self {
        let texts = bundle.documents().map(|document| document.source.text());
        let ((served, coverage), digests) = parallel::join(
            texts.map(str::len).sum(),
            || {
                let served = Served::of(bundle);
                let coverage = served.as_ref().map(|served| served.coverage(bundle));
                (served, coverage)
            },
            || digests(bundle),
        );
        Self {
            bundle,
            config: options.config,
            base: options
                .base
                .iter()
                .find(|base| base.directory == bundle.directory),
            peers,
            prefixes: defined.keys.iter().map(|key| key.prefix).collect(),
            defined,
            served,
            coverage,
            digests,
        }
    }

    /// Every id that a document of the bundle introduces, with tasks and items that carry one.
    pub fn definitions(&self, document: &Document) -> &'a [(&'a Id, Span)] {
        let mut documents = self.bundle.documents();
        let at = documents.position(|other| std::ptr::eq(other, document));
        at.and_then(|at| self.defined.documents.get(at))
            .map_or(&[], Vec::as_slice)
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

/// Every id that a document introduces, once for each line.
fn definitions(document: &Document) -> Vec<(&Id, Span)> {
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
        .filter(|(id, span)| seen.insert((Key::of(id), document.line_of(*span))))
        .collect()
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

/// What the bundles of the same check have.
pub(super) struct Peers<'a> {
    /// The name of each with what it introduces. Two folders may have one name.
    defined: Vec<(&'a str, Defined<'a>)>,
}

impl<'a> Peers<'a> {
    pub fn of(bundles: &[&'a Bundle]) -> Self {
        let of_each = bundles
            .iter()
            .map(|bundle| (bundle.slug.as_str(), Defined::of(bundle)));
        Self {
            defined: of_each.collect(),
        }
    }

    /// What each bundle introduces, in the order in which they were given.
    pub fn each(&self) -> impl Iterator<Item = &Defined<'a>> {
        self.defined.iter().map(|(_, defined)| defined)
    }

    /// Whether a bundle of that name has the id. None where there is no such bundle.
    pub fn has(&self, bundle: &str, key: &Key<'_>) -> Option<bool> {
        let mut named = self.defined.iter().filter(|(slug, _)| *slug == bundle);
        let first = named.next()?;
        Some(
            std::iter::once(first)
                .chain(named)
                .any(|(_, defined)| defined.contains(key)),
        )
    }

    /// The names of the other bundles that define an id.
    pub fn owners(&self, own: &str, key: &Key<'_>) -> Vec<&'a str> {
        let others = self.defined.iter().filter(|(slug, _)| *slug != own);
        let mut owners: Vec<&str> = others
            .filter(|(_, defined)| defined.contains(key))
            .map(|(slug, _)| *slug)
            .collect();
        owners.order();
        owners.dedup();
        owners
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
