//! One log per run.

use crate::postgres::Postgres;
use crate::story::Story;
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    what_is_stored_is_skipped_and_a_hole_is_refused,
    positions_go_on_over_attempts_and_the_servers_own_events,
    a_page_goes_on_where_the_last_one_ended,
    an_event_is_kept_as_it_was_sent,
    steps_are_kept_per_attempt,
    a_step_that_ended_is_never_overwritten,
    an_append_may_carry_steps_alone,
);

async fn what_is_stored_is_skipped_and_a_hole_is_refused<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let answer = s.append(&held, 1, &["one", "two"]).await;
    assert_eq!(
        (&answer["last_seq"], &answer["last_pos"], &answer["cancel"]),
        (&json!(2), &json!(2), &json!(false))
    );
    assert_eq!(s.append(&held, 1, &["one", "two"]).await["last_pos"], 2);
    assert_eq!(s.append(&held, 2, &["two", "three"]).await["last_seq"], 3);
    let gap = s.append(&held, 5, &["five"]).await;
    assert_eq!(
        (&gap["code"], &gap["last_seq"]),
        (&json!("events_gap"), &json!(3))
    );
    assert_eq!(s.append(&held, 4, &["four"]).await["last_seq"], 4);
    let messages: Vec<String> = s.log(&held.run).await.into_iter().map(|e| e.2).collect();
    assert_eq!(messages, ["one", "two", "three", "four"]);
    assert_eq!(s.get(&held.run).await["refused_writes"], 0);
}

async fn positions_go_on_over_attempts_and_the_servers_own_events<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    s.append(&first, 1, &["a", "b"]).await;
    s.advance(20).await;
    s.sweep().await;
    let second = s.take("v").await;
    // Each attempt counts from 1.
    let gap = s.append(&second, 2, &["d"]).await;
    assert_eq!(
        (&gap["code"], &gap["last_seq"]),
        (&json!("events_gap"), &json!(0))
    );
    let answer = s.append(&second, 1, &["c"]).await;
    assert_eq!(
        (&answer["last_seq"], &answer["last_pos"]),
        (&json!(1), &json!(4))
    );
    s.cancel(&second.run).await;
    assert_eq!(s.append(&second, 2, &["d"]).await["last_pos"], 6);
    let places: Vec<(i64, i64)> = s.log(&first.run).await.iter().map(|e| (e.0, e.1)).collect();
    assert_eq!(places, [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)]);
}

async fn a_page_goes_on_where_the_last_one_ended<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.append(&held, 1, &["a", "b", "c"]).await;
    let page = |after: Value| json!({ "run_id": held.run, "after": after, "limit": 2 });
    let first = s.call("events_list", page(Value::Null)).await;
    assert_eq!(first["next"], 2);
    assert_eq!(first["status"], "running");
    assert_eq!(first["held"], true);
    let second = s.call("events_list", page(first["next"].clone())).await;
    assert_eq!(second["events"][0]["message"], "c");
    assert_eq!(second["next"], 3);
    let third = s.call("events_list", page(json!(3))).await;
    assert_eq!((&third["events"], &third["next"]), (&json!([]), &json!(3)));
    s.finish(&held, "succeeded").await;
    let end = s.call("events_list", page(json!(3))).await;
    assert_eq!(
        (&end["status"], &end["held"]),
        (&json!("succeeded"), &json!(false))
    );
}

async fn an_event_is_kept_as_it_was_sent<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let event = json!({
        "level": "error", "message": "zürich ☃", "source": "stderr", "step": "a", "data": { "k": [1] },
        "more": true, "lossy": true, "ts": "2026-01-02T03:04:05+00:00",
    });
    let p = held.with(json!({ "first_seq": 1, "events": [event, { "message": "" }] }));
    s.call("events_append", p).await;
    let answer = s.call("events_list", json!({ "run_id": held.run })).await;
    let events = &answer["events"];
    for (name, value) in event.as_object().unwrap() {
        assert_eq!(&events[0][name], value, "{name}");
    }
    assert_eq!(
        (&events[1]["level"], &events[1]["more"]),
        (&json!("info"), &json!(false))
    );
    assert!(events[1]["ts"].is_string());
}

async fn steps_are_kept_per_attempt<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    s.step(&first, json!([{ "step": "a", "status": "running" }]))
        .await;
    let end =
        json!({ "step": "a", "status": "succeeded", "exit_code": 0, "outputs": { "x": "1" } });
    s.step(&first, json!([end, { "step": "b", "status": "skipped" }]))
        .await;
    s.hand_back(&first, "shutdown").await;
    let second = s.take("w").await;
    s.step(&second, json!([{ "step": "a", "status": "running" }]))
        .await;
    let run = s.get(&first.run).await;
    let steps = run["steps"].as_array().unwrap();
    let find = |attempt: i64, step: &str| {
        let step = steps
            .iter()
            .find(|x| x["attempt"] == attempt && x["step"] == step);
        step.expect("a step").clone()
    };
    assert_eq!(steps.len(), 3);
    let a = find(1, "a");
    assert_eq!(
        (&a["status"], &a["exit_code"], &a["outputs"]),
        (&json!("succeeded"), &json!(0), &json!({ "x": "1" }))
    );
    assert!(a["started_at"].is_string() && a["finished_at"].is_string());
    let b = find(1, "b");
    assert_eq!(
        (&b["status"], &b["started_at"]),
        (&json!("skipped"), &Value::Null)
    );
    let again = find(2, "a");
    assert_eq!(
        (&again["status"], &again["finished_at"]),
        (&json!("running"), &Value::Null)
    );
}

async fn a_step_that_ended_is_never_overwritten<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.step(
        &held,
        json!([{ "step": "a", "status": "failed", "exit_code": 3 }]),
    )
    .await;
    for late in ["running", "succeeded"] {
        s.step(&held, json!([{ "step": "a", "status": late }]))
            .await;
        let run = s.get(&held.run).await;
        assert_eq!(run["steps"][0]["status"], "failed");
        assert_eq!(run["steps"][0]["exit_code"], 3);
    }
}

async fn an_append_may_carry_steps_alone<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let answer = s
        .step(&held, json!([{ "step": "a", "status": "running" }]))
        .await;
    assert_eq!(
        (&answer["last_seq"], &answer["last_pos"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(s.get(&held.run).await["steps"][0]["status"], "running");
}

/// The model keeps whole logs.
#[tokio::test]
async fn beyond_the_cap_only_the_tail_is_kept() {
    let s = Story::<Postgres>::new().await;
    let held = s.running("w", json!({})).await;
    let line = "x".repeat(60_000);
    let mut seq = 1;
    // Ten lines fill the cap of 600,000 bytes; forty more are 2.4 MB beyond it.
    for _ in 0..10 {
        let events: Vec<Value> = (0..5).map(|_| json!({ "message": line })).collect();
        let p = held.with(json!({ "first_seq": seq, "events": events, "log_limit": 600_000 }));
        let answer = s.call("events_append", p).await;
        seq += 5;
        assert_eq!(answer["last_seq"], seq - 1, "{answer}");
    }
    let all = json!({ "run_id": held.run, "limit": 2_000 });
    let answer = s.call("events_list", all).await;
    let events = answer["events"].as_array().unwrap();
    let own: Vec<&Value> = events.iter().filter(|e| e["source"] == "control").collect();
    assert_eq!(own.len(), 1);
    assert!(
        own[0]["message"]
            .as_str()
            .unwrap()
            .contains("log_truncated")
    );
    let log = s.get(&held.run).await["log"].clone();
    let (dropped, dropped_bytes) = (
        log["dropped_events"].as_i64().unwrap(),
        log["dropped_bytes"].as_i64().unwrap(),
    );
    assert_eq!(log["last_pos"], 51);
    assert_eq!(events.len() as i64 + dropped, 51);
    assert_eq!(dropped_bytes, dropped * 60_000);
    let tail: i64 = events
        .iter()
        .filter(|e| e["pos"].as_i64() > own[0]["pos"].as_i64())
        .map(|e| e["message"].as_str().unwrap().len() as i64)
        .sum();
    assert!((900_000..1_400_000).contains(&tail), "{tail}");
    // The newest is there, and the attempt may finish: nothing of its numbers is missing.
    assert_eq!(events.last().unwrap()["pos"], 51);
    let end = s
        .finish_with(&held, json!({ "status": "succeeded", "last_seq": 50 }))
        .await;
    assert_eq!(end["status"], "succeeded");
}
