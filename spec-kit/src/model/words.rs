//! Words by which two passages are known to speak of the same thing, without a dictionary.

use crate::order::Order;
use smol_str::SmolStr;
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

/// Of [`EMPTY`], in bytes.
const LONGEST_EMPTY: usize = 7;

/// The stems of a text in order, without empty words. `run_templates`, `runTemplates` and "run
/// template" are the same; a text without blanks between words gives its pairs of letters.
pub fn stems(text: &str) -> Vec<Stem> {
    let mut found = Found::default();
    for chunk in text.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
        if found.stems.len() >= MAX_WORDS {
            break;
        }
        let mut parts = [""; 2];
        let mut count = 0;
        for part in chunk.split('-').filter(|part| !part.is_empty()) {
            split_case(part, &mut found);
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
    found.stems.truncate(MAX_WORDS);
    found.stems
}

#[derive(Default)]
struct Found {
    stems: Vec<Stem>,
    /// The word at hand, so that not each of them is a string of its own.
    word: String,
}

impl Found {
    fn push(&mut self, word: &str) {
        self.word.clear();
        match word.is_ascii() {
            true => {
                self.word.push_str(word);
                self.word.make_ascii_lowercase();
            }
            false => self.word.push_str(&word.to_lowercase()),
        }
        cut(&mut self.word);
        if !word.is_empty() && !is_empty(&self.word) {
            self.stems.push(Stem::new(&self.word));
        }
    }
}

/// The words of a text for people, in lower case, without signs: `claim endpoint with skip locked`.
/// At most `limit` of them.
pub fn normal(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for word in text
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '/')))
        .map(|word| word.trim_matches(['.', '/']))
        .filter(|word| !word.is_empty())
        .take(limit)
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word.to_lowercase());
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

fn is_empty(stem: &str) -> bool {
    let first = stem.bytes().next().unwrap_or(0);
    let place = usize::from(first.wrapping_sub(b'a'));
    stem.len() <= LONGEST_EMPTY
        && EMPTY_BY_FIRST
            .get(place)
            .is_some_and(|words| words.contains(&stem))
}

/// [`EMPTY`] by the first letter: every word of every text is asked for.
static EMPTY_BY_FIRST: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    (b'a'..=b'z')
        .map(|first| {
            let words = EMPTY.iter().copied();
            words
                .filter(|word| word.as_bytes().first() == Some(&first))
                .collect()
        })
        .collect()
});

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
    for suffix in [
        "ment", "able", "ible", "ing", "ion", "ness", "ed", "ly", "ery", "or",
    ] {
        let Some(short) = stem.strip_suffix(suffix) else {
            continue;
        };
        if short.len() < 3 || !short.bytes().any(|b| b"aeiouy".contains(&b)) {
            continue;
        }
        let length = short.len();
        stem.truncate(length);
        if suffix == "ery" {
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

/// The first words of a text, with `…` where there are more.
pub fn short(text: &str, words: usize) -> String {
    let mut all = text.split_whitespace();
    let mut out = all.by_ref().take(words).collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = out.char_indices().nth(90) {
        out.truncate(end_of_word(&out, end));
        out.push('…');
    } else if all.next().is_some() {
        out.truncate(out.trim_end_matches([',', ';', ':', '-', '—', '(']).len());
        out.push('…');
    }
    // Half a code span would swallow what follows.
    if out.matches('`').count() % 2 == 1 {
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

/// How much of two texts is the same, 0 to 1: twice the shared stems over all, as multisets.
pub fn similarity(a: &[Stem], b: &[Stem]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (mut left, mut right): (Vec<&Stem>, Vec<&Stem>) = (a.iter().collect(), b.iter().collect());
    left.order();
    right.order();
    let (mut i, mut j, mut shared) = (0, 0, 0usize);
    while let (Some(x), Some(y)) = (left.get(i), right.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    2.0 * shared as f64 / (a.len() + b.len()) as f64
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
