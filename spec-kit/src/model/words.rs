//! Words by which two passages are known to speak of the same thing, without a dictionary.

use crate::order::Order;
use smol_str::SmolStr;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// Part of a word, short enough to lie in the value itself: texts have very many.
pub type Stem = SmolStr;

/// The most words of one passage that are looked at.
pub const MAX_WORDS: usize = 400;

/// Words that say nothing of what is meant, in normal form.
const EMPTY: &[&str] = &[
    "a", "about", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can",
    "could", "do", "don", "each", "either", "for", "from", "get", "has", "have", "how", "if", "in",
    "into", "is", "it", "its", "may", "might", "must", "need", "no", "not", "of", "on", "onc",
    "one", "only", "or", "other", "our", "out", "own", "per", "s", "shall", "should", "so", "such",
    "support", "system", "t", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "thi", "this", "those", "to", "us", "use", "using", "user", "via", "was", "we", "were",
    "what", "when", "where", "which", "while", "who", "will", "with", "within", "without", "would",
    "you", "your", "der", "die", "das", "und", "oder", "ein", "ein", "mit", "von", "zu", "ist",
    "le", "la", "les", "de", "des", "et", "un", "une", "el", "los", "las", "y", "en", "que",
];

/// The stems of a text in order, without empty words. `run_templates`, `runTemplates` and "run
/// template" are the same; a text without blanks between words gives its pairs of letters.
pub fn stems(text: &str) -> Vec<Stem> {
    let mut found = Found {
        // Room for what is said of them too.
        stems: Vec::with_capacity((text.len() / 8).min(MAX_WORDS) + 4),
        word: String::new(),
    };
    for chunk in parts(text, |sign| sign == b'-') {
        if found.stems.len() >= MAX_WORDS {
            break;
        }
        if chunk.bytes().any(|sign| sign == b'-') {
            joined(chunk, &mut found);
        } else {
            split_case(chunk, &mut found);
        }
    }
    found.stems.truncate(MAX_WORDS);
    found.stems
}

/// The parts of a text that are made of letters, digits, and the signs that join them.
fn parts(text: &str, joins: impl Fn(u8) -> bool) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        // How long a letter is, and whether it is of a part. Most are of ASCII.
        let letter = |at: usize| match text.as_bytes().get(at)? {
            sign if sign.is_ascii() => Some((1, sign.is_ascii_alphanumeric() || joins(*sign))),
            _ => {
                let letter = text.get(at..)?.chars().next()?;
                Some((letter.len_utf8(), letter.is_alphanumeric()))
            }
        };
        while let Some((length, false)) = letter(at) {
            at += length;
        }
        let start = at;
        while let Some((length, true)) = letter(at) {
            at += length;
        }
        text.get(start..at).filter(|part| !part.is_empty())
    })
}

/// The words of a chunk with hyphens.
fn joined(chunk: &str, found: &mut Found) {
    let mut parts = [""; 2];
    let mut count = 0;
    for part in chunk.split('-').filter(|part| !part.is_empty()) {
        split_case(part, found);
        if let Some(place) = parts.get_mut(count) {
            *place = part;
        }
        count += 1;
    }
    let [first, second] = parts;
    // So that `real-time` is `realtime` too.
    if count == 2
        && first.len() > 1
        && second.len() > 1
        && first.len() < 8
        && first.chars().chain(second.chars()).all(char::is_alphabetic)
    {
        found.push(&format!("{first}{second}"));
    }
}

struct Found {
    stems: Vec<Stem>,
    /// The word at hand, so that not each of them is a string of its own.
    word: String,
}

impl Found {
    fn push(&mut self, word: &str) {
        self.word.clear();
        push_lower(word, &mut self.word);
        cut(&mut self.word);
        if !word.is_empty() && EMPTY_WORDS.bits(&self.word) == 0 {
            self.stems.push(Stem::new(&self.word));
        }
    }
}

fn push_lower(word: &str, out: &mut String) {
    if !word.is_ascii() {
        out.push_str(&word.to_lowercase());
        return;
    }
    let start = out.len();
    out.push_str(word);
    if let Some(word) = out.get_mut(start..) {
        word.make_ascii_lowercase();
    }
}

/// The words of a text for people, in lower case, without signs: `claim endpoint with skip locked`.
/// At most `limit` of them.
pub fn normal(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for word in parts(text, |sign| matches!(sign, b'_' | b'.' | b'/'))
        .map(|word| word.trim_matches(['.', '/']))
        .filter(|word| !word.is_empty())
        .take(limit)
    {
        if !out.is_empty() {
            out.push(' ');
        }
        push_lower(word, &mut out);
    }
    out
}

fn split_case(word: &str, found: &mut Found) {
    if word.is_ascii() {
        return split_ascii(word, found);
    }
    if word.chars().any(is_ideograph) {
        return pairs(word, found);
    }
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    let mut start = 0;
    for pair in letters.windows(2) {
        let &[(_, before), (at, letter)] = pair else {
            continue;
        };
        if before.is_lowercase() && letter.is_uppercase() {
            found.push(word.get(start..at).unwrap_or(""));
            start = at;
        }
    }
    found.push(word.get(start..).unwrap_or(""));
}

fn split_ascii(word: &str, found: &mut Found) {
    let mut start = 0;
    for (at, pair) in word.as_bytes().windows(2).enumerate() {
        if let [before, letter] = pair
            && before.is_ascii_lowercase()
            && letter.is_ascii_uppercase()
        {
            found.push(word.get(start..=at).unwrap_or(""));
            start = at + 1;
        }
    }
    found.push(word.get(start..).unwrap_or(""));
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{0e00}'..='\u{0e7f}')
}

fn pairs(word: &str, found: &mut Found) {
    let letters: Vec<char> = word.chars().take(MAX_WORDS).collect();
    if letters.len() < 2 {
        found.stems.push(word.into());
    }
    for pair in letters.windows(2) {
        found.stems.push(pair.iter().copied().collect());
    }
}

static EMPTY_WORDS: LazyLock<Lists> = LazyLock::new(|| Lists::of([(1, EMPTY)]));

/// Lists of words, a bit for each, in buckets: every word of every text is asked for.
pub(crate) struct Lists(Vec<Vec<(&'static str, u32)>>);

impl Lists {
    pub(crate) fn of(lists: impl IntoIterator<Item = (u32, &'static [&'static str])>) -> Self {
        let mut buckets = vec![Vec::new(); 256];
        for (bit, words) in lists {
            for word in words {
                if let Some(bucket) = buckets.get_mut(bucket(word)) {
                    bucket.push((*word, bit));
                }
            }
        }
        Self(buckets)
    }

    /// The lists that have a word.
    pub(crate) fn bits(&self, word: &str) -> u32 {
        let known = self.0.get(bucket(word)).into_iter().flatten();
        known
            .filter(|(known, _)| *known == word)
            .fold(0, |all, (_, bit)| all | bit)
    }
}

/// By the ends of a word and its length, of 256.
fn bucket(word: &str) -> usize {
    let (Some(first), Some(last)) = (word.bytes().next(), word.bytes().next_back()) else {
        return 0;
    };
    (usize::from(first) * 5 + usize::from(last) * 17 + word.len() * 3) % 256
}

/// Leaves of a word the part that its forms share: `claiming`, `claims` and `claim`; `cancelled` and
/// `cancellation`.
fn cut(stem: &mut String) {
    if stem.len() < 4 || !stem.is_ascii() || stem.bytes().any(|b| b.is_ascii_digit()) {
        return;
    }
    if stem.ends_with("ies") {
        stem.truncate(stem.len() - 3);
        stem.push('y');
    } else if stem.ends_with('s') && !stem.ends_with("ss") && !stem.ends_with("us") {
        stem.pop();
    }
    let suffixes: &[&str] = match stem.as_bytes().last() {
        Some(b't') => &["ment"],
        Some(b'e') => &["able", "ible"],
        Some(b'g') => &["ing"],
        Some(b'n') => &["ion"],
        Some(b's') => &["ness"],
        Some(b'd') => &["ed"],
        Some(b'y') => &["ly", "ery"],
        Some(b'r') => &["or"],
        _ => &[],
    };
    for suffix in suffixes {
        let Some(short) = stem.strip_suffix(suffix) else {
            continue;
        };
        if short.len() < 3 || !short.bytes().any(|b| b"aeiouy".contains(&b)) {
            continue;
        }
        let length = short.len();
        stem.truncate(length);
        if *suffix == "ery" {
            stem.push_str("er");
        }
        break;
    }
    if stem.len() >= 4 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.len() >= 7 && stem.ends_with("at") {
        stem.truncate(stem.len() - 2);
    }
    let bytes = stem.as_bytes();
    if let [.., a, b] = bytes
        && a == b
        && stem.len() >= 4
        && !b"aeiouslz".contains(b)
    {
        stem.pop();
    } else if stem.len() >= 7 && stem.ends_with("ll") {
        stem.pop();
    }
}

/// More letters than these are not short.
const MAX_SHORT: usize = 90;

/// The first words of a text, with `…` where there are more.
pub fn short(text: &str, words: usize) -> String {
    let mut all = text.split_whitespace();
    let mut out = String::new();
    for word in all.by_ref().take(words) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if let Some((end, _)) = out.char_indices().nth(MAX_SHORT) {
        out.truncate(end_of_word(&out, end));
        out.push('…');
    } else if all.next().is_some() {
        out.truncate(out.trim_end_matches([',', ';', ':', '-', '—', '(']).len());
        out.push('…');
    }
    // Half a code span would swallow what follows.
    if out.bytes().filter(|sign| *sign == b'`').count() % 2 == 1 {
        out.push('`');
    }
    out
}

/// Where to cut, so that no half of an id or a name is left: half of one is another.
fn end_of_word(text: &str, at: usize) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (before, after) = text.split_at(at);
    let begin = before.trim_end_matches(is_part).len();
    match after.starts_with(is_part) && begin > at / 2 {
        true => begin,
        false => at,
    }
}

/// In the order of the alphabet.
pub(super) fn ordered<'a>(stems: impl IntoIterator<Item = &'a Stem>) -> Vec<&'a Stem> {
    let mut stems: Vec<&Stem> = stems.into_iter().collect();
    stems.order_by(|a, b| compare(a, b));
    stems
}

/// Most differ in the first byte, for which no call is needed.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let first = |word: &str| word.as_bytes().first().copied();
    first(a).cmp(&first(b)).then_with(|| a.cmp(b))
}

/// How much of two texts is the same, 0 to 1: twice the shared stems over all, as multisets.
pub fn similarity(a: &[Stem], b: &[Stem]) -> f64 {
    Bag::of(a).similarity(&Bag::of(b))
}

/// Whether so much of two texts is the same.
pub fn is_alike(a: &[Stem], b: &[Stem], at_least: f64) -> bool {
    share(a.len().min(b.len()), a.len() + b.len()) >= at_least && similarity(a, b) >= at_least
}

fn share(shared: usize, all: usize) -> f64 {
    match all {
        0 => 0.0,
        all => 2.0 * shared as f64 / all as f64,
    }
}

/// The stems of a text that is compared with many.
#[derive(Debug)]
pub struct Bag<'a>(Vec<&'a Stem>);

impl<'a> Bag<'a> {
    pub fn of(stems: &'a [Stem]) -> Self {
        Self(ordered(stems))
    }

    /// Each word once.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'a Stem> {
        let groups = self.0.chunk_by(|a, b| a == b);
        groups.filter_map(|group| group.first().copied())
    }

    /// As [`similarity`].
    pub fn similarity(&self, other: &Self) -> f64 {
        let (mut i, mut j, mut shared) = (0, 0, 0usize);
        while let (Some(x), Some(y)) = (self.0.get(i), other.0.get(j)) {
            match compare(x, y) {
                Ordering::Less => i += 1,
                Ordering::Greater => j += 1,
                Ordering::Equal => {
                    shared += 1;
                    i += 1;
                    j += 1;
                }
            }
        }
        share(shared, self.0.len() + other.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem(word: &str) -> String {
        let mut stem = word.to_owned();
        cut(&mut stem);
        stem
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for family in [
            &["claim", "claims", "claiming", "claimed", "claimable"][..],
            &["cancel", "cancelled", "canceled", "cancellation"],
            &["recover", "recovery", "recovered"],
            &["deploy", "deployment", "deployments", "deployable"],
            &["execute", "executor", "execution", "executes"],
            &["generate", "generator", "generation", "generates"],
            &["query", "queries"],
            &["run", "running", "runs"],
            &["index", "indexed"],
        ] {
            let stems: Vec<String> = family.iter().map(|word| stem(word)).collect();
            assert!(stems.windows(2).all(|w| w[0] == w[1]), "{stems:?}");
        }
        assert_ne!(stem("status"), stem("state"));
    }

    #[test]
    fn names_in_any_case_and_scripts_without_blanks_are_split() {
        assert_eq!(stems("run_templates"), ["run", "templ"]);
        assert_eq!(stems("runTemplates of the runs"), ["run", "templ", "run"]);
        assert_eq!(stems("real-time"), ["real", "tim", "realtim"]);
        assert_eq!(stem("realtime"), "realtim");
        assert_eq!(stems("任务领取"), ["任务", "务领", "领取"]);
        assert!(stems("the and of ---").is_empty());
    }

    #[test]
    fn similarity_counts_each_word_once_for_each_time() {
        let of = |a: &str, b: &str| similarity(&stems(a), &stems(b));
        assert!((of("claim a run", "runs are claimed") - 1.0).abs() < 1e-9);
        assert!((of("claim run", "claim") - 2.0 / 3.0).abs() < 1e-9);
        assert!(of("claim", "cancel") < 1e-9);
        assert!(of("", "") < 1e-9);
    }
}
