//! 422 on worker verbs, which ignore what they do not know: versions may differ.

use crate::common::{Room, claim, with};
use ops_core::{Code, limits};
use serde_json::{Value, json};

async fn wrong(room: &Room, verb: &str, body: Value, field: &str) {
    let problem = room.post(verb, body).await.refused(Code::Invalid);
    problem.names(&[field]);
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let room = Room::new().await;
    let new = json!({ "of_a_later_version": { "x": "a\0b" } });
    room.queue(json!({})).await;
    let start = with(new.clone(), json!({ "start": false }));
    let claimed = room.claim("w", start).await;
    let holder = json!({ "run_id": claimed["runs"][0]["run_id"], "worker_id": "w", "attempt": 1 });
    let body = |more| with(with(holder.clone(), new.clone()), more);
    room.post("runs.start", body(json!({}))).await.is(200);
    room.post("runs.heartbeat", body(json!({}))).await.is(200);
    let beats = json!({ "worker_id": "w", "runs": [body(json!({}))] });
    room.post("runs.heartbeat", beats).await.is(200);
    let event = with(new.clone(), json!({ "message": "m" }));
    let append = body(json!({ "first_seq": 1, "events": [event] }));
    room.post("events.append", append).await.is(200);
    let artifact = body(json!({ "name": "n", "kind": "file", "content": "c" }));
    room.post("artifacts.put", artifact).await.is(201);
    let finish = body(json!({ "status": "succeeded" }));
    room.post("runs.finish", finish).await.is(200);
}

#[tokio::test]
async fn both_forms_at_once_are_refused() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let beats = with(held.clone(), json!({ "runs": [] }));
    wrong(&room, "runs.heartbeat", beats, "/runs").await;
    let ends = with(held.clone(), json!({ "status": "failed", "finish": [] }));
    wrong(&room, "runs.finish", ends, "/finish").await;
    let run = crate::common::inline(json!({ "runs": [] }));
    let problem = room.post("runs.create", run).await.refused(Code::Invalid);
    assert_eq!(problem.fields()[0], "/runbook");
}

#[tokio::test]
async fn a_flat_form_is_named_flat_and_a_list_by_its_place() {
    let room = Room::new().await;
    let bad = json!({ "worker_id": "w", "run_id": "x", "attempt": 1, "status": "failed" });
    let id = "00000000-0000-4000-8000-000000000000";
    let far =
        json!({ "worker_id": "w", "run_id": id, "attempt": 4_000_000_000_u32, "status": "failed" });
    let word = with(far.clone(), json!({ "attempt": "one" }));
    for verb in ["runs.heartbeat", "runs.finish", "runs.start"] {
        wrong(&room, verb, bad.clone(), "/run_id").await;
        wrong(&room, verb, far.clone(), "/attempt").await;
        wrong(&room, verb, word.clone(), "/attempt").await;
        let lacking = json!({ "worker_id": "w", "run_id": id, "status": "failed" });
        wrong(&room, verb, lacking, "/attempt").await;
    }
    let ended = with(far.clone(), json!({ "attempt": 1, "status": "done" }));
    wrong(&room, "runs.finish", ended, "/status").await;
    let fine = json!({ "run_id": id, "attempt": 1, "status": "failed" });
    let other = "00000000-0000-4000-8000-000000000001";
    for (second, field) in [(&bad, "run_id"), (&far, "attempt"), (&word, "attempt")] {
        let first = with(fine.clone(), json!({ "run_id": other }));
        let list = json!([first, second]);
        let beats = json!({ "worker_id": "w", "runs": list });
        wrong(&room, "runs.heartbeat", beats, &format!("/runs/1/{field}")).await;
        let settle = claim("w", json!({ "finish": list }));
        wrong(&room, "runs.claim", settle, &format!("/finish/1/{field}")).await;
    }
    let twice = json!([fine, fine]);
    let beats = json!({ "worker_id": "w", "runs": twice });
    wrong(&room, "runs.heartbeat", beats, "/runs/1/run_id").await;
    let settle = claim("w", json!({ "finish": twice }));
    wrong(&room, "runs.claim", settle, "/finish/1/run_id").await;
    let many = json!({ "worker_id": "w", "finish": [fine, with(fine.clone(), json!({ "run_id": other }))] });
    wrong(&room, "runs.finish", many, "/finish").await;
}

#[tokio::test]
async fn a_claim_is_judged_field_by_field() {
    let room = Room::new().await;
    for (more, field) in [
        (json!({ "worker_id": "" }), "/worker_id"),
        (json!({ "worker_id": "x".repeat(201) }), "/worker_id"),
        (json!({ "lanes": [] }), "/lanes"),
        (json!({ "lanes": "A" }), "/lanes"),
        (json!({ "lanes": ["A", "b c"] }), "/lanes/1"),
        (json!({ "lanes": vec!["A"; 65] }), "/lanes"),
        (json!({ "lanes": ["A", "nowhere"] }), "/lanes"),
        (json!({ "session_id": "x" }), "/session_id"),
        (json!({ "limit": 101 }), "/limit"),
        (json!({ "limit": -1 }), "/limit"),
        (json!({ "wait_seconds": -1 }), "/wait_seconds"),
        (json!({ "request_id": 0 }), "/request_id"),
    ] {
        wrong(&room, "runs.claim", claim("w", more), field).await;
    }
}

#[tokio::test]
async fn events_and_artifacts_are_judged_field_by_field() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let long = "x".repeat(limits::MESSAGE_BYTES + 1);
    for (more, field) in [
        (json!({ "first_seq": 0 }), "/first_seq"),
        (json!({ "attempt": 3_000_000_000_u32 }), "/attempt"),
        (
            json!({ "events": [{ "message": "m" }, { "message": long }] }),
            "/events/1/message",
        ),
        (
            json!({ "events": [{ "level": "loud", "message": "m" }] }),
            "/events/0/level",
        ),
        (json!({ "events": [{}] }), "/events/0/message"),
        (
            json!({ "events": vec![json!({ "message": "" }); 2_001] }),
            "/events",
        ),
        (
            json!({ "steps": [{ "step": "s".repeat(201), "status": "running" }] }),
            "/steps/0/step",
        ),
        (
            json!({ "steps": [{ "step": "s", "status": "queued" }] }),
            "/steps/0/status",
        ),
    ] {
        let append = with(
            with(held.clone(), json!({ "first_seq": 1, "events": [] })),
            more,
        );
        wrong(&room, "events.append", append, field).await;
    }
    for (more, field) in [
        (json!({ "name": "" }), "/name"),
        (json!({ "name": "a\nb" }), "/name"),
        (json!({ "name": "é".repeat(201) }), "/name"),
        (json!({ "kind": "zip" }), "/kind"),
        (json!({ "attempt": 3_000_000_000_u32 }), "/attempt"),
        (json!({ "content_base64": "" }), "/content"),
        (
            json!({ "content": null, "content_base64": "?" }),
            "/content_base64",
        ),
        (json!({ "content": null }), "/content"),
        (json!({ "kind": "link" }), "/url"),
        (
            json!({ "kind": "link", "content": null, "url": "javascript:alert(1)" }),
            "/url",
        ),
        (
            json!({ "kind": "link", "content": null, "url": "https://a\r\nb" }),
            "/url",
        ),
        (json!({ "mime": "text/html\r\n" }), "/mime"),
    ] {
        let base = with(
            held.clone(),
            json!({ "name": "n", "kind": "file", "content": "c" }),
        );
        wrong(&room, "artifacts.put", with(base, more), field).await;
    }
}
