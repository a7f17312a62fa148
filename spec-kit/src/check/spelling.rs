//! SK-CNS-002: one identifier in two spellings, where migrations are given.

use super::context::Context;
use super::draft::{Draft, Drafts};
use super::sql::Sql;
use crate::facts::Document;
use crate::order::Order;
use crate::report::Related;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    if context.bundle.sql.is_empty() {
        return;
    }
    let sql = Sql::of(&context.bundle.sql);
    let mut by_form: BTreeMap<String, &str> = BTreeMap::new();
    for word in sql.words.keys().filter(|word| word.len() > 4) {
        by_form.entry(form(word)).or_insert(word);
    }
    for document in context.bundle.documents() {
        let mut told = BTreeSet::new();
        for (word, span) in identifiers(document) {
            let folded = word.to_lowercase();
            if sql.words.contains_key(&folded) {
                continue;
            }
            let Some(other) = by_form.get(&form(&folded)) else {
                continue;
            };
            if !told.insert(folded) {
                continue;
            }
            let Some(place) = sql.words.get(*other) else {
                continue;
            };
            let message = format!("`{word}` here, `{other}` in {}", place.file);
            let mut draft = Draft::at("SK-CNS-002", document, span, message).key(word.to_owned());
            draft.related.push(Related {
                message: format!("`{other}`"),
                place: place.clone(),
            });
            out.add(draft);
        }
    }
}

/// British and American spellings of one word have one form.
fn form(word: &str) -> String {
    let mut out = word
        .replace("ll", "l")
        .replace("our", "or")
        .replace("isation", "ization");
    for (british, american) in [
        ("ise", "ize"),
        ("ised", "ized"),
        ("ising", "izing"),
        ("yse", "yze"),
        ("ence", "ense"),
    ] {
        if let Some(stem) = out.strip_suffix(british) {
            out = format!("{stem}{american}");
            break;
        }
    }
    out
}

/// Words in code and members of sets. Prose may be spelled as its author likes.
fn identifiers(document: &Document) -> Vec<(&str, Span)> {
    let mut found: Vec<(&str, Span)> = document
        .sets
        .iter()
        .flat_map(|set| &set.members)
        .map(|member| (member.text.trim(), member.span))
        .collect();
    let text = document.source.text();
    let mut open: Option<usize> = None;
    for (at, _) in text.match_indices(['`', '\n']) {
        let is_tick = text.as_bytes().get(at) == Some(&b'`');
        match open.take() {
            Some(start) if is_tick => {
                let inner = text.get(start..at).unwrap_or("");
                if !inner.is_empty()
                    && inner
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'_')
                {
                    found.push((inner, Span::new(start, at)));
                }
            }
            _ if is_tick => open = Some(at + 1),
            _ => {}
        }
    }
    found.retain(|(word, _)| word.len() > 4);
    found.order_by_key(|(_, span)| *span);
    found
}
