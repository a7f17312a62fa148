//! What a person does with a run.

use crate::common::Room;
use serde_json::json;

#[tokio::test]
async fn a_retry_is_a_new_run_linked_to_the_old_one() {
    let room = Room::new().await;
    let held = room
        .hold("w", json!({ "params": {}, "priority": 3, "env": "e" }))
        .await;
    room.finish(&held, json!({ "status": "failed" }))
        .await
        .is(200);
    let retry = json!({ "run_id": held["run_id"], "idempotency_key": "again" });
    let made = room.post("runs.retry", retry.clone()).await.is(201);
    assert_ne!(made["run_id"], held["run_id"]);
    assert_eq!(
        (&made["status"], &made["run"]["retry_of"]),
        (&json!("queued"), &held["run_id"])
    );
    assert_eq!(
        (&made["run"]["priority"], &made["run"]["env"]),
        (&json!(3), &json!("e"))
    );
    let seen = room.post("runs.retry", retry).await.is(200);
    assert_eq!(seen["run_id"], made["run_id"]);
    assert!(seen.get("seen").is_none());
    assert_eq!(room.run(&held["run_id"]).await["status"], "failed");
}

#[tokio::test]
async fn a_queued_run_is_cancelled_with_a_word_in_its_log() {
    let room = Room::new().await;
    let id = room.queue(json!({})).await;
    room.post("runs.cancel", json!({ "run_id": id }))
        .await
        .is(200);
    let run = room.run(&json!(id)).await;
    assert_eq!(
        (&run["status"], &run["reason"]),
        (&json!("cancelled"), &json!("cancelled_by_operator"))
    );
    let events = room.get(&format!("events.list?run_id={id}")).await.is(200);
    assert_eq!(events["events"][0]["message"], "cancelled by test");
    assert_eq!(room.claim("w", json!({})).await["runs"], json!([]));
}

#[tokio::test]
async fn a_queued_run_says_why_it_waits() {
    let room = Room::new().await;
    let waiting = async |id: &str| {
        let waiting = room.run(&json!(id)).await["waiting"].take();
        assert!(!waiting["detail"].as_str().unwrap().is_empty());
        waiting["reason"].as_str().unwrap().to_string()
    };
    let due = room
        .queue(json!({ "not_before": "2099-01-01T00:00:00Z" }))
        .await;
    assert_eq!(waiting(&due).await, "not_before");
    let id = room.queue(json!({})).await;
    assert_eq!(waiting(&id).await, "no_worker");
    let lane = |more| {
        room.post(
            "lanes.update",
            crate::common::with(json!({ "name": "A" }), more),
        )
    };
    lane(json!({ "paused": true, "reason": "release" }))
        .await
        .is(200);
    room.claim("w", json!({})).await;
    assert_eq!(waiting(&id).await, "lane_paused");
    lane(json!({ "paused": false, "concurrency_limit": 1 }))
        .await
        .is(200);
    assert_eq!(waiting(&id).await, "queue");
    room.claim("w", json!({})).await;
    assert_eq!(room.run(&json!(id)).await["waiting"], json!(null));
    let behind = room.queue(json!({})).await;
    assert_eq!(waiting(&behind).await, "lane_full");
}

#[tokio::test]
async fn a_sweep_counts_what_it_did() {
    let room = Room::new().await;
    room.hold("w", json!({})).await;
    room.queue(json!({ "lane": "B", "start_within_seconds": 60 }))
        .await;
    room.queue(json!({ "lane": "B", "not_before": "2020-01-01T00:00:00Z" }))
        .await;
    room.db.advance(61).await;
    let swept = room.post("runs.sweep", json!({})).await.is(200);
    let counts =
        json!({ "requeued": 1, "ended": 0, "leases_released": 0, "overdue": 1, "unparked": 0 });
    assert_eq!(swept, counts);
}
