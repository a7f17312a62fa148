//! SK-STR-005 to 007: what nobody filled in, put off, or asked.

use super::context::{Context, called};
use super::draft::{Draft, Drafts};
use super::words::{find_word, normal, short};
use crate::facts::Document;
use crate::order::Order;
use crate::rules::Severity;
use crate::text::{Source, Span};

/// Tokens of github/spec-kit's templates that are words and not capitals.
const TEMPLATE: &[&str] = &[
    "brief title",
    "feature name",
    "feature",
    "date",
    "link",
    "title",
    "entity 1",
    "entity 2",
    "brief description",
    "project name",
    "key entity",
    "your name",
    "name",
];
/// Brackets in capitals that people write on purpose.
const USUAL: &[&str] = &[
    "ambiguity",
    "api",
    "assumption",
    "blocked",
    "conflict",
    "deferred",
    "done",
    "draft",
    "experimental",
    "fixme",
    "gap",
    "id",
    "important",
    "info",
    "mandatory",
    "n a",
    "needs clarification",
    "new",
    "no",
    "non goal",
    "note",
    "ok",
    "optional",
    "p",
    "pass",
    "fail",
    "removed",
    "required",
    "skip",
    "story",
    "tip",
    "todo",
    "tbd",
    "warning",
    "caution",
    "wip",
    "x",
    "yes",
    "p0",
    "p1",
    "p2",
    "p3",
];

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    for document in context.bundle.documents() {
        for token in document
            .tokens
            .iter()
            .filter(|token| is_template(&token.text))
        {
            unfilled(document, &token.text, token.span, out);
        }
        phrases(document, out);
        for todo in &document.todos {
            let line = document.source.line(document.line_of(todo.span));
            let message = format!("\"{}\" is left open", short(&todo.text, 40));
            out.add(
                Draft::at("SK-STR-006", document, todo.span, message).key(format!(
                    "{} {}",
                    todo.text,
                    normal(line)
                )),
            );
        }
        questions(context, document, out);
    }
}

fn unfilled(document: &Document, text: &str, span: Span, out: &mut Drafts) {
    let message = format!(
        "\"{}\" is a token of a template that was not filled in",
        short(text, 60)
    );
    out.add(Draft::at("SK-STR-005", document, span, message).key(text));
}

/// A token in capitals of more than one word, or one of a template that is known. `[P]`, `[US1]`,
/// `<id>` in a path and `Vec<T>` are none.
fn is_template(token: &str) -> bool {
    let is_bracket = token.starts_with('[');
    let inner = token.trim_matches(['[', ']', '<', '>', '{', '}']).trim();
    let words = normal(inner);
    if inner.starts_with("###") || words.starts_with("feature name") {
        return true;
    }
    if USUAL.contains(&words.as_str()) || words.is_empty() {
        return false;
    }
    if TEMPLATE.contains(&words.as_str()) {
        return is_bracket;
    }
    let letters = inner.chars().filter(|c| c.is_alphabetic());
    let is_capital = letters.clone().count() > 0 && letters.clone().all(char::is_uppercase);
    if is_bracket {
        return is_capital && (inner.contains('_') || words.contains(' '));
    }
    words == "placeholder" || words.ends_with(" placeholder")
}

/// What is left of templates that no brackets mark: `TXXX` as an id and "to be populated".
pub(crate) const PHRASES: [&str; 3] = ["TXXX", "To be populated", "to be populated"];

fn phrases(document: &Document, out: &mut Drafts) {
    let text = document.source.text();
    for phrase in PHRASES {
        // The standard library does this sixteen bytes at a time.
        if !text.contains(phrase) {
            continue;
        }
        let code: Vec<Span> = code_spans(document);
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| find_word(rest, phrase)) {
            let span = Span::new(from + found, from + found + phrase.len());
            from = span.end;
            let hidden = code.iter().chain(&document.outline.comments);
            if !hidden.clone().any(|other| other.holds(span)) && !is_quoted(&document.source, span)
            {
                unfilled(document, phrase, span, out);
            }
        }
    }
}

/// Whether a phrase stands in a quotation of its line, or is the field of a TODO: it speaks of what is
/// open and is not open.
fn is_quoted(source: &Source, span: Span) -> bool {
    let (before, after) = source.around(span);
    // What SK-STR-006 tells of already.
    if before.ends_with("TODO(") {
        return true;
    }
    let opens = before
        .rfind('“')
        .is_some_and(|at| !before.get(at..).unwrap_or("").contains('”'));
    opens && after.contains('”')
}

/// Fenced and indented code of the top level and of sections.
pub(super) fn code_spans(document: &Document) -> Vec<Span> {
    use crate::outline::{Block, BlockKind};
    let mut found = Vec::new();
    let mut stack: Vec<&Block> = document.outline.blocks.iter().collect();
    for (_, section) in document.outline.walk() {
        stack.extend(&section.blocks);
    }
    while let Some(block) = stack.pop() {
        match &block.kind {
            BlockKind::Code(_) => found.push(block.span),
            BlockKind::Quote(blocks) => stack.extend(blocks),
            BlockKind::List(list) => {
                stack.extend(list.items.iter().flat_map(|item| &item.blocks));
            }
            _ => {}
        }
    }
    found.order();
    found
}

fn questions(context: &Context<'_>, document: &Document, out: &mut Drafts) {
    // The words of the template, in a sentence that explains the mark.
    let is_example = |question: &str| {
        matches!(
            normal(question).as_str(),
            "" | "question" | "specific question" | "reason"
        )
    };
    let open: Vec<&crate::facts::Clarification> = document
        .clarifications
        .iter()
        .filter(|open| !is_example(&open.question))
        .collect();
    let Some(first) = open.first() else { return };
    if let Some(status) = &document.status
        && is_final(&status.text)
    {
        let message = format!(
            "{} is \"{}\" and has {} open question{}: {}",
            called(document.kind),
            status.text.trim(),
            open.len(),
            if open.len() == 1 { "" } else { "s" },
            short(&first.question, 80)
        );
        out.add(
            Draft::at("SK-STR-007", document, first.span, message)
                .severity(Severity::Error)
                .key("final")
                .related(document, status.span, "the status"),
        );
        return;
    }
    let most = context.config.max_clarifications;
    if let Some(next) = open.get(most) {
        let message = format!(
            "{} has {} open questions; at most {most} may be",
            called(document.kind),
            open.len()
        );
        out.add(
            Draft::at("SK-STR-007", document, next.span, message)
                .key("many")
                .related(document, first.span, "the first one"),
        );
    }
}

pub(super) fn is_final(status: &str) -> bool {
    let status = normal(status);
    let first = status.split(' ').next().unwrap_or("");
    matches!(
        first,
        "approved"
            | "complete"
            | "completed"
            | "done"
            | "final"
            | "implemented"
            | "released"
            | "shipped"
    )
}
