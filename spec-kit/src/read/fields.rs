//! `**Key**: value` pairs, one or more in a paragraph, and `Key: value` at its start.

use super::words::fold;
use crate::outline::{Inline, PieceKind};
use std::ops::Range;

#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Folded.
    pub key: String,
    pub value: Range<usize>,
}

impl Field {
    pub(super) fn value<'a>(&self, words: &'a Inline) -> &'a str {
        words.text.get(self.value.clone()).unwrap_or("").trim()
    }
}

/// All fields with a bold key, in order.
pub(super) fn fields(words: &Inline) -> Vec<Field> {
    let mut keys: Vec<(Range<usize>, usize)> = Vec::new();
    let mut run: Option<Range<usize>> = None;
    for piece in &words.pieces {
        if piece.strong {
            run = Some(run.map_or(piece.range.clone(), |r| r.start..piece.range.end));
            continue;
        }
        if let Some(run) = run.take() {
            push_key(words, run, &mut keys);
        }
    }
    if let Some(run) = run {
        push_key(words, run, &mut keys);
    }
    let mut fields = Vec::new();
    for (index, (key, start)) in keys.iter().enumerate() {
        let next = keys
            .get(index + 1)
            .map_or(words.text.len(), |(next, _)| next.start);
        let end = line_end(words, *start, next);
        let raw = words.text.get(*start..end).unwrap_or("");
        let trimmed = raw.trim().trim_end_matches(['|', '·', ' ']);
        let lead = raw.len() - raw.trim_start().len();
        let value = start + lead..start + lead + trimmed.len();
        fields.push(Field {
            key: fold(
                words
                    .text
                    .get(key.clone())
                    .unwrap_or("")
                    .trim_matches([':', '：', ' ']),
            ),
            value,
        });
    }
    fields
}

fn push_key(words: &Inline, run: Range<usize>, keys: &mut Vec<(Range<usize>, usize)>) {
    let key = words.text.get(run.clone()).unwrap_or("").trim_end();
    let after = words.text.get(run.end..).unwrap_or("");
    if key.ends_with([':', '：']) {
        keys.push((run.clone(), run.end));
    } else if after.trim_start().starts_with([':', '：']) {
        let gap = after.len() - after.trim_start().len();
        let colon = after.trim_start().chars().next().map_or(1, char::len_utf8);
        keys.push((run.clone(), run.end + gap + colon));
    }
}

/// A value ends with its line only where another key follows; else wrapped lines belong to it.
fn line_end(words: &Inline, start: usize, next: usize) -> usize {
    if next == words.text.len() {
        return next;
    }
    words
        .pieces
        .iter()
        .rfind(|piece| {
            piece.kind == PieceKind::Break && piece.range.start >= start && piece.range.end <= next
        })
        .map_or(next, |piece| piece.range.start)
}
