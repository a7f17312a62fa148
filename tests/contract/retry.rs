//! A person runs something again.

use crate::story::{Story, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_retry_is_a_new_linked_run,
    a_run_that_has_not_ended_cannot_be_retried,
    a_retry_with_a_key_is_made_once,
    a_key_of_another_retry_is_refused,
);

async fn a_retry_is_a_new_linked_run<W: World>() {
    let s = Story::<W>::new().await;
    let shape = json!({
        "lane": "B", "priority": 3, "params": { "x": 1 }, "intent": "i", "env": "e", "repo": "r",
        "max_attempts": 2, "lease_seconds": 20, "timeout_seconds": 50,
    });
    let old = s.create(shape.clone()).await;
    s.cancel(&old).await;
    let answer = s.call("runs_retry", json!({ "run_id": old })).await;
    let new = &answer["runs"][0];
    assert_eq!(new["status"], "queued");
    assert_ne!(new["run_id"], json!(old));
    assert_eq!(new["run"]["retry_of"], json!(old));
    let run = s.get(&text(&new["run_id"])).await;
    for (name, value) in shape.as_object().unwrap() {
        assert_eq!(&run[name], value, "{name}");
    }
    assert_eq!(
        (&run["attempt"], &run["attempts_used"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(s.status(&old).await, "cancelled");
    assert_eq!(
        s.claim_ids("w", json!({ "lanes": ["B"] })).await,
        [text(&new["run_id"])]
    );
}

async fn a_run_that_has_not_ended_cannot_be_retried<W: World>() {
    let s = Story::<W>::new().await;
    let queued = s.create(json!({})).await;
    let retry =
        async |run: &str| s.call("runs_retry", json!({ "run_id": run })).await["code"].clone();
    assert_eq!(retry(&queued).await, "conflict");
    s.take("w").await;
    assert_eq!(retry(&queued).await, "conflict");
}

async fn a_retry_with_a_key_is_made_once<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.finish(&held, "failed").await;
    let p = json!({ "run_id": held.run, "idempotency_key": "again" });
    let first = s.call("runs_retry", p.clone()).await;
    assert_eq!(first["runs"][0]["seen"], Value::Null);
    let second = s.call("runs_retry", p).await;
    assert_eq!(second["runs"][0]["run_id"], first["runs"][0]["run_id"]);
    assert_eq!(second["runs"][0]["seen"], true);
    let list = s.call("runs_list", json!({})).await;
    assert_eq!(list["runs"].as_array().unwrap().len(), 2);
}

async fn a_key_of_another_retry_is_refused<W: World>() {
    let s = Story::<W>::new().await;
    let mut codes = Vec::new();
    for _ in 0..2 {
        let held = s.running("w", json!({})).await;
        s.finish(&held, "failed").await;
        let p = json!({ "run_id": held.run, "idempotency_key": "again" });
        let answer = s.call("runs_retry", p).await;
        codes.push(answer["code"].clone());
        if let Some(id) = answer["runs"][0]["run_id"].as_str() {
            s.cancel(id).await;
        }
    }
    assert_eq!(codes, [Value::Null, json!("idempotency_mismatch")]);
}
