//! Where a document says how far a thing is.

use super::marks::{self, heading_word};
use super::reading::Reading;
use super::tables::{Column, Columns};
use super::units::{Unit, UnitKind};
use super::words::unnumbered;
use crate::facts::{Mark, Phase, Role, StatusClaim};
use crate::order::Order;
use crate::outline::CheckBox;

pub(super) fn claims(reading: &Reading<'_>, phases: &[Phase]) -> Vec<StatusClaim> {
    let passed_on: Vec<Option<Mark>> = passed_on(reading);
    let mut columns: Option<Columns> = None;
    let mut out: Vec<StatusClaim> = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        if let UnitKind::Head(table) = unit.kind {
            columns = Some(Columns::of(table));
        }
        let above = unit
            .section
            .and_then(|at| passed_on.get(at).copied().flatten());
        if let Some(claim) = claim(reading, index, unit, columns.as_ref(), above) {
            out.push(claim);
        }
    }
    out.extend(phases.iter().filter_map(|phase| {
        let subject = if phase.title.is_empty() {
            phase.label.clone()
        } else {
            format!("{} - {}", phase.label, phase.title)
        };
        Some(StatusClaim {
            subject,
            mark: phase.mark?,
            span: phase.span,
        })
    }));
    out.order_by_key(|claim| claim.span);
    out
}

/// What a heading says of all that is below it: `### ✅ Completed`, `## Done`.
fn passed_on(reading: &Reading<'_>) -> Vec<Option<Mark>> {
    let mut out: Vec<Option<Mark>> = Vec::new();
    for (at, section) in reading.sections.list.iter().enumerate() {
        let title = reading.source.slice(section.title_span);
        let title = title.trim_start_matches(['#', ' ']);
        let text = unnumbered(title).1;
        let spoken = section.path.last().map_or("", String::as_str);
        // `## ✅ Goals` is about goals; it says nothing of each.
        let by_sign = reading.marks.lead(text).map(|(mark, _)| mark).filter(|_| {
            heading_word(spoken).is_some()
                || matches!(section.role, Role::Status | Role::Milestones | Role::Phases)
        });
        let own = by_sign.or_else(|| heading_word(spoken).filter(|_| section.level > 1));
        let above = reading
            .sections
            .parents
            .get(at)
            .copied()
            .flatten()
            .and_then(|above| out.get(above).copied().flatten());
        out.push(own.or(above));
    }
    out
}

fn claim(
    reading: &Reading<'_>,
    index: usize,
    unit: &Unit<'_>,
    columns: Option<&Columns>,
    above: Option<Mark>,
) -> Option<StatusClaim> {
    if unit.is_quoted || matches!(reading.role(index), Role::Glossary | Role::SourceMap) {
        return None;
    }
    match unit.kind {
        UnitKind::Item(item) => {
            if reading.is_legend(index) {
                return None;
            }
            let check = item.check.map(|check| match check {
                CheckBox::Checked => Mark::Done,
                CheckBox::Open => Mark::NotStarted,
            });
            let (text, span) = reading.body(index);
            let tail = reading.marks.tail(&item.text.text).map(|(mark, _)| mark);
            let (text, said) = match reading.role(index) {
                // What a thing does is described with the same words.
                Role::Endpoints | Role::Entities | Role::Glossary | Role::Personas => (text, None),
                _ => said_after(text),
            };
            let own = reading.lead(index)?.mark.or(tail).or(said).or(check);
            let mark = own.or(above.filter(|_| unit.depth == 0))?;
            (!text.is_empty()).then(|| StatusClaim {
                subject: text.to_owned(),
                mark,
                span,
            })
        }
        UnitKind::Row(row) => {
            let columns = columns?;
            let at = columns.index(Column::Status)?;
            let cell = row.cells.get(at)?;
            let mark = columns.mark(row, reading.marks)?;
            let texts = columns.texts(row, reading.lead(index));
            let subject = texts.first()?.clone();
            Some(StatusClaim {
                subject,
                mark,
                span: unit.span.with(cell.span),
            })
        }
        UnitKind::Words(words) => {
            if reading.is_talk(index) {
                return None;
            }
            if let Some(claim) = status_line(reading, unit, words) {
                return Some(claim);
            }
            let lead = reading.lead(index)?;
            let tail = reading.marks.tail(&words.text).map(|(mark, _)| mark);
            let (text, span) = reading.body(index);
            let mark = lead.mark.or(tail)?;
            (!text.is_empty()).then(|| StatusClaim {
                subject: text.to_owned(),
                mark,
                span,
            })
        }
        _ => None,
    }
}

/// `**Status**: Done` below a heading speaks of the heading.
fn status_line(
    reading: &Reading<'_>,
    unit: &Unit<'_>,
    words: &crate::outline::Inline,
) -> Option<StatusClaim> {
    let section = unit
        .section
        .and_then(|at| reading.sections.list.get(at))
        .filter(|section| section.level > 1)?;
    let fields = super::fields::fields(words);
    let field = fields.iter().find(|field| {
        matches!(
            field.key.as_str(),
            "status" | "state" | "statut" | "estado" | "状态" | "状態"
        )
    })?;
    let mark = super::tables::cell_mark(field.value(words), reading.marks)?;
    let subject = section.path.last()?.clone();
    Some(StatusClaim {
        subject,
        mark,
        span: words.span_of(field.value.clone()),
    })
}

/// Where the last of `—`, `–`, ` - ` and `:` stands, and its length.
fn last_joint(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().rev().find_map(|(at, byte)| {
        let around = |from: Option<usize>| bytes.get(from?..)?.first_chunk::<3>();
        match byte {
            b':' => Some((at, 1)),
            b'-' => (around(at.checked_sub(1))? == b" - ").then_some((at - 1, 3)),
            // The first byte of a dash.
            0xe2 => matches!(around(Some(at))?, [_, 0x80, 0x93 | 0x94]).then_some((at, 3)),
            _ => None,
        }
    })
}

/// `Worker (done)`, `Worker — in progress`, `Worker: planned`.
fn said_after(text: &str) -> (&str, Option<Mark>) {
    let bracketed = text.strip_suffix([')', ']']).and_then(|open| {
        open.rfind(['(', '['])
            .map(|at| (at, open.get(at + 1..).unwrap_or("")))
    });
    let dashed = last_joint(text).map(|(at, length)| (at, text.get(at + length..).unwrap_or("")));
    for (at, said) in [bracketed, dashed].into_iter().flatten() {
        if let Some(mark) = marks::word(said) {
            return (text.get(..at).unwrap_or("").trim(), Some(mark));
        }
    }
    (text, None)
}
