//! A table of words that each word of a document is held against: sorted once, and asked without a
//! copy of what is asked.

use super::words::{fold, singular_parts};
use crate::order::Order;

/// Words as `fold` leaves them, and what each stands for.
pub(super) struct Lexicon<T> {
    entries: Vec<(&'static str, T)>,
    /// Of each byte what begins with it.
    shelves: Vec<Shelf>,
}

/// Entries of one first byte. What is in none of them is told at a glance, as it is for most words.
#[derive(Clone, Default)]
struct Shelf {
    start: usize,
    end: usize,
    /// A bit for each length that one of them has.
    lengths: u64,
    /// A bit for each byte that one of them goes on with, without the highest bit of the byte.
    seconds: u128,
}

impl Shelf {
    fn hold(&mut self, at: usize, word: &str) {
        if self.lengths == 0 {
            self.start = at;
        }
        self.end = at + 1;
        self.lengths |= bit_of_length(word.len());
        self.seconds |= word
            .as_bytes()
            .get(1)
            .map_or(u128::MAX, |second| bit_of_byte(*second));
    }
}

fn bit_of_length(length: usize) -> u64 {
    1 << length.min(63)
}

fn bit_of_byte(byte: u8) -> u128 {
    1 << (byte & 0x7f)
}

impl<T: Copy> Lexicon<T> {
    /// Of two entries with one word the first counts.
    pub(super) fn new(entries: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let mut entries: Vec<(&'static str, T)> = entries.into_iter().collect();
        entries.order_by_key(|(word, _)| *word);
        entries.dedup_by_key(|(word, _)| *word);
        let mut shelves = vec![Shelf::default(); 256];
        for (at, (word, _)) in entries.iter().enumerate() {
            let first = word.bytes().next().map(usize::from);
            if let Some(shelf) = first.and_then(|first| shelves.get_mut(first)) {
                shelf.hold(at, word);
            }
        }
        Self { entries, shelves }
    }

    /// What begins with a letter, in whatever case.
    fn shelf(&self, letter: u8) -> Option<&Shelf> {
        self.shelves.get(usize::from(letter.to_ascii_lowercase()))
    }

    fn on(&self, shelf: &Shelf) -> &[(&'static str, T)] {
        self.entries.get(shelf.start..shelf.end).unwrap_or(&[])
    }

    /// Whether a text may begin with an entry when it is folded, by its first two letters.
    pub(super) fn may_have(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let Some(first) = bytes.first().filter(|first| first.is_ascii_graphic()) else {
            return true;
        };
        let second = bytes.get(1).map_or(0, u8::to_ascii_lowercase);
        self.shelf(*first).is_some_and(|shelf| {
            shelf.lengths != 0
                && (!second.is_ascii_graphic() || shelf.seconds & bit_of_byte(second) != 0)
        })
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
        let shelf = self.shelf(first)?;
        let length = stem.len() + end.len();
        if shelf.lengths & bit_of_length(length) == 0 {
            return None;
        }
        self.on(shelf)
            .iter()
            .find(|(word, _)| {
                word.len() == length
                    && word.as_bytes()[..stem.len()].eq_ignore_ascii_case(stem.as_bytes())
                    && word.ends_with(end)
            })
            .map(|(_, value)| *value)
    }

    /// The longest entry that a text begins with in whatever case, among those that `fits`, which is
    /// asked of what begins with the same two letters.
    pub(super) fn longest(
        &self,
        text: &str,
        fits: impl Fn(&str) -> bool,
    ) -> Option<(&'static str, T)> {
        let bytes = text.as_bytes();
        let shelf = self.shelf(*bytes.first()?)?;
        let second = bytes.get(1).map(u8::to_ascii_lowercase);
        if second.is_some_and(|second| shelf.seconds & bit_of_byte(second) == 0) {
            return None;
        }
        self.on(shelf)
            .iter()
            .filter(|(word, _)| {
                let own = word.as_bytes().get(1);
                (own.is_none() || own == second.as_ref()) && fits(word)
            })
            .max_by_key(|(word, _)| word.len())
            .copied()
    }
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
        let begins = |text: &'static str| {
            lexicon.longest(text, |word| text.to_lowercase().starts_with(word))
        };
        assert_eq!(begins("Run time"), Some(("run time", 2)));
        assert_eq!(begins("run it"), Some(("run", 1)));
        assert_eq!(begins("ruin"), None);
        assert_eq!(begins("r"), None);
    }
}
