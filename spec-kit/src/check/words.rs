//! Words in a form in which two texts can be compared.

use crate::order::Order;
use std::collections::HashMap;

/// Small letters and digits, other signs as one blank.
pub(super) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if out.as_bytes().last().is_some_and(|last| *last != b' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The stems of the words that say what a text is about, sorted, each once.
pub(super) fn stems(text: &str) -> Vec<String> {
    let normal = normal(text);
    let mut found: Vec<&str> = stems_in(&normal).collect();
    found.order();
    found.dedup();
    found.into_iter().map(str::to_owned).collect()
}

/// Whether a normal word says nothing of what a thing is.
pub(super) fn is_stop(word: &str) -> bool {
    // Asked of each word of a bundle; a match looks at the length first.
    matches!(
        word,
        "a" | "an"
            | "and"
            | "any"
            | "are"
            | "as"
            | "at"
            | "be"
            | "by"
            | "can"
            | "for"
            | "from"
            | "has"
            | "have"
            | "in"
            | "into"
            | "is"
            | "it"
            | "its"
            | "may"
            | "must"
            | "new"
            | "of"
            | "on"
            | "or"
            | "our"
            | "out"
            | "per"
            | "shall"
            | "should"
            | "so"
            | "system"
            | "that"
            | "the"
            | "their"
            | "them"
            | "they"
            | "this"
            | "to"
            | "up"
            | "using"
            | "via"
            | "we"
            | "will"
            | "with"
    )
}

/// The stems of the words of a normal text, as they come.
pub(super) fn stems_in(normal: &str) -> impl Iterator<Item = &str> {
    normal
        .split(' ')
        .filter(|word| !word.is_empty() && !is_stop(word))
        .map(stem)
}

/// A word without its most usual English endings.
pub(super) fn stem(word: &str) -> &str {
    if !word.is_ascii() || word.len() < 4 {
        return word;
    }
    let mut stem = word;
    for ending in [
        "ations", "ation", "ings", "ing", "ers", "ors", "er", "or", "es", "ed", "s",
    ] {
        let Some(rest) = word.strip_suffix(ending) else {
            continue;
        };
        if rest.len() >= 3 && !(ending == "s" && rest.ends_with(['s', 'u'])) {
            stem = rest;
            break;
        }
    }
    let stem = stem.trim_end_matches('e');
    let bytes = stem.as_bytes();
    match bytes {
        [.., a, b] if a == b && stem.len() > 3 && !b"aeiousl".contains(b) => {
            stem.get(..stem.len() - 1).unwrap_or(stem)
        }
        _ => stem,
    }
}

/// Numbers for words, so that lists of words are compared without looking at a letter.
#[derive(Default)]
pub(super) struct Numbers(HashMap<String, u32>);

impl Numbers {
    pub fn of(&mut self, word: &str) -> u32 {
        if let Some(number) = self.0.get(word) {
            return *number;
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(word.to_owned(), number);
        number
    }

    /// Sorted, each once.
    pub fn all<'a>(&mut self, words: impl Iterator<Item = &'a str>) -> Vec<u32> {
        let mut numbers: Vec<u32> = words.map(|word| self.of(word)).collect();
        numbers.order();
        numbers.dedup();
        numbers
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// How many members two sorted lists share.
pub(super) fn shared<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                count += 1;
                i += 1;
                j += 1;
            }
        }
    }
    count
}

/// Whether small letters of `text` have `word` where no letter or digit touches it.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    find_word(text, word).is_some()
}

/// Bytes of a text that is more than a line.
const LONG: usize = 512;

pub(super) fn find_word(text: &str, word: &str) -> Option<usize> {
    if word.is_empty() {
        return None;
    }
    // In a long text the standard library looks for it sixteen bytes at a time.
    if text.len() > LONG && !text.contains(word) {
        return None;
    }
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut from = 0;
    let first = *word.as_bytes().first()?;
    // The search of the standard library looks at the word first, which takes longer than a line.
    while let Some(found) = text
        .as_bytes()
        .get(from..)?
        .iter()
        .position(|byte| *byte == first)
    {
        let at = from + found;
        if !text.as_bytes().get(at..)?.starts_with(word.as_bytes()) {
            from = at + 1;
            continue;
        }
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|t| t.chars().next());
        let open = word.starts_with(|c: char| !c.is_alphanumeric()) || !is_part(before);
        let closed = word.ends_with(|c: char| !c.is_alphanumeric()) || !is_part(after);
        if open && closed {
            return Some(at);
        }
        from = at + word.len();
    }
    None
}

/// The first `limit` characters, with a mark where there are more.
pub(super) fn short(text: &str, limit: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// `a, b and c`; from `limit` on `and n more`.
pub(super) fn list<S: AsRef<str>>(items: &[S], limit: usize) -> String {
    let shown: Vec<&str> = items.iter().take(limit).map(AsRef::as_ref).collect();
    let more = items.len() - shown.len();
    if more > 0 {
        return format!("{} and {more} more", shown.join(", "));
    }
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one() {
        for pair in [
            ("validating", "validates"),
            ("generator", "generate"),
            ("settings", "setting"),
            ("planning", "plan"),
            ("artifacts", "artifact"),
            ("uploads", "uploaded"),
        ] {
            assert_eq!(stem(pair.0), stem(pair.1), "{pair:?}");
        }
        assert_eq!(stem("status"), "status");
        assert_eq!(stems("The runs of the System"), ["run"]);
    }

    #[test]
    fn a_word_is_found_where_it_stands_alone() {
        assert_eq!(find_word("breakfast is fast", "fast"), Some(13));
        assert!(!has_word("fast_path", "fast"));
        assert!(has_word("and so on, etc.", "etc."));
        assert!(has_word("«schnell»", "schnell"));
        assert_eq!(find_word("ab", ""), None);
    }

    #[test]
    fn lists_are_read_aloud() {
        assert_eq!(list(&["a"], 5), "a");
        assert_eq!(list(&["a", "b", "c"], 5), "a, b and c");
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(list::<&str>(&[], 2), "");
        assert_eq!(short("äöü", 2), "äö…");
    }
}
