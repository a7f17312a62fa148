//! Ids in text: their shape, and which shapes are ids at all.

use super::lexicon::Lexicon;
use super::words::joins;
use crate::facts::{Id, Numbers};
use smallvec::smallvec;
use smol_str::{SmolStr, format_smolstr};
use std::ops::Range;
use std::sync::LazyLock;

/// Prefixes that are ids wherever they stand; without a hyphen too.
fn is_known(prefix: &str) -> bool {
    matches!(
        prefix,
        "FR" | "NFR"
            | "SC"
            | "AC"
            | "US"
            | "REQ"
            | "NG"
            | "PE"
            | "CHK"
            | "UC"
            | "UJ"
            | "SM"
            | "TASK"
            | "STORY"
            | "EPIC"
            | "GOAL"
            | "RISK"
            | "DEC"
            | "OQ"
            | "ADR"
            | "TC"
            | "BR"
            | "TR"
            | "SR"
            | "KPI"
            | "ASM"
            | "OBJ"
            | "CON"
            | "INV"
            | "CR"
            | "QR"
    )
}

/// Single letters that are ids with a hyphen and at most three digits.
const LETTERS: &str = "GTPDRACEFQSU";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub id: Id,
    pub range: Range<usize>,
    pub shape: Shape,
}

/// How sure it is that letters and digits are an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// `UTF-8` has it too: an id only where it stands in definition position or brackets.
    Loose,
    /// `T012`, `M1`: an id beside its like.
    Short,
    /// `FR-001`
    Sure,
}

/// Every id-like word, left to right.
pub(super) fn scan(text: &str) -> impl Iterator<Item = Found> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            if !byte.is_ascii_uppercase() || !starts_word(text, at) {
                at += 1;
                continue;
            }
            let found = one(text, at);
            match &found {
                Some(id) => {
                    at = id.range.end.max(at + 1);
                    return found;
                }
                None => {
                    while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                        at += 1;
                    }
                }
            }
        }
        None
    })
}

fn starts_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    !before.is_some_and(|c| joins(c) || matches!(c, '-' | '.' | '$' | '@' | '\\'))
        || text.get(..at).is_some_and(is_range_end)
}

/// `T001-` and `T001..` before `T005`.
fn is_range_end(before: &str) -> bool {
    let stem = before.trim_end_matches(['-', '.']);
    stem.len() < before.len() && stem.bytes().next_back().is_some_and(|b| b.is_ascii_digit())
}

/// The id that starts at `at`.
pub(super) fn one(text: &str, at: usize) -> Option<Found> {
    let rest = text.get(at..)?;
    if !may_be_one(rest) {
        return None;
    }
    let (prefix, mut length, hyphen) = prefix(rest)?;
    let digits = count_digits(rest, length);
    if digits == 0 || digits > 6 {
        return None;
    }
    let first = length;
    let mut numbers: Numbers = smallvec![rest.get(length..length + digits)?.parse().ok()?];
    length += digits;
    while rest.get(length..)?.starts_with('.') {
        let more = count_digits(rest, length + 1);
        if more == 0 || more > 4 {
            break;
        }
        numbers.push(rest.get(length + 1..length + 1 + more)?.parse().ok()?);
        length += 1 + more;
    }
    let letter = rest
        .as_bytes()
        .get(length)
        .filter(|b| (b'a'..=b'e').contains(b));
    if letter.is_some()
        && !rest
            .as_bytes()
            .get(length + 1)
            .is_some_and(u8::is_ascii_alphanumeric)
    {
        length += 1;
    }
    let after = rest.get(length..)?;
    if after.chars().next().is_some_and(joins) || is_longer(after) {
        return None;
    }
    let written = rest.get(..length)?.into();
    let padded = rest.as_bytes().get(first) == Some(&b'0');
    let shape = shape(
        &prefix,
        &Look {
            digits,
            hyphen,
            padded,
            lettered: letter.is_some(),
        },
    );
    let bundle = bundle(text, at);
    let start = at - bundle.as_ref().map_or(0, |name: &SmolStr| name.len() + 1);
    Some(Found {
        id: Id {
            bundle,
            prefix,
            numbers,
            written,
        },
        range: start..at + length,
        shape,
    })
}

/// Whether a number or a hyphen follows capitals, as behind few words that begin with one.
fn may_be_one(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    // The other hyphens begin with the last.
    letters > 0 && matches!(bytes.get(letters), Some(b'0'..=b'9' | b'-' | b'_' | 0xe2))
}

fn prefix(rest: &str) -> Option<(SmolStr, usize, bool)> {
    let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
    if letters == 0 || letters > 8 {
        return None;
    }
    let mut name = SmolStr::new(rest.get(..letters)?);
    let mut length = letters;
    let mut hyphen = false;
    // `NFR-SEC-001` has two parts, rarely three.
    for _ in 0..3 {
        let Some(width) = hyphen_width(rest.get(length..)?) else {
            break;
        };
        let more = rest
            .get(length + width..)?
            .bytes()
            .take_while(u8::is_ascii_uppercase)
            .count();
        hyphen = true;
        length += width;
        if more == 0 || more > 8 {
            break;
        }
        name = format_smolstr!("{name}-{}", rest.get(length..length + more)?);
        length += more;
        hyphen = false;
    }
    Some((name, length, hyphen))
}

fn hyphen_width(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    matches!(first, '-' | '_' | '\u{2010}' | '\u{2011}').then(|| first.len_utf8())
}

fn count_digits(text: &str, from: usize) -> usize {
    text.as_bytes().get(from..).map_or(0, |rest| {
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    })
}

/// `US-EAST-1a-x`, `T1-foo.rs` and `A1/b.rs` go on.
fn is_longer(after: &str) -> bool {
    let mut letters = after.chars();
    match letters.next() {
        Some('-') => letters
            .next()
            .is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
        Some('/') => letters.next().is_some_and(|c| c.is_ascii_lowercase()),
        Some('.') => letters.next().is_some_and(|c| c.is_ascii_lowercase()),
        _ => false,
    }
}

struct Look {
    digits: usize,
    hyphen: bool,
    padded: bool,
    lettered: bool,
}

fn shape(prefix: &str, look: &Look) -> Shape {
    let Look {
        digits,
        hyphen,
        padded,
        lettered,
    } = *look;
    let is_family = || {
        let head = prefix.split('-').next().unwrap_or(prefix);
        head != "US" && is_known(head)
    };
    if is_known(prefix) || hyphen && is_family() {
        return Shape::Sure;
    }
    if prefix.len() == 1 && LETTERS.contains(prefix) {
        return match (hyphen, digits) {
            // `P-256` is a curve, `P-02` and `T-014` are ids.
            (true, 1 | 2) => Shape::Sure,
            (true, 3 | 4) if padded || prefix == "T" => Shape::Sure,
            (false, 3 | 4) if prefix == "T" => Shape::Sure,
            (false, _) if !lettered => Shape::Short,
            _ => Shape::Loose,
        };
    }
    match (hyphen, prefix.len()) {
        (false, 1) => Shape::Short,
        _ => Shape::Loose,
    }
}

/// `billing` of `billing/FR-001`.
fn bundle(text: &str, at: usize) -> Option<SmolStr> {
    let before = text.get(..at)?.strip_suffix(['/', '#'])?;
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
        .last()?
        .0;
    let name = before.get(start..)?;
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        .then(|| name.into())
}

/// `1.2` or `1.` at the start of a line of a numbered scheme; with its length.
pub(super) fn dotted(text: &str) -> Option<(Id, usize)> {
    let mut numbers = Numbers::new();
    let mut length = 0;
    loop {
        let digits = count_digits(text, length);
        if digits == 0 || digits > 4 {
            break;
        }
        numbers.push(text.get(length..length + digits)?.parse().ok()?);
        length += digits;
        if numbers.len() > 4
            || !text.get(length..)?.starts_with('.')
            || count_digits(text, length + 1) == 0
        {
            break;
        }
        length += 1;
    }
    if numbers.is_empty() {
        return None;
    }
    let written = text.get(..length)?.into();
    let rest = text.get(length..)?;
    let closed = rest.starts_with(['.', ')']);
    let next = rest.chars().nth(usize::from(closed));
    let ends = next.is_none_or(char::is_whitespace);
    // `3 tables` is no id, `3. tables` and `3.1 tables` are.
    if !ends || (numbers.len() == 1 && !closed) {
        return None;
    }
    length += usize::from(closed);
    Some((
        Id {
            bundle: None,
            prefix: SmolStr::default(),
            numbers,
            written,
        },
        length,
    ))
}

/// Whether ASCII begins with a folded word, in whatever case.
fn begins_with(ascii: &str, word: &str) -> bool {
    ascii.len() >= word.len()
        && ascii.bytes().zip(word.bytes()).all(|(own, wanted)| {
            own.to_ascii_lowercase() == wanted || (wanted == b' ' && matches!(own, b'\t'..=b'\r'))
        })
}

/// Words that begin an id, and its prefix.
const FORMS: &[(&str, &str)] = &[
    ("user story", "US"),
    ("story", "US"),
    ("requirement", ""),
    ("task", "T"),
    ("goal", "G"),
    ("acceptance criterion", "AC"),
    ("use case", "UC"),
    ("epic", "EPIC"),
    ("risk", "R"),
    ("decision", "D"),
    ("benutzergeschichte", "US"),
    ("nutzergeschichte", "US"),
    ("user-story", "US"),
    ("anforderung", ""),
    ("aufgabe", "T"),
    ("exigence", ""),
    ("tache", "T"),
    ("requisito", ""),
    ("tarea", "T"),
    ("tarefa", "T"),
    ("historia de usuario", "US"),
    ("recit utilisateur", "US"),
    ("ユーザーストーリー", "US"),
    ("用户故事", "US"),
    ("用戶故事", "US"),
    ("使用者故事", "US"),
    ("사용자 스토리", "US"),
    ("요구사항", ""),
    ("需求", ""),
    ("任务", "T"),
];
static FORM_WORDS: LazyLock<Lexicon<()>> =
    LazyLock::new(|| Lexicon::new(FORMS.iter().map(|(word, _)| (*word, ()))));

/// Ids in words at the start of a heading: `User Story 1 - …`, `Requirement 3: …`, `Task 4`.
pub(super) fn worded(text: &str) -> Option<(Id, usize)> {
    if !FORM_WORDS.may_have(text) {
        return None;
    }
    // Folding keeps the number of letters for all of these words.
    let head = text
        .char_indices()
        .nth(40)
        .map_or(text, |(at, _)| text.get(..at).unwrap_or(text));
    let (word, prefix) = if head.is_ascii() {
        // Asked of every line, so without a copy; a word with more blanks in it is none below.
        let first = head.as_bytes().first()?.to_ascii_lowercase();
        let is_same = |word: &str| word.as_bytes().first() == Some(&first);
        FORMS
            .iter()
            .find(|(word, _)| is_same(word) && begins_with(head, word))?
    } else {
        let folded = super::words::fold(head);
        FORMS.iter().find(|(word, _)| folded.starts_with(word))?
    };
    let letters = word.chars().count();
    let skipped: usize = text.chars().take(letters).map(char::len_utf8).sum();
    let rest = text.get(skipped..)?;
    let gap = rest.len() - rest.trim_start_matches([' ', '#', '-']).len();
    let digits = rest.get(gap..)?;
    let length = digits
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let number = digits.get(..length)?.trim_end_matches('.');
    if number.is_empty() || digits.get(length..)?.chars().next().is_some_and(joins) {
        return None;
    }
    let numbers: Option<Numbers> = number.split('.').map(|n| n.parse().ok()).collect();
    let end = skipped + gap + number.len();
    let written = match *prefix {
        "US" => format_smolstr!("US{number}"),
        _ => text.get(..end)?.into(),
    };
    Some((
        Id {
            bundle: None,
            prefix: SmolStr::new_static(prefix),
            numbers: numbers?,
            written,
        },
        end,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, least: Shape) -> Vec<String> {
        scan(text)
            .filter(|found| found.shape >= least)
            .map(|found| match found.id.bundle {
                Some(bundle) => format!("{bundle}/{}", found.id.written),
                None => found.id.written.to_string(),
            })
            .collect()
    }

    #[test]
    fn ids_are_told_from_words_that_look_like_them() {
        let text =
            "FR-001, NFR-SEC-02; billing/FR-1 [US3] T012 (AC2) FR‑009 and US1–US2, T001-T005";
        assert_eq!(
            written(text, Shape::Sure),
            [
                "FR-001",
                "NFR-SEC-02",
                "billing/FR-1",
                "US3",
                "T012",
                "AC2",
                "FR‑009",
                "US1",
                "US2",
                "T001",
                "T005"
            ]
        );
        let none = "UTF-8, SHA-256, P-256, us-east-1, US-EAST-1, AFR-, T1-foo.rs, xFR-001, CVE-2024-1234, M1, S3, H264";
        assert!(written(none, Shape::Sure).is_empty());
    }

    #[test]
    fn numbers_and_words_can_be_ids() {
        assert_eq!(dotted("1.2 Build"), Some((id("", &[1, 2], "1.2"), 3)));
        assert_eq!(dotted("4. Build"), Some((id("", &[4], "4"), 2)));
        assert_eq!(dotted("3 tables"), None);
        assert_eq!(dotted("2.5s of"), None);
        assert_eq!(
            worded("User Story 1 - Pay"),
            Some((id("US", &[1], "US1"), 12))
        );
        assert_eq!(
            worded("Requirement 3.2: x"),
            Some((id("", &[3, 2], "Requirement 3.2"), 15))
        );
        assert_eq!(worded("Requirements"), None);
        assert_eq!(
            worded("Tâche 2"),
            Some((id("T", &[2], "Tâche 2"), "Tâche 2".len()))
        );
    }

    fn id(prefix: &str, numbers: &[u32], written: &str) -> Id {
        Id {
            bundle: None,
            prefix: prefix.into(),
            numbers: numbers.into(),
            written: written.into(),
        }
    }
}
