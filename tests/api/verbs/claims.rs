use crate::common::{Room, inline, with};
use ops_tests::harness::TestDatabase;
use ops_web::Host;
use serde_json::json;

#[tokio::test]
async fn a_claim_tells_a_worker_all_that_it_needs() {
    let room = Room::new().await;
    let session = room
        .post("sessions.create", json!({ "name": "s" }))
        .await
        .is(201);
    let session = &session["session"]["id"];
    let fields = json!({ "intent": "why", "env": "test", "repo": "o/r", "timeout_seconds": 90, "session_id": session });
    let id = room.queue(fields.clone()).await;
    let claimed = room
        .claim("w", json!({ "start": true, "name": "n", "version": "1" }))
        .await;
    let run = &claimed["runs"][0];
    for (name, value) in fields.as_object().unwrap() {
        assert_eq!(&run[name], value, "{name}");
    }
    assert_eq!(
        (&run["run_id"], &run["attempt"], &run["lane"]),
        (&json!(id), &json!(1), &json!("A"))
    );
    assert_eq!(
        (&run["lease_seconds"], &run["title"]),
        (&json!(15), &json!("T"))
    );
    assert_eq!(run["steps"][0]["id"], "a");
    assert_eq!((&run["params"], &run["secrets"]), (&json!({}), &json!([])));
    assert!(ops_core::text::is_timestamp(
        run["lease_expires_at"].as_str().unwrap()
    ));
    assert_eq!(
        (&claimed["poll_after_ms"], &claimed["heartbeat_after_ms"]),
        (&json!(0), &json!(3_000))
    );
    assert_eq!(
        (&claimed["finished"], &claimed["drain"]),
        (&json!([]), &json!(false))
    );
    assert!(claimed["waited_ms"].is_u64() && claimed.get("wake").is_none());

    let nothing = room.claim("w", json!({})).await;
    assert_eq!(
        (&nothing["runs"], &nothing["finished"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test]
async fn a_heartbeat_is_due_after_a_fifth_of_the_shortest_lease() {
    let room = Room::new().await;
    for (lease, pause) in [(5, 1_000), (10, 2_000), (15, 3_000), (3_600, 3_000)] {
        let id = room.queue(json!({ "lease_seconds": lease })).await;
        let claimed = room.claim("w", json!({})).await;
        assert_eq!(claimed["runs"][0]["lease_seconds"], lease);
        assert_eq!(claimed["heartbeat_after_ms"], pause, "{lease}");
        let beat = json!({ "run_id": id, "worker_id": "w", "attempt": 1 });
        let beaten = room.post("runs.heartbeat", beat.clone()).await.is(200);
        assert_eq!(beaten["heartbeat_after_ms"], pause, "{lease}");
        room.finish(&beat, json!({ "status": "failed" }))
            .await
            .is(200);
    }
    let runs = [5, 100].map(|lease| inline(json!({ "lease_seconds": lease })));
    room.post("runs.create", json!({ "runs": runs }))
        .await
        .is(201);
    let both = room.claim("w", json!({ "limit": 2 })).await;
    assert_eq!(both["runs"].as_array().unwrap().len(), 2);
    assert_eq!(both["heartbeat_after_ms"], 1_000);
}

#[tokio::test]
async fn one_claim_settles_and_takes() {
    let room = Room::new().await;
    let first = room.hold("w", json!({})).await;
    let second = room.queue(json!({})).await;
    let lost = json!({ "run_id": second, "attempt": 9, "status": "failed" });
    let ended = with(
        first.clone(),
        json!({ "status": "succeeded", "result": { "x": 1 } }),
    );
    // To settle is not to wait, whatever the worker would wait otherwise.
    let more = json!({ "finish": [ended, lost], "limit": 2, "wait_seconds": 25, "request_id": 1, "start": true });
    let claimed = room.claim("w", more.clone()).await;
    let told = json!([{ "run_id": first["run_id"], "status": "succeeded" }, { "run_id": second, "code": "lease_lost" }]);
    assert_eq!(claimed["finished"], told);
    assert_eq!(claimed["runs"][0]["run_id"], second);
    assert_eq!(room.run(&first["run_id"]).await["result"]["x"], 1);
    assert_eq!(room.run(&json!(second)).await["status"], "running");
    // The answer was lost: the same again gets the same, and nothing new.
    room.queue(json!({})).await;
    let again = room.claim("w", more).await;
    assert_eq!(
        (
            &again["runs"][0]["run_id"],
            again["runs"].as_array().unwrap().len()
        ),
        (&json!(second), 1)
    );
    assert_eq!(again["finished"][0], told[0]);
}

#[tokio::test]
async fn who_takes_nothing_does_not_wait() {
    let room = Room::new().await;
    room.queue(json!({})).await;
    let settled = room
        .claim("w", json!({ "limit": 0, "wait_seconds": 25 }))
        .await;
    assert_eq!(settled["runs"], json!([]));
    assert_eq!(
        room.claim("w", json!({ "limit": 3 })).await["runs"][0]["attempt"],
        1
    );
}

#[tokio::test]
async fn a_host_that_cannot_wait_says_when_to_ask_again() {
    let db = TestDatabase::new().await;
    let host = Host {
        long_poll: false,
        poll_after_ms: 2_500,
        lease_seconds: 60,
        heartbeat_ms: 5_000,
        ..Host::NATIVE
    };
    let store = db.store.clone();
    let room = Room::with(db, store, host).await;
    let nothing = room.claim("w", json!({ "wait_seconds": 25 })).await;
    assert_eq!(
        (&nothing["runs"], &nothing["poll_after_ms"]),
        (&json!([]), &json!(2_500))
    );
    assert_eq!(nothing["waited_ms"], 0);
    let id = room.queue(json!({})).await;
    let claimed = room.claim("w", json!({ "wait_seconds": 25 })).await;
    assert_eq!(
        (
            &claimed["runs"][0]["run_id"],
            &claimed["runs"][0]["lease_seconds"]
        ),
        (&json!(id), &json!(60))
    );
    assert_eq!(claimed["heartbeat_after_ms"], 5_000);
    let events = room
        .get(&format!("events.list?run_id={id}&wait_seconds=25"))
        .await
        .is(200);
    assert_eq!(events["events"], json!([]));
}
