//! The job's summary and outputs: files that the runner reads when the step is over.

use crate::commands::token;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::report::{Entry, Report};
use std::io::Write;

/// The runner drops a summary of more than 1 MiB whole.
pub const SUMMARY_BYTES: usize = 900 * 1024;

pub fn write(environment: &Environment, report: &Report, url: &str) -> Result<(), Failure> {
    append(environment, "GITHUB_STEP_SUMMARY", &markdown(report, url))?;
    let ids: Vec<_> = report
        .entries()
        .iter()
        .map(|entry| entry.run_id.as_str())
        .collect();
    outputs(
        environment,
        &[
            ("claimed", report.entries().len().to_string()),
            ("succeeded", report.count("succeeded").to_string()),
            (
                "failed",
                (report.count("failed") + report.count("timed_out")).to_string(),
            ),
            ("cancelled", report.count("cancelled").to_string()),
            ("run-ids", serde_json::json!(ids).to_string()),
            ("control-room-url", url.to_string()),
        ],
    )
}

/// By heredoc with a word that no value can guess.
pub fn outputs(environment: &Environment, values: &[(&str, String)]) -> Result<(), Failure> {
    let word = token().map_err(Failure::Runtime)?;
    let text: String = values
        .iter()
        .map(|(name, value)| format!("{name}<<{word}\n{value}\n{word}\n"))
        .collect();
    append(environment, "GITHUB_OUTPUT", &text)
}

/// Outside a workflow job there is no such file, and nobody who would read it.
pub fn append(environment: &Environment, variable: &str, text: &str) -> Result<(), Failure> {
    let Some(path) = environment.get(variable) else {
        return Ok(());
    };
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::Io(variable.into(), error))
}

fn markdown(report: &Report, url: &str) -> String {
    let entries = report.entries();
    let mut text = String::from("### Runs of this job\n\n");
    if entries.is_empty() {
        text.push_str(&format!(
            "None was queued in its lanes. [Control room]({url}/runboard)\n"
        ));
        return text;
    }
    text.push_str("| run | lane | outcome | took | |\n| --- | --- | --- | ---: | --- |\n");
    for (shown, entry) in entries.iter().enumerate() {
        let row = row(entry, url);
        if text.len() + row.len() > SUMMARY_BYTES {
            let left = entries.len() - shown;
            text.push_str(&format!(
                "\n{left} more runs do not fit here; the control room has them all.\n"
            ));
            return text;
        }
        text.push_str(&row);
    }
    text
}

fn row(entry: &Entry, url: &str) -> String {
    let took = entry
        .took
        .map_or(String::new(), |took| format!("{:.1} s", took.as_secs_f64()));
    format!(
        "| [{}]({url}/runs/{}) | {} | {} | {took} | {} |\n",
        cell(&entry.title, 120),
        entry.run_id,
        entry.lane,
        outcome(entry),
        cell(entry.error.as_deref().unwrap_or_default(), 300),
    )
}

fn outcome(entry: &Entry) -> String {
    let attempt = match entry.attempt {
        1 => String::new(),
        n => format!(" (attempt {n})"),
    };
    let end = entry.end.unwrap_or("unknown");
    let sign = match end {
        "succeeded" => "✅",
        "failed" | "timed_out" => "❌",
        _ => "⚪",
    };
    format!("{sign} {}{attempt}", end.replace('_', " "))
}

/// Text of others in a cell of a table: one line, no markup.
fn cell(text: &str, most: usize) -> String {
    let mut cell = String::new();
    for c in text.chars().take(most) {
        match c {
            '\n' | '\r' => cell.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '!' | '#' => {
                cell.push('\\');
                cell.push(c);
            }
            c => cell.push(c),
        }
    }
    if text.chars().count() > most {
        cell.push('…');
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;
    use ops_core::api::ClaimedRun;

    fn claimed(id: usize, title: &str) -> ClaimedRun {
        let run = serde_json::json!({
            "run_id": id.to_string(), "attempt": 1, "lane": "A", "lease_seconds": 15, "lease_expires_at": "x",
            "timeout_seconds": 60, "title": title,
        });
        serde_json::from_value(run).expect("a run")
    }

    #[test]
    fn titles_of_others_are_text_and_nothing_more() {
        let mut report = Report::default();
        report.claimed(&claimed(1, "a | b\n<img src=x> [x](y)"));
        report.lost("1", "gone");
        let text = markdown(&report, "https://ops");
        let row = text.lines().last().expect("a row");
        assert!(
            row.starts_with(
                r"| [a \| b \<img src=x\> \[x\](y)](https://ops/runs/1) | A | ⚪ lost | "
            ),
            "{row}"
        );
    }

    #[test]
    fn a_long_summary_says_what_is_left_out() {
        let mut report = Report::default();
        for id in 0..20_000 {
            report.claimed(&claimed(id, &"x".repeat(110)));
        }
        let text = markdown(&report, "https://ops");
        assert!(text.len() < 1024 * 1024);
        let last = text.lines().last().expect("a line");
        let left: usize = last
            .split(' ')
            .next()
            .and_then(|n| n.parse().ok())
            .expect("a number");
        assert_eq!(text.matches("/runs/").count() + left, 20_000);
    }
}
