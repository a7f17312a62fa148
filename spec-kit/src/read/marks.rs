//! What emoji, brackets and status words say.

use super::lexicon::Lexicon;
use super::words::{fold, has_word};
use crate::facts::Mark;
use std::sync::LazyLock;

/// What the marks of one document mean: the usual, unless a legend says otherwise.
#[derive(Debug, Default)]
pub(super) struct Marks {
    legend: Vec<(char, Mark)>,
}

impl Marks {
    /// Reads `Legend: ✅ Implemented | ⏳ In Progress | ❌ Not Started`.
    pub(super) fn learn(&mut self, text: &str) {
        let places: Vec<(usize, char)> = text
            .char_indices()
            .filter(|(_, letter)| usual(*letter).is_some())
            .collect();
        for (index, (at, sign)) in places.iter().enumerate() {
            let end = places.get(index + 1).map_or(text.len(), |next| next.0);
            let words = text.get(at + sign.len_utf8()..end).unwrap_or("");
            if let Some(mark) = word(words.trim_matches(|c: char| !c.is_alphanumeric()))
                && !self.legend.iter().any(|(known, _)| known == sign)
            {
                self.legend.push((*sign, mark));
            }
        }
    }

    pub(super) fn sign(&self, letter: char) -> Option<Mark> {
        let told = self.legend.iter().find(|(sign, _)| *sign == letter);
        told.map(|(_, mark)| *mark).or_else(|| usual(letter))
    }

    /// A mark at the start; with the bytes that it takes, blanks included.
    pub(super) fn lead(&self, text: &str) -> Option<(Mark, usize)> {
        let trimmed = text.trim_start();
        let first = trimmed.chars().next()?;
        let mark = self.sign(first)?;
        let rest = trimmed.get(first.len_utf8()..)?;
        let rest = rest.trim_start_matches(|c: char| c == '\u{fe0f}' || c.is_whitespace());
        Some((mark, text.len() - rest.len()))
    }

    /// A mark at the end; with where it starts.
    pub(super) fn tail(&self, text: &str) -> Option<(Mark, usize)> {
        let trimmed =
            text.trim_end_matches(|c: char| c == '\u{fe0f}' || c.is_whitespace() || c == ')');
        let last = trimmed.chars().next_back()?;
        let mark = self.sign(last)?;
        let start = trimmed.len() - last.len_utf8();
        let before = trimmed.get(..start)?;
        // `a → ✓` and words that end in the letter `o` are no marks.
        (before.is_empty() || before.ends_with([' ', '(', '[', '|', ':'])).then_some((mark, start))
    }

    /// `[▶]`, `[-]`, `[done]` at the start, where it is no check box of GFM; with its length.
    pub(super) fn bracket<'a>(&self, text: &'a str) -> Option<(Mark, &'a str, usize)> {
        let inner = text.strip_prefix('[')?;
        let end = inner.find(']')?;
        let inside = inner.get(..end)?;
        let mut letters = inside.trim().chars().filter(|c| *c != '\u{fe0f}');
        let mark = match (letters.next(), letters.next()) {
            (None, _) => Mark::NotStarted,
            (Some('x' | 'X'), None) => Mark::Done,
            (Some('-' | '/' | '>' | '~' | '*' | '.'), None) => Mark::InProgress,
            (Some(letter), None) => self.sign(letter).or(match letter {
                '!' | '?' => Some(Mark::Unknown),
                'P' | 'p' => None,
                other if other.is_ascii_alphanumeric() => None,
                _ => Some(Mark::Unknown),
            })?,
            _ => word(inside)?,
        };
        let length = end + 2;
        let after = text.get(length..)?.chars().next();
        let taken = text.get(..length)?;
        // `[x](link)` is no mark.
        (!matches!(after, Some('(' | '[' | ':'))).then_some((mark, taken, length))
    }
}

fn usual(letter: char) -> Option<Mark> {
    Some(match letter {
        '✅' | '☑' | '✔' | '✓' | '🟢' | '🗹' => Mark::Done,
        '⏳' | '⌛' | '🚧' | '🔄' | '🟡' | '▶' | '◐' | '🔨' | '🏗' => {
            Mark::InProgress
        }
        '❌' | '☐' | '⬜' | '○' | '◯' | '🔲' | '🔴' | '⏸' => Mark::NotStarted,
        '✗' | '✘' | '🚫' | '⛔' | '☒' => Mark::Dropped,
        _ => return None,
    })
}

const WORDS: &[(Mark, &[&str])] = &[
    (
        Mark::NotStarted,
        &[
            "not started",
            "to do",
            "todo",
            "pending",
            "planned",
            "open",
            "backlog",
            "not done",
            "missing",
            "not yet started",
            "not implemented",
            "unstarted",
            "proposed",
            "upcoming",
            "incomplete",
            "offen",
            "geplant",
            "nicht begonnen",
            "ausstehend",
            "a faire",
            "non commence",
            "prevu",
            "planifie",
            "en attente",
            "pendiente",
            "no iniciado",
            "sin empezar",
            "por hacer",
            "planeado",
            "pendente",
            "nao iniciado",
            "a fazer",
            "planejado",
            "未着手",
            "未対応",
            "未実装",
            "予定",
            "未开始",
            "待办",
            "未完成",
            "計画中",
            "计划中",
        ],
    ),
    (
        Mark::InProgress,
        &[
            "in progress",
            "wip",
            "ongoing",
            "started",
            "under way",
            "underway",
            "doing",
            "partial",
            "partially done",
            "partially implemented",
            "in development",
            "in review",
            "in arbeit",
            "laufend",
            "begonnen",
            "en cours",
            "en progreso",
            "en curso",
            "em andamento",
            "em progresso",
            "進行中",
            "対応中",
            "作業中",
            "进行中",
        ],
    ),
    (
        Mark::Done,
        &[
            "done",
            "complete",
            "completed",
            "implemented",
            "shipped",
            "finished",
            "live",
            "released",
            "merged",
            "resolved",
            "delivered",
            "closed",
            "achieved",
            "fertig",
            "erledigt",
            "abgeschlossen",
            "umgesetzt",
            "termine",
            "fait",
            "acheve",
            "realise",
            "hecho",
            "completado",
            "terminado",
            "implementado",
            "concluido",
            "feito",
            "完了",
            "済",
            "実装済み",
            "已完成",
            "完成",
            "已实现",
        ],
    ),
    (
        Mark::Dropped,
        &[
            "dropped",
            "cancelled",
            "canceled",
            "won't do",
            "wont do",
            "deferred",
            "descoped",
            "abandoned",
            "rejected",
            "removed",
            "obsolete",
            "superseded",
            "verworfen",
            "gestrichen",
            "abandonne",
            "annule",
            "descartado",
            "cancelado",
            "中止",
            "取消",
            "已取消",
            "見送り",
        ],
    ),
];

static LEXICON: LazyLock<Lexicon<Mark>> = LazyLock::new(|| {
    Lexicon::new(
        WORDS
            .iter()
            .flat_map(|(mark, words)| words.iter().map(move |word| (*word, *mark))),
    )
});

/// In bytes, with room for more blanks than there should be.
const LONGEST_STATUS: usize = 96;

/// What a status word means when it stands alone, as in a cell or after `Status:`.
pub(super) fn word(text: &str) -> Option<Mark> {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.len() > LONGEST_STATUS || !LEXICON.may_have(bare) {
        return None;
    }
    LEXICON.get(fold(bare).trim_matches(|c: char| !c.is_alphanumeric()))
}

/// What a status word means at the start of a short heading: `Completed (M0)`, `In Progress – M1`.
pub(super) fn heading_word(text: &str) -> Option<Mark> {
    let folded = fold(text);
    let first = folded
        .split(['(', '–', '—', ':', '[', '（', '：'])
        .next()
        .unwrap_or("")
        .trim();
    word(first).or_else(|| {
        word(
            first
                .strip_suffix(" tasks")
                .or_else(|| first.strip_suffix(" items"))?,
        )
    })
}

/// A line that explains marks: it names itself so, or has two marks and little else.
pub(super) fn is_legend(text: &str) -> bool {
    if text.is_ascii() || !may_have_sign(text) {
        return false;
    }
    let signs = text.chars().filter(|c| usual(*c).is_some()).count();
    if signs == 0 {
        return false;
    }
    let folded = fold(text.get(..text.len().min(160)).unwrap_or(text));
    let names_itself = [
        "legend", "legende", "leyenda", "legenda", "key:", "凡例", "图例",
    ]
    .iter()
    .any(|word| folded.starts_with(word) || has_word(&folded, word));
    names_itself || (signs >= 2 && text.len() < 200 && meanings(text) >= 2)
}

/// Whether a text has a byte that any of the [`usual`] signs begins with: the quotes and dashes of
/// most texts have another second one.
fn may_have_sign(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |(at, byte): (usize, &u8)| match byte {
        0xe2 => !matches!(bytes.get(at + 1), Some(0x80 | 0x86 | 0x88 | 0x89)),
        0xf0 => true,
        _ => false,
    };
    bytes.iter().enumerate().any(begins)
}

fn meanings(text: &str) -> usize {
    text.split(|c: char| usual(c).is_some() || matches!(c, '|' | ',' | ';' | '·' | '/' | '•'))
        .filter(|part| word(part.trim_matches(|c: char| !c.is_alphanumeric())).is_some())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legend_decides_what_a_mark_means() {
        let mut marks = Marks::default();
        assert_eq!(marks.lead("✅ Sessions"), Some((Mark::Done, 4)));
        marks.learn("Legend: ✅ Planned | ⏳ In Progress");
        assert_eq!(marks.lead("✅ Sessions"), Some((Mark::NotStarted, 4)));
        assert_eq!(marks.tail("Sessions ⏳"), Some((Mark::InProgress, 9)));
        assert_eq!(marks.tail("info"), None);
    }

    #[test]
    fn brackets_with_marks_are_told_from_labels_and_links() {
        let marks = Marks::default();
        assert_eq!(marks.bracket("[▶] run"), Some((Mark::InProgress, "[▶]", 5)));
        assert_eq!(
            marks.bracket("[ ]* 2.1 test"),
            Some((Mark::NotStarted, "[ ]", 3))
        );
        assert_eq!(marks.bracket("[P] label"), None);
        assert_eq!(marks.bracket("[x](y.md)"), None);
        assert_eq!(marks.bracket("[US1] label"), None);
        assert_eq!(marks.bracket("[?] what"), Some((Mark::Unknown, "[?]", 3)));
    }

    #[test]
    fn legends_are_told_from_lines_that_have_a_mark() {
        assert!(is_legend(
            "Legend: ✅ Implemented | ⏳ In Progress | ❌ Not Started"
        ));
        assert!(is_legend("✅ done · ❌ open"));
        assert!(!is_legend("Zelda is done"));
        assert!(!is_legend("✅ Sessions CRUD + archive"));
        assert_eq!(
            heading_word("Completed (M0 - Database Foundation)"),
            Some(Mark::Done)
        );
        assert_eq!(heading_word("Completed orders list"), None);
    }
}
