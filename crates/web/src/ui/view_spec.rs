//! Stored documents of the spec kit as views.

use super::json::{list, number, some_text, text, time};
use ops_render::view::{Badge, Finding, Pair, SavedView, SpecDocument, SpecRow, Tone};
use ops_render::words::{counted, size, utc_clock, utc_day};
use ops_render::{Href, markdown};
use serde_json::Value;

pub fn row(document: &Value, current: &str, session: &str) -> SpecRow {
    let slug = text(document, "slug");
    let found = list(&document["meta"], "findings").len() as u64;
    SpecRow {
        name: slug.into(),
        href: Href::path(&["spec-kit", slug]).with("session", session),
        badge: match found {
            0 => Badge::new(Tone::Ok, "0"),
            found => Badge::new(Tone::Warn, found.to_string()),
        },
        note: some_text(&document["meta"], "note")
            .map_or_else(|| size(number(document, "size")), str::to_string),
        is_current: slug == current,
    }
}

pub fn summary(count: usize) -> String {
    match count {
        0 => "No documents yet: queue a spec kit run, or store them by the API.".into(),
        count => counted(count as u64, "document", "documents"),
    }
}

pub fn document(document: &Value, is_source: bool, session: &str) -> SpecDocument {
    let slug = text(document, "slug");
    let here = Href::path(&["spec-kit", slug]).with("session", session);
    let content = text(document, "content");
    let view = |words: &str, href, is_current| SavedView {
        text: words.into(),
        href,
        is_current,
    };
    let changed =
        time(document, "updated_at").map(|at| format!("{} {} UTC", utc_day(at), utc_clock(at)));
    SpecDocument {
        name: slug.into(),
        facts: changed
            .map(|at| Pair::new("changed", at))
            .into_iter()
            .collect(),
        prose_html: (!is_source).then(|| markdown(content)),
        source: is_source.then(|| content.into()),
        views: vec![
            view("Rendered", here.clone(), !is_source),
            view("Source", here.with("view", "source"), is_source),
        ],
    }
}

/// Findings that the validator stored beside the document.
pub fn findings(document: &Value) -> Vec<Finding> {
    let all = list(&document["meta"], "findings").iter();
    all.map(|one| Finding {
        badge: match text(one, "severity") {
            "error" => Badge::new(Tone::Bad, "error"),
            "warning" => Badge::new(Tone::Warn, "warning"),
            _ => Badge::new(Tone::Off, "note"),
        },
        rule: text(one, "rule").into(),
        message: text(one, "message").into(),
        hint: text(one, "hint").into(),
        href: None,
    })
    .collect()
}
