//! What names, paths and texts of bundles have to be.

use crate::wrong::Wrong;
use ops_core::limits;
use ops_spec_kit::generate::slug_of;

pub fn is_bundle(text: &str) -> bool {
    !text.is_empty() && slug_of(text) == text
}

pub fn is_file(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=100).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('.')
}

/// `<bundle>` or `<bundle>/<file>`.
pub fn slug(wrong: &mut Wrong, text: &str) {
    let fine = match text.split_once('/') {
        Some((bundle, file)) => is_bundle(bundle) && is_file(file),
        None => is_bundle(text),
    };
    wrong.unless(
        fine,
        "/slug",
        "must be a bundle such as `ops-control-room`, or a document of it such as `ops-control-room/plan.md`",
    );
}

pub fn total(wrong: &mut Wrong, bytes: usize, field: &str) {
    wrong.unless(
        bytes <= limits::SPEC_BYTES,
        field,
        format!(
            "{bytes} bytes in all; at most {} are taken: make several bundles of it, or use `ops spec` where the files are",
            limits::SPEC_BYTES
        ),
    );
}
