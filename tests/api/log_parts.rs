//! The parts in which a page reads a log.

use crate::common::{PATIENCE, Room, with};
use ops_tests::harness::database::TOKEN;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

struct Part {
    headers: HeaderMap,
    lines: String,
}

impl Part {
    fn said(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.transpose().unwrap().unwrap_or_default()
    }
}

async fn part(room: &Room, held: &Value, query: &str) -> Part {
    let id = held["run_id"].as_str().unwrap();
    let http = reqwest::Client::builder().timeout(PATIENCE).build();
    let request = http
        .unwrap()
        .get(format!("{}/ui/runs/{id}/log?{query}", room.origin));
    let answer = request
        .header("cookie", format!("ops_token={TOKEN}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    Part {
        headers: answer.headers().clone(),
        lines: answer.text().await.unwrap(),
    }
}

async fn append(room: &Room, held: &Value, first: usize, events: &[Value]) {
    let body = json!({ "first_seq": first, "events": events });
    room.post("events.append", with(held.clone(), body))
        .await
        .is(200);
}

fn story() -> Vec<Value> {
    let line = |step: Value, source: &str, level: &str, message: &str| json!({ "step": step, "source": source, "level": level, "message": message });
    vec![
        line(json!("a"), "stdout", "info", "::group::compile"),
        line(json!("a"), "stdout", "info", "\u{1b}[38;5;208mcolour"),
        line(json!("a"), "stderr", "info", "no colour here"),
        line(json!("a"), "stdout", "info", "goes on"),
        line(Value::Null, "worker", "warn", "a word between"),
        line(json!("a"), "stdout", "error", "still in the group"),
        line(json!("a"), "stdout", "info", "\u{1b}[1m ::endgroup::"),
        line(json!("a"), "stdout", "info", "\u{1b}[0mplain again"),
        line(json!("b"), "stdout", "error", "another step"),
        line(json!("b"), "stdout", "info", "##[group]open"),
        line(json!("b"), "stdout", "info", "last"),
    ]
}

#[tokio::test]
async fn a_log_that_comes_line_by_line_looks_like_the_whole() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let (mut with_state, mut without) = (String::new(), String::new());
    let mut state = String::new();
    for (event, seq) in story().into_iter().zip(1..) {
        append(&room, &held, seq, &[event]).await;
        let after = seq - 1;
        without += &part(&room, &held, &format!("after={after}")).await.lines;
        let next = part(&room, &held, &format!("after={after}&state={state}")).await;
        with_state += &next.lines;
        state = next.said("ops-log-state").into();
        assert_eq!(next.said("ops-next"), seq.to_string());
    }
    let whole = part(&room, &held, "after=0").await;
    assert_eq!(with_state, whole.lines);
    assert_eq!(without, whole.lines);
    assert_eq!(whole.lines.matches("class=\"step\"").count(), 2);
    // What came before a line fits what comes from it on.
    for before in 2..=story().len() {
        let earlier = part(&room, &held, &format!("before={before}")).await;
        let rest = part(&room, &held, &format!("after={}", before - 1)).await;
        assert_eq!(earlier.lines + &rest.lines, whole.lines, "{before}");
        assert_eq!(earlier.headers["ops-log-earlier"], "0");
        assert_eq!(earlier.headers["ops-log-first"], "1");
    }
}

#[tokio::test]
async fn what_stands_above_a_log_stays_true_while_it_grows() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let empty = part(&room, &held, "after=0").await;
    assert_eq!(
        (empty.said("ops-next"), empty.said("ops-log-total")),
        ("0", "0 lines")
    );
    assert_eq!(empty.said("ops-log-open"), "1");

    let many: Vec<Value> = (1..=1_198)
        .map(|n| json!({ "message": n.to_string() }))
        .collect();
    append(&room, &held, 1, &many[..1]).await;
    let one = part(&room, &held, "after=0").await;
    assert_eq!(
        (one.said("ops-log-total"), one.said("ops-log-errors")),
        ("1 line", "")
    );
    assert_eq!(one.said("ops-log-first-error"), "0");

    append(&room, &held, 2, &many[1..]).await;
    let errors = [
        json!({ "message": "one", "level": "error" }),
        json!({ "message": "two", "level": "error" }),
    ];
    append(&room, &held, 1_199, &errors).await;
    let rest = part(&room, &held, "after=1198").await;
    assert_eq!(
        (
            rest.said("ops-log-total"),
            rest.said("ops-log-errors"),
            rest.said("ops-log-first-error")
        ),
        ("1,200 lines", "2 errors", "1199")
    );
    // Nothing new: the position stays, and the counts are there all the same.
    let idle = part(&room, &held, "after=1200").await;
    assert_eq!(
        (idle.said("ops-next"), idle.said("ops-log-total")),
        ("1200", "1,200 lines")
    );
    assert!(idle.lines.is_empty());
}

#[tokio::test]
async fn one_address_serves_what_a_search_finds() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    append(&room, &held, 1, &story()).await;
    let id = held["run_id"].as_str().unwrap();
    let http = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .unwrap();
    for (path, status) in [("log/hits", 200), ("hits", 404)] {
        let address = format!("{}/ui/runs/{id}/{path}?q=colour", room.origin);
        let request = http
            .get(address)
            .header("cookie", format!("ops_token={TOKEN}"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        let is_found = answer.text().await.unwrap().contains("2 matches");
        assert_eq!(is_found, status == 200);
    }
}

#[tokio::test]
async fn a_failed_run_shows_its_first_error_and_leads_on() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let line = |n: usize| json!({ "message": n.to_string(), "level": if n == 50 { "error" } else { "info" } });
    for first in (1..=4_000).step_by(1_000) {
        let lines: Vec<Value> = (first..first + 1_000).map(line).collect();
        append(&room, &held, first, &lines).await;
    }
    let page = async || {
        let id = held["run_id"].as_str().unwrap();
        let http = reqwest::Client::builder().timeout(PATIENCE).build();
        let request = http.unwrap().get(format!("{}/runs/{id}", room.origin));
        let request = request.header("cookie", format!("ops_token={TOKEN}"));
        request.send().await.unwrap().text().await.unwrap()
    };
    // While it runs the end is what people want to see.
    let running = page().await;
    assert!(running.contains("id=\"L4000\"") && !running.contains("id=\"L50\""));
    assert!(!running.contains("log-later"));
    room.finish(&held, json!({ "status": "failed", "last_seq": 4_000 }))
        .await
        .is(200);
    let failed = page().await;
    assert!(failed.contains("id=\"L50\"") && !failed.contains("id=\"L4000\""));
    assert!(failed.contains("id=\"log-later\"") && !failed.contains("id=\"log-earlier\""));
    let rest = part(&room, &held, "after=2049").await;
    assert_eq!(
        (
            rest.said("ops-next"),
            rest.said("ops-log-later"),
            rest.said("ops-log-open")
        ),
        ("3049", "1", "1")
    );
    let last = part(&room, &held, "after=3049").await;
    assert_eq!(
        (last.said("ops-log-later"), last.said("ops-log-open")),
        ("0", "0")
    );
}
