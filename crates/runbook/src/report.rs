//! Collects what is wrong, so that a person sees everything at once.

use crate::diagnostic::{Diagnostic, DiagnosticCode};
use crate::node::{Field, Span};

/// Problems of one runbook beyond which further ones are left out: nobody reads so many.
pub(crate) const MAX_PROBLEMS: usize = 100;

/// Longest message or hint, in characters. Messages quote what was written.
const MAX_CHARS: usize = 600;

/// A text that people may have to read to its end.
pub(crate) fn shortened(text: String) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((byte, _)) => format!("{}…", &text[..byte]),
        None => text,
    }
}

pub(crate) struct Report<'s> {
    file: &'s str,
    /// The YAML text; empty for JSON.
    source: &'s str,
    found: Vec<Diagnostic>,
}

impl<'s> Report<'s> {
    pub fn new(file: &'s str, source: &'s str) -> Self {
        Report {
            file,
            source,
            found: Vec::new(),
        }
    }

    pub fn add(
        &mut self,
        span: Span,
        path: &str,
        code: DiagnosticCode,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if self.found.len() >= MAX_PROBLEMS {
            return;
        }
        self.found.push(Diagnostic {
            file: self.file.to_string(),
            line: span.line,
            column: span.column,
            path: path.to_string(),
            code,
            message: shortened(message.into()),
            hint: shortened(hint.into()),
        });
    }

    /// A problem of the value of `field`.
    pub fn at(
        &mut self,
        field: &Field<'_>,
        code: DiagnosticCode,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(field.node.span, &field.path, code, message, hint);
    }

    pub fn is_full(&self) -> bool {
        self.found.len() >= MAX_PROBLEMS
    }

    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// The problems in the order of the text.
    pub fn into_problems(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by_key(|problem| (problem.line, problem.column));
        self.found
    }

    /// Where the `nth` (from 0) `needle` of a scalar's text stands in the source. A block scalar
    /// has many lines, so its own place would send people to the wrong one. Falls back to it where
    /// escapes hide the needle.
    pub fn locate(&self, scalar: Span, needle: &str, nth: usize) -> Span {
        self.occurrence(scalar, needle, nth).unwrap_or(scalar)
    }

    /// Where `line`, a line of a scalar's text, stands in the source.
    pub fn find(&self, scalar: Span, line: &str) -> Option<Span> {
        self.occurrence(scalar, line, 0)
    }

    fn occurrence(&self, scalar: Span, needle: &str, nth: usize) -> Option<Span> {
        let first_line = (scalar.line as usize).saturating_sub(1);
        let mut seen = 0;
        for (index, line) in self.source.lines().enumerate().skip(first_line) {
            let skipped_chars = match index == first_line {
                true => (scalar.column as usize).saturating_sub(1),
                false => 0,
            };
            let start = line
                .char_indices()
                .nth(skipped_chars)
                .map_or(line.len(), |(byte, _)| byte);
            for (byte, _) in line[start..].match_indices(needle) {
                if seen == nth {
                    let column = line[..start + byte].chars().count() + 1;
                    return Some(Span {
                        line: index as u32 + 1,
                        column: column as u32,
                    });
                }
                seen += 1;
            }
        }
        None
    }
}
