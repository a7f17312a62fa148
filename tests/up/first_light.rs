use ops_tests::harness::process::{Folder, Up, shown};
use serde_json::Value;

#[test]
fn two_commands_and_both_work() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "2"]);
    let output = up
        .ops()
        .args(["run", "hello", "-p", "name=Ann", "--follow"])
        .output()
        .expect("runs");
    assert!(output.status.success(), "{}", shown(&output));
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("Hello, Ann!"),
        "{}",
        shown(&output)
    );

    // The second bundled runbook leaves a report.
    let output = up
        .ops()
        .args([
            "run",
            "incident-triage",
            "-p",
            "service=init",
            "--follow",
            "--json",
        ])
        .output()
        .expect("runs");
    assert!(output.status.success(), "{}", shown(&output));
    let last: Value = serde_json::from_slice(
        output
            .stdout
            .trim_ascii()
            .rsplit(|b| *b == b'\n')
            .next()
            .expect("a line"),
    )
    .expect("JSON");
    assert_eq!(last["run"]["status"], "succeeded", "{last}");
    let id = last["run"]["id"].as_str().expect("an id").to_string();
    let listed = up
        .ops()
        .args(["runs", "artifacts", &id, "--json"])
        .output()
        .expect("lists");
    assert!(
        String::from_utf8_lossy(&listed.stdout).contains("markdown"),
        "{}",
        shown(&listed)
    );
}

#[test]
fn the_exit_code_is_the_outcome() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "1"]);
    let file = folder.path().join("fails.yaml");
    let text = "version: 1\nslug: fails\ntitle: Fails\nsteps:\n  - id: first\n    run: echo before\n  - id: second\n    run: exit 3\n  - id: third\n    run: echo never\n";
    std::fs::write(&file, text).expect("a file");
    let output = up
        .ops()
        .arg("run")
        .arg(&file)
        .arg("--follow")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        out.contains("before") && !out.contains("never"),
        "{}",
        shown(&output)
    );
    assert!(
        err.contains("second") && err.contains('3'),
        "the step and its exit code are named: {}",
        shown(&output)
    );
}

#[test]
fn a_faulty_runbook_is_refused_with_its_place() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "0"]);
    let file = folder.path().join("faulty.yaml");
    std::fs::write(&file, "version: 1\nslug: faulty\ntitle: Faulty\nsteps:\n  - id: a\n    run: echo {{ params.x }}\n").expect("a file");
    let output = up.ops().arg("run").arg(&file).output().expect("refuses");
    assert!(!output.status.success(), "{}", shown(&output));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("faulty.yaml:6:15"),
        "{}",
        shown(&output)
    );
}

const PRD: &str = "# Search\n\n## Problem\n\nNobody finds a document.\n\n## Goals\n\n- Find a document by a word of it.\n\n## Requirements\n\n- The system MUST answer a search within 200 ms.\n";

/// The names of a run's artifacts, where it ended as `status`.
fn artifacts_of(up: &Up, arguments: &[&str], status: &str) -> Vec<String> {
    let mut run = up.ops();
    let output = run.arg("run").args(arguments).args(["--follow", "--json"]);
    let output = output.output().expect("runs");
    let told = String::from_utf8_lossy(&output.stdout);
    let last = told.trim().lines().next_back().expect("a line");
    let last: Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(last["run"]["status"], status, "{}", shown(&output));
    let id = last["run"]["id"].as_str().expect("an id");
    let listed = up.ops().args(["runs", "artifacts", id, "--json"]).output();
    let listed = listed.expect("lists");
    let text = String::from_utf8_lossy(&listed.stdout);
    let names = text.split("\"name\"").skip(1);
    let names = names.filter_map(|rest| rest.split('"').nth(1));
    names.map(str::to_owned).collect()
}

#[test]
fn a_worker_generates_and_checks_a_bundle_by_the_bundled_runbooks() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "1"]);
    let prd = format!("prd={PRD}");
    let made = artifacts_of(&up, &["generate-spec-kit", "-p", &prd], "succeeded");
    for name in [
        "constitution.md",
        "prd.md",
        "plan.md",
        "tasks.md",
        "spec-kit.json",
        "report.json",
    ] {
        let name = format!("search/{name}");
        assert!(made.contains(&name), "{name} is not in {made:?}");
    }
    assert!(made.contains(&"search.zip".to_string()), "{made:?}");
    // Stored, so the second generation takes what is there, and the other runbook finds it.
    artifacts_of(&up, &["generate-spec-kit", "-p", &prd], "succeeded");
    let checked = artifacts_of(
        &up,
        &["validate-spec-kit", "-p", "bundle=search"],
        "succeeded",
    );
    for name in ["report.json", "report.md", "report.sarif"] {
        assert!(
            checked.contains(&name.to_string()),
            "{name} is not in {checked:?}"
        );
    }
    artifacts_of(
        &up,
        &["validate-spec-kit", "-p", "bundle=unheard-of"],
        "failed",
    );
    // A source that contradicts itself makes a bundle all the same; what it says wrongly is its own affair.
    let ours = format!("prd={}", include_str!("../../docs/prd.md"));
    let arguments = ["generate-spec-kit", "-p", "slug=ours", "-p", &ours];
    let made = artifacts_of(&up, &arguments, "succeeded");
    assert!(made.contains(&"ours.zip".to_string()), "{made:?}");
    artifacts_of(
        &up,
        &["validate-spec-kit", "-p", "bundle=ours"],
        "succeeded",
    );
}
