//! 409: the state does not allow it.

use crate::common::{Room, claim, inline, with};
use ops_core::Code;
use serde_json::json;

#[tokio::test]
async fn a_lost_lease_is_told_by_every_worker_verb() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let stranger = with(held.clone(), json!({ "attempt": 2 }));
    let event = json!({ "first_seq": 1, "events": [{ "message": "hello" }] });
    let artifact = json!({ "name": "n", "kind": "file", "content": "x" });
    for (verb, more) in [
        ("runs.start", json!({})),
        ("runs.heartbeat", json!({})),
        ("runs.finish", json!({ "status": "succeeded" })),
        ("events.append", event),
        ("artifacts.put", artifact),
    ] {
        let reply = room.post(verb, with(stranger.clone(), more)).await;
        let problem = reply.refused(Code::LeaseLost);
        assert_eq!(problem.0["run_id"], held["run_id"], "{verb}");
    }
    let run = room.run(&held["run_id"]).await;
    assert_eq!(
        (&run["status"], &run["refused_writes"]),
        (&json!("running"), &json!(5))
    );
}

#[tokio::test]
async fn a_finished_attempt_that_reports_late_has_lost_nothing() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let end = json!({ "status": "succeeded" });
    assert_eq!(
        room.finish(&held, end.clone()).await.is(200)["status"],
        "succeeded"
    );
    for (verb, more) in [
        ("runs.start", json!({})),
        ("runs.heartbeat", json!({})),
        ("events.append", json!({ "first_seq": 1, "events": [] })),
    ] {
        let reply = room.post(verb, with(held.clone(), more)).await;
        let problem = reply.refused(Code::AlreadyFinished);
        assert_eq!(problem.0["run_status"], "succeeded", "{verb}");
    }
    // The finish itself, repeated, gets the answer it got.
    assert_eq!(room.finish(&held, end).await.is(200)["status"], "succeeded");
    assert_eq!(room.run(&held["run_id"]).await["refused_writes"], 0);
}

#[tokio::test]
async fn an_ended_run_is_neither_cancelled_nor_a_living_one_retried() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let id = json!({ "run_id": held["run_id"] });
    let problem = room.post("runs.retry", id.clone()).await;
    let problem = problem.refused(Code::Conflict);
    assert!(problem.detail().contains("running"), "{problem:?}");
    room.finish(&held, json!({ "status": "failed" }))
        .await
        .is(200);
    let problem = room.post("runs.cancel", id.clone()).await;
    let problem = problem.refused(Code::AlreadyFinished);
    assert_eq!(problem.0["run_status"], "failed");
    room.post("runs.retry", id).await.is(201);
}

#[tokio::test]
async fn a_log_has_no_holes() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let append = async |first: i64, count: usize| {
        let events = vec![json!({ "message": "line" }); count];
        let body = json!({ "first_seq": first, "events": events });
        room.post("events.append", with(held.clone(), body)).await
    };
    assert_eq!(append(1, 2).await.is(200)["last_seq"], 2);
    let problem = append(4, 1).await.refused(Code::EventsGap);
    assert_eq!(problem.0["last_seq"], 2);
    let end = json!({ "status": "succeeded", "last_seq": 3 });
    let problem = room.finish(&held, end.clone()).await;
    let problem = problem.refused(Code::EventsMissing);
    assert_eq!(problem.0["last_seq"], 2);
    // Among others in a claim it is data.
    let settle = json!({ "limit": 0, "finish": [with(end.clone(), held.clone())] });
    let claimed = room.claim("w", settle).await;
    let told = json!([{ "run_id": held["run_id"], "code": "events_missing", "last_seq": 2 }]);
    assert_eq!(claimed["finished"], told);
    assert_eq!(append(2, 2).await.is(200)["last_seq"], 3);
    room.finish(&held, end).await.is(200);
}

#[tokio::test]
async fn a_stale_claim_settles_but_claims_nothing() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    room.claim("w", json!({ "request_id": 7 })).await;
    let waiting = room.queue(json!({})).await;
    let finish = with(json!({ "status": "succeeded" }), held.clone());
    let stale = claim("w", json!({ "request_id": 6, "finish": [finish] }));
    let problem = room.post("runs.claim", stale).await;
    let problem = problem.refused(Code::StaleRequest);
    let finished = json!([{ "run_id": held["run_id"], "status": "succeeded" }]);
    assert_eq!(problem.0["finished"], finished);
    assert_eq!(room.run(&held["run_id"]).await["status"], "succeeded");
    assert_eq!(room.run(&waiting.into()).await["status"], "queued");
}

#[tokio::test]
async fn names_and_keys_are_taken_once() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let put = |content: &str| {
        let artifact = json!({ "name": "report", "kind": "file", "content": content });
        room.post("artifacts.put", with(held.clone(), artifact))
    };
    let first = put("one").await.is(201);
    assert_eq!(put("one").await.is(201), first);
    let problem = put("two").await.refused(Code::NameTaken);
    assert!(problem.detail().contains("`report`"));

    let source = json!({ "source": crate::common::runbook().to_string() });
    room.post("templates.create", source.clone()).await.is(201);
    let problem = room.post("templates.create", source).await;
    let problem = problem.refused(Code::SlugTaken);
    assert!(problem.detail().contains("`t`"));

    room.queue(json!({ "idempotency_key": "k" })).await;
    let other = inline(json!({ "idempotency_key": "k", "priority": 1 }));
    let problem = room.post("runs.create", other.clone()).await;
    problem
        .refused(Code::IdempotencyMismatch)
        .names(&["/idempotency_key"]);
    let bulk = json!({ "runs": [inline(json!({})), other] });
    let problem = room.post("runs.create", bulk).await;
    problem
        .refused(Code::IdempotencyMismatch)
        .names(&["/runs/1/idempotency_key"]);
    let ended = room.queue(json!({})).await;
    room.post("runs.cancel", json!({ "run_id": ended }))
        .await
        .is(200);
    let retry = json!({ "run_id": ended, "idempotency_key": "k" });
    room.post("runs.retry", retry)
        .await
        .refused(Code::IdempotencyMismatch);
}
