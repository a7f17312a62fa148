//! Who may call what.

use crate::story::{Story, merged};
use crate::world::{World, in_every_world};
use ops_tests::harness::database::{TOKEN, sha256_hex};
use serde_json::{Value, json};

in_every_world!(
    an_unknown_token_is_not_authenticated,
    a_revoked_token_is_not_authenticated,
    an_expired_token_is_not_authenticated,
    the_wrong_kind_is_forbidden,
    a_token_bound_to_lanes_claims_no_others,
    a_worker_id_belongs_to_its_token,
    a_lease_belongs_to_the_token_that_claimed,
    tokens_are_listed_without_their_secret,
    the_first_token_can_be_set_again,
);

const OPERATOR: [&str; 15] = [
    "runs_create",
    "runs_cancel",
    "runs_retry",
    "sessions_create",
    "templates_create",
    "sessions_update",
    "sessions_archive",
    "sessions_delete",
    "templates_update",
    "templates_delete",
    "lanes_update",
    "workers_drain",
    "tokens_create",
    "tokens_list",
    "tokens_revoke",
];
const WORKER: [&str; 6] = [
    "runs_claim",
    "runs_start",
    "runs_heartbeat",
    "runs_finish",
    "events_append",
    "artifacts_put",
];
const READ: [&str; 11] = [
    "runs_get",
    "runs_list",
    "events_list",
    "artifacts_get",
    "artifacts_list",
    "sessions_get",
    "sessions_list",
    "templates_get",
    "templates_list",
    "lanes_list",
    "workers_list",
];

/// Arguments that are well formed for every verb, and name nothing that exists.
fn nothing() -> Value {
    let nobody = "00000000-0000-4000-8000-00000000dead";
    json!({
        "run_id": nobody, "session_id": nobody, "token_id": nobody, "artifact_id": nobody, "slug": "none",
        "worker_id": "nobody", "attempt": 1, "lanes": ["A"], "runs": [], "finish": [], "first_seq": 1, "events": [],
        "name": "x", "kind": "file", "mime": "x/y", "content": "", "kinds": ["viewer"], "limit": 1,
        "token_sha256": sha256_hex("nothing"), "runbook": {}, "source": "",
    })
}

async fn an_unknown_token_is_not_authenticated<W: World>() {
    let s = Story::<W>::new().await;
    for verb in [&OPERATOR[..], &WORKER, &READ, &["runs_sweep"]].concat() {
        let answer = s.call_as("nobody knows this", verb, nothing()).await;
        assert_eq!(answer["code"], "unauthenticated", "{verb}");
        assert!(answer["detail"].is_string(), "{verb}");
    }
}

async fn a_revoked_token_is_not_authenticated<W: World>() {
    let s = Story::<W>::new().await;
    let token = s.token("gone", json!({})).await;
    let list = s.call("tokens_list", json!({})).await;
    let id = list["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["name"] == "gone")
        .unwrap()["id"]
        .clone();
    assert_eq!(
        s.call_as(&token, "runs_sweep", json!({})).await["code"],
        Value::Null
    );
    for _ in 0..2 {
        let answer = s.call("tokens_revoke", json!({ "token_id": id })).await;
        assert_eq!(answer, json!({ "id": id, "revoked": true }));
    }
    let answer = s.call_as(&token, "runs_sweep", json!({})).await;
    assert_eq!(answer["code"], "unauthenticated");
    let none = json!({ "token_id": "00000000-0000-4000-8000-00000000dead" });
    assert_eq!(s.call("tokens_revoke", none).await["code"], "not_found");
}

async fn an_expired_token_is_not_authenticated<W: World>() {
    let s = Story::<W>::new().await;
    let token = s.token("short", json!({ "expires_in_seconds": 100 })).await;
    s.advance(90).await;
    assert_eq!(
        s.call_as(&token, "runs_sweep", json!({})).await["code"],
        Value::Null
    );
    s.advance(20).await;
    let answer = s.call_as(&token, "runs_sweep", json!({})).await;
    assert_eq!(answer["code"], "unauthenticated");
}

async fn the_wrong_kind_is_forbidden<W: World>() {
    let s = Story::<W>::new().await;
    let worker = s.token("worker", json!({ "kinds": ["worker"] })).await;
    let viewer = s.token("viewer", json!({ "kinds": ["viewer"] })).await;
    let operator = s.token("operator", json!({ "kinds": ["operator"] })).await;
    let refused = async |token: &str, verbs: &[&'static str]| {
        for verb in verbs {
            let answer = s.call_as(token, verb, nothing()).await;
            assert_eq!(answer["code"], "forbidden", "{token}: {verb}");
        }
    };
    refused(&worker, &OPERATOR).await;
    refused(&worker, &READ).await;
    refused(&viewer, &OPERATOR).await;
    refused(&viewer, &WORKER).await;
    refused(&viewer, &["runs_sweep"]).await;
    refused(&operator, &WORKER).await;
    for verb in READ {
        let answer = s.call_as(&viewer, verb, nothing()).await;
        assert!(answer["code"] != "forbidden", "{verb}: {answer}");
    }
}

async fn a_token_bound_to_lanes_claims_no_others<W: World>() {
    let s = Story::<W>::new().await;
    let token = s.token("bound", json!({ "lanes": ["B", "C"] })).await;
    let run = s.create(json!({ "lane": "B" })).await;
    let claim = |lanes: Value| json!({ "worker_id": "w", "lanes": lanes, "request_id": 1 });
    for lanes in [json!(["A"]), json!(["B", "A"])] {
        let answer = s.call_as(&token, "runs_claim", claim(lanes)).await;
        assert_eq!(answer["code"], "forbidden");
    }
    let answer = s.call_as(&token, "runs_claim", claim(json!(["B"]))).await;
    assert_eq!(answer["runs"][0]["run_id"], json!(run));
}

async fn a_worker_id_belongs_to_its_token<W: World>() {
    let s = Story::<W>::new().await;
    let other = s.token("other", json!({})).await;
    let run = s.create(json!({})).await;
    s.claim("w", json!({ "limit": 0 })).await;
    let claim = json!({ "worker_id": "w", "lanes": ["A"], "request_id": 100 });
    let answer = s.call_as(&other, "runs_claim", claim).await;
    assert_eq!(answer["code"], "forbidden");
    assert_eq!(s.status(&run).await, "queued");
    assert_eq!(s.take("w").await.run, run);
}

async fn a_lease_belongs_to_the_token_that_claimed<W: World>() {
    let s = Story::<W>::new().await;
    let other = s.token("other", json!({})).await;
    let held = s.running("w", json!({})).await;
    let append = json!({ "first_seq": 1, "events": [{ "message": "x" }] });
    let file = json!({ "name": "a", "kind": "file", "mime": "x/y", "content": "x" });
    for (verb, more) in [
        ("runs_start", json!({})),
        ("events_append", append),
        ("artifacts_put", file),
    ] {
        let answer = s.call_as(&other, verb, held.with(more)).await;
        assert_eq!(answer["code"], "lease_lost", "{verb}");
    }
    let entry = json!({ "run_id": held.run, "attempt": 1 });
    let p = json!({ "worker_id": "w", "runs": [entry] });
    let answer = s.call_as(&other, "runs_heartbeat", p).await;
    assert_eq!(answer["runs"][0]["code"], "lease_lost");
    let entry = merged(entry, json!({ "status": "failed" }));
    let p = json!({ "worker_id": "w", "finish": [entry] });
    let answer = s.call_as(&other, "runs_finish", p.clone()).await;
    assert_eq!(answer["finished"][0]["code"], "lease_lost");
    assert_eq!(s.status(&held.run).await, "running");
    assert_eq!(s.finish(&held, "succeeded").await["status"], "succeeded");
    let answer = s.call_as(&other, "runs_finish", p).await;
    assert_eq!(answer["finished"][0]["code"], "lease_lost");
}

async fn tokens_are_listed_without_their_secret<W: World>() {
    let s = Story::<W>::new().await;
    s.token(
        "one",
        json!({ "kinds": ["viewer", "worker"], "lanes": ["A"], "expires_in_seconds": 60 }),
    )
    .await;
    let answer = s.call("tokens_list", json!({})).await;
    let tokens = answer["tokens"].as_array().unwrap();
    assert_eq!(tokens.len(), 2);
    assert_eq!(
        (&tokens[0]["name"], &tokens[0]["lanes"]),
        (&json!("test"), &json!([]))
    );
    assert!(tokens[0]["last_used_at"].is_string());
    assert_eq!(
        (&tokens[1]["kinds"], &tokens[1]["lanes"]),
        (&json!(["viewer", "worker"]), &json!(["A"]))
    );
    assert!(tokens[1]["expires_at"].is_string());
    assert!(tokens[1]["revoked_at"].is_null() && tokens[1]["last_used_at"].is_null());
    let text = answer.to_string();
    assert!(!text.contains(&sha256_hex(TOKEN)) && !text.contains("sha256"));
}

async fn the_first_token_can_be_set_again<W: World>() {
    let s = Story::<W>::new().await;
    let p = json!({ "name": "setup", "kinds": ["operator"], "token_sha256": sha256_hex(TOKEN) });
    s.call("ops_first_token", p).await;
    let tokens = s.call("tokens_list", json!({})).await;
    assert_eq!(tokens["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(tokens["tokens"][0]["name"], "setup");
    assert_eq!(s.call("runs_sweep", json!({})).await["code"], Value::Null);
    let answer = s.call("runs_claim", nothing()).await;
    assert_eq!(answer["code"], "forbidden");
}
