//! What is left open, links, and suppressions.

use super::ids;
use super::reading::Reading;
use super::words::{find_word, joins};
use crate::facts::{Clarification, Link, Marker, Suppression};
use crate::order::Order;
use crate::outline::{Inline, Outline, PieceKind};
use crate::text::{Source, Span};

#[derive(Debug, Default)]
pub(super) struct Notes {
    pub clarifications: Vec<Clarification>,
    pub todos: Vec<Marker>,
    pub tokens: Vec<Marker>,
    pub links: Vec<Link>,
}

pub(super) fn notes(reading: &Reading<'_>, outline: &Outline) -> Notes {
    let mut out = Notes::default();
    for words in reading.units.iter().flat_map(super::units::Unit::inlines) {
        out.brackets(words);
        if may_be_open(&words.text) {
            out.tokens(words);
            out.todos(words);
        }
        out.links(words);
    }
    out.todos.order_by_key(|todo| todo.span);
    for span in &outline.tags {
        let text = reading.source.slice(*span);
        if is_placeholder_tag(text) && !is_pattern(reading.source, *span) {
            out.tokens.push(Marker {
                text: text.to_owned(),
                span: *span,
            });
        }
    }
    out.tokens.order_by_key(|token| token.span);
    out
}

impl Notes {
    fn brackets(&mut self, words: &Inline) {
        let text = words.text.as_str();
        let mut from = 0;
        while let Some(start) = text
            .get(from..)
            .and_then(|rest| rest.find('['))
            .map(|at| from + at)
        {
            let inner = text.get(start + 1..).unwrap_or("");
            // An inner bracket ends it: what is nested is looked at by itself.
            let Some(end) = inner.find([']', '[']) else {
                break;
            };
            let whole = start..start + end + 2;
            from = start + 1 + end;
            if inner.as_bytes().get(end) == Some(&b'[') || is_code(words, start) {
                continue;
            }
            let label = inner.get(..end).unwrap_or("");
            let span = words.span_of(whole);
            if let Some(question) = label.trim().strip_prefix("NEEDS CLARIFICATION") {
                let question = question
                    .trim_start_matches([':', ' ', '-', '–', '—'])
                    .trim();
                self.clarifications.push(Clarification {
                    question: question.to_owned(),
                    span,
                });
            } else if is_token(label) {
                self.tokens.push(Marker {
                    text: format!("[{label}]"),
                    span,
                });
            }
        }
    }

    /// What no brackets mark.
    fn tokens(&mut self, words: &Inline) {
        let text = words.text.as_str();
        let mut from = 0;
        while let Some(at) = text
            .get(from..)
            .and_then(|rest| find_word(rest, "NEEDS CLARIFICATION"))
            .map(|at| from + at)
        {
            let end = at + "NEEDS CLARIFICATION".len();
            from = end;
            if text
                .get(..at)
                .is_some_and(|before| before.trim_end().ends_with('['))
                || is_code(words, at)
            {
                continue;
            }
            self.clarifications.push(Clarification {
                question: String::new(),
                span: words.span_of(at..end),
            });
        }
        for token in ["TXXX", "To be populated", "FRXXX", "FR-XXX"] {
            // In a bundle it is the field of a TODO already.
            let is_open = |at: &usize| {
                !is_code(words, *at) && !text.get(..*at).is_some_and(|text| text.ends_with("TODO("))
            };
            if let Some(at) = find_word(text, token).filter(is_open) {
                self.tokens.push(Marker {
                    text: token.to_owned(),
                    span: words.span_of(at..at + token.len()),
                });
            }
        }
    }

    fn todos(&mut self, words: &Inline) {
        let text = words.text.as_str();
        for word in ["TODO", "TBD", "TKTK", "FIXME", "???"] {
            let mut from = 0;
            while let Some(at) = text
                .get(from..)
                .and_then(|rest| find_word(rest, word))
                .map(|at| from + at)
            {
                from = at + word.len();
                if word == "???" {
                    from =
                        text.len() - text.get(from..).unwrap_or("").trim_start_matches('?').len();
                }
                if is_code(words, at) {
                    continue;
                }
                let field = text.get(from..).unwrap_or("");
                let end = match field.strip_prefix('(').and_then(|inner| inner.find(')')) {
                    Some(close) if close < 60 => from + close + 2,
                    _ => at + word.len(),
                };
                self.todos.push(Marker {
                    text: text.get(at..end).unwrap_or(word).to_owned(),
                    span: words.span_of(at..end),
                });
            }
        }
    }

    fn links(&mut self, words: &Inline) {
        let mut last: Option<usize> = None;
        for piece in &words.pieces {
            let PieceKind::Link(target) = &piece.kind else {
                last = None;
                continue;
            };
            match self.links.last_mut() {
                Some(link) if last == Some(piece.range.start) && link.target == *target => {
                    link.span = link.span.with(piece.span)
                }
                _ => self.links.push(Link {
                    target: target.clone(),
                    span: piece.span,
                }),
            }
            last = Some(piece.range.end);
        }
    }
}

/// Whether a text has the beginning of any word that says that something is open: hardly any has.
fn may_be_open(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_there = |(at, byte): (usize, &u8)| {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        match byte {
            b'N' => next == b'E',
            b'T' => matches!(next, b'X' | b'o' | b'O' | b'B' | b'K'),
            b'F' => next == b'I' || next == b'R' && bytes.get(at + 2..).is_some_and(is_unknown),
            b'?' => next == b'?',
            _ => false,
        }
    };
    bytes.iter().enumerate().any(is_there)
}

/// `X`, `-X` behind `FR`.
fn is_unknown(rest: &[u8]) -> bool {
    rest.starts_with(b"X") || rest.starts_with(b"-X")
}

/// `« Night <Game> – <date> »`: a quoted form that names what goes into it is filled in already.
fn is_pattern(source: &Source, span: Span) -> bool {
    let (before, after) = source.around(span);
    [('«', '»'), ('“', '”'), ('„', '“'), ('「', '」')]
        .iter()
        .any(|(opens, closes)| {
            let open = before.rfind(*opens);
            let is_open = open.is_some_and(|at| {
                let inside = before.get(at + opens.len_utf8()..).unwrap_or("");
                !inside.contains(*closes)
            });
            // Alone between them it stands for all that is quoted, and is open.
            let is_alone =
                before.trim_end().ends_with(*opens) && after.trim_start().starts_with(*closes);
            is_open && after.contains(*closes) && !is_alone
        })
}

fn is_code(words: &Inline, at: usize) -> bool {
    let index = words.pieces.partition_point(|piece| piece.range.end <= at);
    words
        .pieces
        .get(index)
        .is_some_and(|piece| piece.kind == PieceKind::Code && piece.range.start <= at)
}

/// `[PROJECT_NAME]`, `[###-feature-name]`, `[FEATURE NAME]`, but not `[P]`, `[FR-001]`, `[WIP]`.
pub(crate) fn is_token(label: &str) -> bool {
    const WORDS: [&str; 26] = [
        "ASSUMPTION",
        "GAP",
        "AMBIGUITY",
        "CONFLICT",
        "NON-GOAL",
        "MUST",
        "SHOULD",
        "MAY",
        "WIP",
        "TODO",
        "TBD",
        "DONE",
        "OPTIONAL",
        "MVP",
        "NEW",
        "API",
        "UI",
        "CLI",
        "SQL",
        "BREAKING",
        "BLOCKED",
        "TEST",
        "DOCS",
        "REQUIRED",
        "NOTE FOR PM",
        "PARALLEL",
    ];
    if label.starts_with("###") {
        return true;
    }
    let letters = label.chars().filter(|c| c.is_ascii_uppercase()).count();
    let fine = label.chars().all(|c| {
        c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | ' ' | '-' | '/')
    });
    let is_id = ids::scan(label).any(|found| found.range.len() == label.trim().len());
    letters >= 3
        && fine
        && !is_id
        && !WORDS.contains(&label.trim())
        && !label.ends_with(char::is_whitespace)
}

/// `<feature-name>`, `<your text here>`; not the tags of HTML.
fn is_placeholder_tag(tag: &str) -> bool {
    const TAGS: [&str; 60] = [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figure",
        "figcaption",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "iframe",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "li",
        "mark",
        "ol",
        "p",
        "picture",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "video",
        "var",
    ];
    let inner = tag
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim_end_matches('/');
    if inner.starts_with(['!', '/', '?']) || inner.contains(['=', ':', '@']) {
        return false;
    }
    let name = inner
        .split_whitespace()
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    !name.is_empty() && !TAGS.contains(&name.as_str()) && name != "script"
}

/// `<!-- sk:ignore SK-REQ-002 reason until=2027-01-01 -->`
pub(super) fn suppressions(source: &Source, outline: &Outline) -> Vec<Suppression> {
    let mut out = Vec::new();
    for span in &outline.comments {
        let inner = source
            .slice(*span)
            .trim_start_matches("<!--")
            .trim_end_matches("-->")
            .trim();
        let Some(rest) = inner.strip_prefix("sk:ignore") else {
            continue;
        };
        if rest.chars().next().is_some_and(joins) {
            continue;
        }
        let mut rules = Vec::new();
        let mut reason = Vec::new();
        let mut until = None;
        for word in rest.split_whitespace() {
            if let Some(date) = word.strip_prefix("until=") {
                until = Some(date.to_owned());
            } else if reason.is_empty() && word.trim_end_matches(',').split(',').all(is_rule) {
                rules.extend(
                    word.split(',')
                        .filter(|rule| !rule.is_empty())
                        .map(str::to_owned),
                );
            } else {
                reason.push(word);
            }
        }
        let lines = lines(source, *span);
        for rule in rules {
            out.push(Suppression {
                rule,
                reason: reason.join(" "),
                until: until.clone(),
                span: *span,
                lines,
            });
        }
    }
    out
}

fn is_rule(word: &str) -> bool {
    let mut parts = word.split('-');
    parts.next() == Some("SK") && parts.next().is_some_and(|part| !part.is_empty())
}

/// Its own line where something else stands on it, else the next that is not blank.
fn lines(source: &Source, span: Span) -> (u32, u32) {
    let place = source.place(span);
    let first = source.line(place.line);
    let before: String = first
        .chars()
        .take(place.column.saturating_sub(1) as usize)
        .collect();
    let after: String = source
        .line(place.end_line)
        .chars()
        .skip(place.end_column.saturating_sub(1) as usize)
        .collect();
    let alone = before.trim().is_empty() && after.trim().is_empty();
    if !alone {
        return (place.line, place.end_line);
    }
    let count = u32::try_from(source.line_count()).unwrap_or(u32::MAX);
    let next = (place.end_line + 1..=count).find(|line| !source.line(*line).trim().is_empty());
    let next = next.unwrap_or(place.end_line);
    (next, next)
}
