//! Queueing runs.

use crate::story::{Story, merged, shaped, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_single_run_is_queued_and_shown,
    a_bulk_keeps_the_order_sent,
    a_bulk_is_all_or_none,
    a_seen_key_answers_with_the_run_as_it_is_now,
    a_seen_key_with_another_body_is_refused_and_nothing_is_made,
    a_repeat_is_answered_whatever_became_of_what_it_names,
    a_template_counts_its_runs_that_have_not_ended,
    a_key_may_stand_twice_in_one_bulk,
    what_is_named_must_exist,
    a_changed_template_comes_back_with_the_refusal,
    a_template_run_freezes_the_template,
    what_the_run_says_beats_the_runbook,
);

async fn a_single_run_is_queued_and_shown<W: World>() {
    let s = Story::<W>::new().await;
    let run =
        shaped(json!({ "lane": "B", "priority": 7, "intent": "because", "params": { "n": 1 } }));
    let answer = s.call("runs_create", json!({ "runs": [run] })).await;
    let created = &answer["runs"][0];
    assert_eq!(created["status"], "queued");
    assert_eq!(created["run"]["id"], created["run_id"]);
    let run = s.get(&text(&created["run_id"])).await;
    for (name, value) in [
        ("title", json!("a run")),
        ("lane", json!("B")),
        ("priority", json!(7)),
        ("intent", json!("because")),
        ("params", json!({ "n": 1 })),
        ("attempt", json!(0)),
        ("attempts_used", json!(0)),
        ("max_attempts", json!(3)),
        ("lease_seconds", json!(15)),
        ("timeout_seconds", json!(21_600)),
        ("attempts", json!([])),
        ("created_by", json!("test")),
    ] {
        assert_eq!(run[name], value, "{name}");
    }
}

async fn a_bulk_keeps_the_order_sent<W: World>() {
    let s = Story::<W>::new().await;
    // Keys in another order than the runs: rows may be written by key, never claimed by it.
    let runs: Vec<Value> = ["d", "a", "c", "b"]
        .iter()
        .map(|key| shaped(json!({ "title": key, "idempotency_key": key })))
        .collect();
    let answer = s.call("runs_create", json!({ "runs": runs })).await;
    let ids: Vec<String> = answer["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| text(&run["run_id"]))
        .collect();
    for (id, title) in ids.iter().zip(["d", "a", "c", "b"]) {
        assert_eq!(s.get(id).await["title"], title);
    }
    assert_eq!(s.claim_ids("w", json!({})).await, ids);
}

async fn a_bulk_is_all_or_none<W: World>() {
    let s = Story::<W>::new().await;
    let runs = json!([
        shaped(json!({})),
        shaped(json!({ "lane": "nowhere" })),
        shaped(json!({}))
    ]);
    let answer = s.call("runs_create", json!({ "runs": runs })).await;
    assert_eq!(answer["code"], "invalid");
    assert_eq!(answer["errors"][0]["at"], 1);
    assert_eq!(answer["errors"][0]["field"], "lane");
    assert_eq!(s.call("runs_list", json!({})).await["runs"], json!([]));
}

async fn a_seen_key_answers_with_the_run_as_it_is_now<W: World>() {
    let s = Story::<W>::new().await;
    let run = shaped(json!({ "idempotency_key": "k" }));
    let first = s.call("runs_create", json!({ "runs": [run] })).await;
    assert_eq!(first["runs"][0]["seen"], Value::Null);
    let held = s.take("w").await;
    s.finish(&held, "succeeded").await;
    let again = s.call("runs_create", json!({ "runs": [run] })).await;
    assert_eq!(again["runs"][0]["run_id"], first["runs"][0]["run_id"]);
    assert_eq!(again["runs"][0]["seen"], true);
    assert_eq!(again["runs"][0]["status"], "succeeded");
    assert_eq!(again["runs"][0]["run"]["status"], "succeeded");
    // Beside new ones in a bulk.
    let more = json!({ "runs": [shaped(json!({})), run] });
    let bulk = s.call("runs_create", more).await;
    assert_eq!(bulk["runs"][0]["seen"], Value::Null);
    assert_eq!(bulk["runs"][1]["run_id"], first["runs"][0]["run_id"]);
    assert_eq!(bulk["runs"][1]["seen"], true);
}

async fn a_seen_key_with_another_body_is_refused_and_nothing_is_made<W: World>() {
    let s = Story::<W>::new().await;
    s.create(json!({ "idempotency_key": "k", "body_sha256": "one" }))
        .await;
    let runs = json!([
        shaped(json!({ "title": "beside it" })),
        shaped(json!({ "idempotency_key": "k", "body_sha256": "two" })),
    ]);
    let answer = s.call("runs_create", json!({ "runs": runs })).await;
    assert_eq!(answer["code"], "idempotency_mismatch");
    assert_eq!(answer["at"], json!([1]));
    let list = s.call("runs_list", json!({})).await;
    assert_eq!(list["runs"].as_array().unwrap().len(), 1);
}

async fn a_repeat_is_answered_whatever_became_of_what_it_names<W: World>() {
    let s = Story::<W>::new().await;
    make_template(&s).await;
    let answer = s.call("sessions_create", json!({ "name": "s" })).await;
    let session = &answer["session"]["id"];
    let run = json!({
        "template": "deploy", "template_version": 1, "session_id": session, "idempotency_key": "k", "body_sha256": "0",
    });
    let first = s.call("runs_create", json!({ "runs": [run] })).await;
    s.cancel(&text(&first["runs"][0]["run_id"])).await;
    s.call("sessions_archive", json!({ "session_id": session }))
        .await;
    s.call("templates_delete", json!({ "slug": "deploy" }))
        .await;
    let again = s.call("runs_create", json!({ "runs": [run] })).await;
    assert_eq!(again["runs"][0]["run_id"], first["runs"][0]["run_id"]);
    assert_eq!(again["runs"][0]["seen"], true);
    assert_eq!(again["runs"][0]["run"]["status"], "cancelled");
}

async fn a_template_counts_its_runs_that_have_not_ended<W: World>() {
    let s = Story::<W>::new().await;
    make_template(&s).await;
    let in_use = async || {
        let got = s.call("templates_get", json!({ "slug": "deploy" })).await;
        got["template"]["in_use"].clone()
    };
    assert_eq!(in_use().await, 0);
    let run = json!({ "template": "deploy", "template_version": 1 });
    let later = merged(run.clone(), json!({ "not_before": "2099-01-01T00:00:00Z" }));
    let runs = json!({ "runs": [run, run, later] });
    let made = s.call("runs_create", runs).await;
    s.create(json!({})).await;
    assert_eq!(in_use().await, 3);
    // Held by a worker, it is in use as before.
    let held = s
        .claim_all("w", json!({ "lanes": ["C"], "limit": 1 }))
        .await;
    assert_eq!(in_use().await, 3);
    s.finish(&held[0], "succeeded").await;
    s.cancel(&text(&made["runs"][2]["run_id"])).await;
    assert_eq!(in_use().await, 1);
    let refused = s
        .call("templates_delete", json!({ "slug": "deploy" }))
        .await;
    assert_eq!(refused["code"], "conflict");
    s.cancel(&text(&made["runs"][1]["run_id"])).await;
    let deleted = s
        .call("templates_delete", json!({ "slug": "deploy" }))
        .await;
    assert_eq!(deleted["deleted"], true);
}

async fn a_key_may_stand_twice_in_one_bulk<W: World>() {
    let s = Story::<W>::new().await;
    let run = shaped(json!({ "idempotency_key": "k" }));
    let answer = s.call("runs_create", json!({ "runs": [run, run] })).await;
    assert_eq!(answer["runs"][0]["run_id"], answer["runs"][1]["run_id"]);
    assert_eq!(answer["runs"][0]["seen"], Value::Null);
    assert_eq!(answer["runs"][1]["seen"], true);
    let other = shaped(json!({ "idempotency_key": "l" }));
    let twisted = shaped(json!({ "idempotency_key": "l", "body_sha256": "another" }));
    let answer = s
        .call("runs_create", json!({ "runs": [other, twisted] }))
        .await;
    assert_eq!(answer["code"], "idempotency_mismatch");
    let list = s.call("runs_list", json!({})).await;
    assert_eq!(list["runs"].as_array().unwrap().len(), 1);
}

async fn what_is_named_must_exist<W: World>() {
    let s = Story::<W>::new().await;
    let nobody = "00000000-0000-4000-8000-00000000dead";
    for (field, run) in [
        (
            "template",
            json!({ "template": "no-such", "template_version": 1, "body_sha256": "0" }),
        ),
        ("session_id", shaped(json!({ "session_id": nobody }))),
        ("lane", shaped(json!({ "lane": "nowhere" }))),
    ] {
        let answer = s.call("runs_create", json!({ "runs": [run] })).await;
        assert_eq!(answer["code"], "invalid", "{field}");
        assert_eq!(answer["errors"][0]["field"], field);
        assert_eq!(answer["errors"][0]["at"], 0);
    }
    assert_eq!(s.call("runs_list", json!({})).await["runs"], json!([]));
}

async fn make_template<W: World>(s: &Story<W>) {
    let runbook = json!({
        "slug": "deploy", "title": "Deploy", "default_lane": "C", "max_attempts": 2, "lease": 30, "timeout": 60,
        "steps": [{ "id": "a" }], "params": { "type": "object" },
    });
    let answer = s
        .call(
            "templates_create",
            json!({ "source": "…", "runbook": runbook }),
        )
        .await;
    assert_eq!(answer["template"]["version"], 1, "{answer}");
}

async fn a_changed_template_comes_back_with_the_refusal<W: World>() {
    let s = Story::<W>::new().await;
    make_template(&s).await;
    for version in [Value::Null, json!(7)] {
        let run = json!({ "template": "deploy", "template_version": version, "body_sha256": "0" });
        let answer = s.call("runs_create", json!({ "runs": [run, run] })).await;
        assert_eq!(answer["code"], "template_changed");
        let newest = answer["templates"].as_array().unwrap();
        assert_eq!(newest.len(), 1);
        assert_eq!(newest[0]["slug"], "deploy");
        assert_eq!(newest[0]["version"], 1);
        assert_eq!(newest[0]["runbook"]["steps"], json!([{ "id": "a" }]));
    }
    assert_eq!(s.call("runs_list", json!({})).await["runs"], json!([]));
}

async fn a_template_run_freezes_the_template<W: World>() {
    let s = Story::<W>::new().await;
    make_template(&s).await;
    let run = json!({ "template": "deploy", "template_version": 1, "params": { "x": 1 }, "body_sha256": "0" });
    let answer = s.call("runs_create", json!({ "runs": [run] })).await;
    let run = s.get(&text(&answer["runs"][0]["run_id"])).await;
    for (name, value) in [
        ("title", json!("Deploy")),
        ("lane", json!("C")),
        ("max_attempts", json!(2)),
        ("lease_seconds", json!(30)),
        ("timeout_seconds", json!(60)),
        ("template", json!("deploy")),
        ("template_version", json!(1)),
    ] {
        assert_eq!(run[name], value, "{name}");
    }
    let claimed = s.claim("w", json!({ "lanes": ["C"] })).await;
    let claimed = &claimed["runs"][0];
    assert_eq!(claimed["steps"], json!([{ "id": "a" }]));
    assert_eq!(claimed["params"], json!({ "x": 1 }));
    assert_eq!(claimed["lease_seconds"], 30);
    assert_eq!(claimed["timeout_seconds"], 60);
}

async fn what_the_run_says_beats_the_runbook<W: World>() {
    let s = Story::<W>::new().await;
    let runbook =
        json!({ "title": "t", "steps": [], "default_lane": "D", "max_attempts": 5, "lease": 30 });
    let run = s.create(json!({ "runbook": runbook })).await;
    let told = json!({ "runbook": runbook, "lane": "B", "max_attempts": 1, "lease_seconds": 60, "timeout_seconds": 9 });
    let other = s.create(told).await;
    let (run, other) = (s.get(&run).await, s.get(&other).await);
    assert_eq!(run["lane"], "D");
    assert_eq!(run["max_attempts"], 5);
    assert_eq!(run["lease_seconds"], 30);
    assert_eq!(other["lane"], "B");
    assert_eq!(other["max_attempts"], 1);
    assert_eq!(other["lease_seconds"], 60);
    assert_eq!(other["timeout_seconds"], 9);
}
