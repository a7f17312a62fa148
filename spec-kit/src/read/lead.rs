//! What stands before the words of an item: box, mark, id, labels.

use super::ids::{self, Shape};
use super::marks::Marks;
use super::words::after_joint;
use crate::facts::{Id, Mark};
use crate::outline::Inline;
use std::ops::Range;

#[derive(Debug, Clone, Default)]
pub(super) struct Lead {
    /// `[▶]`, as it is written.
    pub bracket: Option<(String, Range<usize>)>,
    pub mark: Option<Mark>,
    pub id: Option<(Id, Range<usize>)>,
    /// Bold, in brackets, or followed by a colon or dash: nothing but an introduction looks so.
    pub is_set_off: bool,
    /// Where the words begin.
    pub rest: usize,
}

/// What is read as an id at the beginning of words without markup.
pub(crate) fn leading_id(text: &str) -> Option<Id> {
    plain(text).id.map(|(id, _)| id)
}

/// Words without markup, without the id of a task at their beginning.
pub(crate) fn without_task_id(text: &str) -> &str {
    let lead = plain(text);
    match lead.id {
        Some((id, _)) if matches!(id.prefix.as_str(), "T" | "TASK") => {
            text.get(lead.rest..).unwrap_or(text)
        }
        _ => text,
    }
}

fn plain(text: &str) -> Lead {
    let words = Inline {
        text: text.to_owned(),
        ..Inline::default()
    };
    read(&words, &Marks::default())
}

/// Reads the start of a line's words.
pub(super) fn read(words: &Inline, marks: &Marks) -> Lead {
    let text = words.text.as_str();
    let mut lead = Lead {
        rest: text.len() - text.trim_start().len(),
        ..Lead::default()
    };
    if let Some((mark, written, length)) = marks.bracket(text.get(lead.rest..).unwrap_or("")) {
        lead.bracket = Some((written.to_owned(), lead.rest..lead.rest + length));
        lead.mark = Some(mark);
        lead.rest += length;
        // `[ ]*` is an optional task.
        if text
            .get(lead.rest..)
            .is_some_and(|rest| rest.starts_with("* "))
        {
            lead.rest += 1;
        }
    }
    lead.take_mark(text, marks);
    lead.take_id(words);
    lead.take_mark(text, marks);
    let rest = text.get(lead.rest..).unwrap_or("");
    lead.rest += rest.len() - rest.trim_start().len();
    lead
}

impl Lead {
    fn take_mark(&mut self, text: &str, marks: &Marks) {
        let rest = text.get(self.rest..).unwrap_or("");
        if let Some((mark, length)) = marks.lead(rest) {
            self.mark = self.mark.or(Some(mark));
            self.rest += length;
        }
    }

    fn take_id(&mut self, words: &Inline) {
        let text = words.text.as_str();
        let rest = text.get(self.rest..).unwrap_or("");
        let start = self.rest + rest.len() - rest.trim_start_matches([' ', '[', '(']).len();
        let bracket = text
            .get(..start)
            .and_then(|t| t.chars().next_back())
            .filter(|c| matches!(c, '[' | '('));
        let here = text.get(start..).unwrap_or("");
        let found = ids::one(text, start)
            .map(|found| (found.id, found.range.end, found.shape))
            .or_else(|| ids::dotted(here).map(|(id, length)| (id, start + length, Shape::Sure)))
            .or_else(|| ids::worded(here).map(|(id, length)| (id, start + length, Shape::Sure)));
        let Some((id, end, shape)) = found else {
            return;
        };
        let after = text.get(end..).unwrap_or("");
        let closed = match bracket {
            Some('[') => after.starts_with(']'),
            Some(_) => after.starts_with(')'),
            None => true,
        };
        let is_code_only = words.pieces.iter().any(|piece| {
            piece.kind == crate::outline::PieceKind::Code
                && piece.range.start == start
                && piece.range.end > end
        });
        if !closed || is_code_only {
            return;
        }
        let after = if bracket.is_some() {
            after.get(1..).unwrap_or("")
        } else {
            after
        };
        let bold = words
            .pieces
            .iter()
            .any(|piece| piece.strong && piece.range.start <= start && start < piece.range.end);
        let joint = after.trim_start_matches([' ', '*', ']', ')']);
        let joined = joint.starts_with([':', '：', '–', '—', '|', '.', '→'])
            || joint.starts_with("- ")
            || after.starts_with(')')
            || joint.is_empty();
        self.is_set_off = bracket == Some('[') || bold || joined;
        if shape == Shape::Loose && !self.is_set_off {
            return;
        }
        // A list of ids is no introduction: `FR-001, FR-002: …`, `T001–T004 first`.
        if others_follow(&id, joint) {
            return;
        }
        self.id = Some((id, start..end));
        let labels = after_labels(after);
        self.rest = text.len() - after_joint(labels).len();
    }
}

/// Behind a dash only one of the same kind: `User Story 2 - F1. Ledger` has a title of its own.
fn others_follow(id: &Id, after: &str) -> bool {
    let next = after.trim_start_matches([',', ' ', '&', '/', '–', '—', '-', '→', '+', ';']);
    let next = next
        .strip_prefix("and ")
        .or_else(|| next.strip_prefix("to "))
        .or_else(|| next.strip_prefix("und "))
        .unwrap_or(next);
    let is_title = after.starts_with(['-', '–', '—']);
    next.len() < after.len()
        && ids::one(next, 0).is_some_and(|found| {
            found.shape > Shape::Loose && (!is_title || found.id.prefix == id.prefix)
        })
}

/// `(P1)`, `(MUST)` between an id and the colon stays part of the words.
fn after_labels(after: &str) -> &str {
    after.trim_start_matches(['*', ']'])
}
