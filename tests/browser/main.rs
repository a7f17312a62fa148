//! The pages in headless Chromium, over a real control room.

use ops_tests::harness::api::built;
use ops_tests::harness::process::shown;
use std::path::PathBuf;
use std::process::Command;

fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// What is missing to run the story; empty when nothing is.
fn missing(packages: &str) -> Vec<&'static str> {
    [
        (which("node").is_none(), "node"),
        (which("chromium").is_none(), "chromium"),
        (
            !PathBuf::from(packages).exists(),
            "the npm packages (`cargo xtask test` brings them)",
        ),
    ]
    .into_iter()
    .filter_map(|(gone, what)| gone.then_some(what))
    .collect()
}

#[test]
fn an_operators_day() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/browser");
    let missing = missing(&format!("{folder}/node_modules/playwright-core"));
    if !missing.is_empty() {
        let required = std::env::var("OPS_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "the browser story cannot run without {}",
            missing.join(", ")
        );
        eprintln!("NOT RUN: the browser story needs {}", missing.join(", "));
        return;
    }
    // It starts, kills and restarts its control room itself.
    let output = Command::new("node")
        .arg("story.mjs")
        .current_dir(folder)
        .env("OPS_BIN", built("ops"))
        .output()
        .expect("node runs");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", shown(&output));
}
