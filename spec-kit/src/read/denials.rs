//! What is asked for in one place and forbidden in another, in the same words.

use super::norms;
use super::words::fold;
use crate::facts::{Document, Item, Keyword, Role};
use std::collections::BTreeMap;

/// A rest of fewer words says too little to be one thing.
const FEWEST_WORDS: usize = 2;

/// Pairs of sentences that are one sentence but for a "not", in the order of the text. Below two
/// headings that only their author knows they may be of two things.
pub(crate) fn denials(document: &Document) -> Vec<(&Item, &Item)> {
    let said = || document.items.iter().filter(|item| states(item));
    let mut denied: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    for item in said().filter(|item| denies(item)) {
        if let Some(rest) = rest(&item.text) {
            denied.entry(rest).or_default().push(item);
        }
    }
    if denied.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for item in said().filter(|item| !denies(item)) {
        let against = rest(&item.text).and_then(|rest| denied.get(&rest));
        let other = against
            .into_iter()
            .flatten()
            .find(|other| other.role != item.role || other.path == item.path);
        if let Some(other) = other {
            let is_first = item.span <= other.span;
            found.push(if is_first {
                (item, *other)
            } else {
                (*other, item)
            });
        }
    }
    found
}

fn states(item: &Item) -> bool {
    let is_stated = matches!(
        item.role,
        Role::Requirements | Role::NonFunctional | Role::Security | Role::Acceptance
    );
    is_stated && item.keyword.is_some_and(|keyword| keyword != Keyword::May)
}

fn denies(item: &Item) -> bool {
    matches!(item.keyword, Some(Keyword::MustNot | Keyword::ShouldNot))
}

/// The words of a sentence without its normative ones.
fn rest(text: &str) -> Option<String> {
    let folded = fold(text);
    let (_, range) = norms::first_of(&folded)?;
    let around = [folded.get(..range.start)?, folded.get(range.end..)?];
    let words: Vec<&str> = around
        .iter()
        .flat_map(|part| part.split_whitespace())
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    (words.len() >= FEWEST_WORDS).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let document = crate::read::document("prd.md", text.as_bytes()).expect("text");
        let found = denials(&document).into_iter();
        found
            .map(|(a, b)| (a.text.clone(), b.text.clone()))
            .collect()
    }

    #[test]
    fn one_sentence_with_and_without_a_not_is_a_contradiction() {
        let found = pairs(
            "# PRD\n\n## Requirements\n\n- The system MUST export CSV files.\n- The system MUST NOT export CSV files.\n- Der Dienst muss Namen speichern.\n- Der Dienst darf nicht Namen speichern\n",
        );
        let first = "The system MUST export CSV files.".to_owned();
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].0, first);
    }

    #[test]
    fn other_sentences_are_none() {
        for text in [
            "- The system MUST export CSV files.\n- The system MUST NOT export JSON files.",
            "- The system MUST export files with no header.\n- The system MUST NOT export files with header.",
            "- The system MAY export CSV files.\n- The system MUST NOT export CSV files.",
            "### Free\n\n- Users MUST export CSV files.\n\n### Paid\n\n- Users MUST NOT export CSV files.",
            "- MUST wait\n- MUST NOT wait",
        ] {
            let text = format!("# PRD\n\n## Requirements\n\n{text}\n");
            assert_eq!(pairs(&text), [], "{text}");
        }
    }
}
