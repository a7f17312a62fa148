//! Principles of a constitution, and the line with its version.

use super::fields::fields;
use super::norms;
use super::reading::Reading;
use super::refs::Defined;
use super::roles::spoken;
use super::units::UnitKind;
use super::words::{fold, unnumbered};
use crate::facts::{DocumentKind, Keyword, Principle, Role, VersionLine};

/// The principles, and which units are theirs.
pub(super) fn principles(reading: &Reading<'_>, defined: &Defined) -> (Vec<Principle>, Vec<bool>) {
    let mut out: Vec<Principle> = Vec::new();
    let mut taken = vec![false; reading.units.len()];
    let mut open: Option<crate::text::Span> = None;
    for (index, unit) in reading.units.iter().enumerate() {
        if open.is_some_and(|whole| !whole.holds(unit.span)) {
            open = None;
        }
        if let UnitKind::Heading(words) = unit.kind
            && (is_principle(reading, unit.section, &words.text))
        {
            let title = spoken(&words.text, reading.marks);
            let lead = reading.lead(index);
            let id = defined
                .of
                .get(index)
                .and_then(Option::as_ref)
                .map(|definition| definition.id.clone());
            let rest = match (&id, lead) {
                (Some(_), Some(lead)) => words
                    .text
                    .get(lead.rest..)
                    .unwrap_or(&title)
                    .trim()
                    .to_owned(),
                _ => title,
            };
            out.push(Principle {
                id,
                title: rest,
                text: String::new(),
                is_normative: false,
                enforced_by: None,
                span: unit.span,
                whole: unit.whole,
            });
            open = Some(unit.whole);
            mark(&mut taken, index);
            continue;
        }
        if open.is_some() {
            if let Some(last) = out.last_mut() {
                add(last, unit);
            }
            mark(&mut taken, index);
            continue;
        }
        let is_point = matches!(unit.kind, UnitKind::Item(_))
            && reading.role(index) == Role::Principles
            && in_constitution(reading);
        if is_point && unit.depth == 0 && !has_sections(reading, unit.section) {
            let (text, span) = reading.body(index);
            let title = unit.words().and_then(|words| {
                Some(
                    words
                        .bold_lead()?
                        .0
                        .trim_end_matches([':', '.', ' '])
                        .to_owned(),
                )
            });
            let id = defined
                .of
                .get(index)
                .and_then(Option::as_ref)
                .map(|definition| definition.id.clone());
            out.push(Principle {
                id,
                title: title.unwrap_or_else(|| text.to_owned()),
                text: text.to_owned(),
                is_normative: false,
                enforced_by: None,
                span,
                whole: unit.whole,
            });
            open = None;
            mark(&mut taken, index);
        }
    }
    for principle in &mut out {
        let keyword = norms::keyword(&principle.text).or_else(|| norms::keyword(&principle.title));
        principle.is_normative = matches!(
            keyword,
            Some(Keyword::Must | Keyword::MustNot | Keyword::Should | Keyword::ShouldNot)
        ) || fold(&principle.title).contains("non-negotiable");
    }
    (out, taken)
}

fn mark(taken: &mut [bool], index: usize) {
    if let Some(slot) = taken.get_mut(index) {
        *slot = true;
    }
}

fn in_constitution(reading: &Reading<'_>) -> bool {
    reading.kind == DocumentKind::Constitution
}

fn has_sections(reading: &Reading<'_>, section: Option<usize>) -> bool {
    section.is_some_and(|at| !reading.sections.is_leaf(at))
}

fn is_principle(reading: &Reading<'_>, section: Option<usize>, title: &str) -> bool {
    if !in_constitution(reading) {
        return false;
    }
    let Some(at) = section else { return false };
    let above = reading
        .sections
        .parents
        .get(at)
        .copied()
        .flatten()
        .and_then(|above| reading.sections.list.get(above));
    let own = reading.sections.list.get(at);
    let below = above.is_some_and(|above| above.role == Role::Principles && above.level > 0)
        && own.is_some_and(|own| own.role == Role::Principles);
    let folded = fold(title);
    let named = [
        "article ",
        "principle ",
        "artikel ",
        "prinzip ",
        "grundsatz ",
        "principe ",
        "principio ",
    ]
    .iter()
    .any(|word| folded.starts_with(word))
        && folded.len() > 8;
    (below && above.is_some_and(|above| is_group(reading, above)))
        || (named && own.is_some_and(|own| own.level > 1))
}

/// A section called principles, not a principle inside it.
fn is_group(reading: &Reading<'_>, above: &crate::facts::RoleSection) -> bool {
    above
        .path
        .last()
        .is_some_and(|title| reading.titles.role(unnumbered(title).1) == Some(Role::Principles))
}

fn add(principle: &mut Principle, unit: &super::units::Unit<'_>) {
    for words in unit.inlines() {
        if let Some(field) = fields(words).iter().find(|field| {
            matches!(
                field.key.as_str(),
                "enforced by" | "enforcement" | "durchgesetzt durch"
            )
        }) {
            principle.enforced_by = Some(field.value(words).to_owned()).filter(|by| !by.is_empty());
            continue;
        }
        let lower = fold(&words.text);
        if let Some(rest) = lower.strip_prefix("enforced by:") {
            principle.enforced_by = Some(
                words
                    .text
                    .get(words.text.len() - rest.len()..)
                    .unwrap_or(rest)
                    .trim()
                    .to_owned(),
            );
            continue;
        }
        let text = words.text.trim();
        if text.is_empty() {
            continue;
        }
        if !principle.text.is_empty() {
            principle.text.push(' ');
        }
        principle.text.push_str(text);
    }
}

/// `**Version**: 1.0.0 | **Ratified**: 2026-01-01 | **Last Amended**: 2026-01-02`
pub(super) fn version(reading: &Reading<'_>) -> Option<VersionLine> {
    reading.units.iter().rev().find_map(|unit| {
        let words = unit.words()?;
        let fields = fields(words);
        let value = |keys: &[&str]| {
            let field = fields
                .iter()
                .find(|field| keys.contains(&field.key.as_str()))?;
            Some(field.value(words).to_owned()).filter(|value| !value.is_empty())
        };
        let version = value(&["version", "バージョン", "版本"]);
        let ratified = value(&[
            "ratified",
            "ratification date",
            "ratifiziert",
            "ratifie",
            "ratificado",
            "批准",
            "批准日期",
        ]);
        let amended = value(&[
            "last amended",
            "last amended date",
            "amended",
            "last updated",
            "zuletzt geandert",
            "derniere modification",
            "最后修订",
            "最終改定",
        ]);
        version.is_some().then_some(VersionLine {
            version,
            ratified,
            amended,
            span: unit.span,
        })
    })
}
