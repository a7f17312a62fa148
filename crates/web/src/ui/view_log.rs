//! Parts of a run's log as views.

use super::json::{list, number, text};
use ops_core::RunStatus;
use ops_core::api::Event;
use ops_render::view::{LogChunk, LogHits, LogLine, LogView};
use ops_render::words::counted;
use ops_render::{Href, LogState, log_chunks};
use serde_json::Value;

/// Lines that a page begins with, and of each part that it asks for.
pub const LINES: i64 = 1_000;

/// `state` is what the lines before left behind, where the reader brings it along.
pub fn chunk(answer: &Value, state: Option<LogState>) -> LogChunk {
    let lines = |name| list(answer, name).iter().filter_map(line);
    LogChunk {
        before: state.unwrap_or_else(|| LogState::after(&lines("lead").collect::<Vec<_>>())),
        lines: lines("events").collect(),
    }
}

fn line(event: &Value) -> Option<LogLine> {
    let event: Event = serde_json::from_value(event.clone()).ok()?;
    Some(LogLine::from(&event))
}

/// Whether more lines may come: a cancelled run goes on logging until its holder has ended.
pub fn is_open(answer: &Value) -> bool {
    let ended = RunStatus::parse(text(answer, "status")).is_none_or(RunStatus::is_terminal);
    !ended || answer["held"] == true
}

pub fn total(answer: &Value) -> String {
    counted(number(answer, "lines"), "line", "lines")
}

/// Empty where there is none.
pub fn errors(answer: &Value) -> String {
    match number(answer, "errors") {
        0 => String::new(),
        errors => counted(errors, "error", "errors"),
    }
}

/// What the reader searched for, and what was found.
pub struct Search<'a> {
    pub text: &'a str,
    pub found: Option<&'a Value>,
    /// Position that the page stands at.
    pub at: Option<i64>,
}

pub fn log(run_id: &str, answer: &Value, search: &Search) -> LogView {
    let page = Href::path(&["runs", run_id]);
    let live = Href::path(&["ui", "runs", run_id, "log"]);
    let first = answer["first"].as_i64().unwrap_or(0);
    let next = answer["next"].as_i64().unwrap_or(0);
    let (lines_html, state) = log_chunks(&chunk(answer, None));
    let first_error = answer["first_error"].as_i64();
    let has_earlier = answer["earlier"] == true;
    LogView {
        live: live.as_str().into(),
        next,
        is_open: is_open(answer),
        state: state.to_query(),
        total: total(answer),
        errors: errors(answer),
        first_error: first_error.map(|pos| at_line(&page, pos, search.text)),
        first_error_pos: first_error.unwrap_or(0),
        earlier: has_earlier.then(|| {
            page.clone()
                .with("q", search.text)
                .with("before", &first.to_string())
        }),
        later: (answer["later"] == true).then(|| {
            page.clone()
                .with("q", search.text)
                .with("at", &(next + LINES / 2 + 1).to_string())
        }),
        earlier_live: format!("{}?before=", live.as_str()),
        first_pos: first,
        raw: Some(Href::path(&["runs", run_id, "log.txt"])),
        path: page.as_str().into(),
        hits: search
            .found
            .map(|found| hits(&page, found, search))
            .unwrap_or_default(),
        lines_html,
        empty: match RunStatus::parse(text(answer, "status")) {
            Some(RunStatus::Queued) => "No log yet: the run is queued.",
            Some(status) if status.is_terminal() => "The run left no log.",
            _ => "Waiting for the first line…",
        }
        .into(),
        is_cut: number(answer, "dropped") > 0,
    }
}

/// The page of the run at one line.
fn at_line(page: &Href, pos: i64, query: &str) -> Href {
    let pos = pos.to_string();
    page.clone()
        .with("q", query)
        .with("at", &pos)
        .at(&format!("L{pos}"))
}

pub fn hits(page: &Href, found: &Value, search: &Search) -> LogHits {
    let positions: Vec<i64> = list(found, "positions")
        .iter()
        .filter_map(Value::as_i64)
        .collect();
    let total = number(found, "total");
    // Hits up to the line that the page stands at.
    let upto = search
        .at
        .map_or(0, |at| positions.partition_point(|pos| *pos <= at));
    let before = search
        .at
        .map_or(0, |at| positions.partition_point(|pos| *pos < at));
    let to = |index: usize| {
        positions
            .get(index)
            .map(|pos| at_line(page, *pos, search.text))
    };
    LogHits {
        query: search.text.into(),
        total,
        text: match (total, upto) {
            (0, _) => "no match".into(),
            (_, 0) => counted(total, "match", "matches"),
            (_, upto) => format!("{upto} of {total}"),
        },
        positions: positions
            .iter()
            .map(i64::to_string)
            .collect::<Vec<_>>()
            .join(" "),
        previous: before.checked_sub(1).and_then(to),
        following: to(upto),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page() -> Href {
        Href::path(&["runs", "r"])
    }

    #[test]
    fn a_search_counts_truly_and_leads_on() {
        let found = json!({ "total": 3, "positions": [10, 20, 30] });
        let at = |at| {
            hits(
                &page(),
                &found,
                &Search {
                    text: "a b",
                    found: Some(&found),
                    at,
                },
            )
        };
        assert_eq!(at(None).text, "3 matches");
        assert_eq!(
            at(None).following.expect("the first").as_str(),
            "/runs/r?q=a%20b&at=10#L10"
        );
        assert_eq!(at(Some(20)).text, "2 of 3");
        assert_eq!(
            at(Some(20)).previous.expect("the first").as_str(),
            "/runs/r?q=a%20b&at=10#L10"
        );
        assert!(at(Some(30)).following.is_none());
        assert_eq!(at(None).positions, "10 20 30");
    }

    #[test]
    fn a_cancelled_run_logs_until_its_holder_has_ended() {
        assert!(is_open(&json!({ "status": "cancelled", "held": true })));
        assert!(!is_open(&json!({ "status": "cancelled", "held": false })));
        assert!(is_open(&json!({ "status": "queued", "held": false })));
    }

    #[test]
    fn lines_are_escaped_and_counted() {
        let answer = json!({ "status": "failed", "held": false, "first": 7, "next": 7, "earlier": true, "later": true, "lines": 1198,
            "errors": 1, "first_error": 7, "lead": [],
            "events": [{ "pos": 7, "attempt": 1, "ts": "2026-11-24T22:30:00Z", "level": "error", "message": "<script>" }] });
        let log = log(
            "r",
            &answer,
            &Search {
                text: "",
                found: None,
                at: None,
            },
        );
        assert_eq!(
            (log.total.as_str(), log.errors.as_str()),
            ("1,198 lines", "1 error")
        );
        assert!(log.lines_html.as_str().contains("&lt;script&gt;"));
        assert_eq!(
            log.earlier.expect("earlier lines").as_str(),
            "/runs/r?before=7"
        );
        assert_eq!(log.later.expect("later lines").as_str(), "/runs/r?at=508");
        assert!(!log.is_open);
    }
}
