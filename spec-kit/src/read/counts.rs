//! Numbers that a document states of its own lists: `7 tables`, `12/40 done`, `80 %`.

use super::count_words::{BETWEEN, NOUNS, NUMBER_WORDS, is_gap, next_number};
use super::reading::Reading;
use super::units::{Unit, UnitKind};
use super::words::{fold, is_cjk, joins, singular};
use crate::facts::{DocumentKind, Role, StatedCount};
use crate::order::Order;
use crate::outline::Inline;

/// Sections whose titles a row of a summary may name; more of them no summary has.
const MAX_NAMED: usize = 400;

pub(super) fn counts(reading: &Reading<'_>) -> Vec<StatedCount> {
    let mut out = Vec::new();
    let mut table: Vec<String> = Vec::new();
    let titles = Titles::of(
        reading
            .sections
            .list
            .iter()
            .take(MAX_NAMED)
            .map(|section| section.path.last().map(|title| fold(title)))
            .map(Option::unwrap_or_default),
    );
    for unit in reading.units {
        match unit.kind {
            UnitKind::Head(head) => {
                table = head
                    .head
                    .iter()
                    .map(|cell| fold(cell.text.trim()))
                    .collect()
            }
            UnitKind::Row(row) => {
                let heads = Heads {
                    columns: &table,
                    titles: &titles,
                };
                in_row(reading, unit, &heads, &row.cells, &mut out);
            }
            _ => {
                let section = subject_section(reading, unit);
                for words in unit.inlines() {
                    in_words(words, section, is_progress(reading, unit), &mut out);
                }
            }
        }
    }
    out
}

/// The section that a line speaks of: its own, but not that of a summary or the whole document.
fn subject_section(reading: &Reading<'_>, unit: &Unit<'_>) -> Option<usize> {
    let at = unit.section?;
    let section = reading.sections.list.get(at)?;
    let is_top = section.level == 1
        || matches!(
            section.role,
            Role::Summary | Role::Coverage | Role::Status | Role::Other | Role::Verification
        );
    (!is_top).then_some(at)
}

/// Whether `3/5` here is progress rather than a choice or a date.
fn is_progress(reading: &Reading<'_>, unit: &Unit<'_>) -> Progress {
    let list = reading.kind == DocumentKind::Tasks
        || unit
            .section
            .and_then(|at| reading.sections.list.get(at))
            .is_some_and(|section| {
                matches!(
                    section.role,
                    Role::Tasks | Role::Status | Role::Phases | Role::Coverage
                )
            });
    match unit.kind {
        UnitKind::Heading(_) if list => Progress::Plain,
        _ if list => Progress::Said,
        _ => Progress::Never,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// `(3/5)` is enough.
    Plain,
    /// A word beside it must say so.
    Said,
    Never,
}

fn in_words(
    words: &Inline,
    section: Option<usize>,
    progress: Progress,
    out: &mut Vec<StatedCount>,
) {
    let text = words.text.as_str();
    let mut at = 0;
    while let Some(start) = next_number(text, at) {
        let rest = text.get(start..).unwrap_or("");
        let part = rest.split_inclusive(is_gap).next().unwrap_or(rest);
        at = start + part.len();
        let word =
            part.trim_matches(|c: char| !(joins(c) || is_cjk(c) || matches!(c, '/' | '%' | '-')));
        if word.is_empty() || word.len() > 40 {
            continue;
        }
        let begin = start + (word.as_ptr().addr() - part.as_ptr().addr());
        let before = text.get(..begin).unwrap_or("");
        let counted = number(word)
            .filter(|_| clean_before(before))
            .and_then(|(number, used)| {
                noun(text, begin + used).map(|(noun, end)| (number, noun, end))
            });
        if let Some((stated, noun, end)) = counted {
            out.push(StatedCount {
                noun: noun.to_owned(),
                stated,
                of: None,
                is_percent: false,
                section,
                span: words.span_of(begin..end),
            });
            continue;
        }
        if progress != Progress::Never
            && let Some(count) = fraction(words, word, begin, section, progress)
        {
            out.push(count);
        }
    }
}

/// `FR-` and `phase ` before a number make it a name.
fn clean_before(before: &str) -> bool {
    let last = before.trim_end();
    let glued = before
        .chars()
        .next_back()
        .is_some_and(|c| joins(c) || matches!(c, '-' | '#' | '.' | '/'));
    let word = last.rsplit(' ').next().unwrap_or("");
    let word = word.trim_start_matches(['“', '"', '(', '‘', '\'']);
    let names = [
        "phase",
        "epic",
        "step",
        "section",
        "requirement",
        "version",
        "story",
        "task",
        "milestone",
        "level",
        "tier",
        "page",
        "group",
        "sprint",
        "week",
        "§",
        "of",
        "von",
        "least",
        "most",
        "to",
        "than",
    ];
    !glued
        && !names.contains(&singular(word).as_str())
        && !last.ends_with(['<', '>', '≤', '≥', '~'])
}

fn number(word: &str) -> Option<(u64, usize)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && digits < 7 {
        let after = word.get(digits..)?;
        let glued = after.chars().next();
        // `7个表` and `7 tables`, but not `3-step`, `2x`, `40%`.
        let fine = glued.is_none() || glued.is_some_and(is_cjk);
        return fine.then_some((word.get(..digits)?.parse().ok()?, digits));
    }
    NUMBER_WORDS.get(word).map(|number| (number, word.len()))
}

/// What is counted, one or two words after the number; with where it ends.
fn noun(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let rest = text.get(at..)?;
    if let Some(first) = rest.trim_start().chars().next().filter(|c| is_cjk(*c)) {
        let mut tail = rest.trim_start();
        if "个個つの件項项张枚条種种".contains(first) {
            tail = tail.trim_start_matches(|c| "个個つの件項项张枚条種种".contains(c));
        }
        let start = text.len() - tail.len();
        return NOUNS
            .iter()
            .filter(|(word, _)| tail.starts_with(word) && word.chars().next().is_some_and(is_cjk))
            .max_by_key(|(word, _)| word.len())
            .map(|(word, noun)| (*noun, start + word.len()));
    }
    let mut from = at;
    for _ in 0..3 {
        let rest = text.get(from..)?;
        let trimmed = rest.strip_prefix([' ', '\u{a0}'])?;
        let start = text.len() - trimmed.len();
        let length = trimmed
            .find(|c: char| !(joins(c) || c == '-'))
            .unwrap_or(trimmed.len());
        let word = trimmed.get(..length)?;
        let one = singular(word);
        if let Some((_, noun)) = NOUNS.iter().find(|(name, _)| *name == one) {
            // `2 tables per session` and `3 task types` count something else.
            let after = trimmed.get(length..)?.trim_start();
            let goes_on = after.starts_with("per ") || after.starts_with("each");
            return (!goes_on).then_some((*noun, start + length));
        }
        if !BETWEEN.contains(&fold(word).as_str()) {
            return None;
        }
        from = start + length;
    }
    None
}

const SAYS: &[&str] = &[
    "done",
    "complete",
    "completed",
    "finished",
    "tasks",
    "task",
    "subtasks",
    "progress",
    "closed",
    "implemented",
    "checked",
    "erledigt",
    "fertig",
    "abgeschlossen",
    "termine",
    "completado",
    "concluido",
    "fortschritt",
    "完了",
    "完成",
    "进度",
    "進捗",
];

fn fraction(
    words: &Inline,
    word: &str,
    begin: usize,
    section: Option<usize>,
    progress: Progress,
) -> Option<StatedCount> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text = words.text.as_str();
    let around_start = text.get(..begin).map_or(0, |t| {
        t.char_indices().rev().nth(24).map_or(0, |(at, _)| at)
    });
    let after = text.get(begin + word.len()..).unwrap_or("");
    let after_end = after
        .char_indices()
        .nth(24)
        .map_or(text.len(), |(at, _)| begin + word.len() + at);
    let around = fold(text.get(around_start..after_end).unwrap_or(""));
    let said = SAYS
        .iter()
        .any(|word| super::words::has_word(&around, word));
    let noun = if super::words::has_word(&around, "subtasks") {
        "subtask"
    } else {
        "task"
    };
    let count = |stated, of, is_percent| StatedCount {
        noun: noun.to_owned(),
        stated,
        of,
        is_percent,
        section,
        span: words.span_of(begin..begin + word.len()),
    };
    if let Some((n, m)) = word.split_once('/') {
        let (n, m): (u64, u64) = (n.parse().ok()?, m.parse().ok()?);
        return (n <= m && m > 0 && (said || progress == Progress::Plain))
            .then(|| count(n, Some(m), false));
    }
    if let Some(percent) = word.strip_suffix('%').and_then(|p| p.parse().ok()) {
        return (percent <= 100 && said).then(|| count(percent, None, true));
    }
    let stated: u64 = word.parse().ok()?;
    let rest = after.trim_start();
    if rest.starts_with('%') && stated <= 100 {
        return said.then(|| count(stated, None, true));
    }
    let of = rest
        .strip_prefix("of ")
        .or_else(|| rest.strip_prefix("von "))?;
    let digits = of.bytes().take_while(u8::is_ascii_digit).count();
    let of: u64 = of.get(..digits)?.parse().ok()?;
    (said && stated <= of).then(|| count(stated, Some(of), false))
}

/// What a row is read by: the names of its columns, and the titles of the document.
struct Heads<'a> {
    columns: &'a [String],
    titles: &'a Titles,
}

/// A row of a summary: `| Phase 1: Setup | 3/5 |`, `| Phase 1 | 12 | 4 |`.
fn in_row(
    reading: &Reading<'_>,
    unit: &Unit<'_>,
    heads: &Heads<'_>,
    cells: &[Inline],
    out: &mut Vec<StatedCount>,
) {
    let Some(first) = cells.first() else { return };
    let name = fold(first.text.trim());
    let section = heads.titles.named(&name);
    let is_total = [
        "total", "gesamt", "sum", "summe", "all", "overall", "合計", "总计", "合计",
    ]
    .iter()
    .any(|word| name.starts_with(word));
    let counts_rows = section.is_some() || is_total;
    for (at, cell) in cells.iter().enumerate().skip(1) {
        let column = heads.columns.get(at).map_or("", String::as_str);
        let text = cell.text.trim();
        if let Some((n, m)) = text.split_once('/') {
            let numbers = (n.trim().parse().ok(), m.trim().parse().ok());
            if let (Some(n), Some(m)) = numbers
                && counts_rows
                && n <= m
            {
                out.push(StatedCount {
                    noun: noun_of(column),
                    stated: n,
                    of: Some(m),
                    is_percent: false,
                    section,
                    span: cell.span,
                });
            }
            continue;
        }
        if let Some(percent) = text.strip_suffix('%').and_then(|p| p.trim().parse().ok())
            && counts_rows
        {
            out.push(StatedCount {
                noun: noun_of(column),
                stated: percent,
                of: None,
                is_percent: true,
                section,
                span: cell.span,
            });
            continue;
        }
        let known = [
            "total",
            "tasks",
            "count",
            "task count",
            "# tasks",
            "subtasks",
            "aufgaben",
            "anzahl",
            "任务数",
            "タスク数",
        ]
        .contains(&column);
        if known
            && counts_rows
            && let Ok(stated) = text.parse()
        {
            out.push(StatedCount {
                noun: noun_of(column),
                stated,
                of: None,
                is_percent: false,
                section,
                span: cell.span,
            });
            continue;
        }
        in_words(
            cell,
            section.or_else(|| subject_section(reading, unit)),
            Progress::Never,
            out,
        );
    }
    if let ([_, cell], None, false) = (cells, section, is_total)
        && let Ok(stated) = cell.text.trim().parse()
        && let one = singular(&name)
        && let Some((_, noun)) = NOUNS
            .iter()
            .find(|(word, _)| one == *word || name.ends_with(word))
    {
        out.push(StatedCount {
            noun: (*noun).to_owned(),
            stated,
            of: None,
            is_percent: false,
            section: None,
            span: cell.span,
        });
    }
}

fn noun_of(column: &str) -> String {
    if column.contains("subtask") {
        "subtask"
    } else {
        "task"
    }
    .to_owned()
}

/// Titles of sections, found by how they begin and how they end: each row of each table may name
/// one.
struct Titles {
    /// Sorted, each with its place.
    forward: Vec<(Vec<u8>, usize)>,
    /// The same, read backwards.
    backward: Vec<(Vec<u8>, usize)>,
}

impl Titles {
    fn of(titles: impl Iterator<Item = String>) -> Self {
        let mut forward: Vec<(Vec<u8>, usize)> = titles.map(String::into_bytes).zip(0..).collect();
        let mut backward = forward.clone();
        for (title, _) in &mut backward {
            title.reverse();
        }
        forward.order();
        backward.order();
        Self { forward, backward }
    }

    /// The section that a cell names, by its title or by the label of a phase.
    fn named(&self, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        let is_telling = name.len() > 8;
        let backwards: Vec<u8> = name.bytes().rev().collect();
        let begin = beginning_with(&self.forward, name.as_bytes()).filter(|(title, _)| {
            let rest = title.get(name.len()..).unwrap_or(&[]);
            let is_label = is_telling || name.contains(|c: char| c.is_ascii_digit());
            let joints = [":", " ", "-", "–", "—", "("];
            rest.is_empty()
                || is_label
                    && joints
                        .iter()
                        .any(|joint| rest.starts_with(joint.as_bytes()))
        });
        let end = beginning_with(&self.backward, &backwards).filter(|_| is_telling);
        begin.chain(end).map(|(_, at)| *at).min()
    }
}

fn beginning_with<'a>(
    sorted: &'a [(Vec<u8>, usize)],
    name: &'a [u8],
) -> impl Iterator<Item = &'a (Vec<u8>, usize)> {
    let from = sorted.partition_point(|(title, _)| title.as_slice() < name);
    let found = sorted.iter().skip(from);
    found.take_while(move |(title, _)| title.starts_with(name))
}
