//! What was created stays created, whatever became of its template since.

use crate::common::Room;
use serde_json::{Value, json};

fn source(params: &str) -> Value {
    json!({ "source": format!("version: 1\nslug: deploy\ntitle: Deploy\n{params}steps:\n  - id: a\n    run: 'true'\n") })
}

const WITH_TARGET: &str = "params:\n  target: {type: string, required: true}\n";

#[tokio::test]
async fn a_seen_key_is_answered_with_its_run_though_the_template_now_wants_more() {
    let room = Room::new().await;
    room.post("templates.create", source("")).await.is(201);
    let ask = json!({ "template": "deploy", "idempotency_key": "monday" });
    let first = room.post("runs.create", ask.clone()).await.is(201);
    room.post("templates.update", source(WITH_TARGET))
        .await
        .is(200);
    let again = room.post("runs.create", ask).await.is(200);
    assert_eq!(again["run_id"], first["run_id"]);
    // Another body under the same key is still refused, and a new key is judged by the new text.
    let other = json!({ "template": "deploy", "idempotency_key": "monday", "lane": "B" });
    room.post("runs.create", other)
        .await
        .refused(ops_core::Code::IdempotencyMismatch);
    let fresh = json!({ "template": "deploy", "idempotency_key": "tuesday" });
    room.post("runs.create", fresh)
        .await
        .refused(ops_core::Code::Invalid);
    // It may even be gone.
    room.post("runs.cancel", json!({ "run_id": first["run_id"] }))
        .await
        .is(200);
    room.post("templates.delete", json!({ "slug": "deploy" }))
        .await
        .is(200);
    let gone = json!({ "template": "deploy", "idempotency_key": "monday" });
    assert_eq!(
        room.post("runs.create", gone).await.is(200)["run_id"],
        first["run_id"]
    );
}

#[tokio::test]
async fn a_template_made_anew_goes_on_counting_so_no_other_process_takes_it_for_the_old_one() {
    let room = Room::new().await;
    let elsewhere = Room::over(ops_tests::harness::TestDatabase::of(&room.db.config).await).await;
    room.post("templates.create", source("")).await.is(201);
    // The other process knows version 1 by heart now.
    elsewhere
        .post("runs.create", json!({ "template": "deploy", "lane": "C" }))
        .await
        .is(201);
    room.post("runs.cancel", json!({ "filter": { "lane": "C" } }))
        .await
        .is(200);
    room.post("templates.delete", json!({ "slug": "deploy" }))
        .await
        .is(200);
    let anew = room
        .post("templates.create", source(WITH_TARGET))
        .await
        .is(201);
    assert_eq!(anew["template"]["version"], 2);
    elsewhere
        .post("runs.create", json!({ "template": "deploy" }))
        .await
        .refused(ops_core::Code::Invalid)
        .names(&["/params/target"]);
}
