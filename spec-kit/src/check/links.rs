//! SK-STR-009: links and anchors between the files of a bundle.

use super::context::Context;
use super::draft::{Draft, Drafts};
use crate::bundle::{folder, resolve};
use crate::facts::Document;
use crate::order::Gather;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let mut anchors: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for document in context.bundle.documents() {
        anchors.insert(document.source.file(), anchors_of(document));
    }
    for document in context.bundle.documents() {
        for link in &document.links {
            if let Some(message) = broken(context, document, &link.target, &anchors) {
                out.add(
                    Draft::at("SK-STR-009", document, link.span, message).key(link.target.clone()),
                );
            }
        }
    }
}

fn broken(
    context: &Context<'_>,
    document: &Document,
    target: &str,
    anchors: &BTreeMap<&str, BTreeSet<String>>,
) -> Option<String> {
    let target = target.trim();
    if target.is_empty() || target.starts_with('/') || target.contains("://") || has_scheme(target)
    {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = decoded(path.split('?').next().unwrap_or(""));
    let file = match path.as_str() {
        "" => document.source.file().to_owned(),
        path => resolve(folder(document.source.file()), path)?,
    };
    let Some(known) = anchors.get(file.as_str()) else {
        return is_missing(context, &file)
            .then(|| format!("the link leads to `{path}`, which is not there"));
    };
    let wanted = loose(&decoded(anchor));
    let is_line = anchor
        .strip_prefix('L')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if wanted.is_empty()
        || is_line
        || known.contains(&wanted)
        || known.contains(without_count(&wanted))
    {
        return None;
    }
    Some(match path.as_str() {
        "" => format!("no heading of this document has the anchor `#{anchor}`"),
        path => format!("no heading of `{path}` has the anchor `#{anchor}`"),
    })
}

/// Only of markdown in the bundle's own folder is it known that it is not there.
fn is_missing(context: &Context<'_>, file: &str) -> bool {
    let bundle = context.bundle;
    let inside = match bundle.directory.as_str() {
        "" => true,
        directory => file
            .strip_prefix(directory)
            .is_some_and(|rest| rest.starts_with('/')),
    };
    context.is_whole() && inside && file.ends_with(".md") && !bundle.files.contains(file)
}

fn has_scheme(target: &str) -> bool {
    let Some((scheme, _)) = target.split_once(':') else {
        return false;
    };
    !scheme.is_empty()
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

fn anchors_of(document: &Document) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = document
        .outline
        .walk()
        .iter()
        .map(|(_, section)| loose(&section.title.text))
        .into_set();
    for mark in ["id=\"", "name=\"", "id='", "name='"] {
        // Much faster than to look for the first of none.
        if !document.source.text().contains(mark) {
            continue;
        }
        for (at, _) in document.source.text().match_indices(mark) {
            let rest = document.source.text().get(at + mark.len()..).unwrap_or("");
            let end = rest.find(['"', '\'']).unwrap_or(0);
            found.insert(loose(rest.get(..end).unwrap_or("")));
        }
    }
    found
}

/// Letters and digits only: how signs become hyphens differs between viewers.
fn loose(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// GitHub writes `-1` behind the anchor of a second heading of the same words.
fn without_count(anchor: &str) -> &str {
    anchor.trim_end_matches(|c: char| c.is_ascii_digit())
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, hex) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
