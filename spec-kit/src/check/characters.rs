//! SK-SEC-002: characters that nobody sees, hyphens that are none, HTML that runs.

use super::context::Context;
use super::draft::{Draft, Drafts};
use super::open::code_spans;
use crate::facts::Document;
use crate::text::Span;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    for document in context.bundle.documents() {
        invisible(document, out);
        running(document, out);
    }
}

fn invisible(document: &Document, out: &mut Drafts) {
    let text = document.source.text();
    let mut told: Option<u32> = None;
    // Nearly all is ASCII that prints.
    let odd =
        |byte: &u8| !(matches!(byte, b' '..=b'~' | b'\n' | b'\t') || matches!(byte, 0x80..=0xbf));
    for at in places(text.as_bytes(), odd) {
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            continue;
        };
        let beside = || {
            let before = text.get(..at).and_then(|rest| rest.chars().next_back());
            let after = text
                .get(at + c.len_utf8()..)
                .and_then(|rest| rest.chars().next());
            (before, after)
        };
        let what = match c {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                Some("changes the direction of the text")
            }
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{00ad}' => Some("is invisible"),
            '\u{2011}' if is_in_id(beside()) => Some("is a hyphen that no search for the id finds"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => Some("is a control character"),
            _ => None,
        };
        if let Some(what) = what {
            let span = Span::new(at, at + c.len_utf8());
            let line = document.line_of(span);
            // One for each line is enough.
            if told != Some(line) {
                let message = format!("U+{:04X} {what}", u32::from(c));
                let words = super::words::normal(document.source.line(line));
                out.add(
                    Draft::at_place("SK-SEC-002", document.place(span), message)
                        .key(format!("U+{:04X} {words}", u32::from(c))),
                );
            }
            told = Some(line);
        }
    }
}

/// Where bytes of a kind stand that is rare. Many at once are asked whether any is one, which the
/// compiler does without a branch for each.
fn places(bytes: &[u8], wanted: impl Fn(&u8) -> bool + Copy) -> impl Iterator<Item = usize> {
    const PIECE: usize = 64;
    let has_any = move |piece: &[u8]| piece.iter().fold(false, |any, byte| any | wanted(byte));
    let pieces = bytes.chunks(PIECE).enumerate();
    pieces
        .filter(move |(_, piece)| has_any(piece))
        .flat_map(move |(number, piece)| {
            let found = piece.iter().enumerate();
            found
                .filter(move |(_, byte)| wanted(byte))
                .map(move |(at, _)| number * PIECE + at)
        })
}

fn is_in_id((before, after): (Option<char>, Option<char>)) -> bool {
    before.is_some_and(|c| c.is_ascii_uppercase()) && after.is_some_and(|c| c.is_ascii_digit())
}

const RUNNING: &[&str] = &[
    "<script",
    "<iframe",
    "<object",
    "<embed",
    "javascript:",
    " onerror=",
    " onload=",
    " onclick=",
];

/// Where each of [`RUNNING`] stands, in whatever case.
fn marks(text: &str) -> Vec<(usize, &'static str)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // Of a handler the last sign is looked for: blanks are everywhere.
    for at in places(bytes, |byte| matches!(byte, b'<' | b'=' | b'j' | b'J')) {
        let is_end = bytes.get(at) == Some(&b'=');
        let start = |mark: &str| match is_end {
            true => (at + 1).checked_sub(mark.len()),
            false => Some(at),
        };
        found.extend(RUNNING.iter().find_map(|mark| {
            let start = start(mark)?;
            let own = bytes.get(start..start + mark.len())?;
            own.eq_ignore_ascii_case(mark.as_bytes())
                .then_some((start, *mark))
        }));
    }
    found
}

fn running(document: &Document, out: &mut Drafts) {
    let found = marks(document.source.text());
    if found.is_empty() {
        return;
    }
    let code = code_spans(document);
    for mark in RUNNING {
        for (at, _) in found.iter().filter(|(_, other)| other == mark) {
            let at = *at;
            let span = Span::new(at, at + mark.len());
            let is_code = code
                .partition_point(|other| other.start <= at)
                .checked_sub(1)
                .and_then(|index| code.get(index))
                .is_some_and(|other| other.holds(span));
            let line = document.source.line(document.line_of(span));
            // In code between ticks it is a subject and no markup.
            let before = (document.place(span).column as usize).saturating_sub(1);
            let is_ticked = line.chars().take(before).filter(|c| *c == '`').count() % 2 == 1;
            if !is_code
                && !is_ticked
                && (mark.starts_with('<') || mark.starts_with('j') || line.contains('<'))
            {
                let message = format!(
                    "\"{}\" runs where this document is shown as HTML",
                    mark.trim()
                );
                out.add(
                    Draft::at("SK-SEC-002", document, span, message)
                        .key(format!("{mark} {}", super::words::normal(line))),
                );
            }
        }
    }
}
