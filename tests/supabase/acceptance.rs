//! The PRD's acceptance: `supabase.from('runs').select()` by the official client.

use crate::store;
use ops_core::port::Store;
use ops_tests::harness::database::auth;
use ops_tests::harness::gateway::{PUBLISHABLE_KEY, SECRET_KEY, jwt};
use ops_tests::harness::supabase::{Supabase, is_there};
use ops_tests::harness::{TestDatabase, not_run};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/supabase");

async fn call(store: &impl Store, function: &'static str, mut p: Value) -> Value {
    p["auth"] = auth();
    store.call(function, p).await.expect("an answer")
}

/// A session with one run, and the id of both.
async fn session_with_run(store: &impl Store, name: &str) -> String {
    let made = call(store, "sessions_create", json!({ "name": name })).await;
    let session = made["session"]["id"].as_str().expect("an id").to_string();
    let runbook = json!({ "version": 1, "slug": "s", "title": name, "steps": [] });
    let run = json!({ "runbook": runbook, "title": name, "session_id": session, "idempotency_key": name });
    let made = call(store, "runs_create", json!({ "runs": [run] })).await;
    assert!(made["code"].is_null(), "{made}");
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_reads_its_runs_by_supabase_js_and_anon_reads_nothing() {
    if !is_there() {
        return;
    }
    if !Path::new(FOLDER)
        .join("node_modules/@supabase/supabase-js")
        .is_dir()
    {
        return not_run("supabase-js, which `cargo xtask test` brings by npm");
    }
    let database = TestDatabase::new().await;
    let supabase = Box::pin(Supabase::over(&database.config)).await;
    let service = store(&supabase.gateway.origin, SECRET_KEY);
    let own = session_with_run(&service, "own").await;
    session_with_run(&service, "of others").await;
    let members = json!({ "session_id": own, "members": [{ "user_id": "ann" }] });
    let updated = call(&service, "sessions_update", members).await;
    assert!(updated["code"].is_null(), "{updated}");

    let ann = json!({ "role": "authenticated", "sub": "ann", "aud": "authenticated", "exp": 4_000_000_000u64 });
    let mut command = Command::new("node");
    command
        .arg("acceptance.mjs")
        .current_dir(FOLDER)
        .env("OPS_ORIGIN", &supabase.gateway.origin)
        .env("OPS_PUBLISHABLE", PUBLISHABLE_KEY)
        .env("OPS_USER_JWT", jwt(&ann));
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    let output = output.expect("no panic").expect("node runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let seen: Value = serde_json::from_str(text.trim())
        .unwrap_or_else(|e| panic!("{e}: {text} {}", String::from_utf8_lossy(&output.stderr)));

    // 42501 is PostgreSQL's word for: no right to.
    let no_right = json!("42501");
    for (table, rows) in seen["anon"]["rows"].as_object().expect("tables") {
        assert_eq!(rows, &no_right, "anon and {table}");
    }
    for who in ["anon", "member"] {
        assert_eq!(seen[who]["claim"], no_right, "{who}");
        assert_eq!(seen[who]["insert"], no_right, "{who}");
    }
    assert_eq!(seen["member"]["rows"]["tokens"], no_right);
    assert_eq!(seen["member"]["rows"]["sessions"], 1);
    let runs = seen["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 1, "{seen}");
    assert_eq!(
        (&runs[0]["title"], &runs[0]["session_id"]),
        (&json!("own"), &json!(own))
    );
    assert!(runs[0]["heartbeat_at"].is_null());
}
