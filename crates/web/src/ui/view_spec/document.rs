//! One document of a bundle.

use super::bundle::{Bundle, SOURCE};
use super::findings::Found;
use crate::ui::json::{list, number, some_text, text, time};
use ops_render::view::{OutlineRow, Pair, SavedView, SpecDocument};
use ops_render::words::{size, utc_clock, utc_day};
use ops_render::{Href, SpecHeading, SpecId, SpecMarks, json_text, spec_lines, spec_prose};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Entries of an outline; a longer document shows its upper headings alone.
const OUTLINE: usize = 40;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Rendered,
    /// Line by line, with numbers.
    Lines,
    Json,
}

impl Look {
    /// What is asked for, where the kind of the file has it.
    pub fn of(file: &str, asked: Option<&str>) -> Look {
        let is_markdown = file.ends_with(".md");
        match asked {
            Some("source") => Look::Lines,
            Some("rendered") if is_markdown => Look::Rendered,
            _ if file == SOURCE => Look::Lines,
            _ if is_markdown => Look::Rendered,
            _ if file.ends_with(".json") => Look::Json,
            _ => Look::Lines,
        }
    }
}

pub fn document(
    bundle: &Bundle,
    document: &Value,
    look: Look,
    found: &mut Found,
) -> (SpecDocument, Vec<OutlineRow>) {
    let slug = text(document, "slug");
    let file = bundle.file_of(slug);
    let content = text(document, "content");
    let resolve = |target: &str| resolve(bundle, target);
    let marks = SpecMarks {
        ids: ids(bundle, file),
        headings: headings(bundle, file),
        notes: std::mem::take(&mut found.notes),
        on_line: on_line(bundle, file),
        resolve: &resolve,
    };
    let mut shown = SpecDocument {
        name: file.into(),
        facts: facts(document),
        views: views(bundle, file, look),
        ..SpecDocument::default()
    };
    let mut outline = Vec::new();
    match look {
        Look::Rendered => {
            let prose = spec_prose(content, &marks);
            outline = outline_of(&prose.outline);
            nearest(found, &prose.lines, bundle, file);
            shown.prose_html = Some(prose.html);
        }
        Look::Lines => shown.lines_html = Some(spec_lines(content, &marks)),
        Look::Json => shown.code_html = Some(json_text(content)),
    }
    (shown, outline)
}

/// Where a link of a document leads: to a document of the bundle, or to a line of its source, whatever
/// the source was called where the bundle was made.
fn resolve(bundle: &Bundle, target: &str) -> Option<Href> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    if path.contains(':') || path.starts_with('/') {
        return None;
    }
    let source = some_text(&bundle.manifest["source"], "file");
    let is_away = path.starts_with("../") || bundle.row(path).is_none();
    let is_source = is_away && source == Some(path.trim_start_matches("../"));
    let file = match is_source {
        true => SOURCE,
        false => path,
    };
    let href = match file {
        "" => return Href::untrusted(target),
        file if bundle.row(file).is_some() => bundle.href(file),
        _ => return None,
    };
    Some(match anchor {
        "" => href,
        anchor => href.at(anchor),
    })
}

fn ids(bundle: &Bundle, file: &str) -> BTreeMap<String, SpecId> {
    let known = bundle.nodes().map(|node| {
        let line = node["source"]["line"].as_u64();
        let id = SpecId {
            words: text(node, "text").into(),
            home: bundle.definition(node),
            source: line.and_then(|line| bundle.line(SOURCE, line)),
            is_here: text(node, "document") == file,
        };
        (text(node, "id").to_string(), id)
    });
    known.collect()
}

/// Stories and phases are numbered in their headings.
fn headings(bundle: &Bundle, file: &str) -> BTreeMap<String, String> {
    let here = bundle
        .nodes()
        .filter(|node| text(node, "document") == file)
        .filter_map(|node| {
            let id = text(node, "id");
            let digits: u32 = id
                .trim_start_matches(|c: char| !c.is_ascii_digit())
                .parse()
                .ok()?;
            match text(node, "kind") {
                "story" => Some((format!("User Story {digits} "), id.to_string())),
                "phase" => Some((format!("Phase {digits}:"), id.to_string())),
                _ => None,
            }
        });
    here.collect()
}

/// Ids that were made from the lines of the source.
fn on_line(bundle: &Bundle, file: &str) -> BTreeMap<u32, Vec<String>> {
    let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    if file != SOURCE {
        return lines;
    }
    for node in bundle.nodes() {
        let line = node["source"]["line"].as_u64();
        if let Some(line) = line.and_then(|line| u32::try_from(line).ok()) {
            lines.entry(line).or_default().push(text(node, "id").into());
        }
    }
    lines
}

/// A line that shows nothing has no place of its own: its findings lead to the one before it.
fn nearest(found: &mut Found, lines: &BTreeSet<u32>, bundle: &Bundle, file: &str) {
    for place in found.rows.iter_mut().filter_map(|row| row.place.as_mut()) {
        let line = place.text.rsplit(' ').next().and_then(|n| n.parse().ok());
        let Some(line) = line.filter(|line| !lines.contains(line)) else {
            continue;
        };
        if place.text.starts_with(file) {
            let before = lines.range(..line).next_back().copied();
            let line = before.or(lines.first().copied()).unwrap_or(1);
            place.href = bundle.line(file, line.into());
        }
    }
}

fn outline_of(headings: &[SpecHeading]) -> Vec<OutlineRow> {
    let upper = |level: u8| {
        headings
            .iter()
            .filter(move |h| (2..=level).contains(&h.level))
    };
    let level = match upper(3).count() {
        0..=OUTLINE => 3,
        _ => 2,
    };
    upper(level)
        .take(OUTLINE)
        .map(|heading| OutlineRow {
            text: heading.text.trim().trim_end_matches(" (mandatory)").into(),
            href: Href::untrusted(&format!("#L{}", heading.line)),
            count: match heading.ids {
                0 => String::new(),
                ids => ids.to_string(),
            },
            is_below: heading.level == 3,
        })
        .collect()
}

fn views(bundle: &Bundle, file: &str, look: Look) -> Vec<SavedView> {
    let view = |words: &str, name: &str, shown: Look| SavedView {
        text: words.into(),
        href: bundle.href(file).with("view", name),
        is_current: look == shown,
    };
    match file {
        file if file.ends_with(".md") => vec![
            view("Rendered", "rendered", Look::Rendered),
            view("Source", "source", Look::Lines),
        ],
        file if file.ends_with(".json") => vec![
            view("Formatted", "json", Look::Json),
            view("Source", "source", Look::Lines),
        ],
        _ => Vec::new(),
    }
}

fn facts(document: &Value) -> Vec<Pair> {
    let content = text(document, "content");
    let changed = time(document, "updated_at");
    let at = changed.map(|at| format!("{} {} UTC", utc_day(at), utc_clock(at)));
    let sha = text(document, "sha256");
    let short = sha.get(..12).unwrap_or(sha);
    let run = some_text(&document["meta"], "run_id");
    [
        Some(Pair::new("lines", content.lines().count().to_string())),
        Some(Pair::new("size", size(number(document, "size")))),
        Some(Pair {
            title: sha.into(),
            ..Pair::new("sha256", short)
        }),
        at.map(|at| Pair::new("changed", at)),
        some_text(document, "updated_by").map(|by| Pair::new("by", by)),
        run.map(|run| Pair::new("run", run)),
        edges(document),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn edges(document: &Value) -> Option<Pair> {
    let made = &document["meta"]["made"];
    let count = list(made, "documents").len();
    (count > 0).then(|| Pair::new("made with", format!("{count} files")))
}
