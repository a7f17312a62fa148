//! What docs/openapi.json says holds for the real server, whatever is sent; and what the spec kit
//! promises holds for any document.

mod schemathesis;
mod spec_kit;

use ops_store_supabase::BUCKET;
use ops_tests::harness::database::TOKEN;
use ops_tests::harness::process::{Folder, Up, shown};
use ops_tests::harness::supabase::{self, Supabase};
use ops_tests::harness::wasmtime::{self, Wasmtime};
use ops_tests::harness::{TestDatabase, not_run};
use schemathesis::Verbs;
use serde_json::Value;
use std::path::Path;

const WRITTEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");

/// Of WASI: where one instance serves several requests at once.
const VERSION: &str = "0.3";

/// It learns ids from answers, and would end its own token.
const ENDS_TOKENS: &str = "tokens.revoke";

#[test]
fn every_answer_is_documented_and_what_the_document_forbids_is_refused() {
    if !schemathesis::is_there() {
        return not_run("schemathesis, which `cargo xtask test` brings by pip");
    }
    let folder = Folder::new();
    // Nobody takes what it queues but itself.
    let up = Up::start(&folder.data(), &["--workers", "0"]);
    let document = folder.path().join("openapi.json");
    save_without_waits(&served(&up), &document);
    for verbs in [Verbs::AllBut(ENDS_TOKENS), Verbs::Only(ENDS_TOKENS)] {
        let output = schemathesis::run(&up.url, &up.token, &document, verbs);
        assert!(output.status.success(), "{}", shown(&output));
    }
}

/// One instance serves many requests, and a panic would end them all: whatever is sent, it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_answers_as_documented_and_outlives_whatever_is_sent() {
    if !(schemathesis::is_there() && supabase::is_there() && wasmtime::is_there(VERSION)) {
        return not_run("schemathesis, PostgREST and wasmtime, which `cargo xtask test` brings");
    }
    let database = TestDatabase::new().await;
    let supabase = Supabase::over(&database.config).await;
    supabase.gateway.storage().make(BUCKET);
    let origin = supabase.gateway.origin.clone();
    let trying = tokio::task::spawn_blocking(move || {
        let host = Wasmtime::serve(&wasmtime::component(VERSION), &origin, &[]);
        let folder = Folder::new();
        let document = folder.path().join("openapi.json");
        save_without_waits(&std::fs::read(WRITTEN).expect("a file"), &document);
        schemathesis::run(&host.url, TOKEN, &document, Verbs::AllBut(ENDS_TOKENS))
    });
    let output = trying.await.expect("it runs");
    assert!(output.status.success(), "{}", shown(&output));
}

fn save_without_waits(document: &[u8], path: &Path) {
    let document: Value = serde_json::from_slice(document).expect("JSON");
    let text = schemathesis::without_waits(document).to_string();
    std::fs::write(path, text).expect("a file");
}

#[test]
fn the_command_line_prints_the_checked_in_document() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "0"]);
    assert!(served(&up) == std::fs::read(WRITTEN).expect("a file"));
}

fn served(up: &Up) -> Vec<u8> {
    let output = up.ops().arg("openapi").output().expect("ops runs");
    assert!(output.status.success(), "{}", shown(&output));
    output.stdout
}
