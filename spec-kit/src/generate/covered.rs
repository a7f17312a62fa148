//! Secrets of a source do not go on into its bundle, its lock or its manifest.

use crate::facts::Document;
use crate::read;
use crate::secrets;

/// The document with each secret covered, and how many there are; none where there is no secret.
pub(super) fn covered(document: &Document) -> Option<(Document, usize)> {
    let text = document.source.text();
    let source = document.source.with_text(secrets::covered(text)?);
    let count = secrets::find(text).len();
    let outline = &document.outline;
    let document = match outline.sections.is_empty() && outline.blocks.is_empty() {
        // A request in JSON, whose values are covered as they are read.
        true => Document {
            source,
            ..document.clone()
        },
        false => read::decoded(document.kind, source),
    };
    Some((document, count))
}
