//! What docs/openapi.json says holds for the real server, whatever is sent.

mod schemathesis;

use ops_tests::harness::not_run;
use ops_tests::harness::process::{Folder, Up, shown};
use schemathesis::Verbs;
use serde_json::Value;

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
    let document: Value = serde_json::from_slice(&served(&up)).expect("JSON");
    let path = folder.path().join("openapi.json");
    let text = schemathesis::without_waits(document).to_string();
    std::fs::write(&path, text).expect("a file");
    for verbs in [Verbs::AllBut(ENDS_TOKENS), Verbs::Only(ENDS_TOKENS)] {
        let output = schemathesis::run(&up, &path, verbs);
        assert!(output.status.success(), "{}", shown(&output));
    }
}

#[test]
fn the_command_line_prints_the_checked_in_document() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "0"]);
    let written = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    assert!(served(&up) == std::fs::read(written).expect("a file"));
}

fn served(up: &Up) -> Vec<u8> {
    let output = up.ops().arg("openapi").output().expect("ops runs");
    assert!(output.status.success(), "{}", shown(&output));
    output.stdout
}
