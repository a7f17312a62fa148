use super::*;
use crate::bundle::Bundle;
use crate::check::{Options, check};
use crate::config::Config;
use serde_json::Value;

const COMMITTED: &str = include_str!("../../../docs/spec-kit-report.schema.json");

const PRD: &str = "# PRD\n\n## Problem\n\nIt is, 100% slow: <b>\n\n## Requirements\n\n- **FR-001**: Search MUST be fast & \"good\" | a < b.\n- **FR-002**: It MUST end.\n<!-- sk:ignore SK-REQ-002 measured elsewhere -->\n- **FR-003**: Users MUST see a robust list.\n";
const TASKS: &str = "# Tasks\n\n## Phase 1: Work\n\n- [x] T001 [FR-001] Index in src/index.rs\n- [ ] T002 [FR-003] List in src/list.rs (depends on T009)\n";

fn sample() -> Report {
    let files = [("a b/search/prd.md", PRD), ("a b/search/tasks.md", TASKS)];
    let bundle = Bundle::read(files.map(|(path, text)| (path, text.as_bytes().to_vec())));
    check(&[bundle], &Options::new(&Config::default()))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn the_committed_schema_is_that_of_the_code() {
    assert_eq!(
        COMMITTED,
        schema(),
        "cargo run -p ops-spec-kit --features schema --example report-schema > docs/spec-kit-report.schema.json"
    );
}

#[test]
fn every_report_is_as_the_schema_says() {
    let schema = parsed(COMMITTED);
    let report = parsed(&json(&sample()));
    assert_eq!(report["version"], 1);
    assert!(
        report["findings"]
            .as_array()
            .is_some_and(|list| list.len() > 3)
    );
    assert_eq!(violation(&schema, &schema, &report, ""), None);
    let mut broken = report.clone();
    broken["findings"][0]["severity"] = "loud".into();
    let wrong = violation(&schema, &schema, &broken, "");
    assert!(wrong.is_some_and(|at| at.starts_with("/findings/0")));
}

#[test]
fn a_report_is_read_again() {
    let report = sample();
    assert_eq!(
        serde_json::from_str::<Report>(&json(&report)).expect("a report"),
        report
    );
}

/// As much of JSON Schema as ours uses: the first place that is not as it says.
fn violation(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(target) = schema["$ref"].as_str() {
        let pointer = target.trim_start_matches('#');
        return violation(
            root,
            root.pointer(pointer).expect("a definition"),
            value,
            at,
        );
    }
    for branches in [&schema["oneOf"], &schema["anyOf"]] {
        if let Some(branches) = branches.as_array()
            && !branches
                .iter()
                .any(|branch| violation(root, branch, value, at).is_none())
        {
            return Some(at.to_owned());
        }
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![kind_of(value)],
    };
    let is_number = kinds.contains(&"number") && value.is_number();
    if !kinds.contains(&kind_of(value)) && !is_number {
        return Some(at.to_owned());
    }
    if schema.get("const").is_some_and(|only| only != value)
        || schema["enum"]
            .as_array()
            .is_some_and(|all| !all.contains(value))
        || schema["minimum"]
            .as_f64()
            .is_some_and(|least| value.as_f64() < Some(least))
    {
        return Some(at.to_owned());
    }
    let required = schema["required"].as_array().into_iter().flatten();
    if let Some(name) = required
        .filter_map(Value::as_str)
        .find(|name| value.get(name).is_none())
    {
        return Some(format!("{at}/{name}"));
    }
    if let (Some(fields), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, field) in object {
            let Some(inner) = fields.get(name) else {
                return Some(format!("{at}/{name}"));
            };
            if let Some(wrong) = violation(root, inner, field, &format!("{at}/{name}")) {
                return Some(wrong);
            }
        }
    }
    let items = value.as_array().into_iter().flatten().enumerate();
    items
        .filter(|_| schema.get("items").is_some())
        .find_map(|(index, item)| violation(root, &schema["items"], item, &format!("{at}/{index}")))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn people_get_the_line_with_a_caret_and_what_to_do() {
    let out = text(&sample(), Colour::Plain);
    let wanted = "  a b/search/tasks.md:6:46 error SK-TSK-003 T002 depends on T009, which does not exist\n    6 | - [ ] T002 [FR-003] List in src/list.rs (depends on T009)\n      |                                                      ^^^^\n    to do: Correct the dependency or move the task\n";
    let at = out.find("error SK-TSK-003").expect("the finding");
    let start = out[..at].rfind('\n').map_or(0, |start| start + 1);
    assert!(
        out[start..].contains(
            &wanted[wanted.find("error").expect("a word")..wanted.find("\n    6").expect("a line")]
        ),
        "{}",
        &out[start..]
    );
    assert!(out.contains("\n    6 | - [ ] T002 [FR-003] List in src/list.rs (depends on T009)\n"));
    assert!(out.contains("^^^^\n"), "{out}");
    assert!(out.contains("suppressed SK-REQ-002 measured elsewhere\n"));
    assert!(
        out.contains(
            "2 of 3 requirements and 0 of 0 criteria have a task; 1 of 2 tasks are done\n"
        )
    );
    assert!(!out.contains('\u{1b}'));
    assert!(text(&sample(), Colour::Ansi).contains("\u{1b}[31merror\u{1b}[0m"));
}

#[test]
fn annotations_are_escaped_and_the_rest_is_counted() {
    let mut report = sample();
    report.findings.truncate(1);
    report.findings[0].message = "50% of\r\na:b,c".into();
    report.findings[0].place.file = "a:b,c%.md".into();
    let out = annotations(&report);
    assert!(out.contains("file=a%3Ab%2Cc%25.md,line="), "{out}");
    assert!(out.contains("::50%25 of%0D%0Aa:b,c%0ATo do: "), "{out}");
    assert_eq!(out.lines().count(), 1);

    report.findings = vec![report.findings[0].clone(); 70];
    report.counts.errors = 70;
    let out = annotations(&report);
    assert_eq!(out.lines().count(), MAX);
    assert!(
        out.lines().last().is_some_and(
            |line| line.contains("::21 more findings are not shown here; in all 70 errors")
        ),
        "{out}"
    );
    report.findings.truncate(50);
    assert!(!annotations(&report).contains("more findings"));
}

const MAX: usize = super::github::MAX_ANNOTATIONS;

#[test]
fn sarif_has_what_viewers_need() {
    let report = sample();
    let log = parsed(&sarif(&report));
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!(
        results.len(),
        report.findings.len() + report.suppressed.len()
    );
    for result in results {
        let at = result["ruleIndex"]
            .as_u64()
            .and_then(|at| usize::try_from(at).ok())
            .expect("an index");
        assert_eq!(rules[at]["id"], result["ruleId"]);
        assert!(matches!(
            result["level"].as_str(),
            Some("error" | "warning" | "note")
        ));
        let print = result["partialFingerprints"]["specKitFinding/v1"]
            .as_str()
            .expect("a fingerprint");
        assert_eq!(print.len(), 32);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(
            place["artifactLocation"]["uri"]
                .as_str()
                .is_some_and(|uri| uri.starts_with("a%20b/"))
        );
        let region = |name: &str| place["region"][name].as_u64().expect("a number");
        assert!(
            (region("startLine"), region("startColumn"))
                <= (region("endLine"), region("endColumn"))
        );
        assert!(region("startLine") > 0 && region("startColumn") > 0);
    }
    let hidden: Vec<&Value> = results
        .iter()
        .filter(|r| r.get("suppressions").is_some())
        .collect();
    assert_eq!(hidden.len(), 1);
    assert_eq!(hidden[0]["suppressions"][0]["kind"], "inSource");
    assert_eq!(
        hidden[0]["suppressions"][0]["justification"],
        "measured elsewhere"
    );
    for rule in rules {
        assert!(rule["help"]["text"].is_string() && rule["shortDescription"]["text"].is_string());
    }
}

#[test]
fn junit_is_xml_and_fails_what_fails() {
    let report = sample();
    let out = junit(&report);
    assert_eq!(out.matches("<failure ").count(), report.counts.errors);
    assert_eq!(
        out.matches("<testsuite ").count(),
        out.matches("</testsuite>").count()
    );
    assert!(!out.contains("a < b") && !out.contains(" & "));
    let mut hostile = report;
    hostile.findings[0].message = "\u{1b}[31m<a&\"b\">\u{ffff}".into();
    assert!(junit(&hostile).contains("\u{fffd}[31m&lt;a&amp;&quot;b&quot;&gt;\u{fffd}"));
}

#[test]
fn a_summary_has_the_matrix_and_no_markup_of_the_document() {
    let out = markdown(&sample());
    assert!(
        out.contains("| FR-002 | It MUST end. | **none** |\n"),
        "{out}"
    );
    assert!(
        out.contains("| FR-001 | Search MUST be fast & \"good\" \\| a \\< b. | T001 |\n"),
        "{out}"
    );
    assert!(out.starts_with("## Spec Kit: "));
}

#[test]
fn the_exit_status_follows_the_fail_level() {
    let mut report = sample();
    assert_eq!(report.exit(), Exit::Findings);
    assert_eq!(report.exit().code(), 1);
    report
        .findings
        .retain(|finding| finding.severity < Severity::Error);
    assert_eq!(report.exit(), Exit::Ok);
    report.fail_level = Severity::Note;
    assert_eq!(report.exit(), Exit::Findings);
    assert_eq!((Exit::Usage.code(), Exit::Internal.code()), (2, 3));
}
