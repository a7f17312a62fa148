//! Every operator verb that changes something leaves a row. Only PostgreSQL keeps them.

use crate::postgres::Postgres;
use crate::story::{Story, merged, shaped, text};
use ops_tests::harness::database::sha256_hex;
use serde_json::json;

#[tokio::test]
async fn every_operator_verb_is_told() {
    let s = Story::<Postgres>::new().await;
    let created = s
        .call("runs_create", json!({ "runs": [shaped(json!({}))] }))
        .await;
    let run = text(&created["runs"][0]["run_id"]);
    s.cancel(&run).await;
    s.call("runs_retry", json!({ "run_id": run })).await;
    s.call("sessions_create", json!({ "name": "s" })).await;
    let runbook = json!({ "slug": "t", "title": "t", "steps": [] });
    s.call(
        "templates_create",
        json!({ "source": "", "runbook": runbook }),
    )
    .await;
    s.call("lanes_update", json!({ "name": "A", "paused": true }))
        .await;
    let token = json!({ "name": "x", "kinds": ["viewer"], "token_sha256": sha256_hex("x") });
    let token = s.call("tokens_create", token).await;
    s.call("tokens_revoke", json!({ "token_id": token["id"] }))
        .await;
    let session = s.call("sessions_list", json!({})).await["sessions"][0]["id"].clone();
    let session = json!({ "session_id": session });
    let update = merged(session.clone(), json!({ "name": "other" }));
    s.call("sessions_update", update).await;
    s.call("sessions_archive", session.clone()).await;
    s.call("sessions_delete", session).await;
    let runbook = json!({ "slug": "t", "title": "u", "steps": [] });
    s.call(
        "templates_update",
        json!({ "source": "u", "runbook": runbook }),
    )
    .await;
    s.call("templates_delete", json!({ "slug": "t" })).await;
    s.claim("w", json!({ "limit": 0 })).await;
    s.call("workers_drain", json!({ "worker_id": "w" })).await;
    // Refused: nothing changed, nothing is told.
    s.cancel(&run).await;
    let rows = s
        .world
        .database
        .admin
        .query(
            "select action, actor, target from public.audit order by id",
            &[],
        )
        .await
        .unwrap();
    let actions: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        actions,
        [
            "runs.create",
            "runs.cancel",
            "runs.retry",
            "sessions.create",
            "templates.create",
            "lanes.update",
            "tokens.create",
            "tokens.revoke",
            "sessions.update",
            "sessions.archive",
            "sessions.delete",
            "templates.update",
            "templates.delete",
            "workers.drain",
        ]
    );
    assert!(rows.iter().all(|row| row.get::<_, &str>(1) == "test"));
    assert!(
        rows.iter()
            .all(|row| row.get::<_, Option<&str>>(2).is_some())
    );
    assert!(!format!("{rows:?}").contains(&sha256_hex("x")));
}
