use crate::common::Room;
use serde_json::{Value, json};

async fn lane(room: &Room, name: &str) -> Value {
    let list = room.get("lanes.list").await.is(200);
    let lanes = list["lanes"].as_array().unwrap();
    lanes
        .iter()
        .find(|lane| lane["name"] == name)
        .expect(name)
        .clone()
}

#[tokio::test]
async fn lanes_show_what_waits_and_what_is_held() {
    let room = Room::new().await;
    room.hold("w", json!({})).await;
    room.queue(json!({})).await;
    room.queue(json!({ "not_before": "2099-01-01T00:00:00Z" }))
        .await;
    let a = lane(&room, "A").await;
    for (name, value) in [
        ("concurrency_limit", json!(null)),
        ("paused", json!(false)),
        ("paused_reason", json!(null)),
        ("queued", json!(1)),
        ("held", json!(1)),
    ] {
        assert_eq!(a[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_lane_is_made_limited_and_paused() {
    let room = Room::new().await;
    let update = |body| room.post("lanes.update", body);
    let made = update(json!({ "name": "gpu-1.eu", "concurrency_limit": 2 }))
        .await
        .is(200);
    assert_eq!(made["lane"], lane(&room, "gpu-1.eu").await);
    assert!(made.get("wake").is_none());
    update(json!({ "name": "gpu-1.eu", "paused": true, "reason": "heat" }))
        .await
        .is(200);
    let paused = lane(&room, "gpu-1.eu").await;
    assert_eq!(
        (
            &paused["paused"],
            &paused["paused_reason"],
            &paused["concurrency_limit"]
        ),
        (&json!(true), &json!("heat"), &json!(2))
    );
    room.queue(json!({ "lane": "gpu-1.eu" })).await;
    let claim = json!({ "lanes": ["gpu-1.eu"] });
    assert_eq!(room.claim("w", claim.clone()).await["runs"], json!([]));
    update(json!({ "name": "gpu-1.eu", "paused": false, "concurrency_limit": 0 }))
        .await
        .is(200);
    let free = lane(&room, "gpu-1.eu").await;
    assert_eq!(
        (&free["paused_reason"], &free["concurrency_limit"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        room.claim("w", claim).await["runs"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn workers_are_seen() {
    let room = Room::new().await;
    room.queue(json!({})).await;
    let claim = json!({ "lanes": ["A", "B"], "name": "build host", "version": "1.2" });
    room.claim("w-1", claim).await;
    let list = room.get("workers.list").await.is(200);
    let worker = &list["workers"][0];
    for (name, value) in [
        ("id", json!("w-1")),
        ("name", json!("build host")),
        ("version", json!("1.2")),
        ("lanes", json!(["A", "B"])),
        ("session_id", json!(null)),
        ("held", json!(1)),
        ("drain", json!(false)),
    ] {
        assert_eq!(worker[name], value, "{name}");
    }
    assert!(worker["seen_ms_ago"].is_u64() && worker["first_seen"].is_string());
}

#[tokio::test]
async fn a_worker_that_drains_is_told_everywhere() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    room.queue(json!({})).await;
    let drain = |on: bool| room.post("workers.drain", json!({ "worker_id": "w", "drain": on }));
    assert_eq!(
        drain(true).await.is(200),
        json!({ "worker_id": "w", "drain": true })
    );
    // At once, not after the wait.
    let claimed = room.claim("w", json!({ "wait_seconds": 25 })).await;
    assert_eq!(
        (&claimed["drain"], &claimed["runs"]),
        (&json!(true), &json!([]))
    );
    let beaten = room.post("runs.heartbeat", held.clone()).await.is(200);
    assert_eq!(
        (&beaten["drain"], &beaten["status"]),
        (&json!(true), &json!("running"))
    );
    drain(false).await.is(200);
    assert_eq!(
        room.claim("w", json!({})).await["runs"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
