//! Concurrency groups: so many at once, the others parked in their order, nobody for ever.

use crate::story::{Story, merged, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_group_lets_so_many_go_at_once,
    a_group_is_one_across_lanes_and_sessions,
    who_waits_goes_by_priority_and_age,
    a_place_is_kept_through_hand_backs_and_lost_workers,
    a_cancelled_run_keeps_its_place_until_its_holder_has_ended,
    a_cancel_of_the_next_or_of_a_waiting_one_lets_others_go,
    the_smallest_limit_of_those_that_share_counts,
    a_dated_run_waits_for_its_date_and_then_for_its_place,
    one_that_is_not_started_in_time_gives_its_place_back,
    runs_say_who_holds_their_group,
    a_retry_is_of_the_same_group,
    what_waits_for_a_group_costs_no_other_run_its_turn,
);

/// A run of group `g`.
fn grouped(limit: u32, more: Value) -> Value {
    let runbook =
        json!({ "title": "a run", "steps": [], "concurrency": { "group": "g", "limit": limit } });
    merged(json!({ "runbook": runbook }), more)
}

async fn why<W: World>(s: &Story<W>, run: &str) -> Value {
    s.get(run).await["waiting"]["reason"].clone()
}

async fn a_group_lets_so_many_go_at_once<W: World>() {
    let s = Story::<W>::new().await;
    let mut runs = Vec::new();
    for _ in 0..5 {
        runs.push(s.create(grouped(2, json!({}))).await);
    }
    let held = s.claim_all("w", json!({})).await;
    assert_eq!(held.len(), 2);
    assert!(s.claim_all("v", json!({})).await.is_empty());
    // One that ends lets one go, in the same claim.
    let entry = json!({ "run_id": held[0].run, "attempt": 1, "status": "succeeded" });
    let more = json!({ "finish": [entry], "limit": 9 });
    assert_eq!(s.claim_ids("w", more).await, [runs[2].clone()]);
    s.finish(&held[1], "failed").await;
    assert_eq!(s.claim_ids("v", json!({})).await, [runs[3].clone()]);
    assert!(s.claim_ids("v", json!({})).await.is_empty());
}

async fn a_group_is_one_across_lanes_and_sessions<W: World>() {
    let s = Story::<W>::new().await;
    let session = s.call("sessions_create", json!({ "name": "s" })).await["session"]["id"].clone();
    let first = s.create(grouped(1, json!({ "session_id": session }))).await;
    let second = s.create(grouped(1, json!({ "lane": "B" }))).await;
    assert!(s.claim_ids("v", json!({ "lanes": ["B"] })).await.is_empty());
    let held = s.take("w").await;
    assert_eq!(held.run, first);
    assert!(s.claim_ids("v", json!({ "lanes": ["B"] })).await.is_empty());
    s.finish(&held, "succeeded").await;
    assert_eq!(s.claim_ids("v", json!({ "lanes": ["B"] })).await, [second]);
}

async fn who_waits_goes_by_priority_and_age<W: World>() {
    let s = Story::<W>::new().await;
    let mut held = s.running("w", grouped(1, json!({}))).await;
    let last = s.create(grouped(1, json!({ "priority": 200 }))).await;
    let second = s.create(grouped(1, json!({}))).await;
    let third = s.create(grouped(1, json!({}))).await;
    let first = s.create(grouped(1, json!({ "priority": 1 }))).await;
    for wanted in [first, second, third, last] {
        s.finish(&held, "succeeded").await;
        held = s.take("w").await;
        assert_eq!(held.run, wanted);
    }
}

async fn a_place_is_kept_through_hand_backs_and_lost_workers<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.create(grouped(1, json!({ "lease_seconds": 10 }))).await;
    let second = s.create(grouped(1, json!({}))).await;
    let held = s.take("w").await;
    s.hand_back(&held, "shutdown").await;
    assert_eq!(s.take("v").await.run, first);
    s.advance(20).await;
    let counts = s.sweep().await;
    assert_eq!(
        (&counts["requeued"], &counts["unparked"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(s.claim_ids("w", json!({})).await, [first]);
    assert_eq!(why(&s, &second).await, "group");
}

async fn a_cancelled_run_keeps_its_place_until_its_holder_has_ended<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", grouped(1, json!({}))).await;
    let second = s.create(grouped(1, json!({}))).await;
    s.cancel(&held.run).await;
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    assert_eq!(s.finish(&held, "cancelled").await["status"], "cancelled");
    let held = s.take("v").await;
    assert_eq!(held.run, second);
    // One that never reports loses it to the sweep.
    let third = s.create(grouped(1, json!({}))).await;
    s.cancel(&held.run).await;
    s.advance(60).await;
    assert_eq!(s.sweep().await["unparked"], 1);
    assert_eq!(s.claim_ids("v", json!({})).await, [third]);
}

async fn a_cancel_of_the_next_or_of_a_waiting_one_lets_others_go<W: World>() {
    let s = Story::<W>::new().await;
    let next = s.create(grouped(1, json!({}))).await;
    let waits = s.create(grouped(1, json!({}))).await;
    let last = s.create(grouped(1, json!({}))).await;
    s.cancel(&waits).await;
    s.cancel(&next).await;
    let held = s.take("w").await;
    assert_eq!(held.run, last);
    // One with a limit that is reached lets nobody pass, until it goes itself.
    s.finish(&held, "succeeded").await;
    s.running("w", grouped(2, json!({}))).await;
    let narrow = s.create(grouped(1, json!({}))).await;
    let wide = s.create(grouped(2, json!({}))).await;
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    s.cancel(&narrow).await;
    assert_eq!(s.claim_ids("v", json!({})).await, [wide]);
}

async fn the_smallest_limit_of_those_that_share_counts<W: World>() {
    let s = Story::<W>::new().await;
    let narrow = s.running("w", grouped(1, json!({}))).await;
    for _ in 0..3 {
        s.create(grouped(3, json!({}))).await;
    }
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    s.finish(&narrow, "succeeded").await;
    assert_eq!(s.claim_ids("v", json!({})).await.len(), 3);
}

async fn a_dated_run_waits_for_its_date_and_then_for_its_place<W: World>() {
    let s = Story::<W>::new().await;
    let held = s
        .running("w", grouped(1, json!({ "lease_seconds": 600 })))
        .await;
    let dated = s
        .create(grouped(1, json!({ "not_before": s.date(60) })))
        .await;
    assert_eq!(why(&s, &dated).await, "not_before");
    s.advance(70).await;
    assert_eq!(s.sweep().await["unparked"], 0);
    assert_eq!(why(&s, &dated).await, "group");
    s.finish(&held, "succeeded").await;
    assert_eq!(s.claim_ids("w", json!({})).await, [dated]);
}

async fn one_that_is_not_started_in_time_gives_its_place_back<W: World>() {
    let s = Story::<W>::new().await;
    let next = s
        .create(grouped(1, json!({ "start_within_seconds": 30 })))
        .await;
    let other = s
        .create(grouped(1, json!({ "start_within_seconds": 30 })))
        .await;
    let last = s.create(grouped(1, json!({}))).await;
    s.advance(40).await;
    let counts = s.sweep().await;
    assert_eq!(
        (&counts["overdue"], &counts["unparked"]),
        (&json!(2), &json!(1))
    );
    for run in [next, other] {
        assert_eq!(s.status(&run).await, "timed_out");
    }
    assert_eq!(s.claim_ids("w", json!({})).await, [last]);
}

async fn runs_say_who_holds_their_group<W: World>() {
    let s = Story::<W>::new().await;
    let next = s.create(grouped(1, json!({}))).await;
    let waits = s.create(grouped(1, json!({}))).await;
    assert_eq!(why(&s, &next).await, "no_worker");
    let told = s.get(&waits).await["waiting"].clone();
    assert_eq!(told["reason"], "group");
    assert!(text(&told["detail"]).contains(&next), "{told}");
    let held = s.take("w").await;
    let told = s.get(&waits).await["waiting"].clone();
    assert!(text(&told["detail"]).contains(&held.run), "{told}");
    s.finish(&held, "succeeded").await;
    assert_eq!(why(&s, &waits).await, "queue");
}

async fn a_retry_is_of_the_same_group<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", grouped(1, json!({}))).await;
    s.finish(&held, "failed").await;
    let other = s.running("w", grouped(1, json!({}))).await;
    let again = s.call("runs_retry", json!({ "run_id": held.run })).await;
    let again = text(&again["runs"][0]["run_id"]);
    assert_eq!(why(&s, &again).await, "group");
    s.finish(&other, "succeeded").await;
    assert_eq!(s.claim_ids("w", json!({})).await, [again]);
}

async fn what_waits_for_a_group_costs_no_other_run_its_turn<W: World>() {
    let s = Story::<W>::new().await;
    s.running("w", grouped(1, json!({}))).await;
    for _ in 0..20 {
        s.create(grouped(1, json!({ "priority": 1 }))).await;
    }
    let free = s.create(json!({})).await;
    assert_eq!(s.claim_ids("w", json!({ "limit": 1 })).await, [free]);
}
