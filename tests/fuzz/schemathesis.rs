//! Schemathesis, as `cargo xtask test` brings it by pip.

use ops_core::BASE_PATH;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz");

/// The answer is documented: its status, its headers, its type and its shape; nothing is our fault;
/// and what the document forbids is refused, so that its limits are those of the server.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection";

fn packages() -> PathBuf {
    Path::new(HERE).join("../../tools/schemathesis")
}

pub fn is_there() -> bool {
    packages().join("schemathesis").is_dir()
}

/// Which operations are tried.
pub enum Verbs<'a> {
    Only(&'a str),
    AllBut(&'a str),
}

/// The same requests each time, but for ids that it learns from answers.
pub fn run(url: &str, token: &str, document: &Path, verbs: Verbs) -> Output {
    let (choice, verb) = match verbs {
        Verbs::Only(verb) => ("--include-operation-id", verb),
        Verbs::AllBut(verb) => ("--exclude-operation-id", verb),
    };
    let mut command = Command::new("python3");
    command.args(["-m", "schemathesis.cli", "--config-file"]);
    command.arg(Path::new(HERE).join("schemathesis.toml"));
    command.arg("run").arg(document);
    command.args(["--url", &format!("{url}{BASE_PATH}"), choice, verb]);
    command.args(["--checks", CHECKS]);
    // Not `stateful`: which verb follows which is what tests/contract is about.
    command.args(["--phases", "examples,coverage,fuzzing"]);
    command.args(["--max-examples", "5", "--generation-deterministic"]);
    // A busy machine is no finding.
    command.args(["--suppress-health-check", "all", "--request-timeout", "30"]);
    command.args(["--continue-on-failure", "--no-shrink", "--no-color"]);
    command
        .env("PYTHONPATH", packages())
        .env("OPS_TOKEN", token)
        .current_dir(document.parent().expect("a folder"))
        .output()
        .expect("python3 runs")
}

/// The document as far as it can be tried without waiting: nobody asks for a long poll.
pub fn without_waits(mut document: Value) -> Value {
    let claim = &mut document["components"]["schemas"]["ClaimRequest"]["properties"];
    let gone = claim
        .as_object_mut()
        .and_then(|fields| fields.remove("wait_seconds"));
    assert!(gone.is_some());
    let claim = &mut document["paths"]["/runs.claim"]["post"]["requestBody"];
    claim["content"]["application/json"]["example"]["wait_seconds"] = 0.into();
    let query = &mut document["paths"]["/events.list"]["get"]["parameters"];
    let query = query.as_array_mut().expect("parameters");
    query.retain(|parameter| parameter["name"] != "wait_seconds");
    document
}
