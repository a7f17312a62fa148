//! Phases of plans and task lists, milestones of a PRD.

use super::ids;
use super::marks;
use super::reading::Reading;
use super::roles::spoken;
use super::units::{Unit, UnitKind};
use super::words::{fold, unnumbered};
use crate::facts::{DocumentKind, Phase, Role};
use crate::text::Span;

const WORDS: &[&str] = &[
    "phase",
    "milestone",
    "sprint",
    "stage",
    "iteration",
    "wave",
    "group",
    "week",
    "meilenstein",
    "etappe",
    "jalon",
    "etape",
    "fase",
    "hito",
    "marco",
    "フェーズ",
    "阶段",
    "里程碑",
    "マイルストーン",
    "ステージ",
    "단계",
    "lot",
];

/// A label, its number and the title after it.
struct Label {
    label: String,
    number: Option<u32>,
    title: String,
}

pub(super) fn explicit(reading: &Reading<'_>) -> Vec<Phase> {
    let mut phases = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        let role = reading.role(index);
        match unit.kind {
            UnitKind::Heading(words) => heading(reading, unit, &words.text, role, &mut phases),
            UnitKind::Item(_) | UnitKind::Row(..)
                if unit.depth == 0 && matches!(role, Role::Milestones | Role::Phases) =>
            {
                listed(reading, index, unit, &mut phases);
            }
            _ => {}
        }
    }
    phases
}

fn heading(
    reading: &Reading<'_>,
    unit: &Unit<'_>,
    title: &str,
    role: Role,
    phases: &mut Vec<Phase>,
) {
    if matches!(
        role,
        Role::Dependencies
            | Role::Coverage
            | Role::SourceMap
            | Role::Verification
            | Role::ConstitutionCheck
    ) {
        return;
    }
    let section = unit.section.and_then(|at| reading.sections.list.get(at));
    let mark = section.and_then(|section| section.mark);
    let words = spoken(title, reading.marks);
    let words = words.trim_start_matches(|c: char| !c.is_alphanumeric());
    let found: Vec<Label> = match label(words, Strictness::Heading) {
        Some(label) => vec![label],
        None if matches!(role, Role::Status | Role::Milestones | Role::Phases) => bracketed(words),
        None => Vec::new(),
    };
    for found in found {
        phases.push(phase(found, unit.span, unit.whole, mark));
    }
}

/// `Completed (M0 - Foundation & M1 - Execution)` names two.
fn bracketed(title: &str) -> Vec<Label> {
    let Some(open) = title.find(['(', '（']) else {
        return Vec::new();
    };
    let inner = title
        .get(open..)
        .unwrap_or("")
        .trim_matches(['(', ')', '（', '）', ' ']);
    let starts: Vec<usize> = ids::scan(inner)
        .filter(|found| found.id.prefix == "M")
        .map(|found| found.range.start)
        .collect();
    starts
        .iter()
        .enumerate()
        .filter_map(|(index, start)| {
            let end = starts.get(index + 1).copied().unwrap_or(inner.len());
            label(
                inner
                    .get(*start..end)?
                    .trim()
                    .trim_end_matches(['&', ',', '+', ' ', '/'])
                    .trim_end_matches(" and"),
                Strictness::Heading,
            )
        })
        .collect()
}

fn listed(reading: &Reading<'_>, index: usize, unit: &Unit<'_>, phases: &mut Vec<Phase>) {
    let inlines = unit.inlines();
    let Some(first) = inlines.first() else { return };
    let lead = reading.lead(index);
    let text = first
        .text
        .trim()
        .trim_start_matches(|c: char| !c.is_alphanumeric());
    let Some(mut found) = label(text, Strictness::Line) else {
        return;
    };
    if found.title.is_empty()
        && let Some(next) = inlines.get(1)
    {
        found.title = next.text.trim().to_owned();
    }
    let cells = inlines
        .iter()
        .skip(1)
        .find_map(|cell| super::tables::cell_mark(&cell.text, reading.marks));
    let check = unit
        .item()
        .and_then(|item| item.check)
        .map(|check| match check {
            crate::outline::CheckBox::Checked => crate::facts::Mark::Done,
            crate::outline::CheckBox::Open => crate::facts::Mark::NotStarted,
        });
    let tail = reading.marks.tail(&first.text).map(|(mark, _)| mark);
    let mark = lead.and_then(|lead| lead.mark).or(check).or(tail).or(cells);
    phases.push(phase(found, unit.span, unit.whole, mark));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// A label may stand alone.
    Heading,
    /// Something must set the label off from the words after it.
    Line,
}

fn label(text: &str, strictness: Strictness) -> Option<Label> {
    let folded: String = fold(&text.chars().take(24).collect::<String>());
    let length = match WORDS.iter().find(|word| folded.starts_with(*word)) {
        Some(word) => worded(text, word)?,
        None => match ordinal(text) {
            Some(length) => length,
            None => short(text)?,
        },
    };
    let label = text.get(..length)?.trim().to_owned();
    let rest = text.get(length..)?;
    let set_off = rest
        .trim_start()
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric());
    if strictness == Strictness::Line && !set_off {
        return None;
    }
    let digits: String = label.chars().filter(char::is_ascii_digit).collect();
    let title = rest.trim_start_matches(['+', ' ']);
    let title = super::words::after_joint(title.trim_start_matches(['*', ']']));
    // `M1 (Delivery): FR-1`
    let bracketed = title
        .strip_prefix('(')
        .and_then(|inner| inner.split_once(')'));
    let title = match bracketed {
        Some((inner, rest)) if rest.trim_start().starts_with(':') => inner,
        _ => title,
    };
    Some(Label {
        number: digits.parse().ok(),
        label,
        title: title.trim().to_owned(),
    })
}

fn worded(text: &str, word: &str) -> Option<usize> {
    let skipped: usize = text
        .chars()
        .take(word.chars().count())
        .map(char::len_utf8)
        .sum();
    let rest = text.get(skipped..)?;
    let gap = rest.len() - rest.trim_start().len();
    let after = rest.get(gap..)?;
    let digits = after
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let number = after.get(..digits)?.trim_end_matches('.').len();
    if number > 0 {
        return Some(skipped + gap + number);
    }
    // `Phase N: Polish`, `Phase A – Setup`, `Phase II`
    let letters = after.bytes().take_while(u8::is_ascii_uppercase).count();
    let ends = after
        .get(letters..)?
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric());
    (gap > 0 && (1..=4).contains(&letters) && ends).then_some(skipped + gap + letters)
}

/// `第1阶段`, `1. Phase`
fn ordinal(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('第')?;
    let end = ["阶段", "フェーズ", "期", "단계"]
        .iter()
        .filter_map(|word| rest.find(word).map(|at| at + word.len()))
        .min()?;
    (end < 24).then_some('第'.len_utf8() + end)
}

/// `M1`, `M0.5`
fn short(text: &str) -> Option<usize> {
    let found = ids::one(text, 0)?;
    let id = &found.id;
    (id.prefix == "M" && found.range.start == 0 && id.numbers.iter().all(|n| *n < 100))
        .then_some(found.range.end)
}

fn phase(label: Label, span: Span, whole: Span, mark: Option<crate::facts::Mark>) -> Phase {
    let folded = fold(&label.title);
    let is_shared = [
        "setup",
        "foundation",
        "foundational",
        "polish",
        "cross-cutting",
        "convergence",
        "initialization",
        "bootstrap",
    ]
    .iter()
    .any(|word| super::words::has_word(&folded, word));
    let story = ids::worded(&label.title)
        .map(|(id, _)| id)
        .filter(|id| id.prefix == "US")
        .or_else(|| {
            ids::scan(&label.title)
                .map(|found| found.id)
                .find(|id| id.prefix == "US")
        });
    Phase {
        label: label.label,
        number: label.number,
        title: clean_title(&label.title),
        span,
        whole,
        mark,
        is_shared: is_shared && story.is_none(),
        story,
        entry: None,
        exit: None,
    }
}

/// Without `(Priority: P1)`, `(3/5)` and marks at the end.
fn clean_title(title: &str) -> String {
    let mut text = title.trim();
    while let Some(open) = text
        .rfind(['(', '（', '['])
        .filter(|_| text.ends_with([')', '）', ']']))
    {
        let inner = fold(text.get(open..).unwrap_or(""));
        let drop = inner.contains("priorit")
            || inner.contains("p1")
            || inner.contains("p2")
            || inner.contains("p3")
            || inner.contains('/')
            || inner.contains('%')
            || marks::word(&inner).is_some();
        if !drop {
            break;
        }
        text = text.get(..open).unwrap_or("").trim_end();
    }
    text.to_owned()
}

/// A task list without phases by name: the sections that hold its tasks.
pub(super) fn groups(reading: &Reading<'_>, is_task: &[bool]) -> Vec<Phase> {
    if reading.kind != DocumentKind::Tasks {
        return Vec::new();
    }
    let mut holds = vec![false; reading.sections.list.len()];
    for (unit, _) in reading
        .units
        .iter()
        .zip(is_task)
        .filter(|(unit, task)| **task && !matches!(unit.kind, UnitKind::Heading(_)))
    {
        let mut at = unit.section;
        while let Some(section) = at {
            match holds.get_mut(section) {
                Some(held) if !*held => *held = true,
                _ => break,
            }
            at = reading.sections.parents.get(section).copied().flatten();
        }
    }
    let levels = reading
        .sections
        .list
        .iter()
        .zip(&holds)
        .filter(|(_, holds)| **holds)
        .map(|(section, _)| section.level);
    let top = levels.clone().min();
    // A title of the document over all of them is no phase.
    let count = levels.clone().filter(|level| Some(*level) == top).count();
    let level = if count == 1 {
        levels.filter(|level| Some(*level) > top).min()
    } else {
        top
    };
    let headings = reading
        .units
        .iter()
        .enumerate()
        .filter_map(|(index, unit)| match unit.kind {
            UnitKind::Heading(words) => Some((index, unit, words)),
            _ => None,
        });
    headings
        .filter(|(index, unit, _)| {
            let section = unit.section.unwrap_or(usize::MAX);
            let own = reading.sections.list.get(section);
            own.is_some_and(|own| Some(own.level) == level)
                && holds.get(section).copied().unwrap_or(false)
                && !is_task.get(*index).copied().unwrap_or(false)
        })
        .map(|(_, unit, words)| {
            let mark = unit
                .section
                .and_then(|at| reading.sections.list.get(at))
                .and_then(|section| section.mark);
            let text = words.text.trim();
            let (number, title) = unnumbered(text);
            let number = number.and_then(|n| u32::try_from(n).ok());
            let label = number.map_or_else(|| spoken(title, reading.marks), |n| n.to_string());
            let title = spoken(title, reading.marks);
            phase(
                Label {
                    label,
                    number,
                    title,
                },
                unit.span,
                unit.whole,
                mark,
            )
        })
        .collect()
}

/// For each unit the innermost of the phases that it lies in.
pub(super) fn enclosing(spans: &[Span], units: &[Unit<'_>]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    units
        .iter()
        .map(|unit| {
            let at = unit.span.start;
            while spans.get(next).is_some_and(|span| span.start <= at) {
                open.push(next);
                next += 1;
            }
            while open
                .last()
                .is_some_and(|last| spans.get(*last).is_none_or(|span| span.end <= at))
            {
                open.pop();
            }
            open.last().copied()
        })
        .collect()
}

/// Finds what must hold before and after each phase.
pub(super) fn gates(reading: &Reading<'_>, of: &[Option<usize>], phases: &mut [Phase]) {
    for (index, unit) in reading.units.iter().enumerate() {
        let Some(phase) = of
            .get(index)
            .copied()
            .flatten()
            .and_then(|at| phases.get_mut(at))
        else {
            continue;
        };
        let Some(words) = unit.words() else { continue };
        let begins = words.text.chars().find(|c| c.is_alphanumeric());
        // What none of the words below begins with.
        if begins.is_none_or(|c| c.is_ascii() && !"acdegpsv".contains(c.to_ascii_lowercase())) {
            continue;
        }
        let end = words.text.char_indices().nth(40);
        let text = end.map_or(words.text.as_str(), |(at, _)| {
            words.text.get(..at).unwrap_or("")
        });
        let folded = fold(text);
        let folded = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
        let starts = |words: &[&str]| words.iter().any(|word| folded.starts_with(word));
        if starts(&[
            "entry",
            "prerequisite",
            "eingang",
            "voraussetzung",
            "entree",
            "entrada",
            "開始条件",
            "进入条件",
        ]) {
            phase.entry.get_or_insert(unit.span);
        } else if starts(&[
            "exit",
            "checkpoint",
            "gate",
            "done when",
            "completion",
            "deliverable",
            "acceptance",
            "ausgang",
            "abnahme",
            "sortie",
            "salida",
            "saida",
            "完了条件",
            "退出条件",
            "检查点",
            "definition of done",
        ]) {
            phase.exit.get_or_insert(unit.span);
        }
    }
}
