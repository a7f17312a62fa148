//! SK-CNS-004: one thing in two states, or asked for and forbidden.

use super::context::Context;
use super::draft::{Draft, Drafts};
use super::provenance::{is_as_generated, milder};
use super::words::{Numbers, normal, shared, short, stem};
use crate::facts::{Document, Mark, StatusClaim};
use crate::order::Order;
use crate::read::denials;
use crate::text::Span;

/// Words that say what is done to a thing, not which thing it is.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "add"
            | "build"
            | "milestone"
            | "phase"
            | "sprint"
            | "step"
            | "complete"
            | "feature"
            | "finish"
            | "function"
            | "functionality"
            | "implement"
            | "implementation"
            | "integration"
            | "initial"
            | "support"
            | "type"
            | "work"
    )
}

/// One word for those of one activity.
fn activity(word: &str) -> &str {
    match word {
        "persist" | "persistence" | "save" | "storage" | "upload" => "store",
        "display" | "show" | "viewer" => "view",
        "signin" => "login",
        "deletion" | "remove" | "removal" => "delete",
        other => other,
    }
}

/// A word in more claims than these tells none from the others.
const COMMON: usize = 40;

struct Claim<'a> {
    document: &'a Document,
    claim: &'a StatusClaim,
    words: Vec<u32>,
    /// The mark is a box, which says what somebody did and not what there is.
    is_box: bool,
    /// The section that it stands in.
    group: (usize, Option<usize>),
}

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    denied(context, out);
    let mut numbers = Numbers::default();
    let claims = claims(context, &mut numbers);
    let mut by_word: Vec<Vec<usize>> = vec![Vec::new(); numbers.count()];
    for (at, claim) in claims.iter().enumerate() {
        for word in &claim.words {
            if let Some(list) = by_word.get_mut(*word as usize) {
                list.push(at);
            }
        }
    }
    for (at, claim) in claims.iter().enumerate() {
        let near = claim
            .words
            .iter()
            .filter_map(|word| by_word.get(*word as usize))
            .filter(|list| list.len() <= COMMON)
            .flatten()
            .copied()
            .filter(|other| *other < at);
        let mut near: Vec<usize> = near.collect();
        near.order();
        near.dedup();
        // The one that is most alike is the same thing; if its state is the same, all is well.
        let best = near
            .into_iter()
            .filter_map(|other| Some((likeness(claim, claims.get(other)?)?, other)))
            .max_by_key(|(likeness, other)| (*likeness, std::cmp::Reverse(*other)));
        let Some(other) = best.and_then(|(_, other)| claims.get(other)) else {
            continue;
        };
        if other.claim.mark != claim.claim.mark {
            report(context, claim, other, out);
        }
    }
}

/// Sentences of the PRD that are one but for a "not".
fn denied(context: &Context<'_>, out: &mut Drafts) {
    let Some(prd) = &context.bundle.prd else {
        return;
    };
    for (first, second) in denials(prd) {
        let (said, other) = (short(&second.text, 80), short(&first.text, 80));
        let message = format!("\"{said}\" here; \"{other}\" elsewhere");
        let mut draft = Draft::at("SK-CNS-004", prd, second.span, message)
            .key(format!("{} / {}", second.text, first.text))
            .related(prd, first.span, format!("\"{other}\" here"))
            .hint("Keep the one that holds");
        draft.node = second.id.as_ref().map(|id| id.written.to_string());
        out.add(match is_as_generated(context, prd) {
            true => milder(draft),
            false => draft,
        });
    }
}

fn report(context: &Context<'_>, claim: &Claim<'_>, other: &Claim<'_>, out: &mut Drafts) {
    let name = |claim: &Claim<'_>| short(claim.claim.subject.trim(), 60);
    let message = format!(
        "\"{}\" is {} here; \"{}\" is {} elsewhere",
        name(claim),
        word(claim.claim.mark),
        name(other),
        word(other.claim.mark)
    );
    let draft = Draft::at("SK-CNS-004", claim.document, claim.claim.span, message)
        .key(format!("{} / {}", claim.claim.subject, other.claim.subject))
        .related(
            other.document,
            other.claim.span,
            format!("\"{}\" is {} here", name(other), word(other.claim.mark)),
        );
    let from_source =
        is_as_generated(context, claim.document) && is_as_generated(context, other.document);
    out.add(match from_source {
        true => milder(draft),
        false => draft,
    });
}

fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Done => "done",
        Mark::InProgress => "in progress",
        Mark::NotStarted => "not started",
        Mark::Dropped => "dropped",
        Mark::Unknown => "in an unknown state",
    }
}

fn claims<'a>(context: &Context<'a>, numbers: &mut Numbers) -> Vec<Claim<'a>> {
    let mut found = Vec::new();
    for (number, document) in context.bundle.documents().enumerate() {
        // Many claims of one section follow each other.
        let mut last: Option<(usize, bool)> = None;
        for claim in &document.claims {
            let section = section(document, claim.span);
            if last.map(|(at, _)| at) != section {
                last = section.map(|at| (at, is_check_list(document, at)));
            }
            if claim.mark == Mark::Unknown || last.is_some_and(|(_, is_list)| is_list) {
                continue;
            }
            let words = subject(&claim.subject, numbers);
            if words.is_empty() {
                continue;
            }
            found.push(Claim {
                document,
                claim,
                words,
                is_box: is_box(document, claim.span),
                group: (number, section),
            });
        }
    }
    found
}

fn is_box(document: &Document, span: Span) -> bool {
    let line = document.source.line(document.line_of(span));
    crate::digest::split_box(line.trim_start_matches(['>', ' '])).is_some()
}

/// The number of the section of a place.
fn section(document: &Document, span: Span) -> Option<usize> {
    let sections = &document.sections;
    let next = sections.partition_point(|section| section.span.start <= span.start);
    next.checked_sub(1)
}

/// Whether a section is a check list, which says what was looked at and not what there is.
fn is_check_list(document: &Document, section: usize) -> bool {
    let section = document.sections.get(section);
    section
        .iter()
        .flat_map(|section| section.path.iter())
        .any(|title| {
            let title = normal(title);
            [
                "checklist",
                "check list",
                "gate",
                "review",
                "readiness",
                "comparison",
                "constitution check",
            ]
            .iter()
            .any(|word| title.contains(word))
        })
}

fn subject(text: &str, numbers: &mut Numbers) -> Vec<u32> {
    let text = normal(text);
    let words = text
        .split(' ')
        .filter(|word| !word.bytes().all(|b| b.is_ascii_digit()) && !is_filler(word))
        .map(activity)
        .filter(|word| !word.is_empty() && !super::words::is_stop(word))
        .map(stem);
    numbers.all(words)
}

/// How sure it is that two claims are of one thing: shared words of all, in hundredths. None where
/// they are of two. All words of the shorter one have to be in the other, two at least.
fn likeness(a: &Claim<'_>, b: &Claim<'_>) -> Option<usize> {
    // Two lines of one list are two things, whatever they are called.
    if a.group == b.group {
        return None;
    }
    let common = shared(&a.words, &b.words);
    if a.is_box || b.is_box {
        // Two lists of steps may have one step each; a step and a state have to be the same words.
        let is_same = common == a.words.len() && common == b.words.len() && common >= 2;
        return (is_same && !(a.is_box && b.is_box)).then_some(100);
    }
    let (few, many) = (
        a.words.len().min(b.words.len()),
        a.words.len().max(b.words.len()),
    );
    let either = a.words.len() + b.words.len() - common;
    let is_same = common == many || (common == few && common >= 2 && common * 2 >= either);
    is_same.then(|| common * 100 / either)
}
