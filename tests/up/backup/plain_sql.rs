//! The data alone as SQL, from one database to another, as between two Supabase projects.

use super::lines::{Lines, has, run};
use ops_tests::harness::process::Folder;
use ops_tests::harness::{RunShape, TestDatabase, not_run, run as new_run};
use serde_json::json;
use std::path::Path;
use tokio_postgres::config::Host;

#[tokio::test]
async fn the_data_alone_goes_as_sql_into_an_installation_that_setup_made() {
    if !has("pg_dump") || !has("psql") {
        return not_run("pg_dump and psql");
    }
    let (old, new) = (TestDatabase::new().await, TestDatabase::new().await);
    fill(&old).await;
    // What setup and a first visit leave: all of it makes room.
    let runs = json!({ "runs": [new_run(RunShape::default())] });
    new.call("runs_create", runs).await;
    let (lines, folder) = (Lines::read(), Folder::new());
    let address = |of: &TestDatabase| {
        let Some(Host::Unix(socket)) = of.config.get_hosts().first() else {
            panic!("test databases are on a socket");
        };
        format!(
            "host='{}' port={} user={} dbname={}",
            socket.display(),
            of.config.get_ports().first().expect("a port"),
            of.config.get_user().unwrap_or_default(),
            of.config.get_dbname().unwrap_or_default()
        )
    };
    let (from, to) = (address(&old), address(&new));
    run(
        &lines.dump_sql,
        folder.path(),
        &[("OLD_URL", Path::new(&from))],
    );
    run(
        &lines.restore_sql,
        folder.path(),
        &[("NEW_URL", Path::new(&to))],
    );
    let there = old.contents().await;
    assert!(there.len() > 20, "{there:?}");
    assert_eq!(new.contents().await, there);

    // Numbers go on behind those that came.
    let runs = json!({ "runs": [new_run(RunShape::default())] });
    let made = new.call("runs_create", runs).await;
    assert!(made["code"].is_null(), "{made}");
    let claim = json!({ "worker_id": "another", "lanes": ["A"], "request_id": 1, "limit": 5 });
    let claimed = new.call("runs_claim", claim).await;
    assert_eq!(
        claimed["runs"].as_array().map(Vec::len),
        Some(2),
        "{claimed}"
    );
}

async fn fill(old: &TestDatabase) {
    let runs: Vec<_> = (0..3).map(|_| new_run(RunShape::default())).collect();
    old.call("runs_create", json!({ "runs": runs })).await;
    let claim =
        json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1, "start": true, "limit": 2 });
    let claimed = old.call("runs_claim", claim).await;
    let held = claimed["runs"][0]["run_id"].clone();
    let events = json!({ "run_id": held, "worker_id": "w", "attempt": 1, "first_seq": 1,
        "events": [{ "message": "one" }, { "message": "two; -- 'quoted' \\ \u{1F600}" }] });
    old.call("events_append", events).await;
    let end = json!({ "run_id": held, "attempt": 1, "status": "succeeded", "last_seq": 2 });
    let end = json!({ "worker_id": "w", "finish": [end] });
    let ended = old.call("runs_finish", end).await;
    assert_eq!(ended["finished"][0]["status"], "succeeded", "{ended}");
    old.call("sessions_create", json!({ "name": "A day" }))
        .await;
}
