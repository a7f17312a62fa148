use super::{PRD, at, edit, generated, read};
use crate::ops::Folder;
use serde_json::Value;

/// A bundle with one planted error: a task that was written over by hand.
fn broken() -> Folder {
    let folder = generated();
    let tasks = read(&folder, "specs/search/tasks.md");
    folder.write("specs/search/tasks.md", &tasks.replace("FR-001", "FR-002"));
    folder
}

#[test]
fn the_code_says_whether_there_is_anything_at_the_level_that_fails() {
    let folder = generated();
    at(&folder, &["validate", "specs/search"]).run().exits(0);
    let notes = ["validate", "docs/prd.md", "--fail-on", "note"];
    at(&folder, &notes).run().exits(1);
    at(&folder, &["validate", "docs/prd.md"]).run().exits(0);
    let done = at(&broken(), &["validate", "specs"]).run().exits(1);
    assert!(
        done.out.contains("specs/search/tasks.md:1:1 "),
        "{}",
        done.out
    );
    assert!(done.out.contains(" error SK-PRV-001 "), "{}", done.out);
    assert!(
        !done.out.contains('\x1b'),
        "no colour outside of a terminal"
    );
}

#[test]
fn every_format_says_the_same() {
    let folder = broken();
    let of = |format: &str| {
        let done = at(&folder, &["validate", "specs", "--format", format]).run();
        let done = done.exits(1);
        assert!(done.out.contains("SK-PRV-001"), "{format}: {}", done.out);
        done.out
    };
    assert!(
        of("text")
            .lines()
            .last()
            .is_some_and(|line| line.contains(" error"))
    );
    let json: Value = serde_json::from_str(&of("json")).unwrap();
    assert_eq!(json["version"], 1);
    let sarif: Value = serde_json::from_str(&of("sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(of("github").contains("::error file=specs/search/tasks.md,line="));
    assert!(of("markdown").contains("| "));
    assert!(of("junit").starts_with("<?xml"));
    at(
        &folder,
        &[
            "validate",
            "specs",
            "--format",
            "sarif",
            "--out",
            "spec.sarif",
        ],
    )
    .run()
    .exits(1)
    .prints("");
    assert_eq!(read(&folder, "spec.sarif"), of("sarif"));
}

#[test]
fn what_cannot_be_checked_never_reads_as_clean() {
    let folder = generated();
    folder.write("empty/notes.txt", "nothing");
    at(&folder, &["validate"]).run().exits(2);
    at(&folder, &["validate", "none"])
        .run()
        .exits(2)
        .says("there is no such file");
    at(&folder, &["validate", "empty"])
        .run()
        .exits(2)
        .says("empty: no bundle");
    // Nor beside something that can be.
    folder.write("specs2/notes.md", "nothing");
    at(&folder, &["validate", "specs", "specs2"])
        .run()
        .exits(2)
        .says("specs2: no bundle");
    at(&folder, &["validate", "specs", "--baseline", "none.json"])
        .run()
        .exits(2);
    folder.write("bad.toml", "fail_level = 3\n");
    at(&folder, &["validate", "specs", "--config", "bad.toml"])
        .run()
        .exits(2)
        .says("bad.toml:1");
    std::fs::write(folder.path().join("specs/search/plan.md"), b"# Caf\xe9\n").unwrap();
    for path in ["specs", "specs/search/plan.md"] {
        let done = at(&folder, &["validate", path]).run().exits(1);
        assert!(
            done.out.contains("specs/search/plan.md:1:1 error"),
            "{}",
            done.out
        );
    }
}

#[test]
fn other_line_ends_change_no_finding() {
    let folder = broken();
    let unix = at(&folder, &["validate", "specs"]).run().exits(1).out;
    for name in ["prd.md", "tasks.md", "plan.md", "constitution.md"] {
        let path = format!("specs/search/{name}");
        folder.write(&path, &read(&folder, &path).replace('\n', "\r\n"));
    }
    assert_eq!(at(&folder, &["validate", "specs"]).run().exits(1).out, unix);
}

#[test]
fn hidden_folders_builds_and_links_are_left_out() {
    let folder = generated();
    for skipped in [".hidden", "target", "node_modules"] {
        folder.write(&format!("{skipped}/x/prd.md"), "# PRD\n");
    }
    std::os::unix::fs::symlink("..", folder.path().join("specs/loop")).unwrap();
    folder.write(".kiro/specs/y/requirements.md", PRD);
    let report = at(&folder, &["validate", ".", "--format", "json"])
        .run()
        .json();
    let files: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(files.contains(&"specs/search/tasks.md"), "{files:?}");
    assert!(
        files.contains(&".kiro/specs/y/requirements.md"),
        "{files:?}"
    );
    let unwanted = |file: &&str| {
        ["hidden", "target", "node_modules", "loop"]
            .iter()
            .any(|w| file.contains(w))
    };
    assert!(!files.iter().any(unwanted), "{files:?}");
}

#[test]
fn a_baseline_makes_findings_known_and_new_ones_fail() {
    let folder = broken();
    at(
        &folder,
        &[
            "validate",
            "specs",
            "--write-baseline",
            "known.json",
            "--reason",
            "old",
        ],
    )
    .run()
    .exits(0)
    .says("--baseline known.json");
    let with = ["validate", "specs", "--baseline", "known.json"];
    at(&folder, &with).run().exits(0);
    edit(&folder, "specs/search/tasks.md", "T002", "T001");
    at(&folder, &with).run().exits(1);
    // Written again, what was known keeps its reason.
    let again = [
        "validate",
        "specs",
        "--baseline",
        "known.json",
        "--write-baseline",
        "known.json",
        "--reason",
        "new",
    ];
    at(&folder, &again).run().exits(0);
    let known = read(&folder, "known.json");
    assert!(
        known.contains("\"old\"") && known.contains("\"new\""),
        "{known}"
    );
    at(&folder, &with).run().exits(0);
}

#[test]
fn settings_are_those_of_the_bundle_or_those_that_are_named() {
    let folder = broken();
    folder.write(
        "specs/search/spec-kit.toml",
        "[rules]\nSK-PRV-001 = \"off\"\n",
    );
    at(&folder, &["validate", "specs"]).run().exits(0);
    folder.write("strict.toml", "fail_level = \"error\"\n");
    at(&folder, &["validate", "specs", "--config", "strict.toml"])
        .run()
        .exits(1);
    // Two that disagree: nobody knows which one is meant.
    folder.write("specs/other/prd.md", PRD);
    folder.write("specs/other/spec-kit.toml", "fail_level = \"note\"\n");
    at(&folder, &["validate", "specs"])
        .run()
        .exits(2)
        .says("specs/other/spec-kit.toml and specs/search/spec-kit.toml say different things");
}

#[test]
fn the_source_is_looked_at_and_an_earlier_state_too() {
    let folder = generated();
    let said = |arguments: &[&str], rule: &str| {
        let done = at(&folder, arguments).run();
        done.out.contains(rule)
    };
    assert!(!said(&["validate", "specs"], "SK-PRV-002"));
    edit(&folder, "docs/prd.md", "a second", "two seconds");
    assert!(said(&["validate", "specs"], "SK-PRV-002"));
    let base = generated();
    let path = base.path().to_str().unwrap();
    edit(
        &folder,
        "specs/search/constitution.md",
        "MUST",
        "MUST always",
    );
    assert!(said(&["validate", "specs", "--base", path], "SK-CON-002"));
    at(&folder, &["validate", path, "--base", path])
        .run()
        .exits(2);
}

#[test]
fn a_document_beyond_all_measure_is_a_finding_and_not_read() {
    let folder = generated();
    let file = std::fs::File::create(folder.path().join("specs/search/plan.md")).unwrap();
    file.set_len(65 * 1024 * 1024).unwrap();
    let done = at(&folder, &["validate", "specs"]).run().exits(1);
    assert!(
        done.out.contains("at most 67108864 are read"),
        "{}",
        done.out
    );
}

#[test]
fn migrations_are_compared_with_where_they_are_given() {
    let folder = Folder::new();
    folder.write(
        "prd.md",
        &format!("{PRD}\nAn order is `open`, `done` or `cancelled`.\n"),
    );
    folder.write(
        "a.sql",
        "create table orders (state text check (state in ('open', 'done', 'canceled')));\n",
    );
    let without = at(&folder, &["validate", "prd.md"]).run().out;
    assert!(!without.contains("SK-CNS-002"), "{without}");
    let with = at(&folder, &["validate", "prd.md", "--sql", "a.sql"])
        .run()
        .out;
    assert!(with.contains("SK-CNS-002"), "{with}");
}

/// Paths in the configuration are seen from where it stands.
#[test]
fn a_configuration_names_baseline_and_migrations() {
    let folder = broken();
    edit(
        &folder,
        "specs/search/prd.md",
        "## Goals",
        "An order is `open`, `done` or `cancelled`.\n\n## Goals",
    );
    let known = ["validate", "specs", "--write-baseline", "specs/known.json"];
    at(&folder, &known).run().exits(0);
    folder.write(
        "specs/search/spec-kit.toml",
        "baseline = \"../known.json\"\nsql = [\"../sql\"]\n",
    );
    folder.write(
        "specs/sql/1.sql",
        "create table orders (state text check (state in ('open', 'done', 'canceled')));\n",
    );
    let done = at(&folder, &["validate", "specs"]).run().exits(0);
    assert!(done.out.contains("SK-CNS-002"), "{}", done.out);
    // What the caller names goes before it.
    folder.write("none.json", "{\"version\": 1, \"findings\": []}");
    at(&folder, &["validate", "specs", "--baseline", "none.json"])
        .run()
        .exits(1);
    std::fs::remove_file(folder.path().join("specs/known.json")).unwrap();
    at(&folder, &["validate", "specs"])
        .run()
        .exits(2)
        .says("known.json");
}
