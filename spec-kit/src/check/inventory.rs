//! SK-TRC-005: endpoints, tables, indexes and variables on one side only.

use super::context::{Context, called};
use super::draft::{Draft, Drafts};
use super::sql::Sql;
use super::words::short;
use crate::facts::{Document, DocumentKind, Inventory, InventoryKind};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let bundle = context.bundle;
    let Some(prd) = &bundle.prd else { return };
    let others: Vec<&Document> = bundle.plan.iter().chain(&bundle.tasks).collect();
    if context.is_whole() && bundle.plan.is_some() && bundle.tasks.is_some() {
        promised(prd, &others, out);
        if let Some(plan) = &bundle.plan {
            unasked(prd, plan, out);
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
    let known = Names::of(others);
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

/// Endpoints of the plan that the PRD does not ask for, where the PRD lists endpoints.
fn unasked(prd: &Document, plan: &Document, out: &mut Drafts) {
    let listed: BTreeSet<InventoryKind> = unique(prd).map(|entry| entry.kind).collect();
    let known = Names::of(&[prd]);
    for entry in unique(plan) {
        if entry.kind == InventoryKind::Endpoint
            && listed.contains(&entry.kind)
            && !known.has(entry)
        {
            let message = format!(
                "the endpoint `{}` is in the plan and {} does not name it",
                short(&entry.name, 80),
                called(DocumentKind::Prd)
            );
            out.add(Draft::at("SK-TRC-005", plan, entry.span, message).key(entry.name.clone()));
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

/// Every word-like run of some documents, in small letters, for a look-up of names.
struct Names {
    words: BTreeSet<String>,
    /// Texts without blanks, for names of several words.
    dense: Vec<String>,
    listed: BTreeMap<InventoryKind, BTreeSet<String>>,
}

impl Names {
    fn of(documents: &[&Document]) -> Self {
        let mut names = Self {
            words: BTreeSet::new(),
            dense: Vec::new(),
            listed: BTreeMap::new(),
        };
        for document in documents {
            let text = document.source.text().to_lowercase();
            let parts = text.split(|c: char| !(c.is_alphanumeric() || "_./-{}:".contains(c)));
            for part in parts.filter(|part| !part.is_empty()) {
                let form = path_form(part);
                if !names.words.contains(form.as_ref()) {
                    names.words.insert(form.into_owned());
                }
            }
            names.dense.push(dense(&text));
            for entry in &document.inventory {
                let of_kind = names.listed.entry(entry.kind).or_default();
                of_kind.insert(dense(&entry.name.to_lowercase()));
            }
        }
        names
    }

    fn has(&self, entry: &Inventory) -> bool {
        let name = entry.name.to_lowercase();
        let thick = dense(&name);
        if self
            .listed
            .get(&entry.kind)
            .is_some_and(|names| names.contains(&thick))
        {
            return true;
        }
        match entry.kind {
            // The path is enough; a plan often drops the method.
            InventoryKind::Endpoint => {
                let path = name.rsplit(' ').next().unwrap_or(&name);
                self.words.contains(path_form(path).as_ref())
            }
            InventoryKind::Index => self.dense.iter().any(|text| text.contains(&thick)),
            _ => self.words.contains(path_form(&name).as_ref()),
        }
    }
}

/// Without the signs around it, and with one form of parameters: `{id}` and `:id` are the same.
fn path_form(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(['.', ':', '-', '/']);
    let is_parameter = |part: &str| part.starts_with([':', '{']);
    if !trimmed.split('/').any(is_parameter) {
        return Cow::Borrowed(trimmed);
    }
    let parts = trimmed
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
        .collect();
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
