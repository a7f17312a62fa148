//! The list of runs as a file: all rows of a filter, read page by page while they are sent, so that
//! nobody's memory grows with them. A file that is cut says so in its last line.

use super::ask::Ask;
use super::halt::{Halt, Shown};
use super::json::list;
use super::view_runs::Filters;
use crate::app::App;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use ops_render::words::{UnixMs, count, utc_day};
use serde_json::{Map, Value};
use std::io;

/// Rows of a file.
const ROWS: usize = 10_000;
/// Rows of one read.
const PART: u32 = 200;

/// Facts of a run, in the order of the columns.
const COLUMNS: [&str; 22] = [
    "id",
    "title",
    "status",
    "reason",
    "error",
    "lane",
    "priority",
    "template",
    "template_version",
    "session_id",
    "env",
    "repo",
    "intent",
    "attempt",
    "max_attempts",
    "claimed_by",
    "created_by",
    "created_at",
    "claimed_at",
    "started_at",
    "finished_at",
    "retry_of",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
}

pub async fn csv(State(app): State<App>, ask: Ask) -> Shown {
    export(app, ask, Format::Csv).await
}

pub async fn json(State(app): State<App>, ask: Ask) -> Shown {
    export(app, ask, Format::Json).await
}

/// Where a file stands between two reads.
struct Export {
    app: App,
    ask: Ask,
    filters: Filters,
    format: Format,
    sent: usize,
}

/// What comes next.
enum Next {
    Rows(Part),
    Read,
    /// The end was sent, or the database did not answer.
    Nothing,
}

struct Part {
    now: UnixMs,
    runs: Vec<Value>,
    /// Where the next part begins.
    next: Option<i64>,
}

async fn export(app: App, ask: Ask, format: Format) -> Shown {
    let filters = Filters::of(&ask.query);
    let mut export = Export {
        app,
        ask,
        filters,
        format,
        sent: 0,
    };
    // The first part before the answer begins, so that a refusal is a page.
    let first = export.read(PART).await?;
    let name = format!("runs-{}.{}", utc_day(first.now), format.ending());
    let parts = stream::unfold((export, Next::Rows(first)), |(mut export, next)| async {
        match export.step(next).await {
            Ok((text, next)) => Some((Ok(text), (export, next))),
            Err(None) => None,
            // Ends the connection before the end of the file: a browser says that it failed.
            Err(Some(error)) => Some((Err(error), (export, Next::Nothing))),
        }
    });
    Ok(as_download(Body::from_stream(parts), format, &name))
}

impl Export {
    async fn step(&mut self, next: Next) -> Result<(String, Next), Option<io::Error>> {
        let part = match next {
            Next::Rows(part) => part,
            Next::Read => self.read(PART).await.map_err(|_| Some(gone()))?,
            Next::Nothing => return Err(None),
        };
        let mut text = String::new();
        if self.sent == 0 {
            text.push_str(&self.format.head());
        }
        for run in &part.runs {
            self.format.row(run, self.sent == 0, &mut text);
            self.sent += 1;
        }
        self.filters.after = part.next;
        if part.next.is_some() && self.sent < ROWS {
            return Ok((text, Next::Read));
        }
        let is_cut = match part.next {
            Some(_) => !self
                .read(1)
                .await
                .map_err(|_| Some(gone()))?
                .runs
                .is_empty(),
            None => false,
        };
        let rest = is_cut.then(|| {
            let after = self.filters.after.unwrap_or(0).to_string();
            let upto = self.filters.upto.unwrap_or(0).to_string();
            let file = format!("runs.{}", self.format.ending());
            let rest = self.filters.href(&[&file]);
            rest.with("after", &after).with("upto", &upto)
        });
        let rest = rest.as_ref().map(|href| href.as_str());
        self.format.end(self.sent, rest, &mut text);
        Ok((text, Next::Nothing))
    }

    /// The rows up to the newest one of the first part: what comes meanwhile is not in the file.
    async fn read(&mut self, limit: u32) -> Result<Part, Halt> {
        let reads = serde_json::json!({ "runs": self.filters.read(limit) });
        // The frame is there for a refusal, which is a page, and it says whether the session is there.
        let mut read = match self.sent {
            0 => self.ask.read(&self.app, reads).await?,
            _ => self.ask.read_more(&self.app, reads).await?,
        };
        let answer = read.take("runs")?;
        self.filters.upto = answer["upto"].as_i64();
        Ok(Part {
            now: read.now,
            runs: list(&answer, "runs").to_vec(),
            next: answer["next"].as_i64(),
        })
    }
}

fn gone() -> io::Error {
    io::Error::other("the rest could not be read")
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Json => "json",
        }
    }

    fn head(self) -> String {
        match self {
            Format::Csv => format!("{}\r\n", COLUMNS.join(",")),
            Format::Json => "{\"runs\":[".into(),
        }
    }

    fn row(self, run: &Value, is_first: bool, out: &mut String) {
        match self {
            Format::Csv => csv_line(COLUMNS.iter().map(|name| cell(&run[*name])), out),
            Format::Json => {
                out.push_str(if is_first { "\n" } else { ",\n" });
                let facts = COLUMNS.iter();
                let facts: Map<String, Value> = facts
                    .map(|name| (name.to_string(), run[*name].clone()))
                    .collect();
                out.push_str(&Value::Object(facts).to_string());
            }
        }
    }

    /// `rest` is the address of the rows that did not find room.
    fn end(self, sent: usize, rest: Option<&str>, out: &mut String) {
        match self {
            // A row like the others, so that every reader takes it; without an id it is no run.
            Format::Csv => {
                if let Some(rest) = rest {
                    let words = format!("cut after {} runs; the rest: {rest}", count(sent as u64));
                    let cells = COLUMNS.iter().map(|name| match *name {
                        "title" => words.clone(),
                        _ => String::new(),
                    });
                    csv_line(cells, out);
                }
            }
            Format::Json => {
                let facts =
                    serde_json::json!({ "count": sent, "truncated": rest.is_some(), "rest": rest });
                let facts = facts.to_string();
                out.push_str("\n],");
                out.push_str(facts.trim_start_matches('{'));
                out.push('\n');
            }
        }
    }
}

/// A fact as the text of a cell.
fn cell(fact: &Value) -> String {
    match fact {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        other => other.to_string(),
    }
}

/// A spreadsheet would run a text that begins like a formula; with the apostrophe it is shown.
fn harmless(text: &str) -> String {
    let is_formula = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    match text.starts_with(is_formula) {
        true => format!("'{text}"),
        false => text.into(),
    }
}

/// RFC 4180: quotes where they are needed, doubled within, and both characters at the end.
fn csv_line(cells: impl Iterator<Item = String>, out: &mut String) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

fn as_download(body: Body, format: Format, name: &str) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Json => "application/json",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        HeaderName::from_static("ops-row-limit"),
        HeaderValue::from(ROWS),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_cell_is_a_formula() {
        for text in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1",
        ] {
            assert_eq!(cell(&json!(text)), format!("'{text}"), "{text:?}");
        }
        for text in ["", "a=b", "1-1", "'=1", " =1"] {
            assert_eq!(cell(&json!(text)), text);
        }
        // A number is one.
        assert_eq!(
            (cell(&json!(-5)), cell(&Value::Null)),
            ("-5".into(), String::new())
        );
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut out = String::new();
        let cells = ["a", "b,c", "say \"hi\"", "two\nlines", ""].map(String::from);
        csv_line(cells.into_iter(), &mut out);
        assert_eq!(out, "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n");
    }

    #[test]
    fn a_file_that_is_cut_says_so_in_its_own_format() {
        let mut csv = Format::Csv.head();
        Format::Csv.row(&json!({ "id": "r", "priority": 100 }), true, &mut csv);
        let whole = csv.clone();
        Format::Csv.end(1, None, &mut csv);
        assert_eq!(csv, whole);
        Format::Csv.end(10_000, Some("/runs.csv?after=7&upto=9"), &mut csv);
        let last = csv.lines().last().expect("a line");
        assert!(
            last.starts_with(",\"cut after 10,000 runs; the rest: /runs.csv?after=7&upto=9\",")
        );
        let columns = |line: &str| line.matches(',').count();
        assert_eq!(
            columns(last) - 1,
            columns(csv.lines().next().expect("a head"))
        );

        for rest in [None, Some("/runs.json?after=7")] {
            let mut text = Format::Json.head();
            Format::Json.row(&json!({ "id": "r", "title": "=1" }), true, &mut text);
            Format::Json.row(&json!({ "id": "s" }), false, &mut text);
            Format::Json.end(2, rest, &mut text);
            let read: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(read["runs"][0]["title"], "=1");
            assert_eq!(read["runs"][1]["id"], "s");
            assert_eq!((&read["count"], &read["rest"]), (&json!(2), &json!(rest)));
            assert_eq!(read["truncated"], rest.is_some());
        }
    }
}
