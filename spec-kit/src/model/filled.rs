//! Tokens of a template that nobody filled in, said to be open.

use crate::facts::Document;
use crate::text::Span;

/// A token that nobody filled in is said to be open: `[NAME]` is `TODO(NAME)`.
pub(super) fn filled(document: &Document, span: Span, text: String) -> String {
    let first = document
        .tokens
        .partition_point(|token| token.span.start < span.start);
    document
        .tokens
        .iter()
        .skip(first)
        .take_while(|token| token.span.start < span.end)
        .fold(text, |text, token| {
            let inner = token.text.trim_matches(['[', ']', '<', '>', ' ']);
            text.replace(&token.text, &format!("TODO({inner})"))
        })
}

/// More open tokens than these no title has.
const MAX_TOKENS: usize = 64;

/// The same of a title, whose place is not known.
pub(super) fn filled_title(document: &Document, title: &str) -> String {
    let tokens = document.tokens.iter().take(MAX_TOKENS);
    tokens
        .filter(|token| title.contains(&token.text))
        .fold(title.to_owned(), |title, token| {
            let inner = token.text.trim_matches(['[', ']', '<', '>', ' ']);
            title.replace(&token.text, &format!("TODO({inner})"))
        })
}
