//! SK-CON-001 to 004: principles that demand something, with a version, and are kept.

use super::context::{Context, called};
use super::draft::{Draft, Drafts};
use super::words::{find_word, normal, short};
use crate::config::Date;
use crate::facts::{Document, Principle};
use crate::order::Gather;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let Some(document) = &context.bundle.constitution else {
        return;
    };
    for principle in &document.principles {
        demands(document, principle, out);
        if context.is_native() && principle.enforced_by.is_none() {
            let message = format!("nothing enforces {}", name(principle));
            out.add(draft("SK-CON-003", document, principle, message));
        }
    }
    version(document, out);
    if let Some(base) = context.base.and_then(|base| base.constitution.as_ref()) {
        unbumped(document, base, out);
    }
    forbidden(context, document, out);
}

fn name(principle: &Principle) -> String {
    match &principle.id {
        Some(id) => id.written.to_string(),
        None => format!("\"{}\"", short(&principle.title, 60)),
    }
}

fn draft(rule: &'static str, document: &Document, principle: &Principle, message: String) -> Draft {
    let draft = Draft::at(rule, document, principle.span, message).key(principle.title.clone());
    match &principle.id {
        Some(id) => draft.node(id.written.clone()),
        None => draft,
    }
}

/// Words that demand as much as MUST does.
const DEMANDS: &[&str] = &[
    "always",
    "avoid",
    "do not",
    "don't",
    "every",
    "forbidden",
    "has to",
    "have to",
    "mandatory",
    "may not",
    "must",
    "never",
    "no",
    "non-negotiable",
    "not allowed",
    "only",
    "prohibited",
    "required",
    "requires",
    "shall",
    "should",
];

/// Those that demand in a title, too.
const IN_TITLE: &[&str] = &[
    "always",
    "mandatory",
    "must",
    "never",
    "no",
    "non-negotiable",
    "only",
];

fn demands(document: &Document, principle: &Principle, out: &mut Drafts) {
    if principle.is_normative {
        return;
    }
    let title = principle.title.to_lowercase();
    let heading = document
        .source
        .slice(principle.span)
        .lines()
        .next()
        .unwrap_or("")
        .len();
    let below = document
        .source
        .slice(principle.whole)
        .get(heading..)
        .unwrap_or("")
        .to_lowercase();
    let demands =
        |text: &str, words: &[&str]| words.iter().any(|word| find_word(text, word).is_some());
    // A title such as "Every order" names a thing; "Test-first (non-negotiable)" demands it.
    if demands(&below, DEMANDS) || demands(&title, IN_TITLE) || !is_latin(&below) {
        return;
    }
    let message = format!("{} has no sentence that demands something", name(principle));
    out.add(draft("SK-CON-001", document, principle, message));
}

fn is_latin(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let ascii = text.chars().filter(char::is_ascii_alphabetic).count();
    ascii * 10 >= letters * 9
}

fn version(document: &Document, out: &mut Drafts) {
    let Some(line) = &document.version else {
        let message = "there is no line with a version and the date of ratification".to_owned();
        out.add(Draft::at("SK-CON-001", document, Span::new(0, 0), message).key("version"));
        return;
    };
    let add = |key: &str, message: String, out: &mut Drafts| {
        out.add(Draft::at("SK-CON-001", document, line.span, message).key(key));
    };
    match line.version.as_deref().map(str::trim) {
        None => add("version", "the version is missing".to_owned(), out),
        Some(version) if is_open(version) || is_semver(version) => {}
        Some(version) => add(
            "version",
            format!("\"{}\" is no version of the form 1.0.0", short(version, 30)),
            out,
        ),
    }
    let dates = [
        ("ratification", &line.ratified),
        ("last amendment", &line.amended),
    ];
    for (what, date) in dates {
        let Some(date) = date.as_deref().map(str::trim) else {
            continue;
        };
        let first = date.split_whitespace().next().unwrap_or("");
        // A dash says that there was none.
        let is_none = matches!(
            first,
            "" | "-" | "—" | "–" | "N/A" | "n/a" | "none" | "None" | "Never"
        );
        if !is_none
            && !is_open(date)
            && Date::parse(first.trim_matches(['(', ')', ',', '.'])).is_none()
        {
            let message = format!(
                "the date of {what} is \"{}\" and not of the form 2026-01-31",
                short(date, 30)
            );
            add(what, message, out);
        }
    }
}

/// `TODO(RATIFICATION_DATE): reason`; tokens of templates have a rule of their own.
fn is_open(text: &str) -> bool {
    text.starts_with("TODO") || text.starts_with('[')
}

/// semver.org 2.0.0 without build data; `1.0` is a version of many, so two numbers will do.
fn is_semver(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    let core = first.trim_start_matches(['v', 'V']);
    let core = core.split(['-', '+']).next().unwrap_or("");
    let parts: Vec<&str> = core.split('.').collect();
    (2..=3).contains(&parts.len())
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn unbumped(document: &Document, base: &Document, out: &mut Drafts) {
    let version = |document: &Document| {
        document
            .version
            .as_ref()
            .and_then(|line| line.version.clone())
    };
    let (now, before) = (version(document), version(base));
    if now != before {
        return;
    }
    let old: BTreeMap<String, (&Principle, String)> = base
        .principles
        .iter()
        .map(|principle| {
            (
                normal(&principle.title),
                (principle, normal(&principle.text)),
            )
        })
        .into_map();
    let version = now.unwrap_or_else(|| "without a number".to_owned());
    for principle in &document.principles {
        let (message, other) = match old.get(&normal(&principle.title)) {
            None => (
                format!(
                    "{} is new and the version is still {version}",
                    name(principle)
                ),
                None,
            ),
            Some((other, text)) if *text != normal(&principle.text) => (
                format!(
                    "{} changed and the version is still {version}",
                    name(principle)
                ),
                Some(*other),
            ),
            Some(_) => continue,
        };
        let mut draft = draft("SK-CON-002", document, principle, message);
        if let Some(other) = other {
            draft = draft.related(base, other.span, "as it was");
        }
        out.add(draft);
    }
    removed(document, base, &version, out);
}

fn removed(document: &Document, base: &Document, version: &str, out: &mut Drafts) {
    // One that was renamed is told as new.
    if document.principles.len() >= base.principles.len() {
        return;
    }
    let kept: BTreeSet<String> = document
        .principles
        .iter()
        .map(|p| normal(&p.title))
        .into_set();
    for principle in &base.principles {
        let title = normal(&principle.title);
        if kept.contains(&title) {
            continue;
        }
        let message = format!(
            "{} is gone and the version is still {version}",
            name(principle)
        );
        let span = document
            .version
            .as_ref()
            .map_or(Span::new(0, 0), |line| line.span);
        out.add(
            Draft::at("SK-CON-002", document, span, message)
                .key(format!("gone {title}"))
                .related(base, principle.span, "as it was"),
        );
    }
}

/// A thing that must not be used: a name in code between a prohibition and the end of its sentence.
struct Ban {
    term: String,
    span: Span,
}

/// Verbs of a prohibition that forbid the thing itself. "MUST NOT commit `.env`" does not.
const USES: &[&str] = &[
    "use",
    "used",
    "uses",
    "depend on",
    "depends on",
    "import",
    "imported",
    "adopt",
    "introduce",
    "introduced",
    "rely on",
    "call",
    "called",
    "add",
    "create",
    "created in",
];

fn bans(document: &Document) -> Vec<Ban> {
    let mut found = Vec::new();
    for principle in &document.principles {
        let base = principle.whole.start;
        let text = document.source.slice(principle.whole);
        for (at, sentence) in sentences(text) {
            let folded = sentence.to_ascii_lowercase();
            let Some(start) = prohibition(&folded) else {
                continue;
            };
            let rest = sentence.get(start..).unwrap_or("");
            // "MUST NOT use `a`, use `b`" forbids the first only.
            let end = rest.find(['.', ';', ':', '(']).unwrap_or(rest.len());
            let clause = rest.get(..end).unwrap_or(rest);
            let clause = [
                " instead", " but ", " except", " unless", " without", " outside", ", use ",
            ]
            .iter()
            .filter_map(|word| clause.find(word))
            .min()
            .map_or(clause, |cut| clause.get(..cut).unwrap_or(clause));
            for (offset, term) in codes(clause) {
                let span_start = base + at + start + offset;
                found.push(Ban {
                    term: term.to_owned(),
                    span: Span::new(span_start, span_start + term.len()),
                });
            }
        }
    }
    found
}

fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').flat_map(move |line| {
        let start = at;
        at += line.len();
        let mut from = 0;
        let mut parts = Vec::new();
        for (end, _) in line.match_indices(". ") {
            parts.push((start + from, line.get(from..end).unwrap_or("")));
            from = end + 2;
        }
        parts.push((start + from, line.get(from..).unwrap_or("")));
        parts
    })
}

/// Where the thing that is forbidden begins.
fn prohibition(folded: &str) -> Option<usize> {
    for lead in [
        "must not ",
        "must never ",
        "shall not ",
        "never ",
        "do not ",
    ] {
        let Some(at) = find_word(folded, lead.trim_end()) else {
            continue;
        };
        let rest = folded.get(at + lead.len()..)?;
        let verb = USES.iter().find(|verb| find_word(rest, verb) == Some(0));
        if let Some(verb) = verb {
            return Some(at + lead.len() + verb.len());
        }
    }
    None
}

/// Code spans with where their words begin.
fn codes(text: &str) -> Vec<(usize, &str)> {
    let marks: Vec<usize> = text.match_indices('`').map(|(at, _)| at).collect();
    marks
        .chunks_exact(2)
        .filter_map(|pair| match pair {
            [open, close] => Some((open + 1, text.get(open + 1..*close)?)),
            _ => None,
        })
        .filter(|(_, term)| term.trim().len() > 1)
        .collect()
}

const DENIALS: &[&str] = &[
    "avoid",
    "ban",
    "banned",
    "don't",
    "drop",
    "fail",
    "fails",
    "forbid",
    "forbidden",
    "forbids",
    "free of",
    "instead of",
    "migrate",
    "must not",
    "never",
    "no",
    "non",
    "not",
    "prohibited",
    "reject",
    "rejects",
    "remove",
    "replace",
    "replaced",
    "without",
];

fn forbidden(context: &Context<'_>, constitution: &Document, out: &mut Drafts) {
    let all = bans(constitution);
    let bans: BTreeMap<&str, &Ban> = all
        .iter()
        .rev()
        .map(|ban| (ban.term.as_str(), ban))
        .into_map();
    if bans.is_empty() {
        return;
    }
    for document in context.bundle.plan.iter().chain(&context.bundle.tasks) {
        let checks: Vec<Span> = document
            .sections
            .iter()
            .filter(|section| {
                use crate::facts::Role;
                matches!(
                    section.role,
                    Role::ConstitutionCheck
                        | Role::Complexity
                        | Role::Risks
                        | Role::Coverage
                        | Role::Decisions
                )
            })
            .map(|section| section.span)
            .collect();
        let mut at = 0;
        for line in document.source.text().split_inclusive('\n') {
            let start = at;
            at += line.len();
            if !line.contains('`')
                || checks
                    .iter()
                    .any(|span| span.start <= start && start < span.end)
            {
                continue;
            }
            let folded = line.to_lowercase();
            if DENIALS
                .iter()
                .any(|word| find_word(&folded, word).is_some())
            {
                continue;
            }
            let hit = codes(line)
                .into_iter()
                .find_map(|(offset, term)| bans.get(term).map(|ban| (offset, *ban)));
            if let Some((offset, ban)) = hit {
                let message = format!(
                    "the constitution forbids `{}` and {} uses it",
                    ban.term,
                    called(document.kind)
                );
                let span = Span::new(start + offset, start + offset + ban.term.len());
                out.add(
                    Draft::at("SK-CON-004", document, span, message)
                        .key(format!("{} {}", ban.term, normal(line)))
                        .related(constitution, ban.span, "forbidden here"),
                );
            }
        }
    }
}
