//! Whether what is said holds, holds for now, or comes later.

use crate::facts::Document;
use crate::text::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Lasting,
    /// What is said to hold for now, and to change.
    Interim,
    /// What is said to come later.
    Later,
}

const LATER: &[&str] = &[
    "(future)",
    "(later)",
    "(planned)",
    "in future",
    "future:",
    "post-mvp",
    "(v2)",
    "(stretch",
    "stretch:",
    "stretch goal",
];

const INTERIM: &[&str] = &[
    "(current)",
    "(for now)",
    "for now,",
    "for prototyping",
    "temporar",
    "(interim)",
    "workaround",
    "until we ",
    "stopgap",
];

/// Whether one of [`LATER`] or [`INTERIM`] begins so, in small letters.
fn may_begin(first: u8, second: u8) -> bool {
    match first {
        b'(' => true,
        b'f' => matches!(second, b'o' | b'u'),
        b'i' | b'u' => second == b'n',
        b'p' | b'w' => second == b'o',
        b's' => second == b't',
        b't' => second == b'e',
        _ => false,
    }
}

impl Standing {
    pub fn of(text: &str) -> Self {
        let mut found = Self::Lasting;
        let bytes = text.as_bytes();
        for (at, pair) in bytes.windows(2).enumerate() {
            let &[first, second] = pair else { continue };
            if !may_begin(first.to_ascii_lowercase(), second.to_ascii_lowercase()) {
                continue;
            }
            let rest = bytes.get(at..).unwrap_or(&[]);
            let says = |words: &[&str]| {
                words.iter().any(|word| {
                    rest.get(..word.len())
                        .is_some_and(|said| said.eq_ignore_ascii_case(word.as_bytes()))
                })
            };
            if says(LATER) {
                return Self::Later;
            }
            if says(INTERIM) {
                found = Self::Interim;
            }
        }
        found
    }
}

/// Words by which a title says that what stands below it comes later.
const LATER_WORDS: &[&str] = &[
    "future",
    "later",
    "stretch",
    "post-mvp",
    "someday",
    "futur",
    "futurs",
    "futures",
    "futuro",
    "futura",
    "futuros",
    "futuras",
    "ausblick",
    "zukunft",
    "zukünftig",
    "zukünftige",
    "künftige",
    "spätere",
    "später",
    "将来",
    "今後",
    "未来",
    "향후",
];
/// Words that such a title has beside them, and that name nothing of their own.
const PLAN_WORDS: &[&str] = &[
    "additions",
    "and",
    "capabilities",
    "considerations",
    "de",
    "del",
    "des",
    "development",
    "developments",
    "directions",
    "enhancements",
    "erweiterungen",
    "et",
    "evolutions",
    "évolutions",
    "evoluciones",
    "evoluções",
    "expansion",
    "extensions",
    "feature",
    "features",
    "for",
    "goal",
    "goals",
    "ideas",
    "improvement",
    "improvements",
    "items",
    "mejoras",
    "melhorias",
    "needs",
    "of",
    "opportunities",
    "optional",
    "options",
    "or",
    "ouvertures",
    "perspectives",
    "phase",
    "phases",
    "plan",
    "plans",
    "possible",
    "potential",
    "release",
    "releases",
    "requirements",
    "roadmap",
    "scope",
    "steps",
    "the",
    "und",
    "updates",
    "version",
    "versionen",
    "versions",
    "versiones",
    "versões",
    "vision",
    "work",
    "y",
    "e",
];

/// Whether a title says that all below it comes later: `Future Roadmap`, `Stretch Features`,
/// `Évolutions futures`. A title that names anything else, such as `Future contracts trading`,
/// does not.
pub(super) fn is_later_title(title: &str) -> bool {
    let mut says = false;
    for word in title.split(|c: char| !c.is_alphanumeric() && c != '-') {
        if word.is_empty() || word == "-" || word.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let is_in = |words: &[&str]| words.iter().any(|known| same(known, word));
        if is_in(LATER_WORDS) {
            says = true;
        } else if !is_in(PLAN_WORDS) {
            return false;
        }
    }
    says
}

/// Without regard to capitals, and without a copy.
fn same(lower: &str, word: &str) -> bool {
    match word.is_ascii() {
        true => lower.eq_ignore_ascii_case(word),
        false => lower.chars().eq(word.chars().flat_map(char::to_lowercase)),
    }
}

/// The parts of a document that it puts off as a whole, in the order of the text.
pub(super) struct Later(Vec<Span>);

impl Later {
    pub(super) fn of(document: &Document) -> Self {
        let mut found: Vec<Span> = Vec::new();
        for section in &document.sections {
            // The title of the document is that of no part of it.
            let is_part = section.path.len() > 1 || section.level > 1;
            let is_inside = found.last().is_some_and(|last| last.holds(section.span));
            if is_part && !is_inside && section.path.last().is_some_and(|t| is_later_title(t)) {
                found.push(section.span);
            }
        }
        Self(found)
    }

    pub(super) fn holds(&self, span: Span) -> bool {
        let after = self.0.partition_point(|later| later.start <= span.start);
        after
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
            .is_some_and(|later| later.holds(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_first_two_letters() {
        for word in LATER.iter().chain(INTERIM) {
            assert_ne!(Standing::of(word), Standing::Lasting, "{word}");
        }
    }

    #[test]
    fn titles_of_later_things_name_nothing_else() {
        for title in [
            "Future Roadmap",
            "Roadmap Futuro",
            "Stretch Features",
            "Ouvertures / évolutions futures",
            "Post-MVP",
            "FUTURE WORK",
            "Phase 2 (future)",
        ] {
            assert!(is_later_title(title), "{title}");
        }
        for title in [
            "Roadmap",
            "Future contracts trading",
            "Phase 2",
            "Features",
            "",
        ] {
            assert!(!is_later_title(title), "{title}");
        }
    }
}
