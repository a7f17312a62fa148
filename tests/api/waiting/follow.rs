//! `events.list` with `wait_seconds`: following a log.

use super::soon;
use crate::common::{Counting, Room, with};
use ops_core::Code;
use ops_tests::harness::TestDatabase;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// Follows a run's log from a position, and returns when it has asked once in vain.
async fn follows(room: &Room, store: &Counting, held: &Value, after: i64) -> JoinHandle<Value> {
    store.idle().await;
    store.take();
    let id = held["run_id"].as_str().unwrap();
    let verb = format!("events.list?run_id={id}&after={after}&wait_seconds=25");
    let caller = (**room).clone();
    let task = tokio::spawn(async move { caller.get(&verb).await.is(200) });
    store.seen("events_list", 1).await;
    task
}

#[tokio::test]
async fn a_follower_is_woken_by_every_append_and_by_the_end() {
    let (room, store) = Room::counted(TestDatabase::new().await).await;
    let held = room.hold("w", json!({})).await;
    for seq in 1..=3 {
        let following = follows(&room, &store, &held, seq - 1).await;
        let event = json!({ "first_seq": seq, "events": [{ "message": format!("line {seq}") }] });
        room.post("events.append", with(held.clone(), event))
            .await
            .is(200);
        let page = soon(following).await;
        assert_eq!(page["events"][0]["message"], format!("line {seq}"));
        assert_eq!(
            (&page["next"], &page["status"]),
            (&json!(seq), &json!("running"))
        );
    }
    let following = follows(&room, &store, &held, 3).await;
    room.finish(&held, json!({ "status": "succeeded", "last_seq": 3 }))
        .await
        .is(200);
    let page = soon(following).await;
    assert_eq!(
        (&page["events"], &page["status"]),
        (&json!([]), &json!("succeeded"))
    );
    // An ended run is not waited for.
    let id = held["run_id"].as_str().unwrap();
    room.get(&format!("events.list?run_id={id}&after=3&wait_seconds=25"))
        .await
        .is(200);
}

#[tokio::test]
async fn an_end_in_a_claim_wakes_too_even_a_stale_one() {
    let (room, store) = Room::counted(TestDatabase::new().await).await;
    for (request, code) in [(json!(null), None), (json!(1), Some(Code::StaleRequest))] {
        let held = room.hold("w", json!({})).await;
        room.claim("w", json!({ "request_id": 2, "limit": 0 }))
            .await;
        let following = follows(&room, &store, &held, 0).await;
        let end = with(json!({ "status": "failed" }), held.clone());
        let body = json!({ "request_id": request, "finish": [end], "limit": 0 });
        let reply = room
            .post("runs.claim", crate::common::claim("w", body))
            .await;
        match code {
            Some(code) => drop(reply.refused(code)),
            None => drop(reply.is(200)),
        }
        assert_eq!(soon(following).await["status"], "failed");
    }
}

#[tokio::test]
async fn a_cancelled_run_is_followed_until_its_holder_has_ended() {
    let (room, store) = Room::counted(TestDatabase::new().await).await;
    let held = room.hold("w", json!({})).await;
    let following = follows(&room, &store, &held, 0).await;
    let cancel = json!({ "run_id": held["run_id"] });
    room.post("runs.cancel", cancel).await.is(200);
    let page = soon(following).await;
    assert_eq!(
        (&page["status"], &page["held"], &page["next"]),
        (&json!("cancelled"), &json!(true), &json!(1))
    );
    let following = follows(&room, &store, &held, 1).await;
    let event = json!({ "first_seq": 1, "events": [{ "message": "last words" }] });
    room.post("events.append", with(held.clone(), event))
        .await
        .is(200);
    assert_eq!(soon(following).await["events"][0]["message"], "last words");
    let following = follows(&room, &store, &held, 2).await;
    room.finish(&held, json!({ "status": "cancelled" }))
        .await
        .is(200);
    assert_eq!(soon(following).await["held"], false);
}
