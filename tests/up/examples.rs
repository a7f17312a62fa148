//! The examples of docs/API.md, run as somebody would who reads it from top to bottom.

use ops_tests::harness::not_run;
use ops_tests::harness::process::{Folder, Up, shown};
use std::process::Command;

const TEXT: &str = include_str!("../../docs/API.md");
const OPENAPI: &str = include_str!("../../docs/openapi.json");

fn blocks() -> impl Iterator<Item = &'static str> {
    let blocks = TEXT.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("an end"))
}

#[test]
fn the_examples_of_the_api_work_as_they_stand() {
    let tools = ["bash", "curl", "jq"];
    if let Some(missing) = tools.iter().find(|tool| !is_there(tool)) {
        return not_run(missing);
    }
    let folder = Folder::new();
    // The examples look for `up.json` where `ops up` leaves it without `--data`.
    let share = folder.path().join(".local/share");
    std::fs::create_dir_all(&share).expect("a folder");
    std::os::unix::fs::symlink(folder.data(), share.join("ops-control-room")).expect("a link");
    let _up = Up::start(&folder.data(), &["--workers", "1"]);
    let script = blocks().collect::<String>();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("HOME", folder.path())
        .current_dir(folder.path())
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "{}", shown(&output));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.ends_with("\nalready_finished\n"), "{}", shown(&output));
    // `curl` is silent about refusals, and `jq` about fields that are not there.
    let wrong = told.contains("urn:ops:problem:") || told.lines().any(|line| line == "null");
    assert!(!wrong, "{}", shown(&output));
    assert!(told.contains("Hello, you!"), "{}", shown(&output));
}

#[test]
fn every_verb_has_an_example() {
    let document: serde_json::Value = serde_json::from_str(OPENAPI).expect("JSON");
    let examples = blocks().collect::<String>();
    for path in document["paths"].as_object().expect("paths").keys() {
        let verb = path.trim_start_matches('/');
        assert!(
            examples.contains(verb),
            "{verb} has no example in docs/API.md"
        );
    }
}

fn is_there(tool: &str) -> bool {
    let output = Command::new(tool).arg("--version").output();
    output.is_ok_and(|output| output.status.success())
}
