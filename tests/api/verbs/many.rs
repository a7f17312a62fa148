//! Bulk forms of `runs.cancel` and `runs.retry`.

use crate::common::{Room, inline};
use ops_core::Code;
use serde_json::{Value, json};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn find<'a>(answer: &'a Value, name: &str, id: &str) -> &'a Value {
    let mut runs = answer["runs"].as_array().unwrap().iter();
    runs.find(|run| run[name] == id).expect(id)
}

#[tokio::test]
async fn many_are_cancelled_and_each_is_answered_for() {
    let room = Room::new().await;
    let ended = room.queue(json!({})).await;
    room.post("runs.cancel", json!({ "run_id": ended }))
        .await
        .is(200);
    let queued = room.queue(json!({})).await;
    let ids = json!({ "run_ids": [queued, ended, NOBODY], "reason": "wrong host" });
    let answer = room.post("runs.cancel", ids).await.is(200);
    assert_eq!(find(&answer, "run_id", &queued)["status"], "cancelled");
    assert_eq!(find(&answer, "run_id", &ended)["code"], "already_finished");
    assert_eq!(room.run(&json!(queued)).await["reason"], "wrong host");
}

#[tokio::test]
async fn a_filter_is_tried_dry_first() {
    let room = Room::new().await;
    let runs = ["B", "B", "C"].map(|lane| inline(json!({ "lane": lane })));
    room.post("runs.create", json!({ "runs": runs }))
        .await
        .is(201);
    let dry = json!({ "filter": { "lane": "B" }, "dry_run": true });
    let answer = room.post("runs.cancel", dry.clone()).await.is(200);
    assert_eq!(answer["count"], 2);
    let queued = room.get("runs.list?status=queued").await.is(200);
    assert_eq!(queued["runs"].as_array().unwrap().len(), 3);
    let cancel = json!({ "filter": { "lane": "B" } });
    assert_eq!(
        room.post("runs.cancel", cancel.clone()).await.is(200)["count"],
        2
    );
    assert_eq!(
        room.post("runs.cancel", cancel.clone()).await.is(200)["count"],
        0
    );
    assert_eq!(room.post("runs.retry", dry).await.is(200)["count"], 2);
    let again = room.post("runs.retry", cancel).await.is(200);
    assert_eq!(again["count"], 2);
    for run in again["runs"].as_array().unwrap() {
        assert_eq!(run["status"], "queued");
        assert_eq!(room.run(&run["run_id"]).await["retry_of"], run["retry_of"]);
    }
}

#[tokio::test]
async fn what_is_chosen_is_chosen_in_one_way() {
    let room = Room::new().await;
    let wrong = async |body: Value, field: &str| {
        for verb in ["runs.cancel", "runs.retry"] {
            let problem = room.post(verb, body.clone()).await.refused(Code::Invalid);
            problem.names(&[field]);
        }
    };
    wrong(
        json!({ "run_ids": [], "filter": { "lane": "A" } }),
        "/run_ids",
    )
    .await;
    wrong(json!({ "run_ids": [NOBODY], "run_id": NOBODY }), "/run_id").await;
    wrong(json!({ "run_ids": [NOBODY, "x"] }), "/run_ids/1").await;
    wrong(json!({ "run_ids": vec![NOBODY; 1_001] }), "/run_ids").await;
    wrong(json!({ "run_ids": NOBODY }), "/run_ids").await;
    wrong(json!({ "filter": {} }), "/filter").await;
    wrong(json!({ "filter": { "lanes": "A" } }), "/filter/lanes").await;
    wrong(json!({ "filter": { "lane": "?" } }), "/filter/lane").await;
    wrong(json!({ "filter": { "status": "done" } }), "/filter/status").await;
    wrong(
        json!({ "filter": { "session_id": "x" } }),
        "/filter/session_id",
    )
    .await;
    wrong(json!({ "run_ids": [NOBODY], "dry_run": 1 }), "/dry_run").await;
    wrong(json!({ "run_ids": [], "reason": "" }), "/reason").await;
}
