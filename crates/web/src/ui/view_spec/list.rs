//! The bundles that there are.

use super::address;
use crate::ui::json::{list, some_text, text, time};
use ops_render::view::{Badge, BundleRow, Stamp, Tone};
use ops_render::words::counted;
use serde_json::Value;

/// From the list of all documents, which is in the order of their slugs.
pub fn bundles(documents: &Value, session: &str) -> Vec<BundleRow> {
    let all = list(documents, "documents");
    all.chunk_by(|a, b| name(a) == name(b))
        .filter_map(|of| Some((of.first()?, of)))
        .map(|(first, of)| row(name(first), of, session))
        .collect()
}

fn name(document: &Value) -> &str {
    let slug = text(document, "slug");
    slug.split_once('/').map_or(slug, |(bundle, _)| bundle)
}

fn row(name: &str, documents: &[Value], session: &str) -> BundleRow {
    let newest = documents.iter().max_by_key(|one| time(one, "updated_at"));
    let titled = documents
        .iter()
        .find(|one| text(one, "slug").ends_with("/prd.md"))
        .or(documents.first());
    let title = titled.map_or("", |one| text(one, "title"));
    BundleRow {
        name: name.into(),
        href: Some(address(name, session)),
        title: title.rsplit_once(" · ").map_or(title, |(of, _)| of).into(),
        documents: counted(documents.len() as u64, "file", "files"),
        changed: newest.and_then(|one| Some(Stamp::dated(time(one, "updated_at")?))),
        by: newest
            .and_then(|one| some_text(one, "updated_by"))
            .unwrap_or_default()
            .into(),
        drift: drift(documents),
    }
}

/// A source that is another one than at the last generation.
fn drift(documents: &[Value]) -> Option<Badge> {
    let file = |end: &str| {
        documents
            .iter()
            .find(|one| text(one, "slug").ends_with(end))
    };
    let before = some_text(&file("/spec-kit.json")?["meta"]["made"], "source_sha256")?;
    let now = some_text(file("/source.md")?, "sha256")?;
    (before != now).then(|| Badge::new(Tone::Warn, "source changed"))
}
