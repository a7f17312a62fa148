//! SK-PRV-001 and 002: generated documents as they were generated, from the PRD as it is.

use super::context::Context;
use super::draft::{Draft, Drafts, top};
use super::words::list;
use crate::bundle::file_name;
use crate::digest::sha256;
use crate::facts::Document;
use crate::manifest::Manifest;
use crate::rules::Severity;
use crate::secrets;
use std::collections::BTreeSet;

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let Some(manifest) = &context.bundle.manifest else {
        return;
    };
    for document in context.bundle.documents() {
        let name = file_name(document.source.file());
        let Some(expected) = manifest.documents.get(name) else {
            continue;
        };
        let Some(found) = context.digests.get(name) else {
            continue;
        };
        if *found != expected.digest {
            let message = format!(
                "{name} was edited: its digest is {} and spec-kit.json has {}",
                start(found),
                start(&expected.digest)
            );
            out.add(
                Draft::at_place("SK-PRV-001", top(document.source.file()), message).key("edited"),
            );
        }
    }
    if let Some(source) = &context.bundle.source
        && source.source.sha256() != manifest.source.sha256
    {
        drifted(context, manifest, source, out);
    }
}

/// Whether a document is as it was generated: what contradicts itself in it does so in the source,
/// where it is an error, and has to be decided there.
pub(super) fn is_as_generated(context: &Context<'_>, document: &Document) -> bool {
    let name = file_name(document.source.file());
    let manifest = context.bundle.manifest.as_ref();
    manifest
        .and_then(|manifest| manifest.documents.get(name))
        .is_some_and(|expected| context.digests.get(name) == Some(&expected.digest))
}

/// A contradiction that a document has from its source, milder than one that was written into it.
pub(super) fn milder(draft: Draft) -> Draft {
    draft
        .severity(Severity::Warning)
        .hint("The source says both: decide it there and generate again")
}

fn start(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

fn drifted(context: &Context<'_>, manifest: &Manifest, source: &Document, out: &mut Drafts) {
    let affected = affected(manifest, source);
    let mut message = format!(
        "{} changed after the bundle was generated: its sha256 is {} and was {}",
        source.source.file(),
        start(source.source.sha256()),
        start(&manifest.source.sha256)
    );
    if !affected.is_empty() {
        message.push_str(&format!("; affected: {}", list(&affected, 12)));
    }
    let file = context
        .bundle
        .prd
        .as_ref()
        .map_or(source.source.file(), |prd| prd.source.file());
    let mut draft = Draft::at_place("SK-PRV-002", top(file), message).key("drift");
    draft.related.push(crate::report::Related {
        message: "the source".to_owned(),
        place: top(source.source.file()),
    });
    out.add(draft);
}

/// Ids whose passage is not in the source any more, word for word.
fn affected<'a>(manifest: &'a Manifest, source: &Document) -> Vec<&'a str> {
    let mut passages: BTreeSet<String> = BTreeSet::new();
    let mut add = |text: &str| {
        passages.insert(sha256(text.as_bytes()));
        passages.insert(sha256(text.trim().as_bytes()));
    };
    // As what the bundle was generated from.
    let text = source.source.text();
    let covered = secrets::covered(text);
    let text = covered.as_deref().unwrap_or(text);
    for line in text.lines() {
        add(line);
    }
    let items = source.items.iter();
    let phases = source.phases.iter();
    let spans = items
        .flat_map(|item| [item.span, item.whole])
        .chain(source.inventory.iter().map(|entry| entry.span))
        .chain(phases.flat_map(|phase| [phase.span, phase.whole]));
    for span in spans {
        add(text.get(span.start..span.end).unwrap_or(""));
    }
    for item in &source.items {
        add(&item.text);
    }
    let traced = manifest.nodes.iter().filter(|node| {
        node.source
            .as_ref()
            .is_some_and(|passage| !passages.contains(&passage.sha256))
    });
    traced.map(|node| node.id.as_str()).collect()
}
