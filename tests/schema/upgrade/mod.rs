//! From the schema of before retention and metrics, with runs in flight and workers of that version:
//! `previous.sql.deflate` is its migration, `requests.json` what such a worker sends.

mod meanwhile;

use super::folders::catalog;
use ops_core::port::Store;
use ops_schema::MIGRATIONS;
use ops_store_postgres::{Migrated, connect, migrate};
use ops_tests::harness::database::{TOKEN, sha256_hex};
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::{Value, json};
use tokio_postgres::Config;

const PREVIOUS: &[u8] = include_bytes!("previous.sql.deflate");
const REQUESTS: &str = include_str!("requests.json");
const ONLY_RENEWED: Migrated = Migrated {
    applied: 0,
    renewed: 1,
    known: 0,
};

/// As the program of before left it.
async fn previous() -> Config {
    let config = TestDatabase::empty("template0").await;
    let sql = miniz_oxide::inflate::decompress_to_vec_zlib(PREVIOUS).expect("packed SQL");
    let sql = String::from_utf8(sql).expect("SQL");
    let admin = connect(&config).await.expect("a connection");
    admin.batch_execute(&sql).await.expect("the schema before");
    let record = "create schema supabase_migrations;
        create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)";
    admin.batch_execute(record).await.expect("its record");
    let (version, name) = (MIGRATIONS[0].version, MIGRATIONS[0].name);
    let record = "insert into supabase_migrations.schema_migrations values ($1, $2, $3)";
    let values = [&vec![sql] as &(dyn tokio_postgres::types::ToSql + Sync)];
    let done = admin.execute(record, &[&version, values[0], &name]).await;
    assert_eq!(done.expect("recorded"), 1);
    config
}

async fn open(config: &Config) -> TestDatabase {
    let database = TestDatabase::of(config).await;
    let p = json!({ "name": "test", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(TOKEN) });
    let token = database.store.call("ops_first_token", p).await;
    token.expect("a token");
    database
}

/// One of the recorded requests, about this run.
fn recorded(name: &str, run: &Value) -> Value {
    let requests: Value = serde_json::from_str(REQUESTS).expect("JSON");
    let id = run.as_str().unwrap_or_default();
    let text = requests[name].to_string().replace("RUN", id);
    serde_json::from_str(&text).expect("JSON")
}

async fn renew(config: &Config) -> Migrated {
    let mut admin = connect(config).await.expect("a connection");
    migrate(&mut admin).await.expect("the schema of now")
}

fn queued(lane: &'static str) -> Value {
    run(RunShape {
        lane: Some(lane),
        ..RunShape::default()
    })
}

#[tokio::test]
async fn runs_in_flight_go_on_through_an_upgrade_and_none_is_lost_or_run_twice() {
    let config = previous().await;
    let d = open(&config).await;
    let runs: Vec<_> = ["A", "A", "A", "B"].map(queued).into();
    d.call("runs_create", json!({ "runs": runs })).await;
    let nobody = Value::Null;
    let claimed = d.call("runs_claim", recorded("claim", &nobody)).await;
    let [held, short] = [0, 1].map(|n| claimed["runs"][n]["run_id"].clone());
    let claimed = d.call("runs_claim", recorded("claim_b", &nobody)).await;
    let lapsing = claimed["runs"][0]["run_id"].clone();
    d.call("events_append", recorded("append", &held)).await;
    d.call("runs_finish", recorded("finish_at_once", &short))
        .await;
    let before = d.contents().await;

    assert_eq!(renew(&config).await, ONLY_RENEWED);
    assert_eq!(d.contents().await, before, "what is stored stays as it is");
    let fresh = TestDatabase::new().await;
    assert_eq!(catalog(&d.admin).await, catalog(&fresh.admin).await);

    // The worker of before, with what it would have sent in any case.
    let beat = d.call("runs_heartbeat", recorded("heartbeat", &held)).await;
    assert!(beat["runs"][0]["code"].is_null(), "{beat}");
    let appended = d
        .call("events_append", recorded("append_more", &held))
        .await;
    assert_eq!(appended["last_seq"], 3, "{appended}");
    let kept = d.call("artifacts_put", recorded("artifact", &held)).await;
    assert!(kept["artifact_id"].is_string(), "{kept}");

    // A worker of now gets what is queued, and nothing else.
    let claim = |request: i64| json!({ "worker_id": "new-1", "lanes": ["A", "B"], "limit": 10, "request_id": request, "start": true });
    let claimed = d.call("runs_claim", claim(1)).await;
    assert_eq!(
        claimed["runs"].as_array().map(Vec::len),
        Some(1),
        "{claimed}"
    );
    let third = claimed["runs"][0]["run_id"].clone();
    assert!(![&held, &short, &lapsing].contains(&&third));
    let end = |run: &Value, attempt: u32| json!({ "worker_id": "new-1", "finish": [{ "run_id": run, "attempt": attempt, "status": "succeeded" }] });
    d.call("runs_finish", end(&third, 1)).await;
    let ended = d.call("runs_finish", recorded("finish", &held)).await;
    assert_eq!(ended["finished"][0]["status"], "succeeded", "{ended}");
    let again = d.call("runs_finish", recorded("finish", &held)).await;
    assert_eq!(again["finished"], ended["finished"]);

    // What nobody renews is queued once more, and its holder of before is refused.
    d.advance(600).await;
    d.call("runs_sweep", json!({ "keep_days": 30 })).await;
    let claimed = d.call("runs_claim", claim(2)).await;
    assert_eq!(claimed["runs"][0]["run_id"], lapsing, "{claimed}");
    let late = d
        .call("runs_heartbeat", recorded("heartbeat_b", &lapsing))
        .await;
    assert_eq!(late["runs"][0]["code"], "lease_lost", "{late}");
    let late = d.call("runs_finish", recorded("finish_b", &lapsing)).await;
    assert_eq!(late["finished"][0]["code"], "lease_lost", "{late}");
    d.call("runs_finish", end(&lapsing, 2)).await;
    for (run, status, attempts) in [
        (&held, "succeeded", 1),
        (&short, "failed", 1),
        (&third, "succeeded", 1),
        (&lapsing, "succeeded", 2),
    ] {
        let run = d.call("runs_get", json!({ "run_id": run })).await["run"].clone();
        let known = run["attempts"].as_array().map(Vec::len);
        assert_eq!((&run["status"], known), (&json!(status), Some(attempts)));
    }
    let log = d
        .call(
            "events_list",
            json!({ "run_id": held, "after": 0, "limit": 50 }),
        )
        .await;
    let said: Vec<_> = log["events"].as_array().into_iter().flatten().collect();
    let of_worker = said.iter().filter(|event| event["step"] == "print");
    assert_eq!(of_worker.count(), 3, "no line is missing or doubled: {log}");
    // What came since is there.
    let metrics = d.call("metrics_get", json!({})).await;
    assert!(metrics["code"].is_null(), "{metrics}");
}

#[tokio::test]
async fn an_upgrade_made_again_changes_nothing() {
    let config = previous().await;
    let d = open(&config).await;
    d.call("runs_create", json!({ "runs": [queued("A")] }))
        .await;
    assert_eq!(renew(&config).await, ONLY_RENEWED);
    let (schema, contents) = (catalog(&d.admin).await, d.contents().await);
    for _ in 0..2 {
        let again = renew(&config).await;
        assert_eq!((again.renewed, again.applied), (0, 0));
        assert_eq!(catalog(&d.admin).await, schema);
        assert_eq!(d.contents().await, contents);
    }
}

#[tokio::test]
async fn a_schema_that_nobody_knows_is_left_as_it_is() {
    let config = previous().await;
    let d = open(&config).await;
    let later = "update supabase_migrations.schema_migrations set statements = array['-- of a later program']";
    d.admin.batch_execute(later).await.expect("a later one");
    let schema = catalog(&d.admin).await;
    let found = renew(&config).await;
    assert_eq!((found.known, found.renewed), (1, 0));
    assert_eq!(catalog(&d.admin).await, schema);
}

#[test]
fn each_text_that_the_migration_ever_had_is_known() {
    let digest = sha256_hex(MIGRATIONS[0].sql);
    let last = MIGRATIONS[0].revisions.lines().last();
    assert_eq!(
        last,
        Some(&*digest),
        "`cargo xtask schema` adds it to crates/schema/src/revisions.txt"
    );
    let sql = miniz_oxide::inflate::decompress_to_vec_zlib(PREVIOUS).expect("packed SQL");
    let previous = sha256_hex(&String::from_utf8(sql).expect("SQL"));
    assert!(MIGRATIONS[0].is_outdated(&previous));
}
