//! Whether a number at the start of a line counts it, as in `4.1 The system …`, or is what the line
//! speaks of, as in `99.9 % availability`: only a number with its neighbours counts.

use super::lead::Lead;
use super::units::{Unit, UnitKind};
use super::words::unnumbered;
use crate::facts::Id;
use std::mem::discriminant;

/// Gives the numbers that count nothing back to the words that they begin.
pub(super) fn keep_amounts(units: &[Unit<'_>], leads: &mut [Lead]) {
    let counts = counting(units, leads);
    for (lead, counts) in leads.iter_mut().zip(counts) {
        if !counts && let Some((_, range)) = lead.id.take() {
            lead.rest = range.start;
            lead.is_set_off = false;
        }
    }
}

/// Of each unit whether its number, where it has one, is that of its line.
fn counting(units: &[Unit<'_>], leads: &[Lead]) -> Vec<bool> {
    let mut counts: Vec<bool> = units
        .iter()
        .zip(leads)
        .map(|(unit, lead)| number(unit, lead).is_none())
        .collect();
    let mut section = None;
    let mut heading = None;
    // The last unit of each depth.
    let mut open: Vec<usize> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        if let UnitKind::Heading(title) = unit.kind {
            heading = unnumbered(&title.text).0;
        }
        if section != Some(unit.section) {
            section = Some(unit.section);
            open.clear();
        }
        let before = open.get(unit.depth).copied();
        open.resize(unit.depth, at);
        open.push(at);
        let (Some(id), Some(lead)) = (counter(leads.get(at)), leads.get(at)) else {
            continue;
        };
        let is_first = heading == id.numbers.first().map(|n| u64::from(*n))
            && id.numbers.get(1) == Some(&1)
            && begins_a_sentence(unit, lead);
        let follows = before.filter(|before| {
            units
                .get(*before)
                .is_some_and(|other| discriminant(&other.kind) == discriminant(&unit.kind))
                && counter(leads.get(*before)).is_some_and(|other| is_next(other, id))
        });
        for counted in follows.into_iter().chain(follows.map(|_| at)) {
            if let Some(counted) = counts.get_mut(counted) {
                *counted = true;
            }
        }
        if is_first && let Some(counted) = counts.get_mut(at) {
            *counted = true;
        }
    }
    counts
}

/// A number that may be an amount: with one point, and nothing but a blank behind it.
fn number<'a>(unit: &Unit<'_>, lead: &'a Lead) -> Option<&'a Id> {
    let (id, range) = lead.id.as_ref()?;
    let is_boxed = lead.bracket.is_some() || unit.item().is_some_and(|item| item.check.is_some());
    // A cell that is a number sets it off from nothing.
    let is_set_off = lead.is_set_off && !matches!(unit.kind, UnitKind::Row(_));
    let is_bare = !is_set_off && range.len() == id.written.len();
    (is_numeric(id)
        && id.numbers.len() == 2
        && is_bare
        && !is_boxed
        && !matches!(unit.kind, UnitKind::Heading(_)))
    .then_some(id)
}

fn counter(lead: Option<&Lead>) -> Option<&Id> {
    let (id, _) = lead?.id.as_ref()?;
    is_numeric(id).then_some(id)
}

fn is_numeric(id: &Id) -> bool {
    id.prefix.is_empty() && id.written.starts_with(|c: char| c.is_ascii_digit())
}

/// `1.2` behind `1.1`, and `2.1` behind the last of the ones.
fn is_next(before: &Id, id: &Id) -> bool {
    match (before.numbers.as_slice(), id.numbers.as_slice()) {
        ([group, last], [own, number]) => {
            own == group && *number == last.saturating_add(1)
                || *own == group.saturating_add(1) && *number == 1
        }
        _ => false,
    }
}

fn begins_a_sentence(unit: &Unit<'_>, lead: &Lead) -> bool {
    let words = unit.inlines().first();
    let rest = words.and_then(|words| words.text.get(lead.rest..));
    rest.is_some_and(|rest| rest.starts_with(char::is_uppercase))
}
