//! One caller cannot take the whole database. Refill is so slow here that no clock matters.

use crate::common::{Room, send};
use ops_core::Code;
use ops_tests::harness::TestDatabase;
use ops_web::{Host, Limits, Rate};
use reqwest::Method;
use serde_json::json;

async fn room(token: u32, unknown: u32) -> Room {
    let rate = |burst| Rate {
        per_second: 0.001,
        burst,
    };
    let limits = Limits {
        token: rate(token),
        unknown: rate(unknown),
    };
    let host = Host {
        limits,
        ..Host::NATIVE
    };
    let db = TestDatabase::new().await;
    let store = db.store.clone();
    Room::with(db, store, host).await
}

#[tokio::test]
async fn a_token_that_asks_too_often_is_told_when_to_come_back_and_harms_no_other() {
    let room = room(10, 10).await;
    let other = room.mint_kind("viewer").await;
    let held = room.hold("w", json!({ "lease_seconds": 60 })).await;
    let mut answers = Vec::new();
    for _ in 0..10 {
        let asked = room.request(Method::GET, "runs.list").send().await;
        answers.push(asked.expect("an answer"));
    }
    let last = answers.pop().expect("ten");
    assert_eq!(last.status(), 429);
    assert_eq!(last.headers()["retry-after"], "60");
    let problem: serde_json::Value = last.json().await.expect("a problem");
    assert_eq!(problem["code"], "rate_limited");

    other.get("runs.list").await.is(200);
    // What it holds is not lost by it.
    room.post("runs.heartbeat", held.clone()).await.is(200);
    room.finish(&held, json!({ "status": "succeeded" }))
        .await
        .is(200);
}

#[tokio::test]
async fn whoever_guesses_is_stopped_before_the_database_and_known_tokens_are_not() {
    let room = room(1_000, 3).await;
    room.get("runs.list").await.is(200);
    let guess = room.with_token("ops_guess");
    for _ in 0..3 {
        guess.get("runs.list").await.refused(Code::Unauthenticated);
    }
    guess.get("runs.list").await.refused(Code::RateLimited);
    // A header that a caller writes is no address.
    let forwarded = guess
        .request(Method::GET, "runs.list")
        .header("x-forwarded-for", "192.0.2.7")
        .header("forwarded", "for=192.0.2.7");
    send(forwarded).await.refused(Code::RateLimited);
    room.get("runs.list").await.is(200);
    // No token at all costs nothing, so it is not charged.
    send(room.bare(Method::GET, "runs.list"))
        .await
        .refused(Code::Unauthenticated);
}

#[tokio::test]
async fn a_full_lane_says_when_to_come_back_and_counts_no_repeat() {
    let room = Room::new().await;
    room.post("lanes.update", json!({ "name": "A", "queue_limit": 1 }))
        .await
        .is(200);
    let steps = json!([{ "id": "a", "run": "true" }]);
    let runbook = json!({ "version": 1, "slug": "x", "title": "X", "steps": steps });
    let first = json!({ "runbook": runbook, "idempotency_key": "first" });
    room.post("runs.create", first.clone()).await.is(201);
    let create = room.request(Method::POST, "runs.create");
    let full = create.json(&json!({ "runbook": runbook })).send().await;
    let full = full.expect("an answer");
    assert_eq!(full.status(), 429);
    assert_eq!(full.headers()["retry-after"], "10");
    let problem: serde_json::Value = full.json().await.expect("a problem");
    assert_eq!(problem["code"], "queue_full");
    let detail = "lane A holds the 1 queued runs that it may hold";
    assert_eq!(problem["detail"], detail);
    room.post("runs.create", first).await.is(200);
}
