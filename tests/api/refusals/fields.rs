//! 422 on operator verbs: each wrong field is named.

use crate::common::{Room, inline, with};
use ops_core::Code;
use serde_json::{Value, json};

async fn wrong(room: &Room, verb: &str, body: Value, fields: &[&str]) -> Value {
    let problem = room.post(verb, body).await.refused(Code::Invalid);
    problem.names(fields);
    problem.0
}

#[tokio::test]
async fn an_unknown_field_is_named_on_operator_verbs() {
    let room = Room::new().await;
    let id = "00000000-0000-4000-8000-000000000000";
    for (verb, body) in [
        ("runs.create", inline(json!({}))),
        ("runs.cancel", json!({ "run_id": id })),
        ("runs.retry", json!({ "run_id": id })),
        ("runs.sweep", json!({})),
        ("sessions.create", json!({ "name": "s" })),
        ("templates.create", json!({ "source": "" })),
        ("templates.validate", json!({ "source": "" })),
        ("lanes.update", json!({ "name": "A" })),
        ("tokens.create", json!({ "name": "t", "kinds": [] })),
        ("tokens.revoke", json!({ "token_id": id })),
        ("runs.cancel", json!({ "run_ids": [] })),
        ("runs.retry", json!({ "filter": { "lane": "A" } })),
        ("sessions.update", json!({ "session_id": id })),
        ("sessions.archive", json!({ "session_id": id })),
        ("sessions.delete", json!({ "session_id": id })),
        ("templates.update", json!({ "source": "" })),
        ("templates.delete", json!({ "slug": "t" })),
        ("workers.drain", json!({ "worker_id": "w" })),
    ] {
        let body = with(body, json!({ "typo": 1 }));
        let problem = wrong(&room, verb, body, &["/typo"]).await;
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("unknown field"), "{verb}: {message}");
    }
    // The hint of a misspelt field: what the verb takes.
    let problem = wrong(&room, "runs.create", json!({ "lanes": "A" }), &["/lanes"]).await;
    assert!(problem["detail"].as_str().unwrap().contains("`lane`"));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let room = Room::new().await;
    for (verb, field) in [
        ("runs.create", "/template"),
        ("runs.cancel", "/run_id"),
        ("runs.retry", "/run_id"),
        ("sessions.create", "/name"),
        ("sessions.update", "/session_id"),
        ("sessions.archive", "/session_id"),
        ("sessions.delete", "/session_id"),
        ("templates.update", "/source"),
        ("templates.delete", "/slug"),
        ("workers.drain", "/worker_id"),
        ("templates.create", "/source"),
        ("templates.validate", "/source"),
        ("lanes.update", "/name"),
        ("tokens.create", "/name"),
        ("tokens.revoke", "/token_id"),
        ("runs.claim", "/worker_id"),
        ("runs.start", "/run_id"),
        ("runs.heartbeat", "/worker_id"),
        ("runs.finish", "/worker_id"),
        ("events.append", "/run_id"),
        ("artifacts.put", "/run_id"),
    ] {
        wrong(&room, verb, json!({}), &[field]).await;
    }
}

#[tokio::test]
async fn a_run_is_made_of_exactly_one_of_template_and_runbook() {
    let room = Room::new().await;
    let both = inline(json!({ "template": "t" }));
    wrong(&room, "runs.create", both, &["/template"]).await;
    wrong(&room, "runs.create", json!({ "lane": "A" }), &["/template"]).await;
}

#[tokio::test]
async fn a_field_out_of_its_range_is_named() {
    let room = Room::new().await;
    let long = "x".repeat(2_001);
    for (more, field) in [
        (json!({ "session_id": "no-id" }), "/session_id"),
        (json!({ "lane": "-a" }), "/lane"),
        (json!({ "lane": "a b" }), "/lane"),
        (json!({ "lane": "" }), "/lane"),
        (json!({ "lane": "x".repeat(65) }), "/lane"),
        (json!({ "max_attempts": 0 }), "/max_attempts"),
        (json!({ "max_attempts": 21 }), "/max_attempts"),
        (json!({ "lease_seconds": 4 }), "/lease_seconds"),
        (json!({ "lease_seconds": 3_601 }), "/lease_seconds"),
        (json!({ "lease_seconds": -1 }), "/lease_seconds"),
        (json!({ "lease_seconds": 5.5 }), "/lease_seconds"),
        (json!({ "timeout_seconds": 0 }), "/timeout_seconds"),
        (json!({ "timeout_seconds": 604_801 }), "/timeout_seconds"),
        (
            json!({ "start_within_seconds": 0 }),
            "/start_within_seconds",
        ),
        (
            json!({ "start_within_seconds": 31_622_401 }),
            "/start_within_seconds",
        ),
        (json!({ "priority": 2_147_483_648_u32 }), "/priority"),
        (json!({ "priority": "high" }), "/priority"),
        (json!({ "params": [] }), "/params"),
        (json!({ "intent": "" }), "/intent"),
        (json!({ "intent": long }), "/intent"),
        (json!({ "env": "x".repeat(201) }), "/env"),
        (json!({ "repo": "x".repeat(301) }), "/repo"),
        (json!({ "idempotency_key": "" }), "/idempotency_key"),
        (
            json!({ "idempotency_key": "x".repeat(201) }),
            "/idempotency_key",
        ),
    ] {
        wrong(&room, "runs.create", inline(more), &[field]).await;
    }
    for time in [
        "tomorrow",
        "2026-11-24",
        "2026-02-30T00:00:00Z",
        "2026-11-24T22:30:00",
        "",
    ] {
        let run = inline(json!({ "not_before": time }));
        wrong(&room, "runs.create", run, &["/not_before"]).await;
    }
    for time in [
        "2020-01-01t00:00:00z",
        "9999-12-31T23:59:59.999999999+15:59",
        "0001-01-01 00:00:00-15:59",
    ] {
        let run = inline(json!({ "not_before": time }));
        room.post("runs.create", run).await.is(201);
    }
    let many = inline(json!({ "lane": "?", "max_attempts": 99, "intent": "" }));
    let fields = ["/lane", "/max_attempts", "/intent"];
    wrong(&room, "runs.create", many, &fields).await;
}

#[tokio::test]
async fn the_other_operator_verbs_name_their_fields_too() {
    let room = Room::new().await;
    let id = room.queue(json!({})).await;
    for (verb, body, field) in [
        ("runs.cancel", json!({ "run_id": "x" }), "/run_id"),
        ("runs.cancel", json!({ "run_id": 1 }), "/run_id"),
        (
            "runs.cancel",
            json!({ "run_id": id, "reason": "x".repeat(2_001) }),
            "/reason",
        ),
        (
            "runs.retry",
            json!({ "run_id": id, "idempotency_key": "x".repeat(5_000) }),
            "/idempotency_key",
        ),
        (
            "runs.retry",
            json!({ "run_id": id, "idempotency_key": "" }),
            "/idempotency_key",
        ),
        ("sessions.create", json!({ "name": "" }), "/name"),
        (
            "sessions.create",
            json!({ "name": "é".repeat(201) }),
            "/name",
        ),
        (
            "sessions.create",
            json!({ "name": "s", "meta": [] }),
            "/meta",
        ),
        ("lanes.update", json!({ "name": "a/b" }), "/name"),
        (
            "lanes.update",
            json!({ "name": "A", "concurrency_limit": 10_001 }),
            "/concurrency_limit",
        ),
        (
            "lanes.update",
            json!({ "name": "A", "queue_limit": 100_000_001 }),
            "/queue_limit",
        ),
        (
            "lanes.update",
            json!({ "name": "A", "paused": "yes" }),
            "/paused",
        ),
        (
            "lanes.update",
            json!({ "name": "A", "reason": "x".repeat(2_001) }),
            "/reason",
        ),
        (
            "tokens.create",
            json!({ "name": "", "kinds": ["worker"] }),
            "/name",
        ),
        (
            "tokens.create",
            json!({ "name": "t", "kinds": [] }),
            "/kinds",
        ),
        (
            "tokens.create",
            json!({ "name": "t", "kinds": ["worker", "root"] }),
            "/kinds/1",
        ),
        (
            "tokens.create",
            json!({ "name": "t", "kinds": ["worker"], "lanes": ["A", "?"] }),
            "/lanes/1",
        ),
        (
            "tokens.create",
            json!({ "name": "t", "kinds": ["worker"], "expires_in_seconds": 59 }),
            "/expires_in_seconds",
        ),
        ("tokens.revoke", json!({ "token_id": "x" }), "/token_id"),
    ] {
        wrong(&room, verb, body, &[field]).await;
    }
}
