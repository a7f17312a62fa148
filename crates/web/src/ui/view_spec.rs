//! Stored documents of the spec kit as views.

use super::json::{number, text, time};
use ops_render::view::{Badge, Finding, Pair, SavedView, SpecDocument, SpecRow, Tone};
use ops_render::words::{counted, size, utc_clock, utc_day};
use ops_render::{Href, markdown};
use serde_json::Value;

/// What the rules found in the bundle of the page, by document.
#[derive(Default)]
pub struct Report(Vec<Value>);

impl Report {
    /// From the stored `report.json`; what is no report has found nothing.
    pub fn of(stored: Option<&Value>) -> Option<Self> {
        let content = text(&stored?["document"], "content");
        let report: Value = serde_json::from_str(content).ok()?;
        Some(Report(report["findings"].as_array()?.clone()))
    }

    fn on<'a>(&'a self, slug: &'a str) -> impl Iterator<Item = &'a Value> {
        let named = move |one: &&Value| text(&one["place"], "file") == slug;
        self.0.iter().filter(named)
    }

    pub fn findings(&self, slug: &str) -> Vec<Finding> {
        self.on(slug).map(finding).collect()
    }
}

/// Bundle and document are parts of the path, so that the links of documents to each other hold.
fn address(slug: &str) -> Href {
    let parts: Vec<&str> = std::iter::once("spec-kit").chain(slug.split('/')).collect();
    Href::path(&parts)
}

pub fn row(document: &Value, current: &str, report: Option<&Report>, session: &str) -> SpecRow {
    let slug = text(document, "slug");
    let (bundle, file) = slug.split_once('/').unwrap_or(("", slug));
    let is_beside = current.split_once('/').is_some_and(|(of, _)| of == bundle);
    // Of other bundles nothing is known here.
    let report = report.filter(|_| is_beside);
    SpecRow {
        name: if is_beside { file } else { slug }.into(),
        href: address(slug).with("session", session),
        badge: match report.map(|report| report.on(slug).count()) {
            None => Badge::new(Tone::Off, "–"),
            Some(0) => Badge::new(Tone::Ok, "0"),
            Some(found) => Badge::new(Tone::Warn, found.to_string()),
        },
        note: size(number(document, "size")),
        is_current: slug == current,
    }
}

pub fn summary(count: usize) -> String {
    match count {
        0 => "No documents yet: generate them from a PRD.".into(),
        count => counted(count as u64, "document", "documents"),
    }
}

pub fn document(document: &Value, is_source: bool, session: &str) -> SpecDocument {
    let slug = text(document, "slug");
    let here = address(slug).with("session", session);
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

fn finding(one: &Value) -> Finding {
    let line = number(&one["place"], "line");
    Finding {
        badge: match text(one, "severity") {
            "error" => Badge::new(Tone::Bad, "error"),
            "warning" => Badge::new(Tone::Warn, "warning"),
            _ => Badge::new(Tone::Off, "note"),
        },
        rule: text(one, "rule").into(),
        message: format!("line {line}: {}", text(one, "message")),
        hint: text(one, "hint").into(),
        href: None,
    }
}
