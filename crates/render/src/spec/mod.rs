//! Documents of the spec kit as people read them: ids that lead somewhere, lines that can be linked to,
//! and what was found on a line beside it.

mod lines;
mod matrix;
mod note;
mod prose;
#[cfg(test)]
mod tests;

pub use lines::spec_lines;
pub use matrix::{Matrix, MatrixRow, MatrixTask, matrix};
pub use prose::{SpecHeading, SpecProse, spec_prose};

use crate::href::Href;
use crate::html::escape_into;
use crate::view::Badge;
use std::collections::BTreeMap;

/// What a document is shown with.
pub struct SpecMarks<'a> {
    pub ids: BTreeMap<String, SpecId>,
    /// Headings that define an id without writing it, by how they begin: `User Story 1 ` defines `US1`.
    pub headings: BTreeMap<String, String>,
    /// By line, from 1.
    pub notes: BTreeMap<u32, Vec<SpecNote>>,
    /// Ids that stand on a line, from 1.
    pub on_line: BTreeMap<u32, Vec<String>>,
    /// Where a link leads that is no address of the web; none: nowhere.
    pub resolve: &'a dyn Fn(&str) -> Option<Href>,
}

pub struct SpecId {
    pub words: String,
    /// Where it is defined.
    pub home: Href,
    /// The line that it was made from.
    pub source: Option<Href>,
    /// Whether this very document defines it.
    pub is_here: bool,
}

/// A finding as it stands beside its line.
#[derive(Debug, Clone)]
pub struct SpecNote {
    pub badge: Badge,
    pub rule: String,
    pub message: String,
    pub hint: String,
    /// Its place in the list of all.
    pub href: Option<Href>,
}

impl SpecMarks<'_> {
    /// Texts and ids in turn, from left to right.
    fn parts<'t>(&self, text: &'t str) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        let (mut done, mut at) = (0, 0);
        while let Some(rest) = text.get(at..) {
            let Some(c) = rest.chars().next() else {
                break;
            };
            if !is_of_word(c) {
                at += c.len_utf8();
                continue;
            }
            let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            let word = &rest[..end];
            let id = word.trim_end_matches('-');
            if self.ids.contains_key(id) {
                parts.push(Part::Text(&text[done..at]));
                parts.push(Part::Id(id));
                done = at + id.len();
            }
            at += end;
        }
        parts.push(Part::Text(text.get(done..).unwrap_or_default()));
        parts
    }

    /// A mention, which leads to where the id is defined.
    fn mention(&self, id: &str) -> String {
        let mut html = String::from("<a class=\"ref\"");
        if let Some(known) = self.ids.get(id) {
            attribute(&mut html, "href", known.home.as_str());
            attribute(&mut html, "title", &known.words);
        }
        html.push('>');
        escape_into(&mut html, id);
        html.push_str("</a>");
        html
    }
}

enum Part<'t> {
    Text(&'t str),
    Id(&'t str),
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

fn attribute(html: &mut String, name: &str, value: &str) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    escape_into(html, value);
    html.push('"');
}
