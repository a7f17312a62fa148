use super::{gets, waits};
use crate::common::Room;
use ops_store_postgres::PoolSizes;
use ops_tests::harness::TestDatabase;
use serde_json::json;

#[tokio::test]
async fn who_waits_holds_no_connection() {
    let sizes = PoolSizes {
        calls: 1,
        heartbeats: 1,
    };
    let db = TestDatabase::with_pool(sizes).await;
    let (room, store) = Room::counted(db).await;
    let mut waiting = Vec::new();
    for worker in ["a", "b", "c", "d", "e"] {
        waiting.push(waits(&room, &store, worker, json!({ "lanes": ["B"] })).await);
    }
    // Everything else goes on beside them, a held run too.
    let held = room.hold("w", json!({})).await;
    room.post("runs.heartbeat", held.clone()).await.is(200);
    room.get("runs.list").await.is(200);
    room.finish(&held, json!({ "status": "succeeded" }))
        .await
        .is(200);
    assert!(waiting.iter().all(|task| !task.is_finished()));
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(room.queue(json!({ "lane": "B" })).await);
    }
    let mut got = Vec::new();
    for task in waiting {
        got.push(gets(task).await);
    }
    got.sort();
    made.sort();
    assert_eq!(got, made);
}
