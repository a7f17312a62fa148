//! A bundle as a whole: what the last generation did to each file, and who serves what.

use super::bundle::{ALL, Bundle, SOURCE};
use super::coverage::coverage;
use crate::ui::json::{list, number, some_text, text, time};
use ops_render::view::{Badge, FileRow, SpecOverview, Stamp, Tone};
use ops_render::words::{size, utc_clock, utc_day};
use serde_json::Value;

const MANIFEST: &str = "spec-kit.json";

pub fn overview(bundle: &Bundle) -> SpecOverview {
    let made = bundle.row(MANIFEST).map(|row| &row["meta"]["made"]);
    let made = made.unwrap_or(&Value::Null);
    SpecOverview {
        made: made_in_words(made),
        files: files(bundle, made),
        notes: list(made, "notes")
            .iter()
            .filter_map(|note| Some(note.as_str()?.into()))
            .collect(),
        coverage: coverage(bundle),
    }
}

fn made_in_words(made: &Value) -> String {
    let Some(at) = time(made, "at") else {
        return String::new();
    };
    let by = some_text(made, "by").map_or(String::new(), |by| format!(" by {by}"));
    format!("generated {} {} UTC{by}", utc_day(at), utc_clock(at))
}

fn files(bundle: &Bundle, made: &Value) -> Vec<FileRow> {
    let shown = bundle.sources("").into_iter();
    let shown = shown.chain(bundle.documents("")).chain(bundle.others(""));
    shown
        .filter_map(|row| Some((bundle.row(&row.name)?, row)))
        .map(|(stored, row)| {
            let digest = text(stored, "sha256");
            let is_document = row.badge.is_some() && row.name != SOURCE;
            FileRow {
                state: state(bundle, made, &row.name),
                findings: row.badge.filter(|_| is_document),
                counts: bundle.counts(&row.name, &ALL),
                size: size(number(stored, "size")),
                short_digest: digest.get(..12).unwrap_or(digest).into(),
                digest: digest.into(),
                changed: time(stored, "updated_at").map(Stamp::dated),
                name: row.name,
                href: row.href,
            }
        })
        .collect()
}

/// What the last generation did to a file; a source that was saved since then says so.
fn state(bundle: &Bundle, made: &Value, file: &str) -> Option<Badge> {
    let has = |field: &str| list(made, field).iter().any(|name| name == file);
    if file == SOURCE && bundle.has_drifted() == Some(true) {
        return Some(Badge::new(Tone::Warn, "changed since"));
    }
    match (has("new"), has("changed"), has("documents")) {
        (true, _, _) => Some(Badge::new(Tone::Ok, "new")),
        (_, true, _) => Some(Badge::new(Tone::Running, "changed")),
        (_, _, true) => Some(Badge::new(Tone::Off, "unchanged")),
        _ => None,
    }
}
