//! Cancelling.

use crate::story::Story;
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_queued_run_is_cancelled_at_once,
    a_parked_run_is_cancelled_too,
    the_holder_is_told_and_may_still_report,
    a_finish_after_a_cancel_answers_cancelled,
    a_hand_back_after_a_cancel_answers_cancelled,
    the_holder_keeps_the_place_in_its_lane_until_it_ends,
    cancelled_twice_is_already_finished,
    a_cancelled_holder_that_never_reports_loses_its_lease,
    no_renewal_passes_cancel_plus_grace,
    starting_a_cancelled_run_says_so,
    there_is_no_such_run,
);

async fn a_queued_run_is_cancelled_at_once<W: World>() {
    let s = Story::<W>::new().await;
    let run = s.create(json!({})).await;
    let answer = s
        .call(
            "runs_cancel",
            json!({ "run_id": run, "reason": "wrong button" }),
        )
        .await;
    assert_eq!(answer["run_id"], json!(run));
    assert_eq!(answer["status"], "cancelled");
    let got = s.get(&run).await;
    assert_eq!(got["status"], "cancelled");
    assert_eq!(got["reason"], "wrong button");
    assert!(got["cancelled_at"].is_string() && got["finished_at"].is_string());
    assert!(s.claim_ids("w", json!({})).await.is_empty());
    let log = s.log(&run).await;
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].0, log[0].1), (1, 0));
    assert!(log[0].2.contains("wrong button"));
}

async fn a_parked_run_is_cancelled_too<W: World>() {
    let s = Story::<W>::new().await;
    let run = s.create(json!({ "not_before": s.date(60) })).await;
    assert_eq!(s.cancel(&run).await["status"], "cancelled");
    s.advance(100).await;
    s.sweep().await;
    assert!(s.claim_ids("w", json!({})).await.is_empty());
    assert_eq!(s.status(&run).await, "cancelled");
}

async fn the_holder_is_told_and_may_still_report<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    assert_eq!(s.beat(&held).await["cancel"], false);
    s.cancel(&held.run).await;
    let beat = s.beat(&held).await;
    assert_eq!(beat["status"], "cancelled");
    assert_eq!(beat["cancel"], true);
    let append = s.append(&held, 1, &["stopping"]).await;
    assert_eq!(append["cancel"], true);
    assert_eq!(append["last_seq"], 1);
    assert_eq!(append["last_pos"], 2);
    assert!(s.put(&held, "dump", "x").await["artifact_id"].is_string());
    let steps = json!([{ "step": "a", "status": "cancelled" }]);
    assert_eq!(s.step(&held, steps).await["cancel"], true);
    let run = s.get(&held.run).await;
    assert_eq!(run["steps"][0]["status"], "cancelled");
    assert_eq!(run["refused_writes"], 0);
}

async fn a_finish_after_a_cancel_answers_cancelled<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.cancel(&held.run).await;
    let end = json!({ "status": "succeeded", "reason": "done", "result": 1 });
    assert_eq!(s.finish_with(&held, end).await["status"], "cancelled");
    assert_eq!(s.finish(&held, "failed").await["status"], "cancelled");
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "cancelled");
    assert_eq!(run["reason"], "cancelled_by_operator");
    assert_eq!(run["result"], Value::Null);
    assert!(run["attempts"][0]["ended_at"].is_string());
    assert_eq!(s.beat(&held).await["code"], "already_finished");
}

async fn a_hand_back_after_a_cancel_answers_cancelled<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.cancel(&held.run).await;
    assert_eq!(s.hand_back(&held, "shutdown").await["status"], "cancelled");
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    assert_eq!(s.status(&held.run).await, "cancelled");
}

async fn the_holder_keeps_the_place_in_its_lane_until_it_ends<W: World>() {
    let s = Story::<W>::new().await;
    s.call(
        "lanes_update",
        json!({ "name": "A", "concurrency_limit": 1 }),
    )
    .await;
    let held = s.running("w", json!({})).await;
    let next = s.create(json!({})).await;
    s.cancel(&held.run).await;
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    assert_eq!(s.get(&next).await["waiting"]["reason"], "lane_full");
    s.finish(&held, "cancelled").await;
    assert_eq!(s.claim_ids("v", json!({})).await, [next]);
}

async fn cancelled_twice_is_already_finished<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    assert_eq!(s.cancel(&held.run).await["status"], "cancelled");
    assert_eq!(s.cancel(&held.run).await["code"], "already_finished");
    assert_eq!(s.log(&held.run).await.len(), 1);
}

async fn a_cancelled_holder_that_never_reports_loses_its_lease<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.cancel(&held.run).await;
    s.advance(20).await;
    assert_eq!(s.sweep().await["leases_released"], 1);
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "cancelled");
    assert_eq!(run["lease_expires_at"], Value::Null);
    assert_eq!(run["attempts"][0]["ended_as"], "lost");
    assert_eq!(s.finish(&held, "cancelled").await["code"], "lease_lost");
    assert_eq!(s.get(&held.run).await["refused_writes"], 1);
}

async fn no_renewal_passes_cancel_plus_grace<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({ "lease_seconds": 20 })).await;
    s.cancel(&held.run).await;
    s.advance(15).await;
    // 15 s of the 30 s after the cancel are left.
    let granted = s.beat(&held).await["lease_seconds"].as_i64().unwrap();
    assert!((14..=15).contains(&granted), "{granted}");
    s.advance(10).await;
    let granted = s.beat(&held).await["lease_seconds"].as_i64().unwrap();
    assert!((4..=5).contains(&granted), "{granted}");
    s.advance(10).await;
    assert_eq!(s.sweep().await["leases_released"], 1);

    // What was granted before is not shortened.
    let held = s.running("w", json!({ "lease_seconds": 100 })).await;
    s.cancel(&held.run).await;
    s.advance(10).await;
    let granted = s.beat(&held).await["lease_seconds"].as_i64().unwrap();
    assert!((89..=90).contains(&granted), "{granted}");
}

async fn starting_a_cancelled_run_says_so<W: World>() {
    let s = Story::<W>::new().await;
    let run = s.create(json!({})).await;
    s.claim("w", json!({})).await;
    s.cancel(&run).await;
    let p = json!({ "run_id": run, "worker_id": "w", "attempt": 1 });
    let answer = s.call("runs_start", p).await;
    assert_eq!(answer["status"], "cancelled");
    assert_eq!(answer["cancel"], true);
    assert_eq!(s.get(&run).await["started_at"], Value::Null);
}

async fn there_is_no_such_run<W: World>() {
    let s = Story::<W>::new().await;
    let p = json!({ "run_id": "00000000-0000-4000-8000-00000000dead" });
    for verb in [
        "runs_cancel",
        "runs_retry",
        "runs_get",
        "events_list",
        "artifacts_list",
    ] {
        assert_eq!(s.call(verb, p.clone()).await["code"], "not_found", "{verb}");
    }
}
