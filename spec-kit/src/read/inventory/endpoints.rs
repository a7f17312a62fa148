//! Endpoints in any form: `POST /runs.create`, columns of method and path, `runs.create`.

use super::{Found, named};
use crate::facts::{Inventory, InventoryKind::Endpoint, Role};
use crate::order::Gather;
use crate::outline::{Inline, PieceKind, Row};
use crate::read::reading::Reading;
use crate::read::units::{Unit, UnitKind};
use crate::read::words::{after_name, fold};
use std::collections::BTreeMap;

const METHODS: &[&str] = &[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY",
];

impl Found {
    pub(super) fn endpoints(&mut self, reading: &Reading<'_>, index: usize, unit: &Unit<'_>) {
        let role = reading.role(index);
        if let UnitKind::Row(row) = unit.kind
            && self.method_row(row)
        {
            return;
        }
        let before = self.things.len();
        for words in unit.inlines() {
            self.methods(words, unit, role);
        }
        if self.things.len() == before && role == Role::Endpoints {
            self.bare(reading, index, unit);
        }
        if self.things.len() == before {
            for words in unit.inlines() {
                self.routes(words);
            }
        }
    }

    /// `| POST | /runs |`
    fn method_row(&mut self, row: &Row) -> bool {
        let Some(columns) = &self.columns else {
            return false;
        };
        let method = columns.find(&[
            "method",
            "verb",
            "http method",
            "methode",
            "metodo",
            "http",
            "メソッド",
            "方法",
        ]);
        let path = columns.find(&[
            "path",
            "endpoint",
            "route",
            "url",
            "uri",
            "pfad",
            "endpunkt",
            "ruta",
            "rota",
            "chemin",
            "パス",
            "エンドポイント",
            "路径",
            "接口",
        ]);
        let (Some(method), Some(path)) = (
            method.and_then(|at| row.cells.get(at)),
            path.and_then(|at| row.cells.get(at)),
        ) else {
            return false;
        };
        let verb = method.text.trim().to_ascii_uppercase();
        let route = path.text.trim();
        if route.is_empty() || !METHODS.contains(&verb.split(['/', ',', ' ']).next().unwrap_or(""))
        {
            return false;
        }
        let rest: Vec<&str> = row
            .cells
            .iter()
            .map(|cell| cell.text.trim())
            .filter(|cell| *cell != route && !cell.eq_ignore_ascii_case(&verb) && !cell.is_empty())
            .collect();
        let (text, span) = (rest.join(" — "), path.span.with(method.span));
        for verb in verb
            .split(['/', ',', ' '])
            .filter(|verb| METHODS.contains(verb))
        {
            self.push(Endpoint, &format!("{verb} {route}"), &text, span, true);
        }
        true
    }

    fn methods(&mut self, words: &Inline, unit: &Unit<'_>, role: Role) {
        let text = words.text.as_str();
        let is_list = matches!(
            unit.kind,
            UnitKind::Item(_) | UnitKind::Row(..) | UnitKind::Heading(_)
        );
        let mut at = 0;
        while let Some(call) = call(text, at) {
            let Call {
                start,
                slash,
                end,
                name,
            } = call;
            at = end;
            // `` `GET /menus`를 ``: what follows the code span is no part of the path. In
            // `` `GET` /menus `` it is not in the path's way.
            let piece = words
                .pieces
                .partition_point(|piece| piece.range.end <= slash);
            let name = match words.pieces.get(piece) {
                Some(piece)
                    if piece.kind == PieceKind::Code && (slash..end).contains(&piece.range.end) =>
                {
                    at = piece.range.end;
                    let excess = end - piece.range.end;
                    name.get(..name.len() - excess).unwrap_or(&name).to_owned()
                }
                _ => name,
            };
            let end = at;
            let first = text.get(..start).is_some_and(|before| {
                before
                    .trim_matches(|c: char| !c.is_alphanumeric())
                    .is_empty()
            });
            let after = after_name(text.get(end..).unwrap_or("").trim_start_matches(['`', '*']));
            let listed = is_list
                && (role == Role::Endpoints
                    || first
                        && matches!(role, Role::Architecture | Role::Requirements | Role::Other));
            let text = if first { after } else { "" };
            self.push(Endpoint, &name, text, words.span_of(start..end), listed);
        }
    }

    /// A point of a list of endpoints that has no method: `runs.create`, `/runs`.
    fn bare(&mut self, reading: &Reading<'_>, index: usize, unit: &Unit<'_>) {
        if !matches!(
            unit.kind,
            UnitKind::Item(_) | UnitKind::Row(..) | UnitKind::Heading(_)
        ) || unit.depth > 0
        {
            return;
        }
        let Some((name, text, span)) = named(reading, index, unit) else {
            return;
        };
        let is_route = name.starts_with('/') && name.len() > 1 && !name.contains(' ');
        let is_code = unit
            .inlines()
            .first()
            .is_some_and(|words| words.codes().any(|(code, _)| code.trim() == name));
        let is_verb = name.split('.').count() == 2
            && name.split('.').all(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            });
        if is_route || (is_verb && (is_code || matches!(unit.kind, UnitKind::Row(..)))) {
            self.push(Endpoint, &name, &text, span, true);
        }
    }

    /// `` `/runs.claim` `` in passing; kept where the same document lists it.
    fn routes(&mut self, words: &Inline) {
        for piece in words
            .pieces
            .iter()
            .filter(|piece| piece.kind == PieceKind::Code)
        {
            let code = words.text.get(piece.range.clone()).unwrap_or("").trim();
            let is_route = code.len() > 1
                && code.starts_with('/')
                && code.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase)
                && !code.contains(char::is_whitespace);
            if is_route && !says_base(words.text.get(..piece.range.start).unwrap_or("")) {
                self.push(Endpoint, code, "", piece.span, false);
            }
        }
    }
}

/// `Base path: ` before a code span.
fn says_base(before: &str) -> bool {
    let before = fold(before);
    ["base", "base url", "base path", "basis", "prefix"]
        .iter()
        .any(|word| before.trim_end_matches([':', ' ']).ends_with(word))
}

/// A method and a path, and where they stand.
struct Call {
    start: usize,
    /// Where the path begins.
    slash: usize,
    end: usize,
    name: String,
}

/// `POST /runs.create`, `**POST** /runs`, `[GET] /runs`, from a place on.
fn call(text: &str, from: usize) -> Option<Call> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        let slash = at + rest.find('/')?;
        at = slash + 1;
        let before = text.get(..slash)?;
        let stem = before.trim_end_matches([' ', ':', ']', '`', '*']);
        if stem.len() == before.len() || before.len() - stem.len() > 4 {
            continue;
        }
        let start = stem.len()
            - stem
                .bytes()
                .rev()
                .take_while(u8::is_ascii_uppercase)
                .count();
        let method = stem.get(start..)?;
        let glued = stem
            .get(..start)?
            .chars()
            .next_back()
            .is_some_and(crate::read::words::joins);
        if !METHODS.contains(&method) || glued {
            continue;
        }
        let path = text.get(slash..)?;
        let length = path
            .find(|c: char| {
                c.is_whitespace()
                    || matches!(c, ',' | ')' | '`' | '"' | ';' | '|' | '，' | '、' | '（')
            })
            .unwrap_or(path.len());
        let path = path.get(..length)?.trim_end_matches(['.', ':', '*']);
        if path.len() < 2 {
            continue;
        }
        return Some(Call {
            start,
            slash,
            end: slash + path.len(),
            name: format!("{method} {path}"),
        });
    }
}

/// One name for one endpoint: `/runs.claim` is the `POST /runs.claim` that is listed, and what no
/// list has and no method is no endpoint that is promised.
pub(super) fn name_alike(things: &mut Vec<Inventory>) {
    let full: BTreeMap<String, String> = things
        .iter()
        .filter(|thing| thing.kind == Endpoint)
        .filter_map(|thing| {
            thing
                .name
                .split_once(' ')
                .map(|(_, path)| (path.to_owned(), thing.name.clone()))
        })
        .into_map();
    for thing in things
        .iter_mut()
        .filter(|thing| thing.kind == Endpoint && !thing.is_listed)
    {
        if let Some(name) = full.get(&thing.name) {
            thing.name.clone_from(name);
        }
    }
    things.retain(|thing| thing.kind != Endpoint || thing.is_listed || thing.name.contains(' '));
}
