//! The words that say how an id is named.

use super::words::fold;
use std::sync::LazyLock;

const RELATIONS: &[(&str, &[&str])] = &[
    (
        "depends on",
        &[
            "depends on",
            "dependson",
            "depends",
            "dependencies",
            "dependency",
            "blocked by",
            "requires",
            "needs",
            "prerequisite",
            "prerequisites",
            "after",
            "hangt ab von",
            "abhangig von",
            "depend de",
            "depende de",
            "依存",
            "依赖",
        ],
    ),
    ("blocks", &["blocks"]),
    (
        "validates",
        &[
            "validates",
            "validate",
            "verifies",
            "verify",
            "tests",
            "proves",
            "validiert",
            "pruft",
        ],
    ),
    (
        "implements",
        &[
            "implements",
            "implement",
            "covers",
            "satisfies",
            "fulfils",
            "fulfills",
            "realizes",
            "addresses",
            "carries",
            "setzt um",
        ],
    ),
    ("enforces", &["enforces", "enforced by"]),
    ("serves", &["serves", "supports", "contributes to"]),
    (
        "requirements",
        &[
            "requirements",
            "requirement",
            "req",
            "reqs",
            "refs",
            "ref",
            "references",
            "traces to",
            "trace",
            "anforderungen",
            "anforderung",
            "exigences",
            "requisitos",
            "需求",
            "要件",
        ],
    ),
    ("per", &["per", "see", "from", "siehe", "gemass"]),
    ("parallel", &["parallel with"]),
];

/// The word before an id that says how it is named.
pub(super) fn relation(before: &str) -> Option<&'static str> {
    let start = before.char_indices().rev().nth(31).map_or(0, |(at, _)| at);
    let tail = fold(before.get(start..)?);
    let tail = tail.trim_end_matches(|c: char| !c.is_alphanumeric());
    let tail = tail
        .strip_suffix(" task")
        .or_else(|| tail.strip_suffix(" tasks"))
        .unwrap_or(tail);
    let last = tail.bytes().next_back()?;
    let ending = BY_LAST.get(usize::from(last))?;
    ending
        .iter()
        .filter(|(_, word)| {
            tail.strip_suffix(word)
                .is_some_and(|rest| !rest.chars().next_back().is_some_and(super::words::joins))
        })
        .max_by_key(|(_, word)| word.len())
        .map(|(relation, _)| *relation)
}

/// [`RELATIONS`] by their last byte: nearly each id of a document is asked for one.
static BY_LAST: LazyLock<Vec<Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut by_last = vec![Vec::new(); 256];
    for (relation, words) in RELATIONS {
        for word in *words {
            if let Some(list) = word
                .bytes()
                .next_back()
                .and_then(|last| by_last.get_mut(usize::from(last)))
            {
                list.push((*relation, *word));
            }
        }
    }
    by_last
});
