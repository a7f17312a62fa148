//! SK-TRC-005: endpoints, tables, indexes and variables on one side only.

use super::context::{Context, called};
use super::draft::{Draft, Drafts};
use super::sql::Sql;
use super::words::{LETTERS, Runs, short};
use crate::facts::{Document, DocumentKind, Inventory, InventoryKind};
use crate::order::Gather;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let bundle = context.bundle;
    let Some(prd) = &bundle.prd else { return };
    let others: Vec<&Document> = bundle.plan.iter().chain(&bundle.tasks).collect();
    if context.is_whole() && bundle.plan.is_some() && bundle.tasks.is_some() {
        promised(prd, &others, out);
        for other in others {
            unasked(prd, other, out);
        }
    }
    if !bundle.sql.is_empty() {
        migrated(context, prd, out);
    }
}

/// Kinds that a plan carries by name. Columns and screens are too small, paths and commands have
/// rules of their own.
fn is_carried(kind: InventoryKind) -> bool {
    matches!(
        kind,
        InventoryKind::Table
            | InventoryKind::Index
            | InventoryKind::Endpoint
            | InventoryKind::Environment
    )
}

fn word(kind: InventoryKind) -> &'static str {
    match kind {
        InventoryKind::Table => "table",
        InventoryKind::Column => "column",
        InventoryKind::Index => "index",
        InventoryKind::Endpoint => "endpoint",
        InventoryKind::Environment => "variable",
        InventoryKind::Screen => "screen",
        InventoryKind::Path => "path",
        InventoryKind::Command => "command",
    }
}

fn promised(prd: &Document, others: &[&Document], out: &mut Drafts) {
    let known = Names::of(others, unique(prd));
    for entry in unique(prd) {
        if !known.has(entry) {
            let message = format!(
                "the {} `{}` is in {} and in neither plan nor tasks",
                word(entry.kind),
                short(&entry.name, 80),
                called(DocumentKind::Prd)
            );
            out.add(Draft::at("SK-TRC-005", prd, entry.span, message).key(entry.name.clone()));
        }
    }
}

/// What the plan or the tasks list and the PRD does not ask for, where it lists such things itself.
fn unasked(prd: &Document, other: &Document, out: &mut Drafts) {
    let listed: BTreeSet<InventoryKind> = unique(prd).map(|entry| entry.kind).into_set();
    let documents = [prd];
    let known = Names::of(&documents, unique(other));
    for entry in unique(other) {
        if listed.contains(&entry.kind) && !known.has(entry) {
            let message = format!(
                "the {} `{}` is in {} and {} does not name it",
                word(entry.kind),
                short(&entry.name, 80),
                called(other.kind),
                called(DocumentKind::Prd)
            );
            out.add(Draft::at("SK-TRC-005", other, entry.span, message).key(entry.name.clone()));
        }
    }
}

/// What a document lists, each once.
fn unique(document: &Document) -> impl Iterator<Item = &Inventory> {
    let mut seen = BTreeSet::new();
    document
        .inventory
        .iter()
        .filter(|entry| entry.is_listed && is_carried(entry.kind))
        .filter(move |entry| seen.insert((entry.kind, entry.name.to_lowercase())))
}

/// Which of some names stand in some documents, in whatever case.
struct Names<'a> {
    documents: &'a [&'a Document],
    /// Those of the wanted forms that are words of a text.
    words: HashSet<String>,
    /// Texts without blanks, for names of several words. Made when one is asked for.
    dense: OnceCell<Vec<String>>,
    listed: HashSet<(InventoryKind, String)>,
}

impl<'a> Names<'a> {
    fn of<'b>(documents: &'a [&'a Document], wanted: impl Iterator<Item = &'b Inventory>) -> Self {
        let wanted = Wanted::of(wanted.map(form));
        let mut words = HashSet::new();
        let mut listed = HashSet::new();
        for document in documents {
            wanted.find(document.source.text(), &mut words);
            for entry in document.inventory.iter().filter(|e| is_carried(e.kind)) {
                listed.insert((entry.kind, dense(&entry.name.to_lowercase())));
            }
        }
        Self {
            documents,
            words,
            dense: OnceCell::new(),
            listed,
        }
    }

    fn dense(&self) -> &[String] {
        self.dense.get_or_init(|| {
            let texts = self.documents.iter();
            texts
                .map(|document| dense(&document.source.text().to_lowercase()))
                .collect()
        })
    }

    fn has(&self, entry: &Inventory) -> bool {
        let key = (entry.kind, dense(&entry.name.to_lowercase()));
        if self.listed.contains(&key) {
            return true;
        }
        match entry.kind {
            InventoryKind::Index => self.dense().iter().any(|text| text.contains(&key.1)),
            _ => self.words.contains(&form(entry)),
        }
    }
}

/// A name as it is looked for in a text.
fn form(entry: &Inventory) -> String {
    let name = entry.name.to_lowercase();
    let word = match entry.kind {
        // The path is enough; a plan often drops the method.
        InventoryKind::Endpoint => name.rsplit(' ').next().unwrap_or(&name),
        _ => &name,
    };
    path_form(word).into_owned()
}

/// Forms that are looked for among all words of a text.
struct Wanted {
    forms: HashSet<String>,
    /// By the first byte of a form, one bit for each length: most words are none of them.
    lengths: [u64; 256],
}

impl Wanted {
    fn of(forms: impl Iterator<Item = String>) -> Self {
        let forms: HashSet<String> = forms.collect();
        let mut lengths = [0; 256];
        for form in &forms {
            let first = form.bytes().next().unwrap_or(0);
            lengths[usize::from(first)] |= bit(form.len());
        }
        Self { forms, lengths }
    }

    fn find(&self, text: &str, found: &mut HashSet<String>) {
        for word in Runs::of(text, &NAMES) {
            if word.is_ascii() {
                self.look(word, found);
                continue;
            }
            // A letter may become several, of which not all need be letters.
            for word in Runs::of(&word.to_lowercase(), &NAMES) {
                self.look(word, found);
            }
        }
    }

    fn look(&self, word: &str, found: &mut HashSet<String>) {
        let trimmed = without_edges(word);
        let first = trimmed.bytes().next().unwrap_or(0).to_ascii_lowercase();
        if self.lengths[usize::from(first)] == 0 {
            return;
        }
        let form = one_parameter(trimmed);
        if self.lengths[usize::from(first)] & bit(form.len()) == 0 {
            return;
        }
        let form = form.to_ascii_lowercase();
        if self.forms.contains(&form) {
            found.insert(form);
        }
    }
}

fn bit(length: usize) -> u64 {
    1 << length.min(63)
}

/// Letters, and what else stands in names and paths.
const NAMES: [bool; 256] = {
    let mut names = LETTERS;
    let signs = b"_./-{}:";
    let mut at = 0;
    while at < signs.len() {
        names[signs[at] as usize] = true;
        at += 1;
    }
    names
};

/// Without the signs around it, and with one form of parameters.
fn path_form(text: &str) -> Cow<'_, str> {
    one_parameter(without_edges(text))
}

fn without_edges(text: &str) -> &str {
    let is_inner = |byte: &u8| !matches!(byte, b'.' | b':' | b'-' | b'/');
    let mut bytes = text.as_bytes().iter();
    let Some(from) = bytes.position(is_inner) else {
        return "";
    };
    let to = from + 1 + bytes.rposition(is_inner).map_or(0, |last| last + 1);
    text.get(from..to).unwrap_or(text)
}

/// `{id}` and `:id` are the same.
fn one_parameter(text: &str) -> Cow<'_, str> {
    let is_parameter = |part: &str| part.starts_with([':', '{']);
    let may_have = text.bytes().any(|byte| matches!(byte, b':' | b'{'));
    if !may_have || !text.split('/').any(is_parameter) {
        return Cow::Borrowed(text);
    }
    let parts = text
        .split('/')
        .map(|part| if is_parameter(part) { "{}" } else { part });
    Cow::Owned(parts.collect::<Vec<_>>().join("/"))
}

fn dense(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '`' && *c != '*')
        .collect()
}

fn migrated(context: &Context<'_>, prd: &Document, out: &mut Drafts) {
    let sql = Sql::of(&context.bundle.sql);
    if sql.tables.is_empty() {
        return;
    }
    for entry in unique(prd) {
        let name = entry.name.to_lowercase();
        let is_there = match entry.kind {
            InventoryKind::Table => sql
                .tables
                .contains_key(name.rsplit('.').next().unwrap_or(&name)),
            InventoryKind::Index => sql.has_index(&name),
            _ => true,
        };
        if !is_there {
            let message = format!(
                "the {} `{}` is in {} and in no migration",
                word(entry.kind),
                short(&entry.name, 80),
                called(DocumentKind::Prd)
            );
            out.add(
                Draft::at("SK-TRC-005", prd, entry.span, message)
                    .key(format!("sql {}", entry.name)),
            );
        }
    }
    unlisted(prd, &sql, out);
}

/// Tables of the migrations that the PRD does not name, where it lists tables.
fn unlisted(prd: &Document, sql: &Sql, out: &mut Drafts) {
    let listed: BTreeSet<String> = prd
        .inventory
        .iter()
        .filter(|entry| entry.kind == InventoryKind::Table && entry.is_listed)
        .map(|entry| entry.name.to_lowercase())
        .into_set();
    if listed.is_empty() {
        return;
    }
    for (name, place) in &sql.tables {
        let is_listed = listed
            .iter()
            .any(|other| other.rsplit('.').next() == Some(name.as_str()));
        if !is_listed {
            let message = format!(
                "a migration makes the table `{name}`, which {} does not list",
                called(DocumentKind::Prd)
            );
            out.add(
                Draft::at_place("SK-TRC-005", place.clone(), message).key(format!("made {name}")),
            );
        }
    }
}
