//! Tables, columns and indexes.

use super::{Found, is_identifier, named};
use crate::facts::InventoryKind::{Column, Index, Table};
use crate::facts::Role;
use crate::outline::{Inline, Row};
use crate::read::reading::Reading;
use crate::read::units::{Unit, UnitKind};
use crate::read::words::{fold, has_word, unnumbered};
use crate::text::Span;

impl Found {
    pub(super) fn schema(&mut self, reading: &Reading<'_>, index: usize, unit: &Unit<'_>) {
        if self
            .section_table
            .as_ref()
            .is_some_and(|(whole, _)| !whole.holds(unit.span))
        {
            self.section_table = None;
        }
        match reading.role(index) {
            Role::Entities => self.entities(reading, index, unit),
            Role::Indexes => {
                for words in unit.inlines() {
                    self.indexes(words, unit);
                }
            }
            _ => {}
        }
        for words in unit.inlines() {
            self.in_passing(words);
        }
    }

    fn entities(&mut self, reading: &Reading<'_>, index: usize, unit: &Unit<'_>) {
        match unit.kind {
            UnitKind::Heading(words) => {
                if let Some((name, span)) = table_of_title(reading, words) {
                    self.section_table = Some((unit.whole, name.clone()));
                    self.push(Table, &name, "", span, true);
                }
            }
            UnitKind::Item(_) if unit.depth == 0 && self.section_table.is_none() => {
                let Some((name, text, span)) = named(reading, index, unit) else {
                    return;
                };
                if self.index_of(&name, unit) {
                    return;
                }
                if is_table(reading, unit, &name) {
                    let name = name.trim_start_matches("public.").to_owned();
                    self.push(Table, &name, &text, span, true);
                    if let Some(slot) = self.tables.get_mut(index) {
                        *slot = Some(name);
                    }
                }
            }
            UnitKind::Item(_) => {
                let above = unit
                    .parent
                    .and_then(|parent| self.tables.get(parent).cloned().flatten());
                let table =
                    above.or_else(|| self.section_table.as_ref().map(|(_, name)| name.clone()));
                let (Some(table), Some((name, text, span))) = (table, named(reading, index, unit))
                else {
                    return;
                };
                let first = name.split([' ', '(']).next().unwrap_or("").to_owned();
                let is_column = is_identifier(&first) && (name == first || has_type(&name));
                if is_column && (!text.starts_with(char::is_uppercase) || has_code(unit)) {
                    self.push(Column, &format!("{table}.{first}"), &text, span, true);
                }
            }
            UnitKind::Row(row) => self.row(reading, unit, row),
            _ => {}
        }
    }

    fn row(&mut self, reading: &Reading<'_>, unit: &Unit<'_>, row: &Row) {
        let Some(columns) = self.columns.clone() else {
            return;
        };
        let first = row.cells.first().map_or("", |cell| cell.text.trim());
        let table_at = columns.find(&[
            "table",
            "tables",
            "tabelle",
            "tabla",
            "tabela",
            "name",
            "entity",
            "テーブル",
            "表",
            "表名",
            "数据表",
        ]);
        let column_at = columns.find(&[
            "column",
            "field",
            "spalte",
            "feld",
            "columna",
            "campo",
            "colonne",
            "champ",
            "列",
            "字段",
            "カラム",
            "attribute",
        ]);
        let list_at = columns.find(&[
            "columns",
            "fields",
            "spalten",
            "columnas",
            "campos",
            "key columns",
            "key fields",
            "colonnes",
            "字段",
            "カラム",
        ]);
        let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at));
        if let Some(column) = cell(column_at)
            && cell(table_at).is_none_or(|table| {
                std::ptr::eq(table, column) || !is_identifier(table.text.trim())
            })
        {
            let Some((_, table)) = self.section_table.clone() else {
                return;
            };
            let name = column.text.trim();
            if is_identifier(name) {
                self.push(
                    Column,
                    &format!("{table}.{name}"),
                    &rest_of(row, 1),
                    column.span,
                    true,
                );
            }
            return;
        }
        let name = cell(table_at).map_or(first, |cell| cell.text.trim());
        let span = cell(table_at)
            .or_else(|| row.cells.first())
            .map_or(unit.span, |cell| cell.span);
        if !is_table(reading, unit, name) && table_at.is_none()
            || !is_identifier(name.trim_start_matches("public."))
        {
            return;
        }
        let name = name.trim_start_matches("public.");
        if let Some(column) = cell(column_at) {
            self.push(
                Column,
                &format!("{name}.{}", column.text.trim()),
                &rest_of(row, 2),
                column.span,
                true,
            );
            return;
        }
        self.push(Table, name, &rest_of(row, 1), span, true);
        if let Some(list) = cell(list_at) {
            for column in list.text.split([',', ';', '、']) {
                let column = column.split_whitespace().next().unwrap_or("");
                if is_identifier(column) {
                    self.push(Column, &format!("{name}.{column}"), "", list.span, true);
                }
            }
        }
    }

    /// An item that is an index, in a list of tables or indexes.
    fn index_of(&mut self, name: &str, unit: &Unit<'_>) -> bool {
        let is_index = index_name(name).is_some();
        if is_index {
            for words in unit.inlines() {
                self.indexes(words, unit);
            }
        }
        is_index
    }

    fn indexes(&mut self, words: &Inline, unit: &Unit<'_>) {
        if matches!(unit.kind, UnitKind::Heading(_) | UnitKind::Head(_)) {
            return;
        }
        let text = words.text.as_str();
        if let Some((start, end, name)) = find_index(text, 0) {
            let after = crate::read::words::after_joint(text.get(end..).unwrap_or("")).to_owned();
            self.push(Index, &name, &after, words.span_of(start..end), true);
        }
    }

    /// ``index on `runs(status)` `` and ``the `runs` table`` in other sections.
    fn in_passing(&mut self, words: &Inline) {
        let text = words.text.as_str();
        for (code, span) in words.codes() {
            let Some(start) = offset(words, span) else {
                continue;
            };
            let before = text.get(..start).unwrap_or("");
            let after = text.get(start + code.len()..).unwrap_or("");
            let name = code.trim();
            let says_table = || {
                ends_with_word(
                    before,
                    &["table", "tabelle", "tabla", "tabela", "テーブル", "表"],
                ) || starts_with_word(after, &["table", "tabelle", "テーブル", "表"])
            };
            if is_identifier(name) && says_table() {
                self.push(Table, name.trim_start_matches("public."), "", span, false);
            } else if let Some(name) = name
                .strip_prefix("public.")
                .filter(|name| is_identifier(name))
            {
                self.push(Table, name, "", span, false);
            } else if let Some(index) = index_name(name).filter(|_| mentions_index(before, after)) {
                self.push(Index, &index, "", span, false);
            }
        }
    }
}

/// `expenses` of ``4.1 `expenses` ``, ``Expense (`expenses`)`` and `The expenses table`.
fn table_of_title(reading: &Reading<'_>, words: &Inline) -> Option<(String, Span)> {
    let bare = |name: &str| name.trim_start_matches("public.").to_owned();
    let mut codes = words.codes().filter(|(code, _)| is_identifier(code.trim()));
    if let (Some((code, span)), None) = (codes.next(), codes.next()) {
        return Some((bare(code.trim()), span));
    }
    let title = unnumbered(words.text.trim()).1;
    let name = title.rsplit([' ', ':']).next().unwrap_or(title);
    let says = has_word(&fold(title), "table") && is_identifier(name);
    let is_name = is_identifier(title) && reading.titles.exact(title).is_none();
    (is_name || says).then(|| (bare(name), words.span))
}

fn offset(words: &Inline, span: Span) -> Option<usize> {
    let index = words
        .pieces
        .partition_point(|piece| piece.span.start < span.start);
    words
        .pieces
        .get(index)
        .filter(|piece| piece.span == span)
        .map(|piece| piece.range.start)
}

fn ends_with_word(text: &str, words: &[&str]) -> bool {
    let start = text.char_indices().rev().nth(11).map_or(0, |(at, _)| at);
    let tail = fold(text.get(start..).unwrap_or(""));
    words.iter().any(|word| tail.ends_with(word))
}

fn starts_with_word(text: &str, words: &[&str]) -> bool {
    let end = text.char_indices().nth(12).map_or(text.len(), |(at, _)| at);
    let head = fold(text.get(..end).unwrap_or(""));
    words.iter().any(|word| head.starts_with(word))
}

fn mentions_index(before: &str, after: &str) -> bool {
    ends_with_word(before, &["index on", "index", "indexes", "index:"])
        || starts_with_word(after, &["index"])
}

fn has_code(unit: &Unit<'_>) -> bool {
    unit.words()
        .is_some_and(|words| words.codes().next().is_some())
}

/// `id uuid pk`
fn has_type(name: &str) -> bool {
    const TYPES: [&str; 18] = [
        "uuid",
        "text",
        "int",
        "integer",
        "bigint",
        "jsonb",
        "json",
        "timestamp",
        "timestamptz",
        "boolean",
        "bool",
        "serial",
        "bigserial",
        "varchar",
        "date",
        "numeric",
        "float",
        "enum",
    ];
    name.split([' ', '(', ')', ','])
        .skip(1)
        .any(|word| TYPES.contains(&word.to_ascii_lowercase().as_str()))
}

/// A name in a list of entities that is a table of a database: one that looks so, or one in a list
/// of tables.
fn is_table(reading: &Reading<'_>, unit: &Unit<'_>, name: &str) -> bool {
    let name = name.trim_start_matches("public.");
    let says = [
        "table",
        "tables",
        "tabelle",
        "tabellen",
        "tabla",
        "tablas",
        "tabela",
        "tabelas",
        "テーブル",
        "表",
        "数据表",
        "表结构",
    ];
    let in_list = |text: &str| {
        let folded = fold(text);
        says.iter().any(|word| has_word(&folded, word))
    };
    let titled = unit
        .section
        .and_then(|at| reading.sections.list.get(at))
        .and_then(|section| section.path.last())
        .is_some_and(|title| in_list(title));
    let labelled = unit
        .label
        .and_then(|at| reading.units.get(at))
        .and_then(Unit::words)
        .is_some_and(|words| in_list(&words.text));
    is_identifier(name) && (titled || labelled || is_set_off(unit) || name.contains('_'))
        || (titled || labelled)
            && is_set_off(unit)
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Bold or in code.
fn is_set_off(unit: &Unit<'_>) -> bool {
    unit.inlines()
        .first()
        .and_then(|words| words.pieces.iter().find(|piece| !piece.range.is_empty()))
        .is_some_and(|piece| piece.strong || piece.kind == crate::outline::PieceKind::Code)
}

/// `runs(status, heartbeat_at)` in normal form, where the whole is one.
fn index_name(text: &str) -> Option<String> {
    let (start, end, name) = find_index(text, 0)?;
    (start == 0 && end == text.len()).then_some(name)
}

/// The first `table(column, …)` at or after a place.
fn find_index(text: &str, from: usize) -> Option<(usize, usize, String)> {
    let mut at = from;
    while let Some(open) = text.get(at..)?.find('(').map(|found| at + found) {
        at = open + 1;
        let before = text.get(..open)?.trim_end();
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
            .last()
            .map(|(at, _)| at);
        let (Some(start), Some(length)) =
            (start, text.get(open + 1..).and_then(|rest| rest.find(')')))
        else {
            continue;
        };
        let table = before.get(start..)?.trim_start_matches("public.");
        if !is_identifier(table) {
            continue;
        }
        let inside = text.get(open + 1..open + 1 + length)?;
        let columns: Vec<String> = inside
            .split(',')
            .map(|column| column.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let fine = columns.iter().all(|column| {
            is_identifier(column.split(' ').next().unwrap_or("")) && column.split(' ').count() <= 4
        });
        if fine && !columns.is_empty() {
            return Some((
                start,
                open + length + 2,
                format!("{table}({})", columns.join(", ")),
            ));
        }
    }
    None
}

fn rest_of(row: &Row, skip: usize) -> String {
    row.cells
        .iter()
        .skip(skip)
        .map(|cell| cell.text.trim())
        .filter(|cell| !cell.is_empty())
        .collect::<Vec<_>>()
        .join(" — ")
}
