//! What the spec kit writes for others, read by others: SARIF and the bodies of `runs.create`
//! against their schemas, the archive and JUnit by Python.

use crate::adapter::check;
use crate::workflows::{ROOT, program};
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::Options;
use ops_spec_kit::compile::compile;
use ops_spec_kit::config::{Baseline, Config};
use ops_spec_kit::generate::{Request, generate};
use ops_spec_kit::report::{self, Report};
use ops_tests::harness::not_run;
use ops_tests::harness::process::{Folder, shown};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SARIF: &str = "tests/tidy/schemas/sarif-2.1.0.json";

/// Findings with two ends, of all severities, one that its line accepts, and a name to be escaped.
const PRD: &str = "\
# PRD: <A & \"B\"> 検索

## Problem

It is slow & “old”.

## Goals

- Find orders

## Non-Goals

- Pay

## Requirements

- **FR-001**: Search MUST be fast
- **FR-001**: Search MUST answer within 2s
- **FR-002**: Search MUST be robust <!-- sk:ignore SK-REQ-002 measured elsewhere -->
- The list has the states queued, running and done

## Acceptance Criteria

- **AC-001**: Search answers within 3s (validates FR-001)
- Status: queued, running, failed
";

fn is_there() -> bool {
    program("check-jsonschema").is_file()
}

fn report_of(file: &str, text: &str) -> Report {
    let bundles = Bundle::group([(file, text)]);
    let config = Config::default();
    let known = ops_spec_kit::check::check(&bundles, &Options::new(&config));
    // One that a baseline knows, too.
    let mut baseline = Baseline::of("baseline.json", &known, "known");
    baseline.entries.truncate(1);
    let options = Options {
        baseline: Some(&baseline),
        ..Options::new(&config)
    };
    ops_spec_kit::check::check(&bundles, &options)
}

fn written(folder: &Folder, name: &str, text: &[u8]) -> PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, text).expect("a file");
    file
}

fn python(script: &str, file: &Path) -> Output {
    Command::new("python3")
        .args(["-c", script])
        .arg(file)
        .output()
        .expect("python3 runs")
}

#[test]
fn sarif_is_what_the_standard_says() {
    if !is_there() {
        return not_run("check-jsonschema, which `cargo xtask test` brings by pip");
    }
    let report = report_of("specs/ä b/prd.md", PRD);
    let known = report.suppressed.iter().map(|entry| &entry.finding);
    let mut all = report.findings.iter().chain(known);
    assert!(all.any(|finding| !finding.related.is_empty()));
    assert!(report.suppressed.len() >= 2, "{:?}", report.suppressed);
    let folder = Folder::new();
    let sarif = report::sarif(&report);
    let files = [
        written(&folder, "findings.sarif", sarif.as_bytes()),
        written(
            &folder,
            "clean.sarif",
            report::sarif(&report_of("notes.md", "")).as_bytes(),
        ),
    ];
    let output = check(&["--schemafile", SARIF], &files);
    assert!(output.status.success(), "{}", shown(&output));
    // The schema can refuse.
    let mut wrong: Value = serde_json::from_str(&sarif).expect("JSON");
    wrong["runs"][0]["results"][0]["level"] = json!("fatal");
    let wrong = written(&folder, "wrong.sarif", wrong.to_string().as_bytes());
    let output = check(&["--schemafile", SARIF], &[wrong]);
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
}

/// Prints how many cases, failures and suites there are as they are counted, and as it is said.
const COUNT_CASES: &str = "
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
cases = root.findall('testsuite/testcase')
failures = root.findall('testsuite/testcase/failure')
assert root.tag == 'testsuites', root.tag
assert [len(cases), len(failures)] == [int(root.get('tests')), int(root.get('failures'))]
for suite in root:
    assert len(suite.findall('testcase')) == int(suite.get('tests')), suite.get('name')
    assert len(suite.findall('testcase/failure')) == int(suite.get('failures')), suite.get('name')
print(len(failures))
";

#[test]
fn junit_counts_what_it_holds() {
    let report = report_of("specs/ä b/prd.md", PRD);
    let folder = Folder::new();
    let file = written(&folder, "report.xml", report::junit(&report).as_bytes());
    let output = python(COUNT_CASES, &file);
    assert!(output.status.success(), "{}", shown(&output));
    let failures = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert_eq!(failures, report.counts.errors.to_string());
}

/// Prints the names in their order; fails for a sum, a time, a size or a CRC that is wrong.
const READ_ZIP: &str = "
import hashlib, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None, archive.testzip()
sums = {}
for line in archive.read('SHA256SUMS').decode().splitlines():
    digest, name = line.split('  ', 1)
    sums[name] = digest
for entry in archive.infolist():
    assert entry.date_time == (1980, 1, 1, 0, 0, 0), entry
    assert entry.compress_type == zipfile.ZIP_STORED, entry
    bytes = archive.read(entry)
    assert len(bytes) == entry.file_size, entry
    if entry.filename != 'SHA256SUMS':
        assert hashlib.sha256(bytes).hexdigest() == sums.pop(entry.filename), entry
    print(entry.filename)
assert not sums, sums
";

#[test]
fn the_archive_is_read_by_another_program() {
    let text = std::fs::read(Path::new(ROOT).join("docs/prd.md")).expect("a file");
    let source = ops_spec_kit::read::document("docs/prd.md", &text).expect("text");
    let output = generate(&Request::new(&source, "own")).expect("a bundle");
    let folder = Folder::new();
    let file = written(&folder, "bundle.zip", &output.zip);
    let read = python(READ_ZIP, &file);
    assert!(read.status.success(), "{}", shown(&read));
    let said = String::from_utf8_lossy(&read.stdout);
    let names: Vec<&str> = said.lines().collect();
    let mut expected: Vec<String> = output
        .files
        .iter()
        .map(|(name, _)| format!("own/{name}"))
        .collect();
    expected.push("SHA256SUMS".into());
    assert_eq!(names, expected);
    // The checks can fail.
    let mut broken = output.zip.clone();
    let at = broken.len() / 2;
    broken[at] ^= 1;
    let file = written(&folder, "broken.zip", &broken);
    assert!(!python(READ_ZIP, &file).status.success());
}

const TASKS: &str = "\
# Tasks: Suche & <b>

- [ ] T001 Make it with `mkdir -p out` and `cargo build --locked`
- [ ] T002 [P] Test ‹L1› (depends on T001)
  - Verify: `psql \"$DATABASE_URL\" -Atc 'select 1' | grep -x 1`
- [x] T003 Done with `cargo fmt`
- [ ] T004 Show it: `curl -fsS \"$BASE_URL/health\"` (depends on T002, T003)
";

/// Of `runs.create`, with all that it refers to.
fn request_schema() -> Value {
    let text = std::fs::read(Path::new(ROOT).join("docs/openapi.json")).expect("a file");
    let document: Value = serde_json::from_slice(&text).expect("JSON");
    let body = &document["paths"]["/runs.create"]["post"]["requestBody"];
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [body["content"]["application/json"]["schema"]],
        "components": document["components"],
    })
}

#[test]
fn compiled_tasks_are_bodies_that_runs_create_takes() {
    if !is_there() {
        return not_run("check-jsonschema, which `cargo xtask test` brings by pip");
    }
    let folder = Folder::new();
    let own = std::fs::read_to_string(Path::new(ROOT).join("spec/ops-control-room/tasks.md"));
    let mut bodies = Vec::new();
    for (name, text) in [
        ("own.json", own.expect("tasks")),
        ("other.json", TASKS.to_owned()),
    ] {
        let tasks = ops_spec_kit::read::document("tasks.md", text.as_bytes()).expect("text");
        let request = ops_spec_kit::compile::Request {
            slug: "search",
            lanes: &["A", "B"],
        };
        let compiled = compile(&tasks, &request).expect("runs");
        assert!(!compiled.tasks.is_empty(), "{name}");
        bodies.push(written(&folder, name, compiled.body.to_string().as_bytes()));
    }
    let schema = written(
        &folder,
        "schema.json",
        request_schema().to_string().as_bytes(),
    );
    let schema = schema.to_string_lossy();
    let output = check(&["--schemafile", &schema], &bodies);
    assert!(output.status.success(), "{}", shown(&output));
    let wrong = json!({ "runs": [{ "runbook": 1, "lane": "Z", "odd": true }] });
    let wrong = written(&folder, "wrong.json", wrong.to_string().as_bytes());
    let output = check(&["--schemafile", &schema], &[wrong]);
    assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
}
