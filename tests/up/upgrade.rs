//! The next version of the program on what the one before has left.

use ops_core::RunStatus;
use ops_core::api::{ClaimRequest, NewRun};
use ops_embedded::{Cluster, Options};
use ops_schema::MIGRATIONS;
use ops_store_postgres::connect;
use ops_tests::harness::process::{Folder, Up, run_until};
use serde_json::json;

const PREVIOUS: &[u8] = include_bytes!("../schema/upgrade/previous.sql.deflate");

/// The private PostgreSQL of a data folder, as the program of before left it.
async fn leave_previous(data: &std::path::Path) {
    let cluster = Cluster::start(Options::new(data, |_| {})).await;
    let cluster = cluster.expect("PostgreSQL");
    let config = cluster.connection_string().parse().expect("an address");
    let admin = connect(&config).await.expect("a connection");
    let sql = miniz_oxide::inflate::decompress_to_vec_zlib(PREVIOUS).expect("packed SQL");
    let sql = String::from_utf8(sql).expect("SQL");
    admin.batch_execute(&sql).await.expect("the schema before");
    let record = "create schema supabase_migrations;
        create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)";
    admin.batch_execute(record).await.expect("its record");
    let (version, name) = (MIGRATIONS[0].version, MIGRATIONS[0].name);
    let record = "insert into supabase_migrations.schema_migrations values ($1, $2, $3)";
    let done = admin.execute(record, &[&version, &vec![sql], &name]).await;
    done.expect("recorded");
    drop(admin);
    cluster.stop().await.expect("it ends");
}

#[tokio::test]
async fn up_brings_an_earlier_schema_up_to_date_and_goes_on_with_it() {
    let folder = Folder::new();
    leave_previous(&folder.data()).await;
    let up = Up::start(&folder.data(), &["--workers", "1", "--lanes", "A"]);
    // A verb that the schema before did not have.
    up.client.metrics_get().await.expect("metrics");
    let runbook = json!({ "version": 1, "slug": "quick", "title": "Quick", "steps": [{ "id": "a", "run": "true" }] });
    let new = NewRun {
        runbook: Some(runbook),
        lane: Some("A".into()),
        ..NewRun::default()
    };
    let run = up.client.runs_create(&new).await.expect("queued").run_id;
    run_until(&up.client, &run, 60, |run| {
        run.status == RunStatus::Succeeded
    })
    .await;
    let nothing = ClaimRequest {
        worker_id: "other".into(),
        lanes: vec!["A".into()],
        request_id: Some(1),
        ..ClaimRequest::default()
    };
    let claimed = up.client.runs_claim(&nothing).await.expect("an answer");
    assert!(claimed.runs.is_empty(), "nothing runs twice");
    let doctor = up.ops().arg("doctor").output().expect("it runs");
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(doctor.status.success(), "{said}");
}
