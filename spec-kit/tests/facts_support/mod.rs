//! All facts of a document as one text, for comparison.

use ops_spec_kit::facts::Document;

/// Without the text itself, which may have other line ends.
pub fn facts(document: &Document) -> String {
    let mut plain = document.clone();
    plain.source = ops_spec_kit::text::Source::decode("", b"").expect("text");
    format!("{plain:?}")
}
