use super::{AUDIENCE, World};
use crate::common::Caller;
use ops_core::Code;
use serde_json::{Value, json};

/// A job's own worker, and a caller who speaks as it.
async fn worker_of(world: &World) -> (Caller, Value) {
    let token = world.issuer.token(AUDIENCE, json!({}));
    let nobody = world.room.with_token("none");
    let request = nobody.bare(reqwest::Method::POST, "workers.exchange");
    let body = json!({ "oidc_token": token, "lanes": ["A"] });
    let made = crate::common::send(request.json(&body)).await.is(200);
    let caller = world
        .room
        .with_token(made["token"].as_str().expect("a token"));
    (caller, made)
}

#[tokio::test]
async fn a_job_becomes_a_worker_of_its_own_and_everything_names_it() {
    let world = World::new().await;
    let rule = world.trust(json!({})).await;
    assert_eq!(rule["repository_id"], "9001", "looked up");
    let (worker, made) = worker_of(&world).await;
    let id = made["worker_id"].as_str().expect("an id");
    assert!(id.starts_with("deploys-7001-"), "{id}");
    assert_eq!(made["lanes"], json!(["A"]));
    assert_eq!(made["expires_in_seconds"], 1200);

    let run = world.room.queue(json!({})).await;
    let stranger = json!({ "worker_id": "another", "lanes": ["A"] });
    worker
        .post("runs.claim", stranger)
        .await
        .refused(Code::Forbidden);
    let beyond = json!({ "worker_id": id, "lanes": ["B"] });
    worker
        .post("runs.claim", beyond)
        .await
        .refused(Code::Forbidden);
    let claimed = worker.claim(id, json!({ "start": true })).await;
    assert_eq!(claimed["runs"][0]["run_id"], run);

    let link = "https://github.com/opsco/deploys/actions/runs/7001/attempts/1";
    let seen = world.room.run(&json!(run)).await;
    assert_eq!(seen["attempts"][0]["identity"]["url"], link);
    let workers = world.room.get("workers.list").await.is(200);
    assert_eq!(
        workers["workers"][0]["identity"]["repository"],
        "opsco/deploys"
    );
    let audit = world
        .room
        .get("audit.list?action=workers.exchange")
        .await
        .is(200);
    assert_eq!(audit["entries"][0]["target"], id);
    assert_eq!(audit["entries"][0]["detail"]["identity"]["url"], link);
    assert_eq!(audit["entries"][0]["detail"]["rule"], rule["id"]);

    // Jobs of one matrix have the same claims.
    let (_, other) = worker_of(&world).await;
    assert_ne!(other["worker_id"], made["worker_id"]);
}

#[tokio::test]
async fn a_renewal_keeps_the_worker_and_its_runs() {
    let world = World::new().await;
    world.trust(json!({})).await;
    let (worker, made) = worker_of(&world).await;
    let id = made["worker_id"].as_str().expect("an id");
    world.room.queue(json!({})).await;
    let held = worker.claim(id, json!({ "start": true })).await["runs"][0].take();

    let renew = |of: Caller, changes: Value| {
        let body = json!({ "oidc_token": world.issuer.token(AUDIENCE, changes) });
        async move { of.post("workers.exchange", body).await }
    };
    let next = renew(worker.clone(), json!({})).await.is(200);
    assert_eq!(next["worker_id"], made["worker_id"]);
    assert_ne!(next["token"], made["token"]);
    let renewed = world
        .room
        .with_token(next["token"].as_str().expect("a token"));
    let beat = json!({ "worker_id": id, "run_id": held["run_id"], "attempt": held["attempt"] });
    for caller in [&renewed, &worker] {
        let answer = caller.post("runs.heartbeat", beat.clone()).await.is(200);
        assert_eq!(answer["status"], "running");
    }
    // The answer of the renewal may have been lost: the token before is enough for another one.
    let again = renew(worker.clone(), json!({})).await.is(200);
    assert_eq!(again["worker_id"], made["worker_id"]);

    for changes in [json!({ "run_id": "7002" }), json!({ "run_attempt": "2" })] {
        let latest = world
            .room
            .with_token(again["token"].as_str().expect("a token"));
        renew(latest, changes).await.refused(Code::Unauthenticated);
        assert_eq!(
            world.reason().await,
            "the token to renew belongs to another job"
        );
    }
    let operator = world.room.with_token(world.room.token());
    renew(operator, json!({}))
        .await
        .refused(Code::Unauthenticated);
    assert_eq!(
        world.reason().await,
        "the token to renew was not made by an exchange"
    );
}

#[tokio::test]
async fn what_was_not_heard_of_for_thirty_days_goes_but_for_what_the_history_needs() {
    const DAY: u32 = 86_400;
    let world = World::new().await;
    world.trust(json!({})).await;
    let (worker, busy) = worker_of(&world).await;
    let (_, idle) = worker_of(&world).await;
    let id = busy["worker_id"].as_str().expect("an id");
    let run = world.room.queue(json!({})).await;
    let claimed = worker.claim(id, json!({ "start": true })).await;
    let holder =
        json!({ "run_id": run, "worker_id": id, "attempt": claimed["runs"][0]["attempt"] });
    let end = json!({ "status": "succeeded" });
    worker.finish(&holder, end).await.is(200);
    world.room.claim("plain", json!({})).await;

    let seen = async || {
        world.room.post("runs.sweep", json!({})).await.is(200);
        let ids = async |sql: &str| -> Vec<String> {
            let rows = world.room.db.admin.query(sql, &[]).await.expect("rows");
            rows.iter().map(|row| row.get(0)).collect()
        };
        let of_jobs = "select worker_id from public.tokens where identity is not null";
        (
            ids(of_jobs).await,
            ids("select id from public.workers order by id").await,
        )
    };
    world.room.db.advance(29 * DAY).await;
    let (of_jobs, workers) = seen().await;
    assert_eq!((of_jobs.len(), workers.len()), (2, 2));
    // One that lives is not old, however long ago it began.
    world.room.claim("alive", json!({})).await;
    world.room.db.advance(2 * DAY).await;
    let (of_jobs, workers) = seen().await;
    assert_eq!(of_jobs, [id], "{idle} is gone");
    assert_eq!(workers, ["alive"]);
    let link = "https://github.com/opsco/deploys/actions/runs/7001/attempts/1";
    let attempts = world.room.run(&json!(run)).await["attempts"].take();
    assert_eq!(attempts[0]["identity"]["url"], link);
    world.room.db.advance(365 * DAY).await;
    assert_eq!(seen().await.0, [id], "it stays as long as its run");
}

#[tokio::test]
async fn the_end_of_a_rule_is_the_end_of_its_workers() {
    let world = World::new().await;
    let rule = world.trust(json!({})).await;
    let (worker, made) = worker_of(&world).await;
    let listed = world.room.get("trust.list").await.is(200);
    assert_eq!(listed["rules"][0]["id"], rule["id"]);
    let removed = world
        .room
        .post("trust.remove", json!({ "rule_id": rule["id"] }))
        .await
        .is(200);
    assert_eq!(removed["revoked"], 1);
    let id = made["worker_id"].as_str().expect("an id");
    let claim = json!({ "worker_id": id, "lanes": ["A"] });
    worker
        .post("runs.claim", claim)
        .await
        .refused(Code::Unauthenticated);
    let body = json!({ "oidc_token": world.issuer.token(AUDIENCE, json!({})) });
    worker
        .post("workers.exchange", body)
        .await
        .refused(Code::Unauthenticated);
    assert_eq!(world.reason().await, "the token to renew was revoked");
}

#[tokio::test]
async fn where_the_issuer_is_silent_the_job_may_come_again() {
    let world = World::new().await;
    world.trust(json!({})).await;
    world.issuer.go_down();
    let body = json!({ "oidc_token": world.issuer.token(AUDIENCE, json!({})) });
    let request = world.room.bare(reqwest::Method::POST, "workers.exchange");
    let answer = crate::common::send(request.json(&body)).await;
    answer.refused(Code::Unavailable);
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test]
async fn without_an_audience_no_job_is_believed_and_the_answer_names_the_setting() {
    let room = crate::common::Room::new().await;
    let request = room.bare(reqwest::Method::POST, "workers.exchange");
    let answer = crate::common::send(request.json(&json!({ "oidc_token": "x" }))).await;
    answer.refused(Code::NotConfigured);
}
