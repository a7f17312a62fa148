use crate::facts::Document;
use crate::report::Related;
use crate::rules::Severity;
use crate::text::{Place, Span};

/// A finding as a rule reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub rule: &'static str,
    /// Where it is not the rule's own.
    pub severity: Option<Severity>,
    pub message: String,
    pub place: Place,
    /// Words by which the finding is known again after lines moved.
    pub key: String,
    pub node: Option<String>,
    pub related: Vec<Related>,
    pub hint: Option<String>,
}

impl Draft {
    pub fn at(rule: &'static str, document: &Document, span: Span, message: String) -> Self {
        Self {
            rule,
            severity: None,
            key: message.clone(),
            message,
            place: document.place(trimmed(document, span)),
            node: None,
            related: Vec::new(),
            hint: None,
        }
    }

    /// For what has no text, such as a file that is missing.
    pub fn at_place(rule: &'static str, place: Place, message: String) -> Self {
        Self {
            rule,
            severity: None,
            key: message.clone(),
            message,
            place,
            node: None,
            related: Vec::new(),
            hint: None,
        }
    }

    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// Another place than that of the thing it is about.
    pub fn place(mut self, document: &Document, span: Span) -> Self {
        self.place = document.place(trimmed(document, span));
        self
    }

    pub fn node(mut self, id: impl Into<String>) -> Self {
        self.node = Some(id.into());
        self
    }

    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn related(mut self, document: &Document, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Related {
            message: message.into(),
            place: document.place(trimmed(document, span)),
        });
        self
    }
}

/// Without the line end that some spans have, which would make the place one line longer.
fn trimmed(document: &Document, span: Span) -> Span {
    let text = document.source.slice(span);
    let end = span.start + text.trim_end().len();
    Span::new(span.start, end.max(span.start))
}

/// The first place of a file.
pub(super) fn top(file: &str) -> Place {
    line(file, 1)
}

pub(super) fn line(file: &str, line: u32) -> Place {
    Place {
        file: file.to_owned(),
        line,
        column: 1,
        end_line: line,
        end_column: 1,
    }
}

#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub list: Vec<Draft>,
}

impl Drafts {
    pub fn add(&mut self, draft: Draft) {
        self.list.push(draft);
    }
}
