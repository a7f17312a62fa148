//! What makes a waiting claim return.

use super::{gets, soon, waits};
use crate::common::{Caller, Room, inline};
use ops_core::Code;
use ops_tests::harness::{Api, TestDatabase, database::TOKEN};
use serde_json::json;

async fn counted() -> (Room, std::sync::Arc<crate::common::Counting>) {
    Room::counted(TestDatabase::new().await).await
}

#[tokio::test]
async fn a_run_that_is_created() {
    let (room, store) = counted().await;
    let waiting = waits(&room, &store, "w", json!({ "lanes": ["B", "A"] })).await;
    let id = room.queue(json!({})).await;
    assert_eq!(gets(waiting).await, id);
}

#[tokio::test]
async fn a_lane_that_goes_on() {
    let (room, store) = counted().await;
    let lane = |paused: bool| room.post("lanes.update", json!({ "name": "A", "paused": paused }));
    lane(true).await.is(200);
    let id = room.queue(json!({})).await;
    let waiting = waits(&room, &store, "w", json!({})).await;
    lane(false).await.is(200);
    assert_eq!(gets(waiting).await, id);
}

#[tokio::test]
async fn a_run_that_is_handed_back() {
    let (room, store) = counted().await;
    let held = room.hold("v", json!({})).await;
    let waiting = waits(&room, &store, "w", json!({})).await;
    room.finish(&held, json!({ "status": "released" }))
        .await
        .is(200);
    let run = &soon(waiting).await["runs"][0];
    assert_eq!(
        (&run["run_id"], &run["attempt"]),
        (&held["run_id"], &json!(2))
    );
}

#[tokio::test]
async fn a_place_that_becomes_free() {
    let (room, store) = counted().await;
    let limit = json!({ "name": "A", "concurrency_limit": 1 });
    room.post("lanes.update", limit).await.is(200);
    let held = room.hold("v", json!({})).await;
    let id = room.queue(json!({})).await;
    let waiting = waits(&room, &store, "w", json!({})).await;
    room.finish(&held, json!({ "status": "succeeded" }))
        .await
        .is(200);
    assert_eq!(gets(waiting).await, id);
}

#[tokio::test]
async fn a_run_that_is_due() {
    let (room, store) = counted().await;
    let far = json!({ "not_before": "2098-01-01T00:00:00Z" });
    let id = room.queue(far).await;
    let waiting = waits(&room, &store, "w", json!({})).await;
    let sql = "update public.runs set not_before = clock_timestamp()";
    room.db.admin.batch_execute(sql).await.unwrap();
    room.post("runs.sweep", json!({})).await.is(200);
    assert_eq!(gets(waiting).await, id);
}

#[tokio::test]
async fn a_worker_that_is_drained() {
    let (room, store) = counted().await;
    let waiting = waits(&room, &store, "w", json!({})).await;
    room.post("workers.drain", json!({ "worker_id": "w" }))
        .await
        .is(200);
    assert_eq!(soon(waiting).await["drain"], true);
}

#[tokio::test]
async fn a_run_of_another_process() {
    let (room, store) = counted().await;
    let other = Api::over(&room.db).await;
    let waiting = waits(&room, &store, "w", json!({})).await;
    let id = Caller::new(&other.url, TOKEN).queue(json!({})).await;
    assert_eq!(gets(waiting).await, id);
}

#[tokio::test]
async fn a_token_that_is_revoked() {
    let (room, store) = counted().await;
    let token = json!({ "name": "t", "kinds": ["worker"] });
    let made = room.post("tokens.create", token).await.is(201);
    let worker = room.with_token(made["token"].as_str().unwrap());
    let body = crate::common::claim("w", json!({ "wait_seconds": 25 }));
    let waiting = tokio::spawn(async move { worker.post("runs.claim", body).await });
    store.seen("runs_claim", 1).await;
    let revoke = json!({ "token_id": made["id"] });
    room.post("tokens.revoke", revoke).await.is(200);
    soon(waiting).await.refused(Code::Unauthenticated);
}

#[tokio::test]
async fn one_run_is_for_one_of_three() {
    let (room, store) = counted().await;
    let mut waiting = Vec::new();
    for worker in ["a", "b", "c"] {
        waiting.push(waits(&room, &store, worker, json!({})).await);
    }
    let mut made = vec![room.queue(json!({})).await];
    let (first, _, others) = futures_util::future::select_all(waiting).await;
    let first = first.unwrap();
    let mut got = vec![first["runs"][0]["run_id"].as_str().unwrap().to_string()];
    assert_eq!(got, made);
    // The others wait on, and each gets one of the next two.
    let runs = json!({ "runs": [inline(json!({})), inline(json!({}))] });
    let bulk = room.post("runs.create", runs).await.is(201);
    for i in 0..2 {
        made.push(bulk["runs"][i]["run_id"].as_str().unwrap().into());
    }
    for task in others {
        got.push(gets(task).await);
    }
    got.sort();
    made.sort();
    assert_eq!(got, made);
}

#[tokio::test]
async fn a_session_gets_its_own_and_only_its_own() {
    let (room, store) = counted().await;
    let mut sessions = Vec::new();
    for name in ["one", "two"] {
        let made = room
            .post("sessions.create", json!({ "name": name }))
            .await
            .is(201);
        sessions.push(json!({ "session_id": made["session"]["id"] }));
    }
    let one = waits(&room, &store, "one", sessions[0].clone()).await;
    let two = waits(&room, &store, "two", sessions[1].clone()).await;
    let of_none = room.queue(json!({ "priority": 1 })).await;
    let of_two = room.queue(sessions[1].clone()).await;
    assert_eq!(gets(two).await, of_two);
    let of_one = room.queue(sessions[0].clone()).await;
    assert_eq!(gets(one).await, of_one);
    let any = room.claim("any", json!({ "wait_seconds": 25 })).await;
    assert_eq!(any["runs"][0]["run_id"], of_none);
}
