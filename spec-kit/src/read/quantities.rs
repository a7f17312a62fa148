//! Numbers with units, and what they are of.

use super::quantity_words::{ABOUT, LEAST, MOST, THINGS, UNITS};
use super::reading::Reading;
use super::words::{fold, is_cjk, joins, singular};
use crate::facts::{Quantity, Role};
use crate::outline::{Inline, PieceKind};
use std::ops::Range;

pub(super) fn quantities(reading: &Reading<'_>) -> Vec<Quantity> {
    let mut out = Vec::new();
    for (index, unit) in reading.units.iter().enumerate() {
        // A question states nothing, also where it says what others state.
        if reading.role(index) == Role::OpenQuestions {
            continue;
        }
        for words in unit.inlines() {
            in_words(words, &mut out);
        }
    }
    out
}

/// Questions that stand open in a text.
fn open_questions(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, _) in text.match_indices('[') {
        let rest = text.get(start..).unwrap_or("");
        if !rest.starts_with("[NEEDS CLARIFICATION") {
            continue;
        }
        if found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let end = rest.find(']').map_or(text.len(), |end| start + end);
        found.push(start..end);
    }
    found
}

struct Number {
    value: f64,
    end: usize,
}

fn in_words(words: &Inline, out: &mut Vec<Quantity>) {
    let text = words.text.as_str();
    let bytes = text.as_bytes();
    let mut questions = open_questions(text).into_iter().peekable();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
            continue;
        }
        let start = at;
        while questions
            .next_if(|question| question.end <= start)
            .is_some()
        {}
        if let Some(question) = questions.peek().filter(|open| open.start < start) {
            at = question.end;
            continue;
        }
        if !may_start(text, start) || is_code(words, start) {
            at = skip_word(text, number_end(text, start).unwrap_or(start));
            continue;
        }
        let Some(first) = number(text, start) else {
            at = skip_word(text, start);
            continue;
        };
        at = first.end;
        let (low_end, high) = range(text, &first).map_or((first.end, first.value), |second| {
            (second.end, second.value)
        });
        let Some(unit) = unit(text, low_end) else {
            continue;
        };
        at = unit.end;
        out.push(quantity(words, start, &first, high, unit));
    }
}

fn skip_word(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or(&[]);
    let is_part = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b':' | b'/')
    };
    at + rest.iter().take_while(is_part).count().max(1)
}

fn is_code(words: &Inline, at: usize) -> bool {
    let index = words.pieces.partition_point(|piece| piece.range.end <= at);
    words
        .pieces
        .get(index)
        .is_some_and(|piece| matches!(piece.kind, PieceKind::Code) && piece.range.len() > 24)
}

/// Not within `v1.2`, `P95`, `2026-01-02`, `#12`, `US-1`.
fn may_start(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    !before.is_some_and(|c| {
        (joins(c)) || matches!(c, '#' | '.' | '-' | '/' | ':' | '$' | '€' | '_' | '§')
    }) || text
        .get(..at)
        .is_some_and(|before| before.ends_with(" -") && !before.ends_with("- "))
}

/// How many digits a number has that is nothing else, as most are.
fn plain_digits(rest: &str) -> Option<usize> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    // What may go on as one number, with a blank that is none of ASCII too.
    let after = rest.get(length..)?;
    let goes_on = after
        .strip_prefix(['.', ',', '\u{a0}', '\u{202f}'])
        .is_some_and(|more| more.as_bytes().first().is_some_and(u8::is_ascii_digit));
    (length <= 24 && !goes_on).then_some(length)
}

/// Where the number ends that begins at a place; `None` where none does.
fn number_end(text: &str, at: usize) -> Option<usize> {
    match plain_digits(text.get(at..)?) {
        Some(length) => Some(at + length),
        None => number(text, at).map(|number| number.end),
    }
}

fn number(text: &str, at: usize) -> Option<Number> {
    let rest = text.get(at..)?;
    if let Some(length) = plain_digits(rest) {
        return Some(Number {
            value: rest.get(..length)?.parse().ok()?,
            end: at + length,
        });
    }
    let mut digits = String::new();
    let mut end = 0;
    let letters: Vec<char> = rest.chars().take(24).collect();
    for (index, letter) in letters.iter().enumerate() {
        let next_digits = letters.get(index + 1..).map_or(0, |rest| {
            rest.iter().take_while(|c| c.is_ascii_digit()).count()
        });
        match letter {
            '0'..='9' => digits.push(*letter),
            '.' if next_digits > 0 && !digits.contains('.') => digits.push('.'),
            // `10,000` and `10 000`; `1,5` is a list or a comma of other countries, so no number goes on.
            ',' | '\u{a0}' | '\u{202f}' if next_digits == 3 && !digits.contains('.') => {}
            ',' if next_digits > 0
                && next_digits < 3
                && !digits.contains('.')
                && letters
                    .get(index + 1 + next_digits)
                    .is_none_or(|c| *c != ',') =>
            {
                digits.push('.')
            }
            _ => break,
        }
        end += letter.len_utf8();
    }
    // `1.2.3` is a version.
    if rest.get(end..)?.starts_with('.')
        && rest
            .get(end + 1..)?
            .starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    Some(Number {
        value: digits.parse().ok()?,
        end: at + end,
    })
}

fn range(text: &str, first: &Number) -> Option<Number> {
    let rest = text.get(first.end..)?;
    let trimmed = rest.trim_start();
    let after = ["–", "—", "-", "~", "〜", "～", "to ", "bis ", "à ", "a "]
        .iter()
        .find_map(|joint| trimmed.strip_prefix(joint))?;
    let after = after.trim_start();
    let start = text.len() - after.len();
    if !after.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    number(text, start).filter(|second| second.value > first.value)
}

struct Unit {
    base: String,
    factor: f64,
    end: usize,
    plus: bool,
}

fn unit(text: &str, at: usize) -> Option<Unit> {
    let mut rest = text.get(at..)?;
    let plus = rest.starts_with('+');
    if plus {
        rest = rest.get(1..)?;
    }
    let trimmed = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '-']);
    let start = text.len() - trimmed.len();
    if rest.len() - trimmed.len() > 2 {
        return None;
    }
    let lower = fold_head(trimmed);
    let first = lower.as_bytes().first();
    for (name, base, factor) in UNITS {
        if name.as_bytes().first() != first || !lower.starts_with(name) {
            continue;
        }
        let after = lower.get(name.len()..).and_then(|rest| rest.chars().next());
        let ends = !name.chars().next_back().is_some_and(joins)
            || name.chars().next().is_some_and(is_cjk)
            || !after.is_some_and(|c| joins(c) || c == '-');
        // `S` and `H` are no units, `s` and `h` are.
        let case = name.len() > 1 || trimmed.starts_with(name) || *name == "%";
        if ends && case {
            let skipped: usize = trimmed
                .chars()
                .take(name.chars().count())
                .map(char::len_utf8)
                .sum();
            return Some(Unit {
                base: (*base).to_owned(),
                factor: *factor,
                end: start + skipped,
                plus,
            });
        }
    }
    let word: String = trimmed.chars().take_while(|c| c.is_alphabetic()).collect();
    let base = singular(&word);
    let spaced = rest.starts_with([' ', '\u{a0}']);
    if !spaced || !THINGS.contains(&base.as_str()) {
        return None;
    }
    let mut end = start + word.len();
    let mut name = base;
    if matches!(name.as_str(), "concurrent" | "simultaneous" | "parallel") {
        let next = text.get(end..)?.strip_prefix(' ')?;
        let noun: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
        if noun.is_empty() {
            return None;
        }
        end += 1 + noun.len();
        name = format!("concurrent {}", singular(&noun));
    }
    Some(Unit {
        base: name,
        factor: 1.0,
        end,
        plus,
    })
}

/// The first letters, folded one by one so that they stay in step with the text.
fn fold_head(text: &str) -> String {
    text.chars()
        .take(16)
        .map(|c| {
            if c.is_ascii() {
                let is_blank = matches!(c, ' ' | '\t'..='\r');
                return if is_blank {
                    ' '
                } else {
                    c.to_ascii_lowercase()
                };
            }
            let lower = fold(c.encode_utf8(&mut [0; 4]));
            lower.chars().next().unwrap_or(' ')
        })
        .collect()
}

fn quantity(words: &Inline, start: usize, first: &Number, high: f64, unit: Unit) -> Quantity {
    let text = words.text.as_str();
    let before = text.get(..start).unwrap_or("").trim_end();
    let (before, about) = match before.strip_suffix(['~', '≈', '∼']) {
        Some(rest) => (rest.trim_end(), true),
        None => (before, false),
    };
    let folded = tail(before);
    let (before, said_about) = strip(before, &folded, ABOUT);
    let folded = tail(before);
    let (stem, most) = strip(before, &folded, MOST);
    let (stem, least) = if most {
        (stem, false)
    } else {
        strip(before, &folded, LEAST)
    };
    let (about_late_stem, about_late) = match stem.strip_suffix(['~', '≈']) {
        Some(rest) => (rest.trim_end(), true),
        None => (stem, false),
    };
    let after = text.get(unit.end..).unwrap_or("");
    let after_word = fold(
        after
            .get(
                ..after
                    .char_indices()
                    .nth(8)
                    .map_or(after.len(), |(at, _)| at),
            )
            .unwrap_or(""),
    );
    let cjk_most = ["以内", "以下", "未満", "之内"]
        .iter()
        .any(|word| after_word.starts_with(word));
    let cjk_least = after_word.starts_with("以上");
    let mut low = first.value * unit.factor;
    let mut top = high * unit.factor;
    let is_range = high > first.value;
    if (most || cjk_most) && !is_range {
        low = 0.0;
    }
    if (least || cjk_least || unit.plus) && !is_range {
        top = f64::INFINITY;
    }
    let subject = match subject_before(about_late_stem) {
        Some(subject) => subject,
        None => subject_after(after),
    };
    Quantity {
        subject,
        low,
        high: top,
        unit: unit.base,
        is_about: about || said_about || about_late,
        span: words.span_of(start..unit.end),
    }
}

fn tail(text: &str) -> String {
    let start = text.char_indices().rev().nth(23).map_or(0, |(at, _)| at);
    fold(text.get(start..).unwrap_or(text))
}

fn strip<'a>(text: &'a str, folded: &str, words: &[&str]) -> (&'a str, bool) {
    let found = words
        .iter()
        .filter(|word| {
            folded.strip_suffix(**word).is_some_and(|rest| {
                !word.starts_with(joins) || !rest.chars().next_back().is_some_and(joins)
            })
        })
        .max_by_key(|word| word.len());
    match found {
        // Folding may shorten, so letters are counted rather than bytes.
        Some(word) => {
            let keep = text.chars().count().saturating_sub(word.chars().count());
            let end = text
                .char_indices()
                .nth(keep)
                .map_or(text.len(), |(at, _)| at);
            (text.get(..end).unwrap_or("").trim_end(), true)
        }
        None => (text, false),
    }
}

const STOP: &[&str] = &[
    "the", "a", "an", "of", "in", "on", "at", "for", "to", "with", "by", "is", "are", "be", "must",
    "shall", "should", "may", "can", "will", "within", "every", "each", "after", "before", "and",
    "or", "it", "its", "that", "this", "than", "as", "from", "per", "has", "have", "not", "no",
    "all", "any", "system", "least", "most", "muss", "soll", "das", "der", "die", "ein", "eine",
    "nach", "alle", "von", "les", "le", "la", "el", "los", "de", "du", "en", "dans", "cada",
    "when", "which", "so", "if", "then", "max", "min", "only", "up",
];

/// The last nouns before it in its clause.
fn subject_before(text: &str) -> Option<String> {
    let text = without_brackets(text);
    let clause = text
        .rsplit([',', ';', '.', '—', '–', '(', '。', '、', '，', '|'])
        .next()
        .unwrap_or("");
    let mut words: Vec<String> = clause
        .split(|c: char| !(joins(c) || is_cjk(c) || c == '-'))
        .filter(|word| !word.is_empty())
        .map(singular)
        .filter(|word| {
            !STOP.contains(&word.as_str()) && !word.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        })
        .collect();
    let from = words.len().saturating_sub(3);
    words.drain(..from);
    (!words.is_empty()).then(|| words.join(" "))
}

fn subject_after(text: &str) -> String {
    let clause = text
        .split([',', ';', '.', '—', '–', '(', ')', '。', ':'])
        .next()
        .unwrap_or("");
    let words: Vec<String> = clause
        .split(|c: char| !(joins(c) || is_cjk(c) || c == '-'))
        .filter(|word| !word.is_empty())
        .map(singular)
        .filter(|word| !STOP.contains(&word.as_str()))
        .take(2)
        .collect();
    words.join(" ")
}

fn without_brackets(text: &str) -> String {
    let start = text.char_indices().rev().nth(159).map_or(0, |(at, _)| at);
    let mut out = String::new();
    let mut skipping = 0usize;
    for letter in text.get(start..).unwrap_or("").chars() {
        match letter {
            '(' => skipping += 1,
            ')' if skipping > 0 => skipping -= 1,
            _ if skipping == 0 => out.push(letter),
            _ => {}
        }
    }
    if skipping > 0 {
        // The quantity itself stands in the brackets.
        return text.get(start..).unwrap_or("").replace('(', " ");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::Outline;
    use crate::text::Source;

    fn read(text: &str) -> Vec<(String, f64, f64, String, bool)> {
        let source = Source::decode("a.md", text.as_bytes()).expect("text");
        let outline = Outline::of(&source);
        let units = super::super::units::units(&outline);
        let mut out = Vec::new();
        for words in units.iter().flat_map(super::super::units::Unit::inlines) {
            in_words(words, &mut out);
        }
        out.into_iter()
            .map(|q| (q.subject, q.low, q.high, q.unit, q.is_about))
            .collect()
    }

    #[test]
    fn quantities_have_ranges_units_and_what_they_are_of() {
        let s = |subject: &str, low: f64, high: f64, unit: &str, about: bool| {
            vec![(subject.to_owned(), low, high, unit.to_owned(), about)]
        };
        assert_eq!(
            read("Realtime UI updates (runs/events) within ~2s."),
            s("realtime ui update", 0.0, 2.0, "s", true)
        );
        assert_eq!(
            read("Heartbeat every 2–5s"),
            s("heartbeat", 2.0, 5.0, "s", false)
        );
        assert_eq!(read("P95 API < 100 ms"), s("p95 api", 0.0, 0.1, "s", false));
        assert_eq!(
            read("Uptime of at least 99.9 %"),
            s("uptime", 99.9, f64::INFINITY, "%", false)
        );
        assert_eq!(
            read("90-day retention"),
            s("retention", 7_776_000.0, 7_776_000.0, "s", false)
        );
        assert_eq!(
            read("100+ concurrent runs"),
            s("", 100.0, f64::INFINITY, "concurrent run", false)
        );
        assert_eq!(
            read("Artefakte über 1,5 MB"),
            s("artefakte uber", 1.5e6, 1.5e6, "B", false)
        );
        assert_eq!(read("应在2秒以内响应"), s("应在", 0.0, 2.0, "s", false));
        assert_eq!(
            read("up to 10,000 users"),
            s("", 0.0, 10_000.0, "user", false)
        );
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "v1.2.3 s",
            "FR-001 says",
            "2026-01-02",
            "#12 s",
            "P95",
            "7 tables",
            "3-step guide",
            "HTTP/1.1 2S",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
