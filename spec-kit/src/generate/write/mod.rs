//! The four documents as markdown. Written by code rather than by templates: what is typed here
//! is checked, and a document of a megabyte costs milliseconds.

mod constitution;
mod plan;
mod plan_tables;
mod prd;
mod prd_parts;
mod tasks;
mod unread;

pub(super) use constitution::constitution;
pub(super) use plan::plan;
pub(super) use prd::prd;
pub(super) use tasks::tasks;

use super::work::{Task, Work};
use crate::check::PHRASES;
use crate::facts::Document;
use crate::manifest::{Relation, compare_ids};
use crate::model::words::Bag;
use crate::model::{Model, Node, Passage, Statement, markdown};
use crate::order::Order;
use crate::text::Span;
use std::collections::HashMap;
use std::fmt::{Arguments, Write};

/// What every writer needs.
pub(super) struct Context<'a> {
    pub document: &'a Document,
    pub model: &'a Model,
    pub work: &'a Work,
    pub slug: &'a str,
    /// `2026-01-31`
    pub date: Option<&'a str>,
    /// The way from the bundle to the source, `../../docs/prd.md`.
    pub link: Option<&'a str>,
    pub version: Version,
    /// Questions that are marked as such; the rest is listed.
    pub max_clarifications: usize,
    /// Criteria by id.
    pub criteria: HashMap<&'a str, &'a Node>,
    /// Functional requirements by id.
    pub requirements: HashMap<&'a str, &'a Node>,
    pub by_task: HashMap<&'a str, &'a Task>,
    /// The beginning of the problem with its stems, without what was done about it.
    pub problem: Vec<(Bag<'a>, &'a Passage)>,
    /// The places of personas, from 0, by id.
    pub personas: HashMap<&'a str, usize>,
    /// Stories by id, with their place from 0.
    pub stories: HashMap<&'a str, (usize, &'a Node)>,
}

/// The line at the end of a constitution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub number: String,
    pub ratified: Option<String>,
    pub amended: Option<String>,
}

/// A document in the making.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// A line of parts, which are not joined before.
    pub(super) fn write(&mut self, line: Arguments) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(line);
        self.0.push('\n');
    }

    pub(super) fn blank(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    pub(super) fn heading(&mut self, level: usize, title: &str) {
        self.blank();
        for _ in 0..level {
            self.0.push('#');
        }
        self.0.push(' ');
        self.line(title);
        self.0.push('\n');
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.blank();
        self.line(text);
        self.0.push('\n');
    }

    /// A table; cells are lines of markdown.
    pub(super) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        self.blank();
        self.write(format_args!("| {} |", head.join(" | ")));
        self.write(format_args!("|{}", " --- |".repeat(head.len())));
        for row in rows {
            self.0.push('|');
            for cell in row {
                let cell = markdown::cell(cell);
                let cell = if cell.trim().is_empty() {
                    "—"
                } else {
                    cell.trim()
                };
                self.0.push(' ');
                self.0.push_str(cell);
                self.0.push_str(" |");
            }
            self.0.push('\n');
        }
        self.0.push('\n');
    }

    /// A block that belongs to people.
    pub(super) fn unlocked(&mut self, name: &str) {
        self.blank();
        self.write(format_args!("{} {name} -->", crate::digest::UNLOCK));
        self.line(crate::digest::LOCK);
        self.0.push('\n');
    }

    pub(super) fn done(self) -> String {
        let mut text = PHRASES.into_iter().fold(self.0, opened);
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }
}

/// What nobody filled in is said to be open wherever it was copied to.
fn opened(text: String, token: &str) -> String {
    if !text.contains(token) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut parts = text.split(token);
    out.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let joins = |letter: char| letter.is_alphanumeric() || letter == '_';
        let is_part = out.ends_with(joins) || part.starts_with(joins);
        let line = out.rsplit('\n').next().unwrap_or("");
        // A question quotes what it asks about.
        let is_quoted = line.rfind('“') > line.rfind('”');
        if is_part || is_quoted || out.ends_with("TODO(") {
            out.push_str(token);
        } else {
            out.push_str(&format!("TODO({token})"));
        }
        out.push_str(part);
    }
    out
}

/// More tokens no title has.
const MAX_TOKENS: usize = 64;

impl Context<'_> {
    /// A title of the source, with its open tokens as what they are: `TODO(NAME)`. A task that it
    /// is called by is none of the bundle's.
    fn title(&self, title: &str) -> String {
        let title = crate::read::without_task_id(title);
        let open = self.document.tokens.iter().take(MAX_TOKENS);
        let text = open.fold(title.to_owned(), |text, token| {
            if !text.contains(&token.text) {
                return text;
            }
            let inner = token.text.trim_matches(['[', ']', '<', '>', ' ']);
            text.replace(&token.text, &format!("TODO({inner})"))
        });
        crate::model::markdown::plain(&text)
    }

    /// ` ‹L9, L101›`, or nothing where no line of the source stands behind it.
    pub(super) fn mark(&self, spans: &[Span]) -> String {
        let mut mark = String::new();
        if !spans.is_empty() {
            mark.push_str(" ‹");
            self.write_lines(spans, &mut mark);
            mark.push('›');
        }
        mark
    }

    /// `L9, L101`, linked where the way is known.
    pub(super) fn lines(&self, spans: &[Span]) -> String {
        let mut lines = String::new();
        self.write_lines(spans, &mut lines);
        lines
    }

    fn write_lines(&self, spans: &[Span], out: &mut String) {
        if let [one] = spans {
            return self.write_line(self.document.line_of(*one), out);
        }
        let mut lines: Vec<u32> = spans
            .iter()
            .map(|span| self.document.line_of(*span))
            .collect();
        lines.order();
        lines.dedup();
        let more = lines.len().saturating_sub(6);
        lines.truncate(6);
        for (at, line) in lines.into_iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            self.write_line(line, out);
        }
        if more > 0 {
            let _ = write!(out, ", +{more}");
        }
    }

    /// A line of the source and what stands below it.
    pub(super) fn statement(&self, page: &mut Page, statement: &Statement) {
        page.write(format_args!(
            "- {}{}",
            statement.text,
            self.mark(&[statement.span])
        ));
        for detail in &statement.details {
            page.write(format_args!(
                "  - {}{}",
                detail.text,
                self.mark(&[detail.span])
            ));
        }
    }

    fn write_line(&self, line: u32, out: &mut String) {
        let _ = match self.link {
            Some(link) => write!(out, "[L{line}]({link}#L{line})"),
            None => write!(out, "L{line}"),
        };
    }

    /// `L9–L12`, the first and the last.
    pub(super) fn reach(&self, first: Span, last: Span) -> String {
        let (first, last) = (self.document.line_of(first), self.document.line_of(last));
        let mut reach = String::new();
        self.write_line(first, &mut reach);
        if last != first {
            reach.push('–');
            self.write_line(last, &mut reach);
        }
        reach
    }

    /// What each document says of where it came from.
    pub(super) fn origin(&self, page: &mut Page) {
        let file = match self.link {
            Some(link) => format!("[{}]({link})", self.model.file),
            None => format!("`{}`", self.model.file),
        };
        let hash = self.model.sha256.get(..12).unwrap_or("");
        page.paragraph(&format!(
            "Generated from {file} (sha256 `{hash}…`). `‹L12›` is line 12 of it. Edit the source, \
             or write between the unlock marks at the end; anything else is overwritten."
        ));
    }

    pub(super) fn date_or_todo(&self, field: &str) -> String {
        self.date.map_or_else(
            || format!("TODO({field}): neither the source nor the request gives a date"),
            str::to_owned,
        )
    }

    /// ` (serves G-01, G-02)`
    pub(super) fn serves(&self, id: &str) -> String {
        edge("serves", &self.model.targets(id, Relation::Serves))
    }

    pub(super) fn validates(&self, id: &str) -> String {
        edge("validates", &self.model.targets(id, Relation::Validates))
    }
}

fn edge(verb: &str, ids: &[&str]) -> String {
    if ids.is_empty() {
        return String::new();
    }
    let mut ids = ids.to_vec();
    ids.order_by(|a, b| compare_ids(a, b));
    format!(" ({verb} {})", ids.join(", "))
}

/// `a, b and c`
pub(super) fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

pub(super) fn codes<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    names.into_iter().map(|name| format!("`{name}`")).collect()
}
