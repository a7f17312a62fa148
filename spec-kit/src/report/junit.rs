use super::{Finding, Report};
use crate::order::Order;
use crate::rules::{Severity, rules};
use std::fmt::Write;

/// JUnit XML as Jenkins and GitLab read it: a suite for each file, a case for each rule that found
/// something there, and one that passes where none did.
pub fn junit(report: &Report) -> String {
    let mut suites = String::new();
    let mut failures = 0;
    let mut tests = 0;
    let mut files: Vec<&str> = report.files.iter().map(String::as_str).collect();
    files.extend(
        report
            .findings
            .iter()
            .map(|finding| finding.place.file.as_str()),
    );
    files.order();
    files.dedup();
    for file in files {
        let found: Vec<&Finding> = report
            .findings
            .iter()
            .filter(|finding| finding.place.file == file)
            .collect();
        let fails = found
            .iter()
            .filter(|finding| finding.severity >= report.fail_level)
            .count();
        let cases = found.len().max(1);
        let _ = writeln!(
            suites,
            "  <testsuite name=\"{0}\" tests=\"{cases}\" failures=\"{fails}\" errors=\"0\">",
            escape(file)
        );
        for finding in &found {
            write_case(&mut suites, finding, report.fail_level);
        }
        if found.is_empty() {
            let _ = writeln!(
                suites,
                "    <testcase classname=\"{}\" name=\"{} rules\"/>",
                escape(file),
                rules().count()
            );
        }
        suites.push_str("  </testsuite>\n");
        failures += fails;
        tests += cases;
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"spec-kit\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n{suites}</testsuites>\n"
    )
}

fn write_case(out: &mut String, finding: &Finding, fail_level: Severity) {
    let place = &finding.place;
    let name = format!("{} {}:{}", finding.rule, place.line, place.column);
    let words = format!(
        "{}:{}:{} {}\nTo do: {}",
        place.file, place.line, place.column, finding.message, finding.hint
    );
    // What does not fail the check is told beside a test that passes.
    let (tag, attributes) = if finding.severity >= fail_level {
        (
            "failure",
            format!(
                " type=\"{}\" message=\"{}\"",
                finding.severity.word(),
                escape(&finding.message)
            ),
        )
    } else {
        ("system-out", String::new())
    };
    let _ = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\"><{tag}{attributes}>{}</{tag}></testcase>",
        escape(&place.file),
        escape(&name),
        escape(&words)
    );
}

/// XML 1.0 has no way to write most control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
