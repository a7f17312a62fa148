//! `Given … When … Then …`, in one line or one point per step, and EARS sentences.

use super::lexicon::Lexicon;
use super::words::{joins, word_starts};
use crate::facts::Scenario;
use crate::text::Span;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Given,
    When,
    Then,
    And,
}

const STEPS: &[(Step, &[&str])] = &[
    (
        Step::Given,
        &[
            "given",
            "gegeben",
            "angenommen",
            "étant donné",
            "etant donne",
            "dado",
            "dada",
            "dado que",
            "前提",
            "假如",
            "假设",
            "给定",
        ],
    ),
    (
        Step::When,
        &[
            "when", "wenn", "quand", "lorsque", "cuando", "quando", "もし", "当", "if", "while",
            "falls",
        ],
    ),
    (
        Step::Then,
        &[
            "then",
            "dann",
            "alors",
            "entonces",
            "então",
            "entao",
            "ならば",
            "那么",
            "则",
        ],
    ),
    (
        Step::And,
        &["and", "und", "et", "y", "e", "かつ", "并且", "而且", "but"],
    ),
];

static LEXICON: LazyLock<Lexicon<Step>> = LazyLock::new(|| {
    Lexicon::new(
        STEPS
            .iter()
            .flat_map(|(step, words)| words.iter().map(move |word| (*word, *step))),
    )
});

/// Bytes of a line in which its first step begins.
const HEAD: usize = 64;

/// A whole scenario in one line of words.
pub(super) fn of_line(text: &str, span: Span) -> Option<Scenario> {
    // It begins so or is none, and most lines do not.
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or(text);
    let begins = |step| matches!(step, Step::Given | Step::When);
    let mut steps = word_starts(head).filter_map(|at| at_begin(head.get(at..)?));
    if !steps.any(|(_, step)| begins(step)) {
        return None;
    }
    // A word of time behind the then is one of its own words.
    let when = first(text, Step::When, 0)
        .filter(|when| first(text, Step::Then, 0).is_none_or(|then| when.0 < then.0));
    let given = first(text, Step::Given, 0).filter(|at| when.is_none_or(|when| at.0 < when.0));
    let then = first(text, Step::Then, when.or(given).map_or(0, |at| at.1));
    let leads = given
        .or(when)
        .is_some_and(|at| text.get(..at.0).is_some_and(|lead| lead.trim().len() <= 12));
    if !leads || then.is_none() {
        return None;
    }
    let part = |at: Option<(usize, usize)>, ends: &[Option<(usize, usize)>]| {
        let (_, start) = at?;
        let end = ends
            .iter()
            .flatten()
            .map(|end| end.0)
            .filter(|end| *end >= start)
            .min()
            .unwrap_or(text.len());
        Some(tidy(text.get(start..end)?))
    };
    Some(Scenario {
        given: part(given, &[when, then]),
        when: part(when, &[then]),
        then: part(then, &[]),
        span,
    })
}

/// `WHEN x, THE SYSTEM SHALL y` without a `then`.
pub(super) fn of_ears(text: &str, span: Span) -> Option<Scenario> {
    if let Some(scenario) = of_line(text, span) {
        return Some(scenario);
    }
    let (at, start) = first(text, Step::When, 0)?;
    if text.get(..at)?.trim().len() > 12 {
        return None;
    }
    let folded = text.to_ascii_lowercase();
    let end = [", the ", " the system ", ", "]
        .iter()
        .find_map(|joint| folded.get(start..)?.find(joint).map(|at| start + at))?;
    Some(Scenario {
        given: None,
        when: Some(tidy(text.get(start..end)?)),
        then: Some(tidy(text.get(end..)?)),
        span,
    })
}

/// Steps that are points of one list.
pub(super) fn of_points(points: &[(String, Span)]) -> Vec<Scenario> {
    let mut out: Vec<Scenario> = Vec::new();
    let mut last = None;
    for (text, span) in points {
        let Some((step, words)) = step(text) else {
            continue;
        };
        let begins = match step {
            Step::Given => last != Some(Step::Given),
            Step::When => !matches!(last, Some(Step::Given | Step::When)),
            _ => false,
        };
        if begins || out.is_empty() {
            out.push(Scenario {
                given: None,
                when: None,
                then: None,
                span: *span,
            });
        }
        let kind = match step {
            Step::And => last.unwrap_or(Step::Then),
            other => other,
        };
        last = Some(kind);
        let Some(scenario) = out.last_mut() else {
            continue;
        };
        scenario.span = scenario.span.with(*span);
        let slot = match kind {
            Step::Given => &mut scenario.given,
            Step::When => &mut scenario.when,
            Step::Then | Step::And => &mut scenario.then,
        };
        match slot {
            Some(before) => {
                before.push_str("; ");
                before.push_str(&words);
            }
            None => *slot = Some(words),
        }
    }
    out.retain(|scenario| scenario.when.is_some() || scenario.then.is_some());
    out
}

fn step(text: &str) -> Option<(Step, String)> {
    let (step, end) = begin(text)?;
    Some((step, tidy(text.get(end..)?)))
}

/// The kind of step that a line begins as.
pub(super) fn step_of(text: &str) -> Option<Step> {
    begin(text).map(|(step, _)| step)
}

/// The step that a line begins with, and where its word ends.
fn begin(text: &str) -> Option<(Step, usize)> {
    let rest = text.trim_start();
    let (word, step) = at_begin(rest)?;
    Some((step, text.len() - rest.len() + word.len()))
}

/// The longest word of a step that a text begins with, in whatever case.
fn at_begin(text: &str) -> Option<(&'static str, Step)> {
    LEXICON.longest(text, |word| {
        let head = text.as_bytes().get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
            && ends_there(text, word)
    })
}

/// Whether a word at the begin of a text is a whole one.
fn ends_there(text: &str, word: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(joins);
    text.get(word.len()..)
        .is_some_and(|rest| !(word.ends_with(joins) && goes_on(rest)))
}

/// The first word of a step behind a place, and of several there the longest.
fn first(text: &str, step: Step, from: usize) -> Option<(usize, usize)> {
    for at in word_starts(text.get(from..)?) {
        let at = from + at;
        if let Some((word, found)) = at_begin(text.get(at..)?)
            && found == step
        {
            return Some((at, at + word.len()));
        }
    }
    None
}

fn tidy(text: &str) -> String {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '、' | '，' | '：')
    })
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_read_from_a_line_and_from_points() {
        let span = Span::new(0, 1);
        let line = of_line(
            "Given a queue, When a worker claims, Then one run is given",
            span,
        )
        .expect("one");
        assert_eq!(line.given.as_deref(), Some("a queue"));
        assert_eq!(line.when.as_deref(), Some("a worker claims"));
        assert_eq!(line.then.as_deref(), Some("one run is given"));
        assert!(of_line("Runs are listed when they exist, then shown", span).is_none());
        let short = of_line("Given a queue, Then it is shown while it grows", span).expect("one");
        assert_eq!(short.when, None);
        assert_eq!(short.then.as_deref(), Some("it is shown while it grows"));
        let points: Vec<(String, Span)> = ["GIVEN a", "AND b", "WHEN c", "THEN d", "AND e"]
            .iter()
            .map(|text| ((*text).to_owned(), span))
            .collect();
        let read = of_points(&points);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].given.as_deref(), Some("a; b"));
        assert_eq!(read[0].then.as_deref(), Some("d; e"));
        let ears = of_ears("WHEN a run ends, the system SHALL tell", span).expect("one");
        assert_eq!(ears.then.as_deref(), Some("the system SHALL tell"));
    }
}
