//! Tabs, screens and pages of a user interface.

use super::{Found, named};
use crate::facts::{InventoryKind::Screen, Role};
use crate::read::lexicon::Lexicon;
use crate::read::reading::Reading;
use crate::read::units::{Unit, UnitKind};
use crate::read::words::{fold, has_word};
use std::sync::LazyLock;

const WORDS: &[&str] = &[
    "tabs",
    "tab",
    "screens",
    "screen",
    "pages",
    "page",
    "views",
    "view",
    "ansichten",
    "ansicht",
    "seiten",
    "seite",
    "reiter",
    "bildschirme",
    "ecrans",
    "ecran",
    "onglets",
    "pantallas",
    "pantalla",
    "pestanas",
    "telas",
    "tela",
    "abas",
    "画面",
    "画面一覧",
    "タブ",
    "页面",
    "标签页",
    "界面",
    "화면",
];

static LAST: LazyLock<Lexicon<()>> =
    LazyLock::new(|| Lexicon::new(WORDS.iter().map(|word| (*word, ()))));

impl Found {
    pub(super) fn screens(&mut self, reading: &Reading<'_>, index: usize, unit: &Unit<'_>) {
        if reading.role(index) != Role::Interface {
            self.counted(unit);
            return;
        }
        match unit.kind {
            UnitKind::Item(_) | UnitKind::Row(..) if unit.depth == 0 => {
                let is_list = match unit
                    .label
                    .and_then(|at| reading.units.get(at))
                    .and_then(Unit::words)
                {
                    Some(label) => ends_so(&label.text),
                    None => titled(reading, unit),
                };
                let by_column = matches!(unit.kind, UnitKind::Row(..))
                    && self.columns.as_ref().is_some_and(|columns| {
                        columns
                            .names
                            .first()
                            .is_some_and(|name| WORDS.contains(&name.as_str()))
                    });
                if let Some((name, text, span)) =
                    named(reading, index, unit).filter(|_| is_list || by_column)
                {
                    let short = name.split_whitespace().count() <= 5;
                    if short {
                        self.push(Screen, &name, &text, span, true);
                    }
                }
            }
            UnitKind::Heading(words) => {
                let parent = unit
                    .section
                    .and_then(|at| reading.sections.parents.get(at).copied().flatten());
                let below = parent
                    .and_then(|at| reading.sections.list.get(at))
                    .and_then(|section| section.path.last())
                    .is_some_and(|title| ends_so(title));
                if below {
                    let name = unit
                        .section
                        .and_then(|at| reading.sections.list.get(at))
                        .and_then(|section| section.path.last().cloned())
                        .unwrap_or_default();
                    self.push(Screen, &name, "", words.span, true);
                }
            }
            _ => {}
        }
    }

    /// `UI tabs: Chat, Templates, Runs` elsewhere.
    fn counted(&mut self, unit: &Unit<'_>) {
        let Some(words) = unit.words() else { return };
        let text = words.text.as_str();
        let Some(colon) = text
            .get(..text.char_indices().nth(30).map_or(text.len(), |(at, _)| at))
            .and_then(|head| head.find(": "))
        else {
            return;
        };
        if !ends_so(text.get(..colon).unwrap_or("")) {
            return;
        }
        let mut at = colon + 2;
        let names: Vec<&str> = text.get(at..).unwrap_or("").split(',').collect();
        if names.len() < 2 || names.iter().any(|name| name.split_whitespace().count() > 3) {
            return;
        }
        for name in names {
            let trimmed = name.trim().trim_end_matches('.');
            let start = at + name.find(trimmed).unwrap_or(0);
            at += name.len() + 1;
            if !trimmed.is_empty() {
                self.push(
                    Screen,
                    trimmed,
                    "",
                    words.span_of(start..start + trimmed.len()),
                    false,
                );
            }
        }
    }
}

fn titled(reading: &Reading<'_>, unit: &Unit<'_>) -> bool {
    unit.section
        .and_then(|at| reading.sections.list.get(at))
        .and_then(|section| section.path.last())
        .is_some_and(|title| ends_so(title))
}

/// `Tabs:`, `Main screens`, `The app has these tabs:`
fn ends_so(text: &str) -> bool {
    let text = text.trim_end_matches([':', '：', ' ']);
    if text.is_ascii() {
        let tail = text.split('(').next().unwrap_or("");
        let last = tail.split_whitespace().next_back();
        return last.is_some_and(|word| LAST.get(word).is_some());
    }
    let folded = fold(text);
    let tail = folded.split(['(', '（']).next().unwrap_or("").trim();
    tail.split(' ')
        .next_back()
        .is_some_and(|word| WORDS.contains(&word))
        || WORDS
            .iter()
            .any(|word| !word.is_ascii() && has_word(tail, word))
}
