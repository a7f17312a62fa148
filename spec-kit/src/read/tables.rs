//! What the columns of a table are for.

use super::ids;
use super::lead::Lead;
use super::marks::{self, Marks};
use super::norms;
use super::words::{fold, is_cjk};
use crate::facts::{Id, Keyword, Mark};
use crate::outline::{Row, Table};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Status,
    Priority,
    Text,
    /// Ids of other things: `Depends on`, `Requirements`.
    Refs,
}

#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub kinds: Vec<Column>,
    pub names: Vec<String>,
    /// As they are written.
    heads: Vec<String>,
}

impl Columns {
    pub(super) fn of(table: &Table) -> Self {
        let names: Vec<String> = table
            .head
            .iter()
            .map(|cell| fold(cell.text.trim()))
            .collect();
        let mut kinds: Vec<Column> = names.iter().map(|name| kind(name)).collect();
        // A first column whose cells are ids is one, whatever its name.
        let first: Vec<&str> = table
            .rows
            .iter()
            .filter_map(|row| row.cells.first())
            .map(|cell| cell.text.trim())
            .collect();
        if !first.is_empty()
            && table.head.len() > 1
            && (first.iter().all(|cell| is_id(cell)) || counts(&first))
            && let Some(kind) = kinds.first_mut()
        {
            *kind = Column::Id;
        }
        for (at, kind) in kinds.iter_mut().enumerate() {
            if *kind == Column::Text && is_of_strengths(table, at) {
                *kind = Column::Priority;
            }
        }
        let heads = table.head.iter().map(|cell| cell.text.trim().to_owned());
        Self {
            kinds,
            names,
            heads: heads.collect(),
        }
    }

    pub(super) fn find(&self, names: &[&str]) -> Option<usize> {
        self.names
            .iter()
            .position(|name| names.contains(&name.as_str()))
    }

    pub(super) fn index(&self, kind: Column) -> Option<usize> {
        self.kinds.iter().position(|own| *own == kind)
    }

    /// The cells with words, in order.
    pub(super) fn texts(&self, row: &Row, lead: Option<&Lead>) -> Vec<String> {
        let mut out = Vec::new();
        for (at, cell) in row.cells.iter().enumerate() {
            if self.kinds.get(at).copied().unwrap_or(Column::Text) != Column::Text {
                continue;
            }
            let text = match lead {
                Some(lead) if at == 0 => cell.text.get(lead.rest..).unwrap_or(&cell.text),
                _ => &cell.text,
            };
            let text = text.trim();
            if !text.is_empty() && !text.chars().all(|c| matches!(c, '-' | '–' | '—')) {
                out.push(text.to_owned());
            }
        }
        out
    }

    /// The sentence that heads and cells are together: `| As a | I want | So that |`.
    pub(super) fn story(&self, row: &Row) -> Option<String> {
        let find = |words: &[&str]| {
            self.names.iter().position(|name| {
                words
                    .iter()
                    .any(|word| name.strip_prefix(word).is_some_and(is_end_of_head))
            })
        };
        let (who, want) = (find(WHO)?, find(WANT)?);
        let part = |at: usize| {
            let head = self
                .heads
                .get(at)?
                .trim_end_matches([' ', '.', '…', ':', ',']);
            let cell = row.cells.get(at)?.text.trim().trim_end_matches([',', '.']);
            (!cell.is_empty()).then(|| match head.chars().next_back().is_some_and(is_cjk) {
                true => format!("{head}{cell}"),
                false => format!("{head} {cell}"),
            })
        };
        let mut said = part(who)?;
        for more in [Some(part(want)?), find(WHY).and_then(part)]
            .into_iter()
            .flatten()
        {
            let mut letters = more.chars();
            let first = letters.next()?;
            // `I` is a word of its own.
            let is_word = letters.clone().next().is_some_and(char::is_lowercase);
            said.push_str(", ");
            match is_word {
                true => said.extend(first.to_lowercase()),
                false => said.push(first),
            }
            said.push_str(letters.as_str());
        }
        Some(said)
    }

    pub(super) fn mark(&self, row: &Row, marks: &Marks) -> Option<Mark> {
        let cell = row.cells.get(self.index(Column::Status)?)?;
        cell_mark(&cell.text, marks)
    }

    pub(super) fn priority(&self, row: &Row) -> Option<u32> {
        norms::level(&row.cells.get(self.index(Column::Priority)?)?.text)
    }

    /// What the cell of the priority demands: `Must`, `Should`, `Could`.
    pub(super) fn strength(&self, row: &Row) -> Option<Keyword> {
        norms::strength(&row.cells.get(self.index(Column::Priority)?)?.text)
    }

    pub(super) fn id(&self, row: &Row) -> Option<Id> {
        let text = row.cells.get(self.index(Column::Id)?)?.text.trim();
        let text = text.trim_matches(['[', ']']);
        let found = ids::one(text, 0)?;
        (found.range.end == text.len()).then_some(found.id)
    }
}

/// What the columns of a table of stories are called, folded.
const WHO: &[&str] = &[
    "as a",
    "as an",
    "as",
    "als",
    "en tant que",
    "como",
    "作为",
    "作為",
];
const WANT: &[&str] = &[
    "i want",
    "i want to",
    "i need",
    "i can",
    "mochte ich",
    "will ich",
    "je veux",
    "je souhaite",
    "quiero",
    "quero",
    "eu quero",
    "我想",
    "我希望",
];
const WHY: &[&str] = &[
    "so that", "so", "because", "damit", "um", "afin de", "afin que", "para", "para que", "以便",
];

/// `As a...`, `As a/an`, `As a (role)`: what follows adds no word.
fn is_end_of_head(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_alphanumeric() || c == ' ')
        || rest.starts_with(" (")
        || rest.starts_with(" …")
        || rest.starts_with(" .")
}

/// A mark or status word that fills a cell.
pub(super) fn cell_mark(text: &str, marks: &Marks) -> Option<Mark> {
    let text = text.trim();
    if let Some((mark, _)) = marks.lead(text).or_else(|| marks.tail(text)) {
        return Some(mark);
    }
    if let Some((mark, _, _)) = marks.bracket(text) {
        return Some(mark);
    }
    marks::word(text).or_else(|| marks::word(text.split(['(', '–', '—', ',', ';']).next()?))
}

fn is_id(cell: &str) -> bool {
    let cell = cell.trim_matches(['[', ']', '*']);
    ids::one(cell, 0).is_some_and(|found| found.range.end == cell.len())
}

/// Whether every cell of a column is one word that says how much a thing is wanted.
fn is_of_strengths(table: &Table, at: usize) -> bool {
    let mut cells = table
        .rows
        .iter()
        .filter_map(|row| row.cells.get(at))
        .peekable();
    cells.peek().is_some()
        && cells.all(|cell| {
            let text = cell.text.trim();
            norms::strength(text).is_some()
        })
}

/// Numbers that go up; others are amounts.
fn counts(cells: &[&str]) -> bool {
    let mut before: Vec<u32> = Vec::new();
    cells.iter().all(|cell| {
        let cell = cell.trim_matches(['[', ']', '*', '.', ')']);
        let own: Option<Vec<u32>> = cell.split('.').map(|part| part.parse().ok()).collect();
        own.filter(|own| cell.len() <= 6 && *own > before)
            .map(|own| before = own)
            .is_some()
    })
}

fn kind(name: &str) -> Column {
    let bare = name
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '#')
        .to_owned();
    match bare.as_str() {
        "id" | "#" | "no" | "no." | "nr" | "nr." | "num" | "number" | "ref" | "key" | "id."
        | "nummer" | "numero" | "番号" | "编号" | "序号" => Column::Id,
        "status" | "state" | "done" | "progress" | "stand" | "statut" | "etat" | "estado"
        | "状態" | "状态" | "ステータス" | "进度" | "fortschritt" => Column::Status,
        "priority" | "prio" | "prioritat" | "prioritaet" | "priorite" | "prioridad"
        | "prioridade" | "優先度" | "优先级" | "moscow" => Column::Priority,
        "depends on" | "dependencies" | "deps" | "depends" | "requirements" | "requirement ids"
        | "refs" | "traces to" | "validates" | "covers" | "story" | "stories" | "blocked by"
        | "dependency" | "source" | "abhangigkeiten" | "依赖" | "依存" => Column::Refs,
        _ => Column::Text,
    }
}
