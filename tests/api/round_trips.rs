//! One call of the API is one call of the database.

use crate::common::{Counting, Room, claim, inline, runbook, with};
use ops_core::Code;
use ops_tests::harness::TestDatabase;
use ops_web::Host;
use serde_json::{Value, json};
use std::sync::Arc;

async fn counted() -> (Room, Arc<Counting>) {
    Room::counted(TestDatabase::new().await).await
}

/// The verb's own function, once.
#[track_caller]
fn once(store: &Counting, verb: &str) {
    let function = verb.split('?').next().expect("a verb").replace('.', "_");
    assert_eq!(store.take(), [function], "{verb}");
}

#[tokio::test]
async fn every_write_is_one_call() {
    let (room, store) = counted().await;
    let id = room.queue(json!({})).await;
    once(&store, "runs.create");
    let held = json!({ "run_id": id, "worker_id": "w", "attempt": 1 });
    let on = |more| with(held.clone(), more);
    let source = json!({ "source": runbook().to_string() });
    let token = json!({ "name": "t", "kinds": ["viewer"] });
    let made: Vec<(&str, Value)> = vec![
        (
            "runs.create",
            json!({ "runs": vec![inline(json!({ "lane": "B" })); 100] }),
        ),
        (
            "runs.claim",
            claim("w", json!({ "limit": 5, "wait_seconds": 25 })),
        ),
        ("runs.start", held.clone()),
        ("runs.heartbeat", held.clone()),
        (
            "runs.heartbeat",
            json!({ "worker_id": "w", "runs": [held] }),
        ),
        (
            "events.append",
            on(json!({ "first_seq": 1, "events": [{ "message": "m" }] })),
        ),
        (
            "artifacts.put",
            on(json!({ "name": "n", "kind": "file", "content": "c" })),
        ),
        ("runs.finish", on(json!({ "status": "failed" }))),
        ("runs.retry", json!({ "run_id": id })),
        ("sessions.create", json!({ "name": "s" })),
        ("templates.create", source.clone()),
        ("lanes.update", json!({ "name": "A" })),
        ("tokens.create", token),
        ("runs.sweep", json!({})),
        ("runs.cancel", json!({ "filter": { "lane": "B" } })),
        ("runs.retry", json!({ "filter": { "lane": "B" } })),
        ("templates.update", source.clone()),
        ("workers.drain", json!({ "worker_id": "w" })),
    ];
    for (verb, body) in made {
        let reply = room.post(verb, body).await;
        assert!(
            (200..300).contains(&reply.status),
            "{verb}: {}",
            reply.text()
        );
        once(&store, verb);
    }
    let second = room.queue(json!({})).await;
    once(&store, "runs.create");
    room.post("runs.cancel", json!({ "run_id": second }))
        .await
        .is(200);
    once(&store, "runs.cancel");
    // It reads a text; the one call asks whether the caller may.
    room.post("templates.validate", source).await.is(200);
    once(&store, "templates.list");
}

#[tokio::test]
async fn every_read_is_one_call() {
    let (room, store) = counted().await;
    let held = room.hold("w", json!({})).await;
    let artifact = json!({ "name": "n", "kind": "file", "content": "c" });
    let stored = room
        .post("artifacts.put", with(held.clone(), artifact))
        .await
        .is(201);
    let session = room
        .post("sessions.create", json!({ "name": "s" }))
        .await
        .is(201);
    room.post(
        "templates.create",
        json!({ "source": runbook().to_string() }),
    )
    .await
    .is(201);
    store.take();
    let (run, artifact) = (
        held["run_id"].as_str().unwrap(),
        stored["artifact_id"].as_str().unwrap(),
    );
    for verb in [
        format!("runs.get?run_id={run}"),
        "runs.list".into(),
        format!("events.list?run_id={run}"),
        format!("artifacts.get?artifact_id={artifact}"),
        format!("artifacts.list?run_id={run}"),
        format!(
            "sessions.get?session_id={}",
            session["session"]["id"].as_str().unwrap()
        ),
        "sessions.list".into(),
        "templates.get?slug=t".into(),
        "templates.list".into(),
        "lanes.list".into(),
        "workers.list".into(),
        "tokens.list".into(),
        "audit.list".into(),
    ] {
        room.get(&verb).await.is(200);
        once(&store, &verb);
    }
    room.get("health").await.is(200);
    assert_eq!(store.take(), ["ops_health"]);
}

#[tokio::test]
async fn what_is_refused_without_the_database_costs_no_call() {
    let (room, store) = counted().await;
    room.post("runs.create", json!({}))
        .await
        .refused(Code::Invalid);
    room.post_text("runs.create", "{")
        .await
        .refused(Code::MalformedJson);
    room.get("runs.get?run_id=x").await.refused(Code::Invalid);
    room.get("no.verb").await.refused(Code::UnknownVerb);
    assert_eq!(store.take(), [""; 0]);
}

fn template(required: &str) -> String {
    let params = json!({ required: { "type": "string", "required": true } });
    with(runbook(), json!({ "params": params })).to_string()
}

#[tokio::test]
async fn a_template_costs_a_second_call_only_when_it_is_new_here() {
    let (room, store) = counted().await;
    room.post("templates.create", json!({ "source": template("x") }))
        .await
        .is(201);
    store.take();
    let run = |params| room.post("runs.create", json!({ "template": "t", "params": params }));
    // Cold, and wrong: told after the one call that brought the template.
    let problem = run(json!({})).await.refused(Code::Invalid);
    problem.names(&["/params/x"]);
    assert_eq!(store.take(), ["runs_create"]);
    // Warm, and wrong: the newest is asked for before anything is refused.
    run(json!({ "x": 1 })).await.refused(Code::Invalid);
    assert_eq!(store.take(), ["runs_create"]);
    run(json!({ "x": "a" })).await.is(201);
    assert_eq!(store.take(), ["runs_create"]);

    let cold = Room::with(TestDatabase::new().await, store.clone(), Host::NATIVE).await;
    let body = json!({ "template": "t", "params": { "x": "a" } });
    cold.post("runs.create", body.clone()).await.is(201);
    assert_eq!(store.take(), ["runs_create", "runs_create"]);
    let bulk = json!({ "runs": [body.clone(), body, inline(json!({}))] });
    cold.post("runs.create", bulk).await.is(201);
    assert_eq!(store.take(), ["runs_create"]);
}

#[tokio::test]
async fn a_changed_template_is_validated_anew() {
    let (room, store) = counted().await;
    room.post("templates.create", json!({ "source": template("x") }))
        .await
        .is(201);
    let run = |params| room.post("runs.create", json!({ "template": "t", "params": params }));
    run(json!({ "x": "a" })).await.is(201);
    // As another process would do it.
    let newest = runbook_of(&room, &template("y")).await;
    let sql = "with newest as (
            update public.run_templates set version = version + 1, runbook = $1 where slug = 't' returning *)
        insert into public.run_template_versions (slug, version, source, runbook, created_by)
        select slug, version, source, runbook, created_by from newest";
    let admin = &room.db.admin;
    admin.execute(sql, &[&newest]).await.unwrap();
    store.take();
    let made = run(json!({ "y": "b" })).await.is(201);
    assert_eq!(store.take(), ["runs_create", "runs_create"]);
    assert_eq!(made["run"]["template_version"], 2);
    run(json!({ "x": "a", "y": "b" }))
        .await
        .refused(Code::Invalid)
        .names(&["/params/x"]);
    store.take();
    let made = run(json!({ "y": "b" })).await.is(201);
    assert_eq!(store.take(), ["runs_create"]);
    let run = room.run(&made["run_id"]).await;
    assert_eq!(
        (&run["template_version"], &run["params"]),
        (&json!(2), &json!({ "y": "b" }))
    );
}

#[tokio::test]
async fn a_template_that_took_the_place_of_another_is_validated_anew() {
    let (room, _) = counted().await;
    let create = async |field: &str| {
        let source = json!({ "source": template(field) });
        room.post("templates.create", source).await.is(201);
    };
    let run = |params| room.post("runs.create", json!({ "template": "t", "params": params }));
    create("x").await;
    run(json!({ "x": "a" })).await.is(201);
    let cancel = json!({ "filter": { "template": "t" } });
    room.post("runs.cancel", cancel).await.is(200);
    room.post("templates.delete", json!({ "slug": "t" }))
        .await
        .is(200);
    create("y").await;
    run(json!({ "x": "a" })).await.refused(Code::Invalid);
    run(json!({ "y": "a" })).await.is(201);
}

/// What the validator makes of a text.
async fn runbook_of(room: &Room, source: &str) -> Value {
    let report = room
        .post("templates.validate", json!({ "source": source }))
        .await;
    report.is(200)["runbook"].take()
}
