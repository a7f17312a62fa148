//! SK-SEC-001: what looks like a secret. No value is ever repeated.

use super::context::Context;
use super::draft::{Draft, Drafts, line};
use crate::secrets::{Secret, find, masked};
use crate::text::Source;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let bundle = context.bundle;
    let sources = bundle
        .documents()
        .map(|document| &document.source)
        .chain(&bundle.sql)
        .chain(&bundle.config);
    for source in sources {
        for secret in find(source.text()) {
            report(source, &secret, out);
        }
    }
}

fn report(source: &Source, secret: &Secret, out: &mut Drafts) {
    let mut place = source.place(secret.span);
    // The rest of a key's block is no line that anybody needs to see.
    if place.end_line > place.line {
        place = line(source.file(), place.line);
    }
    let message = format!("this looks like {}", secret.what);
    // Not of the value: a short one could be guessed from its digest.
    let words = super::words::normal(&masked(source.line(place.line)));
    let key = format!("{} {words}", secret.what);
    out.add(Draft::at_place("SK-SEC-001", place, message).key(key));
}
