//! Environment variables.

use super::{Found, named};
use crate::facts::{InventoryKind::Environment, Role};
use crate::outline::{Inline, PieceKind};
use crate::read::reading::Reading;
use crate::read::tables::Columns;
use crate::read::units::{Unit, UnitKind};
use crate::read::words::fold;

/// What names of variables end with, where the text does not say that they are some.
const ENDINGS: &[&str] = &[
    "_URL",
    "_URI",
    "_KEY",
    "_TOKEN",
    "_SECRET",
    "_ID",
    "_HOST",
    "_PORT",
    "_DIR",
    "_PATH",
    "_ENV",
    "_USER",
    "_PASSWORD",
    "_MS",
    "_SECONDS",
    "_DSN",
    "_NAME",
    "_MODE",
    "_TIMEOUT",
    "_LIMIT",
    "_REGION",
    "_BUCKET",
    "_ANON",
    "_LEVEL",
];

impl Found {
    pub(super) fn variables(&mut self, reading: &Reading<'_>, index: usize, unit: &Unit<'_>) {
        let is_listed = reading.role(index) == Role::Environment;
        if is_listed && matches!(unit.kind, UnitKind::Item(_) | UnitKind::Row(..)) {
            if let Some((name, text, span)) = named(reading, index, unit) {
                let bare = name
                    .split(['=', ' '])
                    .next()
                    .unwrap_or("")
                    .trim_start_matches('$');
                if is_name(bare) {
                    self.push(Environment, bare, &text, span, true);
                }
            }
            return;
        }
        let variable = |columns: &Columns| {
            columns.find(&[
                "variable",
                "env var",
                "environment variable",
                "env",
                "variable d'environnement",
                "umgebungsvariable",
                "環境変数",
                "环境变量",
                "变量",
            ])
        };
        if let UnitKind::Row(row) = unit.kind
            && let Some(at) = self.columns.as_ref().and_then(variable)
        {
            if let Some(cell) = row.cells.get(at).filter(|cell| is_name(cell.text.trim())) {
                self.push(Environment, cell.text.trim(), "", cell.span, true);
            }
            return;
        }
        for words in unit.inlines() {
            self.in_words(words);
        }
    }

    fn in_words(&mut self, words: &Inline) {
        let mut spoken: Option<bool> = None;
        for piece in words
            .pieces
            .iter()
            .filter(|piece| piece.kind == PieceKind::Code)
        {
            let code = words.text.get(piece.range.clone()).unwrap_or("").trim();
            let bare = code
                .trim_start_matches('$')
                .trim_start_matches('{')
                .trim_end_matches('}');
            let name = bare.split('=').next().unwrap_or("");
            if !is_name(name) || !name.contains('_') {
                continue;
            }
            let says = *spoken.get_or_insert_with(|| {
                let folded = fold(&words.text);
                [
                    "environment",
                    "env var",
                    "env",
                    "variable",
                    "umgebungsvariable",
                    "環境変数",
                    "环境变量",
                ]
                .iter()
                .any(|word| crate::read::words::has_word(&folded, word))
            });
            if says || code.starts_with('$') || ENDINGS.iter().any(|end| name.ends_with(end)) {
                self.push(Environment, name, "", piece.span, false);
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    name.len() >= 3
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
