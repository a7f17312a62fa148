//! 404: things that do not exist.

use crate::common::Room;
use ops_core::Code;
use serde_json::json;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn what_does_not_exist_is_named() {
    let room = Room::new().await;
    for (verb, word) in [
        ("runs.get?run_id=", "run"),
        ("events.list?run_id=", "run"),
        ("artifacts.list?run_id=", "run"),
        ("artifacts.get?artifact_id=", "artifact"),
        ("artifacts.get?raw=true&artifact_id=", "artifact"),
        ("sessions.get?session_id=", "session"),
    ] {
        let reply = room.get(&format!("{verb}{NOBODY}")).await;
        let problem = reply.refused(Code::NotFound);
        assert!(problem.detail().contains(word), "{problem:?}");
    }
    let problem = room.get("templates.get?slug=no%20such%2Fone").await;
    let problem = problem.refused(Code::NotFound);
    assert!(problem.detail().contains("`no such/one`"), "{problem:?}");
    for verb in ["sessions.update", "sessions.archive", "sessions.delete"] {
        let reply = room.post(verb, json!({ "session_id": NOBODY })).await;
        reply.refused(Code::NotFound);
    }
    let source = crate::common::runbook().to_string();
    let reply = room.post("templates.update", json!({ "source": source }));
    reply.await.refused(Code::NotFound);
    let reply = room.post("templates.delete", json!({ "slug": "t" })).await;
    reply.refused(Code::NotFound);
    let reply = room.post("workers.drain", json!({ "worker_id": "w" }));
    reply.await.refused(Code::NotFound);
    for verb in ["runs.cancel", "runs.retry"] {
        let reply = room.post(verb, json!({ "run_id": NOBODY })).await;
        reply.refused(Code::NotFound);
    }
    let reply = room
        .post("tokens.revoke", json!({ "token_id": NOBODY }))
        .await;
    reply.refused(Code::NotFound);
}

#[tokio::test]
async fn a_run_may_not_name_what_does_not_exist() {
    let room = Room::new().await;
    let runs = json!({ "runs": [
        crate::common::inline(json!({})),
        crate::common::inline(json!({ "session_id": NOBODY, "lane": "nowhere" })),
        { "template": "nothing" },
    ] });
    let problem = room.post("runs.create", runs).await.refused(Code::Invalid);
    problem.names(&["/runs/1/lane", "/runs/1/session_id", "/runs/2/template"]);
    let problem = room
        .post("runs.create", json!({ "template": "nothing" }))
        .await
        .refused(Code::Invalid);
    problem.names(&["/template"]);
    assert_eq!(room.get("runs.list").await.is(200)["runs"], json!([]));
}
