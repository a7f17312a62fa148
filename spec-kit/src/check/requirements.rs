//! SK-REQ-001, 002, 005, 008 and 009: whether a requirement can be met, and seen to be met.

use super::context::{Context, Key, of_role, requirements};
use super::draft::{Draft, Drafts};
use super::words::{Asked, Numbers, find_word, normal, shared, short, stems_in};
use crate::facts::{Document, Item, Role};
use crate::rules::Severity;
use std::collections::{BTreeMap, BTreeSet};

const LONGEST: usize = 500;
/// More pairs than these are not compared word by word.
const MOST_COMPARED: usize = 400;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let Some(prd) = &context.bundle.prd else {
        return;
    };
    let criteria = criteria_by_id(prd);
    normative(prd, out);
    for item in requirements(prd) {
        vague(context, prd, item, &criteria, out);
        long(prd, item, out);
    }
    alike(prd, out);
    for item in of_role(prd, Role::Success) {
        measurable(prd, item, out);
    }
}

/// What stands in for an id in messages.
pub(super) fn name(item: &Item) -> String {
    match (&item.id, &item.title) {
        (Some(id), _) => id.written.to_string(),
        (None, Some(title)) => format!("\"{}\"", short(&title.text, 60)),
        (None, None) => format!("\"{}\"", short(&item.text, 60)),
    }
}

pub(super) fn draft(rule: &'static str, prd: &Document, item: &Item, message: String) -> Draft {
    let draft = Draft::at(rule, prd, item.span, message).key(item.text.clone());
    match &item.id {
        Some(id) => draft.node(id.written.clone()),
        None => draft,
    }
}

/// All its words: text, nested points and scenarios.
fn whole_text(prd: &Document, item: &Item) -> String {
    let mut text = item.text.clone();
    for (detail, _) in &item.details {
        text.push('\n');
        text.push_str(detail);
    }
    for scenario in &item.scenarios {
        text.push('\n');
        text.push_str(prd.source.slice(scenario.span));
    }
    text
}

fn normative(prd: &Document, out: &mut Drafts) {
    let bare: Vec<&Item> = requirements(prd)
        .filter(|item| !demands(prd, item))
        .collect();
    let Some(first) = bare.first() else { return };
    let all = requirements(prd).count();
    // A list in another style is one thing to say, not one for each line.
    if bare.len() > 3 && bare.len() * 2 > all {
        let message = format!(
            "{} of {all} requirements have no MUST, SHOULD or MAY",
            bare.len()
        );
        return out.add(in_language(
            Draft::at("SK-REQ-001", prd, first.span, message).key("most"),
            prd,
            first,
        ));
    }
    for item in bare {
        let message = format!("{} has no MUST, SHOULD or MAY", name(item));
        out.add(in_language(
            draft("SK-REQ-001", prd, item, message),
            prd,
            item,
        ));
    }
}

/// Other languages have words that are not in the list.
fn in_language(draft: Draft, prd: &Document, item: &Item) -> Draft {
    match is_english(&whole_text(prd, item)) {
        true => draft,
        false => draft.severity(Severity::Note),
    }
}

fn demands(prd: &Document, item: &Item) -> bool {
    if item.keyword.is_some() {
        return true;
    }
    let text = whole_text(prd, item);
    let folded = normal(&text);
    let words = ["must", "shall", "should", "may", "can", "required"];
    // In a nested point, or in the points of a heading.
    let below = prd.source.slice(item.whole);
    words.iter().any(|word| find_word(&folded, word).is_some())
        || ["MUST", "SHALL", "SHOULD", "MAY"]
            .iter()
            .any(|word| find_word(below, word).is_some())
}

/// Letters beyond Latin, or words that only another language has.
fn is_english(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let ascii = text.chars().filter(char::is_ascii_alphabetic).count();
    if ascii * 100 < letters * 95 {
        return false;
    }
    let folded = normal(text);
    let foreign = [
        "der", "die", "das", "und", "ein", "eine", "werden", "kann", "le", "les", "une", "des",
        "est", "el", "los", "las", "una", "para", "por", "uma", "os", "il", "della", "het", "een",
    ];
    folded
        .split(' ')
        .filter(|word| foreign.contains(word))
        .count()
        < 2
}

/// Texts of the acceptance criteria that name an id.
pub(super) fn criteria_by_id(prd: &Document) -> BTreeMap<Key<'_>, Vec<&Item>> {
    let mut found: BTreeMap<Key<'_>, Vec<&Item>> = BTreeMap::new();
    let proving = |item: &&Item| {
        matches!(
            item.role,
            Role::Acceptance | Role::Success | Role::NonFunctional
        )
    };
    for item in prd.items.iter().filter(proving) {
        for citation in &item.citations {
            found.entry(Key::of(&citation.id)).or_default().push(item);
        }
    }
    found
}

fn has_number(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

fn vague(
    context: &Context<'_>,
    prd: &Document,
    item: &Item,
    criteria: &BTreeMap<Key<'_>, Vec<&Item>>,
    out: &mut Drafts,
) {
    let folded = item.text.to_lowercase();
    let asked = Asked::of(&folded);
    let Some(term) = context
        .config
        .vague_terms
        .iter()
        .filter_map(|term| Some((asked.find(term)?, term)))
        .min()
        .map(|(_, term)| term)
    else {
        return;
    };
    let of_item = std::iter::once(whole_text(prd, item));
    let cited = item
        .id
        .iter()
        .filter_map(|id| criteria.get(&Key::of(id)))
        .flatten();
    let of_criteria = cited.map(|criterion| criterion.text.clone());
    if of_item
        .chain(of_criteria)
        .any(|text| has_number(&without_ids(&text)))
    {
        return;
    }
    let message = format!("{} says \"{term}\" and no number says how much", name(item));
    out.add(draft("SK-REQ-002", prd, item, message).key(format!("{term} {}", item.text)));
}

/// Digits of ids measure nothing.
fn without_ids(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| {
            let core = word.trim_matches(|c: char| !c.is_alphanumeric());
            !core.starts_with(|c: char| c.is_ascii_uppercase())
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn long(prd: &Document, item: &Item, out: &mut Drafts) {
    let length = item.text.chars().count();
    if length > LONGEST {
        let message = format!("{} has {length} characters; {LONGEST} are much", name(item));
        out.add(draft("SK-REQ-009", prd, item, message));
    }
}

/// Nearly the same words: nine of ten are shared.
fn alike(prd: &Document, out: &mut Drafts) {
    let mut numbers = Numbers::default();
    let all: Vec<(&Item, Vec<u32>)> = requirements(prd)
        .map(|item| {
            let words = normal(&item.text);
            (item, numbers.all(stems_in(&words)))
        })
        .filter(|(_, words)| words.len() >= 4)
        .take(MOST_COMPARED)
        .collect();
    for (index, (item, words)) in all.iter().enumerate() {
        let earlier = all.iter().take(index).find(|(other, theirs)| {
            let common = shared(words, theirs);
            let either = words.len() + theirs.len() - common;
            // Two limits of one sentence are two requirements, and so is what it denies.
            common * 10 >= either * 9
                && digits(&item.text) == digits(&other.text)
                && item.keyword == other.keyword
        });
        if let Some((other, _)) = earlier {
            let message = format!("{} says the same as {}", name(item), name(other));
            out.add(draft("SK-REQ-005", prd, item, message).related(prd, other.span, "the same"));
        }
    }
}

fn digits(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect()
}

/// Words by which a condition is met or not, without a number.
const CONDITIONS: &[&str] = &[
    "all",
    "always",
    "any",
    "cannot",
    "each",
    "every",
    "identical",
    "never",
    "no",
    "none",
    "nobody",
    "not",
    "nothing",
    "only",
    "the same",
    "unchanged",
    "without",
    "zero",
];

fn measurable(prd: &Document, item: &Item, out: &mut Drafts) {
    let text = whole_text(prd, item);
    let folded = text.to_lowercase();
    let asked = Asked::of(&folded);
    let is_measured = has_number(&without_ids(&text)) || text.contains('%');
    let is_condition = || CONDITIONS.iter().any(|word| asked.find(word).is_some());
    if is_measured || is_condition() || !is_english(&text) {
        return;
    }
    // An item of a list without an id is often a heading's words, not a criterion.
    if item.id.as_ref().is_none_or(|id| id.prefix != "SC") {
        return;
    }
    let message = format!("{} has no number, share or condition", name(item));
    out.add(draft("SK-REQ-008", prd, item, message));
}
