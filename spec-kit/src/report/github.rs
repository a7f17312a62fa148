use super::{Finding, Report, summary};
use crate::order::Order;
use crate::rules::Severity;
use std::fmt::Write;

/// More than these are not written: a run shows ten of a kind in a step and fifty in a job, and
/// drops the rest without a word.
pub const MAX_ANNOTATIONS: usize = 50;

/// Workflow commands of GitHub Actions, the worst first, at most [`MAX_ANNOTATIONS`] with the line
/// that says how many there are more.
pub fn annotations(report: &Report) -> String {
    let mut order: Vec<&Finding> = report.findings.iter().collect();
    // Stable: within a severity by place.
    order.order_by_key(|finding| std::cmp::Reverse(finding.severity));
    let shown = if order.len() > MAX_ANNOTATIONS {
        MAX_ANNOTATIONS - 1
    } else {
        order.len()
    };
    let mut out = String::new();
    for finding in order.iter().take(shown) {
        write_command(&mut out, finding);
    }
    if let Some(hidden) = order.len().checked_sub(shown).filter(|hidden| *hidden > 0) {
        let worst = order
            .get(shown)
            .map_or("notice", |finding| command(finding.severity));
        let words = format!(
            "{hidden} more findings are not shown here; in all {}",
            summary(report.counts)
        );
        let _ = writeln!(out, "::{worst} title=Spec Kit::{}", data(&words));
    }
    out
}

fn write_command(out: &mut String, finding: &Finding) {
    let place = &finding.place;
    let mut range = format!("file={},line={}", property(&place.file), place.line);
    // GitHub takes columns only within one line, and the last one as included.
    if place.end_line == place.line {
        let last = place.end_column.saturating_sub(1).max(place.column);
        let _ = write!(range, ",col={},endColumn={last}", place.column);
    } else {
        let _ = write!(range, ",endLine={}", place.end_line);
    }
    let mut words = finding.message.clone();
    for related in &finding.related {
        let at = &related.place;
        let _ = write!(words, "\n{}:{} {}", at.file, at.line, related.message);
    }
    let _ = write!(words, "\nTo do: {}", finding.hint);
    let _ = writeln!(
        out,
        "::{} {range},title={}::{}",
        command(finding.severity),
        property(&finding.rule),
        data(&words)
    );
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// As the toolkit of Actions escapes data.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As the toolkit of Actions escapes properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
