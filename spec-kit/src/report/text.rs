use super::{CoverageKind, Finding, Report, summary};
use crate::rules::Severity;
use std::fmt::Write;

/// Whether colours may be used. They never carry a meaning alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    Plain,
    Ansi,
}

/// Longer lines are cut around the finding.
const WIDTH: usize = 100;

/// For people: grouped by file, with the line and a caret below it.
pub fn text(report: &Report, colour: Colour) -> String {
    let mut out = String::new();
    let mut file = None;
    for finding in &report.findings {
        if file != Some(&finding.place.file) {
            file = Some(&finding.place.file);
            let _ = writeln!(
                out,
                "{}",
                paint(colour, Paint::Bold, &shown(&finding.place.file))
            );
        }
        write_finding(&mut out, finding, colour);
    }
    write_suppressed(&mut out, report);
    write_coverage(&mut out, report);
    let files = report.files.len();
    let _ = writeln!(
        out,
        "{} in {files} file{}",
        summary(report.counts),
        if files == 1 { "" } else { "s" }
    );
    out
}

fn write_finding(out: &mut String, finding: &Finding, colour: Colour) {
    let place = &finding.place;
    let word = match finding.severity {
        Severity::Error => paint(colour, Paint::Red, "error"),
        Severity::Warning => paint(colour, Paint::Yellow, "warning"),
        Severity::Note => paint(colour, Paint::Blue, "note"),
    };
    let _ = writeln!(
        out,
        "  {}:{}:{} {word} {} {}",
        shown(&place.file),
        place.line,
        place.column,
        finding.rule,
        shown(&finding.message)
    );
    if !finding.line_text.trim().is_empty() {
        let (line, caret) = excerpt(finding);
        let number = place.line.to_string();
        let margin = " ".repeat(number.len());
        let _ = writeln!(out, "    {number} | {line}");
        let _ = writeln!(out, "    {margin} | {}", paint(colour, Paint::Red, &caret));
    }
    for related in &finding.related {
        let at = &related.place;
        let _ = writeln!(
            out,
            "    {}:{}:{} {}",
            shown(&at.file),
            at.line,
            at.column,
            shown(&related.message)
        );
    }
    let _ = writeln!(
        out,
        "    {} {}",
        paint(colour, Paint::Dim, "to do:"),
        shown(&finding.hint)
    );
}

/// The line, cut to [`WIDTH`], and carets below the part that is meant.
fn excerpt(finding: &Finding) -> (String, String) {
    let place = &finding.place;
    let characters: Vec<char> = finding.line_text.chars().map(visible).collect();
    let start = (place.column as usize)
        .saturating_sub(1)
        .min(characters.len());
    let end = if place.end_line > place.line {
        characters.len()
    } else {
        (place.end_column as usize)
            .saturating_sub(1)
            .clamp(start, characters.len())
    };
    let from = if characters.len() > WIDTH {
        start.saturating_sub(20)
    } else {
        0
    };
    let to = characters.len().min(from + WIDTH);
    let mut line: String = characters.get(from..to).unwrap_or(&[]).iter().collect();
    let mut lead = start - from;
    if from > 0 {
        line.insert(0, '…');
        lead += 1;
    }
    if to < characters.len() {
        line.push('…');
    }
    let length = end.min(to).saturating_sub(start).max(1);
    (line, format!("{}{}", " ".repeat(lead), "^".repeat(length)))
}

fn write_suppressed(out: &mut String, report: &Report) {
    for entry in &report.suppressed {
        let place = &entry.finding.place;
        let _ = writeln!(
            out,
            "  {}:{}:{} suppressed {} {}",
            shown(&place.file),
            place.line,
            place.column,
            entry.finding.rule,
            shown(&entry.reason)
        );
    }
}

fn write_coverage(out: &mut String, report: &Report) {
    for coverage in &report.coverage {
        let (served, all) = coverage.share(CoverageKind::Requirement);
        let (shown_by, criteria) = coverage.share(CoverageKind::Criterion);
        let _ = writeln!(
            out,
            "{}{served} of {all} requirements and {shown_by} of {criteria} criteria have a task; {} of {} tasks are done",
            match coverage.bundle.as_str() {
                "" => String::new(),
                bundle => format!("{}: ", shown(bundle)),
            },
            coverage.tasks_done,
            coverage.tasks
        );
    }
}

/// What a document says must not steer the reader's terminal.
fn shown(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' => '\u{fffd}',
        c => c,
    }
}

#[derive(Clone, Copy)]
enum Paint {
    Bold,
    Dim,
    Red,
    Yellow,
    Blue,
}

fn paint(colour: Colour, paint: Paint, text: &str) -> String {
    let code = match paint {
        Paint::Bold => "1",
        Paint::Dim => "2",
        Paint::Red => "31",
        Paint::Yellow => "33",
        Paint::Blue => "34",
    };
    match colour {
        Colour::Plain => text.to_owned(),
        Colour::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
    }
}
