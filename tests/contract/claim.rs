//! Who gets which run.

use crate::story::{Story, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_claimed_run_is_held_by_its_worker,
    with_start_the_claimed_are_running_already,
    lower_priority_first_then_first_in_first_out,
    lanes_come_in_the_order_of_their_heads,
    a_claim_of_a_session_takes_only_its_runs,
    nothing_to_claim_is_an_empty_answer,
    a_run_is_given_once,
    limit_0_only_settles,
    a_claim_settles_and_takes_in_one_call,
    a_run_that_is_not_due_is_parked_until_it_is,
    not_started_within_is_timed_out,
    started_in_time_is_not_timed_out_later,
    an_unknown_lane_is_named,
);

async fn a_claimed_run_is_held_by_its_worker<W: World>() {
    let s = Story::<W>::new().await;
    let run = s
        .create(json!({ "params": { "a": 1 }, "env": "production" }))
        .await;
    let answer = s.claim("w", json!({})).await;
    let claimed = &answer["runs"][0];
    for (name, value) in [
        ("run_id", json!(run)),
        ("attempt", json!(1)),
        ("lane", json!("A")),
        ("lease_seconds", json!(15)),
        ("params", json!({ "a": 1 })),
        ("steps", json!([])),
        ("env", json!("production")),
        ("secrets", json!([])),
    ] {
        assert_eq!(claimed[name], value, "{name}");
    }
    assert!(claimed["lease_expires_at"].is_string());
    let got = s.get(&run).await;
    assert_eq!(got["status"], "claimed");
    assert_eq!(got["claimed_by"], "w");
    assert_eq!(got["started_at"], Value::Null);
    assert_eq!(got["attempts"][0]["worker_id"], "w");
    assert_eq!(got["attempts"][0]["ended_at"], Value::Null);
    let started = s
        .call(
            "runs_start",
            json!({ "run_id": run, "worker_id": "w", "attempt": 1 }),
        )
        .await;
    assert_eq!(started["status"], "running");
    let got = s.get(&run).await;
    assert_eq!(got["status"], "running");
    assert!(got["started_at"].is_string());
}

async fn with_start_the_claimed_are_running_already<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "running");
    assert_eq!(run["started_at"], run["claimed_at"]);
    assert_eq!(s.start(&held).await["status"], "running");
}

async fn lower_priority_first_then_first_in_first_out<W: World>() {
    let s = Story::<W>::new().await;
    let c = s.create(json!({})).await;
    let d = s.create(json!({})).await;
    let e = s.create(json!({ "priority": 101 })).await;
    let a = s.create(json!({ "priority": -5 })).await;
    let b = s.create(json!({ "priority": 99 })).await;
    for expected in [a, b, c, d, e] {
        assert_eq!(s.take("w").await.run, expected);
    }
}

async fn lanes_come_in_the_order_of_their_heads<W: World>() {
    let s = Story::<W>::new().await;
    let b1 = s.create(json!({ "lane": "B", "priority": 10 })).await;
    let a1 = s.create(json!({ "lane": "A", "priority": 5 })).await;
    let a2 = s.create(json!({ "lane": "A", "priority": 50 })).await;
    let c1 = s.create(json!({ "lane": "C", "priority": 1 })).await;
    let two = json!({ "lanes": ["B", "A"], "limit": 1 });
    assert_eq!(s.claim_ids("w", two.clone()).await, [a1]);
    assert_eq!(s.claim_ids("w", two.clone()).await, [b1]);
    assert_eq!(s.claim_ids("w", two.clone()).await, [a2]);
    assert!(s.claim_ids("w", two).await.is_empty());
    assert_eq!(s.status(&c1).await, "queued");
}

async fn a_claim_of_a_session_takes_only_its_runs<W: World>() {
    let s = Story::<W>::new().await;
    let session =
        s.call("sessions_create", json!({ "name": "night" })).await["session"]["id"].clone();
    let outside = s.create(json!({ "priority": 1 })).await;
    let inside = s.create(json!({ "session_id": session })).await;
    let of_session = json!({ "session_id": session, "limit": 5 });
    assert_eq!(s.claim_ids("w", of_session.clone()).await, [inside]);
    assert!(s.claim_ids("w", of_session).await.is_empty());
    assert_eq!(s.status(&outside).await, "queued");
    let got = s
        .call("sessions_get", json!({ "session_id": session }))
        .await;
    assert_eq!(got["session"]["counts"], json!({ "running": 1 }));
}

async fn nothing_to_claim_is_an_empty_answer<W: World>() {
    let s = Story::<W>::new().await;
    let answer = s.claim("w", json!({})).await;
    assert_eq!(answer["runs"], json!([]));
    assert_eq!(answer["finished"], json!([]));
    assert_eq!(answer["drain"], false);
}

async fn a_run_is_given_once<W: World>() {
    let s = Story::<W>::new().await;
    s.create(json!({})).await;
    s.take("w").await;
    for worker in ["w", "v"] {
        assert!(s.claim_ids(worker, json!({})).await.is_empty());
    }
}

async fn limit_0_only_settles<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let waiting = s.create(json!({})).await;
    let finish = json!([{ "run_id": held.run, "attempt": 1, "status": "succeeded" }]);
    let answer = s.claim("w", json!({ "limit": 0, "finish": finish })).await;
    assert_eq!(answer["runs"], json!([]));
    assert_eq!(
        answer["finished"],
        json!([{ "run_id": held.run, "status": "succeeded" }])
    );
    assert_eq!(s.status(&waiting).await, "queued");
}

async fn a_claim_settles_and_takes_in_one_call<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let next = s.create(json!({})).await;
    let finish =
        json!([{ "run_id": held.run, "attempt": 1, "status": "failed", "error": "exit 1" }]);
    let answer = s.claim("w", json!({ "finish": finish })).await;
    assert_eq!(
        answer["finished"],
        json!([{ "run_id": held.run, "status": "failed" }])
    );
    assert_eq!(answer["runs"][0]["run_id"], json!(next));
    assert_eq!(s.get(&held.run).await["error"], "exit 1");
}

async fn a_run_that_is_not_due_is_parked_until_it_is<W: World>() {
    let s = Story::<W>::new().await;
    let later = s
        .create(json!({ "not_before": s.date(60), "priority": 1 }))
        .await;
    let now = s.create(json!({ "not_before": s.date(-60) })).await;
    let held = s.take("w").await;
    assert_eq!(held.run, now);
    s.finish(&held, "succeeded").await;
    s.advance(50).await;
    s.sweep().await;
    assert!(s.claim_ids("w", json!({})).await.is_empty());
    s.advance(20).await;
    assert_eq!(s.sweep().await["unparked"], 1);
    assert_eq!(s.claim_ids("w", json!({})).await, [later]);
}

async fn not_started_within_is_timed_out<W: World>() {
    let s = Story::<W>::new().await;
    let run = s.create(json!({ "start_within_seconds": 60 })).await;
    let parked = s
        .create(json!({ "start_within_seconds": 60, "not_before": s.date(600) }))
        .await;
    s.advance(50).await;
    assert_eq!(s.sweep().await["overdue"], 0);
    s.advance(20).await;
    assert_eq!(s.sweep().await["overdue"], 2);
    for id in [run, parked] {
        let run = s.get(&id).await;
        assert_eq!(run["status"], "timed_out");
        assert_eq!(run["reason"], "not_started_in_time");
        assert!(run["finished_at"].is_string());
    }
    assert!(s.claim_ids("w", json!({})).await.is_empty());
}

async fn started_in_time_is_not_timed_out_later<W: World>() {
    let s = Story::<W>::new().await;
    let held = s
        .running(
            "w",
            json!({ "start_within_seconds": 60, "lease_seconds": 15 }),
        )
        .await;
    s.advance(90).await;
    s.sweep().await;
    // The lease was lost; the run waits for its second attempt, which is no late start.
    assert_eq!(s.status(&held.run).await, "queued");
    s.advance(90).await;
    s.sweep().await;
    assert_eq!(s.status(&held.run).await, "queued");
}

async fn an_unknown_lane_is_named<W: World>() {
    let s = Story::<W>::new().await;
    let answer = s.claim("w", json!({ "lanes": ["A", "nowhere"] })).await;
    assert_eq!(answer["code"], "invalid");
    assert_eq!(answer["errors"][0]["field"], "lanes");
    assert!(text(&answer["errors"][0]["message"]).contains("nowhere"));
}
