use super::Report;

/// The report as JSON; docs/spec-kit-report.schema.json describes it.
pub fn json(report: &Report) -> String {
    // Strings, numbers and lists: there is nothing that cannot be written.
    let mut out = serde_json::to_string_pretty(report).unwrap_or_default();
    out.push('\n');
    out
}
