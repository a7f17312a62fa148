//! What a worker does with a run that it holds.

use crate::common::{Room, with};
use serde_json::json;

#[tokio::test]
async fn start_heartbeat_finish() {
    let room = Room::new().await;
    let id = room.queue(json!({})).await;
    room.claim("w", json!({})).await;
    assert_eq!(room.run(&json!(id)).await["status"], "claimed");
    let held = json!({ "run_id": id, "worker_id": "w", "attempt": 1 });
    let started = room.post("runs.start", held.clone()).await.is(200);
    assert_eq!(
        (&started["status"], &started["cancel"]),
        (&json!("running"), &json!(false))
    );
    assert_eq!(room.post("runs.start", held.clone()).await.is(200), started);

    let beat = with(held.clone(), json!({ "step": "a" }));
    let beaten = room.post("runs.heartbeat", beat).await.is(200);
    assert_eq!(
        (&beaten["status"], &beaten["cancel"]),
        (&json!("running"), &json!(false))
    );
    assert_eq!(
        (&beaten["lease_seconds"], &beaten["heartbeat_after_ms"]),
        (&json!(15), &json!(3_000))
    );
    assert!(beaten["lease_expires_at"].is_string());
    assert_eq!(beaten["drain"], false);
    assert_eq!(room.run(&json!(id)).await["step"], "a");

    let end =
        json!({ "status": "failed", "error": "it broke", "reason": "step_failed", "result": [1] });
    assert_eq!(room.finish(&held, end).await.is(200)["status"], "failed");
    let run = room.run(&json!(id)).await;
    assert_eq!(
        (&run["error"], &run["reason"]),
        (&json!("it broke"), &json!("step_failed"))
    );
    assert_eq!(
        (&run["result"], &run["attempts"][0]["ended_as"]),
        (&json!([1]), &json!("failed"))
    );
}

#[tokio::test]
async fn many_beats_are_answered_one_by_one_in_the_order_sent() {
    let room = Room::new().await;
    let one = room.hold("w", json!({})).await;
    let two = room.hold("w", json!({})).await;
    room.post("runs.cancel", json!({ "run_id": two["run_id"] }))
        .await
        .is(200);
    let lost = with(
        one.clone(),
        json!({ "run_id": "00000000-0000-4000-8000-000000000000" }),
    );
    let beats = json!({ "worker_id": "w", "runs": [two, lost, one] });
    let beaten = room.post("runs.heartbeat", beats).await.is(200);
    let runs = &beaten["runs"];
    assert_eq!(
        (&runs[0]["run_id"], &runs[0]["cancel"]),
        (&two["run_id"], &json!(true))
    );
    assert_eq!(
        (&runs[0]["status"], runs.as_array().unwrap().len()),
        (&json!("cancelled"), 3)
    );
    assert_eq!(
        runs[1],
        json!({ "run_id": lost["run_id"], "code": "lease_lost" })
    );
    assert_eq!(
        (&runs[2]["run_id"], &runs[2]["lease_seconds"]),
        (&one["run_id"], &json!(15))
    );
    assert_eq!(
        (&beaten["drain"], &beaten["heartbeat_after_ms"]),
        (&json!(false), &json!(3_000))
    );
    let none = json!({ "worker_id": "w", "runs": [] });
    assert_eq!(
        room.post("runs.heartbeat", none).await.is(200)["runs"],
        json!([])
    );
}

#[tokio::test]
async fn a_hand_back_is_queued_again() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let back = json!({ "status": "released", "reason": "worker_stops" });
    assert_eq!(room.finish(&held, back).await.is(200)["status"], "queued");
    let run = room.run(&held["run_id"]).await;
    assert_eq!(
        (&run["attempt"], &run["attempts_used"], &run["handbacks"]),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(room.claim("v", json!({})).await["runs"][0]["attempt"], 2);
}

#[tokio::test]
async fn a_cancelled_holder_reports_to_its_end() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let cancelled = room
        .post(
            "runs.cancel",
            json!({ "run_id": held["run_id"], "reason": "wrong host" }),
        )
        .await
        .is(200);
    assert_eq!(
        cancelled,
        json!({ "run_id": held["run_id"], "status": "cancelled" })
    );
    let beaten = room.post("runs.heartbeat", held.clone()).await.is(200);
    assert_eq!(
        (&beaten["cancel"], &beaten["status"]),
        (&json!(true), &json!("cancelled"))
    );
    let append = with(
        held.clone(),
        json!({ "first_seq": 1, "events": [{ "message": "stopping" }] }),
    );
    assert_eq!(
        room.post("events.append", append).await.is(200)["cancel"],
        true
    );
    let artifact = with(
        held.clone(),
        json!({ "name": "n", "kind": "file", "content": "c" }),
    );
    room.post("artifacts.put", artifact).await.is(201);
    assert_eq!(
        room.finish(&held, json!({ "status": "succeeded" }))
            .await
            .is(200)["status"],
        "cancelled"
    );
    assert_eq!(room.run(&held["run_id"]).await["reason"], "wrong host");
}
