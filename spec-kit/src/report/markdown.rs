use super::{Coverage, CoverageKind, Report, summary};
use std::fmt::Write;

/// A job's summary takes a megabyte; a comment far less.
const MAX_FINDINGS: usize = 200;
const MAX_ROWS: usize = 300;

/// For a job's summary or a comment: counts, findings, and which task serves what.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("## Spec Kit: {}\n", summary(report.counts));
    if !report.findings.is_empty() {
        out.push_str("\n| Severity | Rule | Place | Finding |\n| --- | --- | --- | --- |\n");
    }
    for finding in report.findings.iter().take(MAX_FINDINGS) {
        let place = &finding.place;
        let mut words = cell(&finding.message);
        for related in &finding.related {
            let at = &related.place;
            let _ = write!(
                words,
                "<br>`{}:{}` {}",
                code(&at.file),
                at.line,
                cell(&related.message)
            );
        }
        let _ = writeln!(
            out,
            "| {} | `{}` | `{}:{}` | {words} |",
            finding.severity.word(),
            finding.rule,
            code(&place.file),
            place.line
        );
    }
    if let Some(more) = report.findings.len().checked_sub(MAX_FINDINGS + 1) {
        let _ = writeln!(out, "\n{} more findings are not shown here.", more + 1);
    }
    for coverage in &report.coverage {
        write_coverage(&mut out, coverage);
    }
    out
}

fn write_coverage(out: &mut String, coverage: &Coverage) {
    let name = match coverage.bundle.as_str() {
        "" => "Coverage".to_owned(),
        bundle => format!("Coverage of `{}`", code(bundle)),
    };
    let (served, all) = coverage.share(CoverageKind::Requirement);
    let (shown, criteria) = coverage.share(CoverageKind::Criterion);
    let _ = writeln!(
        out,
        "\n### {name}\n\n{served} of {all} requirements and {shown} of {criteria} criteria have a task; {} of {} tasks are done.\n\n| Id | What | Tasks |\n| --- | --- | --- |",
        coverage.tasks_done, coverage.tasks
    );
    for row in coverage.rows.iter().take(MAX_ROWS) {
        let mut tasks = row.tasks.join(", ");
        if tasks.is_empty() {
            tasks.push_str("**none**");
        } else if !row.through.is_empty() {
            let _ = write!(tasks, " (through {})", row.through.join(", "));
        }
        let _ = writeln!(
            out,
            "| {} | {} | {tasks} |",
            cell(&row.id),
            cell(&short(&row.text))
        );
    }
    if let Some(more) = coverage.rows.len().checked_sub(MAX_ROWS + 1) {
        let _ = writeln!(out, "\n{} more rows are not shown here.", more + 1);
    }
    if !coverage.tasks_without.is_empty() {
        let _ = writeln!(
            out,
            "\nTasks that name none of them: {}.",
            coverage.tasks_without.join(", ")
        );
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// A document's words must not become markup of ours; code between ticks stays code.
fn cell(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // An odd tick would open code that nothing closes.
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let shown = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => escaped(part),
        _ => format!("`{}`", code(part)),
    });
    shown.collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '#' | '@' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn code(text: &str) -> String {
    text.replace('`', "'")
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
}
