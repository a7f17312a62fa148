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
