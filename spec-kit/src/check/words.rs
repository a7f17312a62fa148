//! Words in a form in which two texts can be compared.

use crate::order::Order;
use std::collections::HashMap;

/// Small letters and digits, other signs as one blank.
pub(super) fn normal(text: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut letter = [0; 4];
    let mut last = b' ';
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        if byte.is_ascii() {
            let sign = NORMAL[usize::from(*byte)];
            if sign != b' ' || last != b' ' {
                out.push(sign);
            }
            last = sign;
            continue;
        }
        let at = text.len() - rest.len() - 1;
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            continue;
        };
        rest.nth(c.len_utf8() - 2);
        if c.is_alphanumeric() {
            for c in c.to_lowercase() {
                out.extend_from_slice(c.encode_utf8(&mut letter).as_bytes());
            }
            last = *out.last().unwrap_or(&b' ');
        } else if last != b' ' {
            out.push(b' ');
            last = b' ';
        }
    }
    if last == b' ' {
        out.pop();
    }
    String::from_utf8(out).unwrap_or_default()
}

/// What a sign of ASCII becomes in normal form.
const NORMAL: [u8; 256] = {
    let mut normal = [b' '; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            normal[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    normal
};

/// Runs of letters and digits of any language, and of more signs of ASCII where the table has them.
pub(super) struct Runs<'a> {
    text: &'a str,
    at: usize,
    signs: &'static [bool; 256],
}

impl<'a> Runs<'a> {
    pub fn of(text: &'a str, signs: &'static [bool; 256]) -> Self {
        Self { text, at: 0, signs }
    }

    /// The length of the letter at a place, and whether it belongs to a run.
    fn step(&self, at: usize) -> Option<(usize, bool)> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte.is_ascii() {
            return Some((1, self.signs[usize::from(byte)]));
        }
        let c = self.text.get(at..)?.chars().next()?;
        Some((c.len_utf8(), c.is_alphanumeric()))
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut from = self.at;
        while let Some((length, false)) = self.step(from) {
            from += length;
        }
        let mut to = from;
        while let Some((length, true)) = self.step(to) {
            to += length;
        }
        self.at = to;
        self.text.get(from..to).filter(|run| !run.is_empty())
    }
}

/// Of [`Runs`] that are words.
pub(super) const LETTERS: [bool; 256] = {
    let mut letters = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        letters[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    letters
};

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
    let endings: &[&str] = match word.as_bytes().last() {
        Some(b's') => &["ations", "ings", "ers", "ors", "es", "s"],
        Some(b'n') => &["ation"],
        Some(b'g') => &["ing"],
        Some(b'r') => &["er", "or"],
        Some(b'd') => &["ed"],
        _ => &[],
    };
    for ending in endings {
        let Some(rest) = word.strip_suffix(ending) else {
            continue;
        };
        if rest.len() >= 3 && !(*ending == "s" && rest.ends_with(['s', 'u'])) {
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

    /// Sorted, each as often as it is there.
    pub fn each<'a>(&mut self, words: impl Iterator<Item = &'a str>) -> Vec<u32> {
        let mut numbers: Vec<u32> = words.map(|word| self.of(word)).collect();
        numbers.order();
        numbers
    }

    /// Sorted, each once.
    pub fn all<'a>(&mut self, words: impl Iterator<Item = &'a str>) -> Vec<u32> {
        let mut numbers = self.each(words);
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

/// A text in small letters that is asked for many words.
pub(super) struct Asked<'a> {
    text: &'a str,
    /// A bit for each two bytes that a word of the text begins with, by [`Self::bit`].
    begins: [u64; 4],
}

impl<'a> Asked<'a> {
    pub fn of(text: &'a str) -> Self {
        let mut begins = [0; 4];
        let mut is_inner = false;
        for pair in text.as_bytes().windows(2) {
            let [a, b] = pair else { continue };
            if !is_inner {
                let (at, bit) = Self::bit(*a, *b);
                begins[at] |= bit;
            }
            is_inner = a.is_ascii_alphanumeric() || *a == b'_';
        }
        Self { text, begins }
    }

    fn bit(a: u8, b: u8) -> (usize, u64) {
        let sum = a.wrapping_mul(29) ^ b;
        (usize::from(sum >> 6), 1 << (sum & 63))
    }

    /// As [`find_word`].
    pub fn find(&self, word: &str) -> Option<usize> {
        // What begins with a sign stands behind letters too.
        if let [a, b, ..] = word.as_bytes()
            && a.is_ascii_alphanumeric()
        {
            let (at, bit) = Self::bit(*a, *b);
            if self.begins[at] & bit == 0 {
                return None;
            }
        }
        find_word(self.text, word)
    }
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
        let text = "a breakfast is no-fast, «schnell» etc. and über fast_path fast";
        for word in [
            "fast", "a", "schnell", "über", "etc.", ". and", "path", "slow", "",
        ] {
            assert_eq!(Asked::of(text).find(word), find_word(text, word), "{word}");
        }
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
