//! Names that a document promises: tables, columns, indexes, endpoints, variables, screens, paths,
//! commands.

mod endpoints;
mod schema;
mod screens;
mod variables;

use super::names;
use super::reading::Reading;
use super::tables::Columns;
use super::units::{Unit, UnitKind};
use super::words::after_joint;
use crate::facts::{Inventory, InventoryKind, Role};
use crate::order::Order;
use crate::outline::{Inline, PieceKind};
use crate::text::Span;

pub(super) fn inventory(reading: &Reading<'_>) -> Vec<Inventory> {
    let mut out = Found {
        things: Vec::new(),
        columns: None,
        tables: vec![None; reading.units.len()],
        section_table: None,
    };
    for (index, unit) in reading.units.iter().enumerate() {
        if let UnitKind::Head(table) = unit.kind {
            out.columns = Some(Columns::of(table));
        }
        out.schema(reading, index, unit);
        out.endpoints(reading, index, unit);
        out.variables(reading, index, unit);
        out.screens(reading, index, unit);
        for words in unit.inlines() {
            out.files(reading.role(index), words);
        }
    }
    endpoints::name_alike(&mut out.things);
    out.things
        .order_by(|a, b| (a.span, a.kind, &a.name).cmp(&(b.span, b.kind, &b.name)));
    out.things
        .dedup_by(|a, b| a.span == b.span && a.kind == b.kind && a.name == b.name);
    out.things
}

struct Found {
    things: Vec<Inventory>,
    /// Of the table that is being read.
    columns: Option<Columns>,
    /// The database table that each unit introduces.
    tables: Vec<Option<String>>,
    /// The database table that the section is about, with the section.
    section_table: Option<(Span, String)>,
}

impl Found {
    fn push(&mut self, kind: InventoryKind, name: &str, text: &str, span: Span, is_listed: bool) {
        self.things.push(Inventory {
            kind,
            name: name.to_owned(),
            text: text.trim().to_owned(),
            span,
            is_listed,
        });
    }

    fn files(&mut self, role: Role, words: &Inline) {
        let is_listed = role == Role::Structure;
        for (code, span) in words.codes() {
            if names::is_command(code) {
                self.push(InventoryKind::Command, code.trim(), "", span, false);
            } else if names::is_path(code) {
                self.push(InventoryKind::Path, code.trim(), "", span, is_listed);
            }
        }
        if !words.text.contains('/') {
            return;
        }
        let has_folder = |part: &str| part.contains('/');
        for (word, range) in names::words(words, has_folder) {
            if has_folder(word) && names::is_plain_path(word) {
                self.push(
                    InventoryKind::Path,
                    word,
                    "",
                    words.span_of(range),
                    is_listed,
                );
            }
        }
    }
}

/// The name that a line begins with: bold, in code, or the word before a dash or colon; with what
/// follows.
fn named(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<(String, String, Span)> {
    let words = unit.inlines().first()?;
    let start = reading.lead(index).map_or(0, |lead| lead.rest);
    let piece = words.pieces.iter().find(|piece| {
        piece.range.end > start
            && !words
                .text
                .get(piece.range.clone())
                .unwrap_or("")
                .trim()
                .is_empty()
    });
    let set_off = piece.filter(|piece| {
        piece.range.start <= start + 1 && (piece.strong || piece.kind == PieceKind::Code)
    });
    let (name, end) = match set_off {
        Some(piece) => {
            let end = words
                .pieces
                .iter()
                .skip_while(|other| other.range.end <= start)
                .take_while(|other| other.strong || other.range == piece.range)
                .last()
                .map_or(piece.range.end, |last| last.range.end);
            (words.text.get(start..end)?, end)
        }
        None => {
            let rest = words.text.get(start..)?;
            let at = [": ", "：", " – ", " — ", " - ", " ("]
                .iter()
                .filter_map(|joint| rest.find(joint))
                .min()
                .unwrap_or(rest.len());
            (rest.get(..at)?, start + at)
        }
    };
    let name = name.trim().trim_end_matches([':', '：', '.', ' ']);
    if name.is_empty() || name.chars().count() > 80 {
        return None;
    }
    let mut text = after_joint(words.text.get(end..).unwrap_or("")).to_owned();
    if let UnitKind::Row(row) = unit.kind {
        text = row
            .cells
            .iter()
            .skip(1)
            .map(|cell| cell.text.trim())
            .filter(|cell| !cell.is_empty())
            .collect::<Vec<_>>()
            .join(" — ");
    }
    Some((name.to_owned(), text, words.span_of(start..end)))
}

/// `run_steps`, `sessions`, `public.runs`; for a name that a database has.
fn is_identifier(name: &str) -> bool {
    let name = name.strip_prefix("public.").unwrap_or(name);
    !name.is_empty()
        && name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
