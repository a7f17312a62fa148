//! SK-REQ-006: a size without a unit, and two sizes of one thing.

use super::context::{Context, requirements};
use super::draft::{Draft, Drafts};
use super::words::{Asked, normal, short};
use crate::facts::{Document, Quantity};
use std::collections::{BTreeMap, BTreeSet};

/// Nouns that are always a number with a unit.
const SIZES: &[&str] = &[
    "latency",
    "response time",
    "response times",
    "throughput",
    "uptime",
];

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    without_unit(context, out);
    conflicts(context, out);
}

fn without_unit(context: &Context<'_>, out: &mut Drafts) {
    let Some(prd) = &context.bundle.prd else {
        return;
    };
    for item in requirements(prd) {
        let folded = item.text.to_lowercase();
        let asked = Asked::of(&folded);
        let Some(word) = SIZES.iter().find(|word| asked.find(word).is_some()) else {
            continue;
        };
        let has_digit = prd
            .source
            .slice(item.whole)
            .split_whitespace()
            .any(|word| word.starts_with(|c: char| c.is_ascii_digit() || "<>≤≥~".contains(c)));
        if has_digit {
            continue;
        }
        let message = format!(
            "\"{}\" says {word} and no number with a unit",
            short(&item.text, 60)
        );
        let mut draft = Draft::at("SK-REQ-006", prd, item.span, message).key(item.text.clone());
        draft.node = item.id.as_ref().map(|id| id.written.to_string());
        out.add(draft);
    }
}

fn conflicts(context: &Context<'_>, out: &mut Drafts) {
    let mut told: BTreeSet<(String, &str)> = BTreeSet::new();
    let mut first: BTreeMap<(String, &str), (&Document, &Quantity)> = BTreeMap::new();
    for document in context.bundle.documents() {
        for quantity in &document.quantities {
            let subject = normal(&quantity.subject);
            // Of nothing that is said beside it.
            if subject.is_empty() || quantity.unit.is_empty() {
                continue;
            }
            let key = (subject, quantity.unit.as_str());
            let Some((other_document, other)) = first.get(&key) else {
                first.insert(key, (document, quantity));
                continue;
            };
            // The first that differs says it; a third value adds nothing.
            if is_same(quantity, other) || !told.insert(key.clone()) {
                continue;
            }
            let written = |document: &Document, quantity: &Quantity| {
                document.source.slice(quantity.span).trim().to_owned()
            };
            let (here, there) = (written(document, quantity), written(other_document, other));
            let message = format!("{}: {here} here, {there} elsewhere", quantity.subject);
            out.add(
                Draft::at("SK-REQ-006", document, quantity.span, message)
                    .key(format!("{} {}", key.0, key.1))
                    .related(other_document, other.span, format!("{there} here")),
            );
        }
    }
}

fn is_same(a: &Quantity, b: &Quantity) -> bool {
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1.0);
    near(a.low, b.low) && near(a.high, b.high)
}
