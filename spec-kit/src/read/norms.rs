//! Normative words (RFC 2119 and its like elsewhere) and the classes of EARS.

use super::lexicon::Lexicon;
use super::words::{find_word, fold, is_cjk, joins, word_starts};
use crate::facts::{Cue, Keyword};
use std::ops::Range;
use std::sync::LazyLock;

const WORDS: &[(Keyword, &[&str])] = &[
    (
        Keyword::MustNot,
        &[
            "must not",
            "mustn't",
            "shall not",
            "must never",
            "shall never",
            "is not allowed to",
            "may not",
            "never",
            "cannot",
            "darf nicht",
            "durfen nicht",
            "darf kein",
            "darf keine",
            "durfen keine",
            "ne doit pas",
            "ne doivent pas",
            "ne doit jamais",
            "no debe",
            "no deben",
            "nunca debe",
            "nao deve",
            "nao devem",
            "nao pode",
            "nunca deve",
            "してはならない",
            "してはいけない",
            "ないこと",
            "不得",
            "禁止",
            "不允许",
            "不应",
            "绝不",
        ],
    ),
    (
        Keyword::ShouldNot,
        &[
            "should not",
            "shouldn't",
            "sollte nicht",
            "sollten nicht",
            "ne devrait pas",
            "no deberia",
            "nao deveria",
            "べきではない",
            "不宜",
        ],
    ),
    (
        Keyword::Must,
        &[
            "must",
            "shall",
            "is required to",
            "are required to",
            "has to",
            "have to",
            "required",
            "muss",
            "mussen",
            "ist zu",
            "doit",
            "doivent",
            "debe",
            "deben",
            "debera",
            "deberan",
            "tiene que",
            "deve",
            "devem",
            "devera",
            "precisa",
            "しなければならない",
            "なければならない",
            "必須",
            "すること",
            "できること",
            "必须",
            "必需",
            "须",
            "应当",
            "应",
            "해야 한다",
            "해야 합니다",
        ],
    ),
    (
        Keyword::Should,
        &[
            "should",
            "sollte",
            "sollten",
            "soll",
            "sollen",
            "devrait",
            "devraient",
            "deberia",
            "deberian",
            "deveria",
            "deveriam",
            "べき",
            "望ましい",
            "宜",
            "建议",
            "推荐",
        ],
    ),
    (
        Keyword::May,
        &[
            "may",
            "can",
            "optional",
            "kann",
            "konnen",
            "darf",
            "peut",
            "peuvent",
            "puede",
            "pueden",
            "pode",
            "podem",
            "してもよい",
            "ことができる",
            "できる",
            "可以",
            "可",
            "能够",
        ],
    ),
];

static LEXICON: LazyLock<Lexicon<Keyword>> = LazyLock::new(|| {
    Lexicon::new(
        WORDS
            .iter()
            .flat_map(|(keyword, words)| words.iter().map(move |word| (*word, *keyword))),
    )
});

/// The strongest normative word of a sentence. A capital one beats another that is not.
pub(super) fn keyword(text: &str) -> Option<Keyword> {
    // The first of them is what the sentence says; what follows qualifies it.
    capital(text).or_else(|| {
        let found = match text.is_ascii() {
            true => first_of(text),
            false => first_of(&fold(text)),
        };
        Some(found?.0)
    })
}

fn capital(text: &str) -> Option<Keyword> {
    const CAPITALS: [(&str, Keyword); 7] = [
        ("MUST NOT", Keyword::MustNot),
        ("SHALL NOT", Keyword::MustNot),
        ("SHOULD NOT", Keyword::ShouldNot),
        ("MUST", Keyword::Must),
        ("SHALL", Keyword::Must),
        ("SHOULD", Keyword::Should),
        ("MAY", Keyword::May),
    ];
    let is_there = text
        .as_bytes()
        .windows(3)
        .any(|letters| matches!(letters, b"MUS" | b"SHA" | b"SHO" | b"MAY"));
    is_there
        .then(|| {
            CAPITALS
                .iter()
                .find(|(word, _)| find_word(text, word).is_some())
        })?
        .map(|(_, keyword)| *keyword)
}

/// The first normative words of a text that is folded or all ASCII, and where they stand.
/// Goes over the words once and asks at each: a search per word of the table takes ten times longer.
pub(super) fn first_of(text: &str) -> Option<(Keyword, Range<usize>)> {
    for at in word_starts(text) {
        let rest = text.get(at..)?;
        let longest = LEXICON.longest(rest, |word| end_of(rest, word).is_some());
        if let Some((word, keyword)) = longest {
            return Some((keyword, at..at + end_of(rest, word)?));
        }
    }
    None
}

/// Where a word ends that a text begins with, in whatever case and with whatever blanks.
fn end_of(text: &str, word: &str) -> Option<usize> {
    let mut end = 0;
    for letter in word.bytes() {
        let rest = text.as_bytes().get(end..)?;
        let length = match letter {
            b' ' => rest
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
                .count(),
            _ => usize::from(rest.first()?.eq_ignore_ascii_case(&letter)),
        };
        if length == 0 {
            return None;
        }
        end += length;
    }
    let goes_on = text.get(end..)?.starts_with(joins);
    (!goes_on || word.ends_with(is_cjk)).then_some(end)
}

/// What sentences of a class begin with.
const CUES: &[(Cue, &[&str])] = &[
    (
        Cue::Event,
        &[
            "when",
            "wenn",
            "sobald",
            "lorsque",
            "quand",
            "cuando",
            "quando",
            "upon",
            "on receiving",
            "after",
            "当",
        ],
    ),
    (
        Cue::State,
        &[
            "while",
            "during",
            "as long as",
            "wahrend",
            "solange",
            "pendant",
            "tant que",
            "mientras",
            "enquanto",
            "在",
        ],
    ),
    (Cue::Unwanted, &["if", "falls", "si", "se", "如果", "若"]),
    (
        Cue::Optional,
        &["where", "wo", "sofern", "ou", "donde", "onde"],
    ),
];

static CUE_WORDS: LazyLock<Lexicon<Cue>> = LazyLock::new(|| {
    Lexicon::new(
        CUES.iter()
            .flat_map(|(cue, words)| words.iter().map(move |word| (*word, *cue))),
    )
});

/// The class of a sentence by the Easy Approach to Requirements Syntax.
pub(super) fn cue(text: &str, keyword: Option<Keyword>) -> Cue {
    // Longer than any of the words, whatever blanks are in it.
    let head = text.get(..text.floor_char_boundary(64)).unwrap_or(text);
    let head = head.trim_start();
    let said = match head.is_ascii() {
        _ if !CUE_WORDS.may_have(head) => None,
        true => cue_word(head),
        false => cue_word(&fold(head)),
    };
    match (said, keyword) {
        (Some(Cue::Optional) | None, None) => Cue::None,
        (said, _) => said.unwrap_or(Cue::Ubiquitous),
    }
}

fn cue_word(text: &str) -> Option<Cue> {
    let found = CUE_WORDS.longest(text, |word| end_of(text, word).is_some());
    found.map(|(_, cue)| cue)
}

/// `P1`, `Priority: 2`, `(Priority: P1)`, `high`
pub(super) fn priority(text: &str) -> Option<u32> {
    if let Some(level) = named_priority(text) {
        return Some(level);
    }
    let opens = |byte| matches!(byte, b'(' | b'[');
    let open = text.bytes().position(opens)?;
    let inner = text.get(open + 1..)?;
    let inner = inner.get(..inner.find([')', ']'])?)?;
    (inner.len() <= 3 && inner.starts_with(['p', 'P']))
        .then(|| level(inner))
        .flatten()
}

fn named_priority(text: &str) -> Option<u32> {
    // What all of the words begin with, so that hardly any text is folded.
    let bytes = text.as_bytes();
    let begins = |(at, byte): (usize, &u8)| {
        let letters = || bytes.get(at..at + 5);
        matches!(byte, b'p' | b'P')
            && letters().is_some_and(|own| own.eq_ignore_ascii_case(b"prior"))
    };
    let is_there =
        bytes.iter().enumerate().any(begins) || !text.is_ascii() && text.contains(['優', '优']);
    if !is_there {
        return None;
    }
    let folded = fold(text);
    for key in [
        "priority",
        "prioritat",
        "priorite",
        "prioridad",
        "prioridade",
        "優先度",
        "优先级",
    ] {
        let Some(at) = find_word(&folded, key) else {
            continue;
        };
        let rest = folded
            .get(at + key.len()..)?
            .trim_start_matches([':', ' ', '=', '：', '*', '#']);
        if let Some(level) = level(rest) {
            return Some(level);
        }
    }
    None
}

/// The level that a cell or the end of a label names.
pub(super) fn level(text: &str) -> Option<u32> {
    let text = text.trim().trim_matches(['(', '[', ']', ')', '*']);
    let word = text
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .next()?;
    let word = fold(word);
    let digits = word.strip_prefix('p').unwrap_or(&word);
    if !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits.parse().ok();
    }
    Some(match word.as_str() {
        "must" | "high" | "critical" | "must-have" | "hoch" | "kritisch" | "muss" | "haute"
        | "alta" | "高" => 1,
        "should" | "medium" | "should-have" | "mittel" | "soll" | "moyenne" | "media" | "中" => 2,
        "could" | "may" | "optional" | "low" | "could-have" | "niedrig" | "kann" | "basse"
        | "faible" | "baja" | "baixa" | "低" => 3,
        _ => return None,
    })
}

/// What a word of a priority demands. `High` says when, not how much.
pub(super) fn strength(text: &str) -> Option<Keyword> {
    let word = fold(text.trim().trim_matches(['(', '[', ']', ')', '*']));
    let word = word.strip_suffix("-have").unwrap_or(&word);
    Some(match word.strip_suffix(" have").unwrap_or(word) {
        "must" | "muss" | "doit" | "debe" | "deve" | "必須" | "必须" => Keyword::Must,
        "should" | "soll" | "sollte" | "devrait" | "deberia" | "deveria" => Keyword::Should,
        "could" | "may" | "kann" | "optional" | "peut" | "puede" | "pode" => Keyword::May,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classed(text: &str) -> Cue {
        cue(text, keyword(text))
    }

    #[test]
    fn sentences_are_classed_and_never_refused() {
        assert_eq!(
            keyword("System MUST keep it, and should not lose it"),
            Some(Keyword::Must)
        );
        assert_eq!(
            keyword("The worker must not\nsteal"),
            Some(Keyword::MustNot)
        );
        assert_eq!(
            keyword("Das System darf nicht raten"),
            Some(Keyword::MustNot)
        );
        assert_eq!(keyword("系统必须保存"), Some(Keyword::Must));
        assert_eq!(keyword("Sessions CRUD + archive"), None);
        assert_eq!(
            classed("WHEN a run ends THEN THE SYSTEM SHALL tell"),
            Cue::Event
        );
        assert_eq!(
            classed("IF it fails, THEN the system SHALL say so"),
            Cue::Unwanted
        );
        assert_eq!(classed("The system shall run"), Cue::Ubiquitous);
        assert_eq!(classed("Whenever"), Cue::None);
        assert_eq!(priority("Pay (Priority: P2)"), Some(2));
        assert_eq!(priority("**Priority**: High"), Some(1));
        assert_eq!(priority("Pay (P1)"), Some(1));
        assert_eq!(priority("Pay (US)"), None);
    }
}
