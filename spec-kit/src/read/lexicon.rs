//! A table of words that each word of a document is held against: sorted once, and asked without a
//! copy of what is asked.

use super::words::{fold, singular_parts};
use crate::order::Order;

/// Words as `fold` leaves them, and what each stands for.
pub(super) struct Lexicon<T> {
    entries: Vec<(&'static str, T)>,
    /// Where the entries begin that begin with each byte; one more for the end of the last.
    starts: Vec<usize>,
}

impl<T: Copy> Lexicon<T> {
    /// Of two entries with one word the first counts.
    pub(super) fn new(entries: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let mut entries: Vec<(&'static str, T)> = entries.into_iter().collect();
        entries.order_by_key(|(word, _)| *word);
        entries.dedup_by_key(|(word, _)| *word);
        let first = |word: &str| word.bytes().next().map_or(0, usize::from);
        let starts = (0..=256)
            .map(|byte| entries.partition_point(|(word, _)| first(word) < byte))
            .collect();
        Self { entries, starts }
    }

    fn beginning_with(&self, byte: u8) -> &[(&'static str, T)] {
        let at = usize::from(byte);
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => self.entries.get(*from..*to).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// What a word stands for, in whatever case and with whatever accents it is written.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        if !word.is_ascii() {
            let folded = fold(word);
            return self.find(&folded, "");
        }
        self.find(word, "")
    }

    /// What a word stands for whose plural is meant too.
    pub(super) fn get_singular(&self, word: &str) -> Option<T> {
        if !word.is_ascii() {
            let folded = fold(word);
            let (stem, end) = singular_parts(&folded);
            return self.find(stem, end);
        }
        let (stem, end) = singular_parts(word);
        self.find(stem, end)
    }

    fn find(&self, stem: &str, end: &str) -> Option<T> {
        let first = stem.bytes().chain(end.bytes()).next()?;
        let length = stem.len() + end.len();
        self.beginning_with(first.to_ascii_lowercase())
            .iter()
            .find(|(word, _)| {
                word.len() == length
                    && word.ends_with(end)
                    && word.as_bytes()[..stem.len()].eq_ignore_ascii_case(stem.as_bytes())
            })
            .map(|(_, value)| *value)
    }

    /// The longest entry that a folded text begins with, among those that `ends` lets end there.
    pub(super) fn longest(
        &self,
        text: &str,
        ends: impl Fn(&str) -> bool,
    ) -> Option<(&'static str, T)> {
        let first = text.bytes().next()?;
        self.beginning_with(first)
            .iter()
            .filter(|(word, _)| begins(text, word) && ends(word))
            .max_by_key(|(word, _)| word.len())
            .copied()
    }
}

/// Most entries of one first letter differ in the second.
fn begins(text: &str, word: &str) -> bool {
    let second = word.as_bytes().get(1);
    (second.is_none() || second == text.as_bytes().get(1)) && text.starts_with(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_number() {
        let lexicon = Lexicon::new([("run", 1), ("run time", 2), ("entry", 3), ("grosse", 4)]);
        assert_eq!(lexicon.get("RUN"), Some(1));
        assert_eq!(lexicon.get("runs"), None);
        assert_eq!(lexicon.get_singular("Entries"), Some(3));
        assert_eq!(lexicon.get_singular("entry"), Some(3));
        assert_eq!(lexicon.get("Größe"), Some(4));
        assert_eq!(lexicon.get(""), None);
        assert_eq!(lexicon.longest("run time", |_| true), Some(("run time", 2)));
        assert_eq!(
            lexicon.longest("run times", |word| word == "run"),
            Some(("run", 1))
        );
    }
}
