//! Lanes: limits, pauses, lanes of one's own; and why a run waits.

use crate::story::{Story, merged, shaped, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_limit_is_kept,
    a_limit_shares_one_claim_with_other_lanes,
    a_limit_can_be_lowered_raised_and_taken_away,
    a_pause_means_no_claims,
    a_custom_lane_is_made_by_its_first_update,
    a_run_says_why_it_waits,
    a_worker_waits_nowhere_for_runs_of_other_sessions,
    a_full_queue_takes_no_more,
);

async fn update<W: World>(s: &Story<W>, more: Value) -> Value {
    let answer = s
        .call("lanes_update", merged(json!({ "name": "A" }), more))
        .await;
    answer["lane"].clone()
}

async fn a_limit_is_kept<W: World>() {
    let s = Story::<W>::new().await;
    update(&s, json!({ "concurrency_limit": 2 })).await;
    for _ in 0..4 {
        s.create(json!({})).await;
    }
    let held = s.claim_all("w", json!({})).await;
    assert_eq!(held.len(), 2);
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    let lanes = s.call("lanes_list", json!({})).await;
    let lane = &lanes["lanes"][0];
    assert_eq!(
        (&lane["name"], &lane["held"], &lane["queued"]),
        (&json!("A"), &json!(2), &json!(2))
    );
    s.finish(&held[0], "succeeded").await;
    assert_eq!(s.claim_ids("v", json!({})).await.len(), 1);
    s.hand_back(&held[1], "shutdown").await;
    assert_eq!(s.claim_ids("v", json!({})).await.len(), 1);
    assert!(s.claim_ids("w", json!({})).await.is_empty());
}

async fn a_limit_shares_one_claim_with_other_lanes<W: World>() {
    let s = Story::<W>::new().await;
    update(&s, json!({ "concurrency_limit": 1 })).await;
    for lane in ["A", "A", "B", "B"] {
        s.create(json!({ "lane": lane })).await;
    }
    let claim = json!({ "lanes": ["A", "B"], "limit": 4 });
    assert_eq!(s.claim_ids("w", claim.clone()).await.len(), 3);
    assert!(s.claim_ids("w", claim).await.is_empty());
}

async fn a_limit_can_be_lowered_raised_and_taken_away<W: World>() {
    let s = Story::<W>::new().await;
    for _ in 0..4 {
        s.create(json!({})).await;
    }
    assert_eq!(s.claim_ids("w", json!({ "limit": 2 })).await.len(), 2);
    // Below what is held: nothing is taken away, nothing comes on top.
    assert_eq!(
        update(&s, json!({ "concurrency_limit": 1 })).await["concurrency_limit"],
        1
    );
    assert!(s.claim_ids("w", json!({})).await.is_empty());
    update(&s, json!({ "concurrency_limit": 3 })).await;
    assert_eq!(s.claim_ids("w", json!({})).await.len(), 1);
    let lane = update(&s, json!({ "concurrency_limit": 0 })).await;
    assert_eq!(lane["concurrency_limit"], Value::Null);
    assert_eq!(s.claim_ids("w", json!({})).await.len(), 1);
}

async fn a_pause_means_no_claims<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let waiting = s.create(json!({})).await;
    let lane = update(&s, json!({ "paused": true, "reason": "deploy" })).await;
    assert_eq!(
        (&lane["paused"], &lane["paused_reason"]),
        (&json!(true), &json!("deploy"))
    );
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    // What is held goes on.
    assert_eq!(s.beat(&held).await["cancel"], false);
    assert_eq!(s.finish(&held, "succeeded").await["status"], "succeeded");
    let lane = update(&s, json!({ "concurrency_limit": 5 })).await;
    assert_eq!(lane["paused"], true);
    let lane = update(&s, json!({ "paused": false })).await;
    assert_eq!(
        (&lane["paused"], &lane["paused_reason"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(s.claim_ids("v", json!({})).await, [waiting]);
}

async fn a_custom_lane_is_made_by_its_first_update<W: World>() {
    let s = Story::<W>::new().await;
    let gpu = json!({ "name": "gpu" });
    assert_eq!(update(&s, gpu).await["concurrency_limit"], Value::Null);
    let run = s.create(json!({ "lane": "gpu" })).await;
    assert!(s.claim_ids("w", json!({})).await.is_empty());
    assert_eq!(s.claim_ids("v", json!({ "lanes": ["gpu"] })).await, [run]);
    let lanes = s.call("lanes_list", json!({})).await;
    let names: Vec<&Value> = lanes["lanes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lane| &lane["name"])
        .collect();
    assert_eq!(json!(names), json!(["A", "B", "C", "D", "gpu"]));
}

async fn a_run_says_why_it_waits<W: World>() {
    let s = Story::<W>::new().await;
    let why = async |run: &str| s.get(run).await["waiting"]["reason"].clone();
    let first = s.create(json!({})).await;
    let parked = s.create(json!({ "not_before": s.date(60) })).await;
    assert_eq!(why(&parked).await, "not_before");
    assert_eq!(why(&first).await, "no_worker");
    s.claim("w", json!({ "limit": 0 })).await;
    assert_eq!(why(&first).await, "queue");
    // A worker of another lane is none; one that was not heard of for long neither.
    let elsewhere = s.create(json!({ "lane": "B" })).await;
    assert_eq!(why(&elsewhere).await, "no_worker");
    s.advance(40).await;
    assert_eq!(why(&first).await, "no_worker");
    let held = s.take("w").await;
    assert_eq!(s.get(&held.run).await["waiting"], Value::Null);
    let second = s.create(json!({})).await;
    update(&s, json!({ "concurrency_limit": 1 })).await;
    assert_eq!(why(&second).await, "lane_full");
    update(&s, json!({ "paused": true })).await;
    assert_eq!(why(&second).await, "lane_paused");
    assert_eq!(why(&parked).await, "not_before");
}

async fn a_worker_waits_nowhere_for_runs_of_other_sessions<W: World>() {
    let s = Story::<W>::new().await;
    let session = s.call("sessions_create", json!({ "name": "s" })).await["session"]["id"].clone();
    s.claim("w", json!({ "session_id": session })).await;
    let outside = s.create(json!({})).await;
    let inside = s.create(json!({ "session_id": session })).await;
    assert_eq!(s.get(&outside).await["waiting"]["reason"], "no_worker");
    assert_eq!(s.get(&inside).await["waiting"]["reason"], "queue");
}

async fn a_full_queue_takes_no_more<W: World>() {
    let s = Story::<W>::new().await;
    let lane = update(&s, json!({ "queue_limit": 3 })).await;
    assert_eq!(
        (&lane["queue_limit"], &lane["queue_full"]),
        (&json!(3), &json!(false))
    );
    s.create(json!({})).await;
    s.create(json!({ "not_before": s.date(600) })).await;
    let create = |more| s.call("runs_create", json!({ "runs": [shaped(more)] }));
    let keyed = json!({ "idempotency_key": "last", "body_sha256": "same" });
    let last = create(keyed.clone()).await;
    let last = text(&last["runs"][0]["run_id"]);

    assert_eq!(create(json!({})).await["code"], "queue_full");
    // A repeat is told what it made, and other lanes are no business of this one.
    assert_eq!(create(keyed).await["runs"][0]["run_id"], last);
    s.create(json!({ "lane": "B" })).await;
    let both = json!({ "runs": [shaped(json!({ "lane": "B" })), shaped(json!({}))] });
    assert_eq!(s.call("runs_create", both).await["code"], "queue_full");

    // Room is seen by the next sweep; what is requeued is never refused.
    let held = s.take("w").await;
    assert_eq!(create(json!({})).await["code"], "queue_full");
    s.sweep().await;
    s.create(json!({})).await;
    assert_eq!(create(json!({})).await["code"], "queue_full");
    s.hand_back(&held, "shutdown").await;
    assert_eq!(s.status(&held.run).await, "queued");

    s.cancel(&last).await;
    let retry = json!({ "run_id": last, "idempotency_key": "again" });
    assert_eq!(
        s.call("runs_retry", retry.clone()).await["code"],
        "queue_full"
    );
    update(&s, json!({ "queue_limit": 0 })).await;
    let again = s.call("runs_retry", retry.clone()).await;
    update(&s, json!({ "queue_limit": 1 })).await;
    let repeat = s.call("runs_retry", retry).await;
    assert_eq!(repeat["runs"][0]["run_id"], again["runs"][0]["run_id"]);
}
