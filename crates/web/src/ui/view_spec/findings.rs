//! What the rules found, by document and by line.

use super::bundle::{Bundle, SOURCE};
use crate::ui::json::{list, number, some_text, text};
use ops_render::SpecNote;
use ops_render::view::{Badge, Finding, Link, Tone};
use ops_render::words::counted;
use serde_json::Value;
use std::collections::BTreeMap;

/// The stored `report.json`; none where the bundle was not checked.
pub struct Findings(Option<Value>);

/// Findings of a page, and the same by the line that they stand beside.
#[derive(Default)]
pub struct Found {
    pub rows: Vec<Finding>,
    pub notes: BTreeMap<u32, Vec<SpecNote>>,
}

impl Findings {
    /// What is no report has found nothing.
    pub fn of(report: Option<Value>) -> Findings {
        Findings(report.filter(|report| report["findings"].is_array()))
    }

    fn all(&self) -> &[Value] {
        self.0
            .as_ref()
            .map_or(&[][..], |report| list(report, "findings"))
    }

    fn on<'a>(&'a self, slug: &'a str) -> impl Iterator<Item = &'a Value> {
        let named = move |one: &&Value| text(&one["place"], "file") == slug;
        self.all().iter().filter(named)
    }

    pub fn coverage(&self) -> Option<&Value> {
        list(self.0.as_ref()?, "coverage").first()
    }

    /// Words for the head of a page.
    pub fn summary(&self) -> Option<String> {
        let counts = &self.0.as_ref()?["counts"];
        Some(format!(
            "{}, {}",
            counted(number(counts, "errors"), "error", "errors"),
            counted(number(counts, "warnings"), "warning", "warnings")
        ))
    }

    /// Of the whole bundle.
    pub fn verdict(&self) -> Badge {
        let Some(report) = &self.0 else {
            return Badge::new(Tone::Off, "not checked");
        };
        match number(&report["counts"], "errors") {
            0 => Badge::new(Tone::Ok, "valid"),
            errors => Badge::new(Tone::Bad, counted(errors, "error", "errors")),
        }
    }

    /// How many a document has, as loud as the worst.
    pub fn badge(&self, slug: &str) -> Badge {
        if self.0.is_none() {
            return Badge::new(Tone::Off, "–");
        }
        let count = self.on(slug).count().to_string();
        let has = |severity: &str| self.on(slug).any(|one| text(one, "severity") == severity);
        let tone = match (has("error"), has("warning")) {
            (true, _) => Tone::Bad,
            (false, true) => Tone::Warn,
            (false, false) if count != "0" => Tone::Off,
            (false, false) => Tone::Ok,
        };
        Badge::new(tone, count)
    }

    /// The ids that a change of the source touches, as the rule lists them.
    pub fn drift(&self) -> &str {
        let mut told = self.all().iter();
        let told = told.find(|one| text(one, "rule") == "SK-PRV-002");
        let words = told.map_or("", |one| text(one, "message"));
        words.split_once("affected: ").map_or("", |(_, ids)| ids)
    }
}

impl Found {
    /// All of a bundle, for its overview.
    pub fn all(bundle: &Bundle) -> Found {
        let mut found = Found::default();
        for one in bundle.findings.all() {
            found.add(bundle, one, None);
        }
        found
    }

    /// Those of one document. Beside the source stand those of the lines that were made of its lines.
    pub fn on(bundle: &Bundle, file: &str) -> Found {
        let mut found = Found::default();
        let slug = format!("{}/{file}", bundle.name);
        for one in bundle.findings.on(&slug) {
            let line = u32::try_from(number(&one["place"], "line")).ok();
            found.add(bundle, one, line);
        }
        if file == SOURCE {
            for one in bundle.findings.all() {
                let line = source_line(bundle, one);
                if text(&one["place"], "file") != slug && line.is_some() {
                    found.add(bundle, one, line);
                }
            }
        }
        found
    }

    fn add(&mut self, bundle: &Bundle, one: &Value, line: Option<u32>) {
        let id = format!("f{}", self.rows.len() + 1);
        let row = finding(bundle, one, &id);
        if let Some(line) = line {
            self.notes.entry(line.max(1)).or_default().push(SpecNote {
                badge: row.badge.clone(),
                rule: row.rule.clone(),
                message: row.message.clone(),
                hint: row.hint.clone(),
                href: ops_render::Href::untrusted(&format!("#{id}")),
            });
        }
        self.rows.push(row);
    }
}

fn finding(bundle: &Bundle, one: &Value, id: &str) -> Finding {
    let related = list(one, "related").iter();
    Finding {
        id: id.into(),
        badge: match text(one, "severity") {
            "error" => Badge::new(Tone::Bad, "error"),
            "warning" => Badge::new(Tone::Warn, "warning"),
            _ => Badge::new(Tone::Off, "note"),
        },
        rule: text(one, "rule").into(),
        message: text(one, "message").into(),
        hint: text(one, "hint").into(),
        place: Some(place(bundle, &one["place"])),
        related: related.map(|one| place(bundle, &one["place"])).collect(),
    }
}

/// `prd.md line 12`
fn place(bundle: &Bundle, place: &Value) -> Link {
    let whole = text(place, "file");
    let own = whole.strip_prefix(&format!("{}/", bundle.name));
    let file = own.unwrap_or(whole);
    let line = number(place, "line");
    let words = format!("{file} line {line}");
    match bundle.line(file, line) {
        Some(href) => Link::to(words, href),
        None => Link::plain(words),
    }
}

/// The line of the source that a finding goes back to: that of its thing, or of the mark in its line.
fn source_line(bundle: &Bundle, one: &Value) -> Option<u32> {
    let of_node = some_text(one, "node")
        .and_then(|id| bundle.node(id))
        .and_then(|node| node["source"]["line"].as_u64());
    let of_mark = || {
        let (_, mark) = text(one, "line_text").split_once("‹[L")?;
        let digits: String = mark.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    u32::try_from(of_node.or_else(of_mark)?).ok()
}
