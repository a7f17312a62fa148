//! The named things that a document promises: tables, indexes, endpoints, screens, variables.

use super::collect::Statement;
use super::markdown;
use super::standing::Later;
use super::words;
use super::words::Stem;
use crate::facts::{Document, InventoryKind};
use crate::order::Order;
use crate::read::after_name;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    pub tables: Vec<Table>,
    pub endpoints: Vec<Thing>,
    pub screens: Vec<Thing>,
    pub environment: Vec<Thing>,
    pub paths: Vec<Thing>,
    pub commands: Vec<Thing>,
}

/// A named thing and what the document says of it, in markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub name: String,
    pub text: String,
    pub span: Span,
    pub stems: Vec<Stem>,
}

impl Thing {
    /// Its name as markdown that stands out.
    pub fn bold(&self) -> String {
        format!("**{}**", markdown::plain(&self.name))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub thing: Thing,
    /// Those that the document names, in order.
    pub columns: Vec<Column>,
    pub indexes: Vec<Index>,
    /// Names of tables that a column such as `session_id` points to.
    pub parents: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// `runs(status, heartbeat_at)`
    pub name: String,
    pub columns: Vec<String>,
    pub text: String,
    pub span: Span,
}

/// More columns than this of one table are no list that a person wrote.
const MAX_COLUMNS: usize = 200;

pub(super) fn inventory(document: &Document, statements: &[Statement]) -> Inventory {
    let mut found = Inventory {
        tables: tables(document),
        endpoints: things(document, InventoryKind::Endpoint, Listed::OrNot),
        screens: things(document, InventoryKind::Screen, Listed::Only),
        environment: things(document, InventoryKind::Environment, Listed::OrNot),
        paths: things(document, InventoryKind::Path, Listed::OrNot),
        commands: things(document, InventoryKind::Command, Listed::OrNot),
    };
    add_indexes(document, &mut found.tables);
    add_columns(document, statements, &mut found.tables);
    add_parents(&mut found.tables);
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Only,
    OrNot,
}

/// Each name once; where it is listed rather than named in passing, that place.
fn things(document: &Document, kind: InventoryKind, listed: Listed) -> Vec<Thing> {
    let later = Later::of(document);
    let mut best: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (index, entry) in document.inventory.iter().enumerate() {
        if entry.kind != kind
            || later.holds(entry.span)
            || (listed == Listed::Only && !entry.is_listed)
        {
            continue;
        }
        let before = best.entry(&entry.name).or_insert((index, entry.is_listed));
        if entry.is_listed && !before.1 {
            *before = (index, true);
        }
    }
    let mut chosen: Vec<usize> = best.into_values().map(|(index, _)| index).collect();
    chosen.order();
    chosen
        .into_iter()
        .filter_map(|index| document.inventory.get(index))
        .map(|entry| {
            let raw = document.source.slice(entry.span);
            let line = document.source.line(document.line_of(entry.span));
            let text = said(&entry.name, &entry.text);
            Thing {
                name: entry.name.clone(),
                text: markdown::inline(&text, &format!("{raw}\n{line}")),
                span: entry.span,
                stems: super::concepts::stems(&format!("{} {}", entry.name, entry.text)),
            }
        })
        .collect()
}

/// What is said of a thing, without its name at the start.
fn said(name: &str, text: &str) -> String {
    let text = text.trim();
    after_name(text.strip_prefix(name).unwrap_or(text)).to_owned()
}

fn tables(document: &Document) -> Vec<Table> {
    things(document, InventoryKind::Table, Listed::Only)
        .into_iter()
        .map(|thing| Table {
            thing,
            columns: Vec::new(),
            indexes: Vec::new(),
            parents: Vec::new(),
        })
        .collect()
}

fn by_name(tables: &[Table]) -> BTreeMap<String, usize> {
    tables
        .iter()
        .enumerate()
        .map(|(index, table)| (table.thing.name.clone(), index))
        .collect()
}

fn add_indexes(document: &Document, tables: &mut Vec<Table>) {
    let mut at = by_name(tables);
    for thing in things(document, InventoryKind::Index, Listed::OrNot) {
        let Some((table, columns)) = thing.name.split_once('(') else {
            continue;
        };
        let table = table.trim().to_owned();
        let columns: Vec<String> = columns
            .trim_end_matches([')', ' '])
            .split(',')
            .map(|column| column.trim().to_owned())
            .filter(|column| !column.is_empty())
            .collect();
        let index = *at.entry(table.clone()).or_insert_with(|| {
            tables.push(Table {
                thing: Thing {
                    name: table.clone(),
                    text: String::new(),
                    span: thing.span,
                    stems: super::concepts::stems(&table),
                },
                columns: Vec::new(),
                indexes: Vec::new(),
                parents: Vec::new(),
            });
            tables.len() - 1
        });
        let Some(owner) = tables.get_mut(index) else {
            continue;
        };
        for column in &columns {
            // `created_at desc` is a column and its order.
            let name = column.split_whitespace().next().unwrap_or(column);
            push_column(owner, name, thing.span);
        }
        owner.indexes.push(Index {
            name: thing.name,
            columns,
            text: thing.text,
            span: thing.span,
        });
    }
}

fn push_column(table: &mut Table, name: &str, span: Span) {
    if table.columns.len() < MAX_COLUMNS
        && !table.columns.iter().any(|column| column.name == name)
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        table.columns.push(Column {
            name: name.to_owned(),
            span,
        });
    }
}

/// Columns that are listed as such; then those that stand in one code span beside a column that
/// is known: `claimed_by/claimed_at/heartbeat_at`.
fn add_columns(document: &Document, statements: &[Statement], tables: &mut [Table]) {
    let at = by_name(tables);
    for entry in &document.inventory {
        if entry.kind == InventoryKind::Column
            && let Some((table, column)) = entry.name.rsplit_once('.')
            && let Some(table) = at.get(table).and_then(|index| tables.get_mut(*index))
        {
            push_column(table, column, entry.span);
        }
    }
    let mut owners: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (index, table) in tables.iter().enumerate() {
        for column in &table.columns {
            owners.entry(column.name.clone()).or_default().insert(index);
        }
    }
    let texts = document
        .items
        .iter()
        .map(|item| item.span)
        .chain(statements.iter().map(|statement| statement.span));
    for span in texts.collect::<BTreeSet<_>>() {
        for code in document.source.slice(span).split('`').skip(1).step_by(2) {
            let names: Vec<&str> = code
                .split(['/', ',', ' '])
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .collect();
            if names.len() < 2 || !names.iter().all(|name| is_column_name(name)) {
                continue;
            }
            let owner = names.iter().find_map(|name| {
                owners
                    .get(*name)
                    .filter(|owners| owners.len() == 1)
                    .and_then(|owners| owners.first())
            });
            if let Some(table) = owner.and_then(|index| tables.get_mut(*index)) {
                for name in names {
                    push_column(table, name, span);
                }
            }
        }
    }
}

fn is_column_name(name: &str) -> bool {
    name.contains('_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn add_parents(tables: &mut [Table]) {
    let mut by_stem: BTreeMap<Vec<Stem>, String> = BTreeMap::new();
    for table in tables.iter() {
        let stems = words::stems(&table.thing.name);
        by_stem
            .entry(stems)
            .or_insert_with(|| table.thing.name.clone());
    }
    for table in tables {
        // Some say in words what others list: `deliveries: partner_id, state`.
        let said = table
            .thing
            .text
            .split(|c: char| !c.is_alphanumeric() && c != '_');
        let columns = table.columns.iter().map(|column| column.name.as_str());
        for column in columns.chain(said) {
            if let Some(parent) = column.strip_suffix("_id")
                && let Some(name) = by_stem.get(&words::stems(parent))
                && *name != table.thing.name
                && !table.parents.contains(name)
            {
                table.parents.push(name.clone());
            }
        }
    }
}
