//! What is known, accepted or off; and what does not depend on order, lines and luck.

use crate::bench::{Edit, edited, good, report};
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::{Baseline, Config, Date};
use ops_spec_kit::report::{Colour, Exit, Report, SuppressedBy, json, sarif, text};
use ops_spec_kit::rules::Severity;
use proptest::prelude::*;
use std::collections::BTreeSet;

const BAD: &[Edit] = &[Edit::Swap("plan.md", "- Exit: FR-003", "- Exit: FR-009")];

fn checked(files: crate::bench::Files, baseline: Option<&Baseline>) -> Report {
    let config = Config::default();
    let options = Options {
        baseline,
        date: Date::parse(crate::bench::TODAY),
        ..Options::new(&config)
    };
    check(&Bundle::group(files), &options)
}

#[test]
fn what_a_baseline_knows_does_not_fail_and_what_is_gone_is_told() {
    let before = report(BAD);
    assert_eq!(before.exit(), Exit::Findings);
    let baseline = Baseline::of("known.json", &before, "ids are mended in the next release");
    let again = checked(edited(BAD), Some(&baseline));
    assert_eq!((again.exit(), again.findings.len()), (Exit::Ok, 0));
    assert_eq!(again.suppressed[0].by, SuppressedBy::Baseline);
    let mended = checked(good(), Some(&baseline));
    let stale: Vec<_> = mended
        .findings
        .iter()
        .map(|f| (f.rule.as_str(), f.place.file.as_str()))
        .collect();
    assert_eq!(stale, [("SK-BAS-001", "known.json")]);
    assert_eq!(mended.exit(), Exit::Ok);
}

#[test]
fn a_fresh_baseline_is_whole_with_what_is_said_of_suppressions() {
    let comments = [Edit::Swap(
        "plan.md",
        "One service in",
        "<!-- sk:ignore SK-REQ-002 hides nothing -->\nOne <!-- sk:ignore SK-REQ-009 --> service in",
    )];
    let before = report(&comments);
    let rules: Vec<&str> = before.findings.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(rules, ["SK-SUP-003", "SK-SUP-002"]);
    let baseline = Baseline::of("known.json", &before, "they go in the next release");
    let again = checked(edited(&comments), Some(&baseline));
    assert_eq!((again.findings.len(), again.suppressed.len()), (0, 2));
    // What is said of a baseline is no part of the next one.
    let stale = checked(good(), Some(&baseline));
    assert_eq!(stale.findings.len(), 2);
    assert_eq!(Baseline::of("known.json", &stale, "any").entries, []);
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let prints = |edits: &[Edit]| -> BTreeSet<String> {
        report(edits)
            .findings
            .into_iter()
            .map(|finding| finding.fingerprint)
            .collect()
    };
    let moved = [
        BAD[0],
        Edit::Swap(
            "plan.md",
            "## Summary",
            "## Preface\n\nTwo more\n\nparagraphs.\n\n## Summary",
        ),
    ];
    assert_eq!(prints(BAD), prints(&moved));
    assert!(!prints(BAD).is_empty());
}

#[test]
fn a_second_finding_of_the_same_words_is_not_known_by_the_first() {
    let twice = [Edit::Swap(
        "plan.md",
        "One service in",
        "TBD: one\n\nTBD: one\n\nOne service in",
    )];
    let found = report(&twice);
    let prints: BTreeSet<&str> = found
        .findings
        .iter()
        .map(|f| f.fingerprint.as_str())
        .collect();
    assert_eq!((found.findings.len(), prints.len()), (2, 2));
}

#[test]
fn the_configuration_turns_rules_off_and_up_and_accepts() {
    let off = [BAD[0], Edit::Config("[rules]\nSK-IDS-002 = \"off\"")];
    assert_eq!(report(&off).findings, []);
    let softer = [
        BAD[0],
        Edit::Config("fail_level = \"error\"\n[rules]\nSK-IDS-002 = \"note\""),
    ];
    let softer = report(&softer);
    assert_eq!(
        (softer.findings[0].severity, softer.exit()),
        (Severity::Note, Exit::Ok)
    );
    let accepted = "[[suppress]]\nrule = \"SK-IDS-002\"\nfile = \"checkout/plan.md\"\nnode = \"FR-009\"\nreason = \"comes\"\nuntil = \"2026-12-31\"\n";
    let hidden = report(&[BAD[0], Edit::Config(accepted)]);
    assert_eq!((hidden.findings.len(), hidden.suppressed.len()), (0, 1));
    let ended = accepted.replace("2026-12-31", "2026-11-28");
    let config = Config::parse("spec-kit.toml", &ended).expect("read");
    let options = Options {
        date: Date::parse(crate::bench::TODAY),
        ..Options::new(&config)
    };
    let shown = check(&Bundle::group(edited(BAD)), &options);
    let rules: Vec<&str> = shown
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    assert_eq!(rules, ["SK-IDS-002", "SK-SUP-001"]);
}

#[test]
fn no_report_repeats_a_secret() {
    let secret = "kT9vQ2xLm4";
    let leak = [Edit::Swap(
        "prd.md",
        "The system MUST show the total before payment.",
        "The total of postgres://app:kT9vQ2xLm4@db.internal/app stands fast.",
    )];
    let found = report(&leak);
    assert!(
        found
            .findings
            .iter()
            .any(|finding| finding.rule == "SK-SEC-001")
    );
    assert!(
        found
            .findings
            .iter()
            .any(|finding| finding.rule == "SK-REQ-001")
    );
    for out in [
        json(&found),
        sarif(&found),
        text(&found, Colour::Plain),
        ops_spec_kit::report::markdown(&found),
        ops_spec_kit::report::annotations(&found),
        ops_spec_kit::report::junit(&found),
    ] {
        assert!(!out.contains(secret));
    }
}

#[test]
fn every_task_that_is_deleted_is_missed() {
    let tasks = String::from_utf8(good()["checkout/tasks.md"].clone()).expect("text");
    for line in tasks.lines().filter(|line| line.starts_with("- [")) {
        let mut files = good();
        let without: String = tasks
            .split_inclusive('\n')
            .filter(|other| other.trim_end() != line)
            .collect();
        files.insert("checkout/tasks.md".into(), without.into_bytes());
        let found = checked(files, None);
        let rules: BTreeSet<&str> = found
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.rule.as_str())
            .collect();
        // The total, and whoever waits for it or has only it.
        assert!(rules.contains("SK-TSK-007"), "{line}: {rules:?}");
    }
    let only = [
        Edit::Swap("tasks.md", "[FR-003] Serve", "[FR-001] Serve"),
        Edit::Swap("tasks.md", "[P] [FR-003] Show", "[P] [FR-001] Show"),
    ];
    let uncovered = report(&only);
    let uncovered: Vec<_> = uncovered
        .findings
        .iter()
        .map(|f| (f.rule.as_str(), f.node.as_deref()))
        .collect();
    assert_eq!(uncovered, [("SK-TRC-001", Some("FR-003"))]);
}

#[test]
fn the_order_of_files_is_nothing_and_a_second_run_is_the_same() {
    let files = edited(&[BAD[0], Edit::Swap("tasks.md", "- [ ] T007", "- [ ] T006")]);
    let config = Config::default();
    let run = |files: Vec<(String, Vec<u8>)>| {
        let report = check(&Bundle::group(files), &Options::new(&config));
        (json(&report), sarif(&report))
    };
    let forward: Vec<_> = files.clone().into_iter().collect();
    let backward: Vec<_> = files.into_iter().rev().collect();
    let first = run(forward.clone());
    assert_eq!(first, run(backward));
    assert_eq!(first, run(forward));
}

/// Pieces that rules look for, in any order.
const PIECES: &[&str] = &[
    "# PRD\n",
    "## Goals\n",
    "## Requirements\n",
    "## Tasks\n",
    "## Phase 1: Setup\n",
    "### P-01: A\n",
    "- **FR-001**: It MUST be fast\n",
    "- [ ] T001 [P] [US1] do src/a.rs (depends on T001, T002)\n",
    "- [x] T002\n  - [ ] x\n",
    "| FR-001 | ✅ |\n",
    "|---|---|\n",
    "```\n",
    "<!-- sk:ignore SK-REQ-002 x until=2026-01-01 -->\n",
    "<!--",
    "status in (`a`, `b`, `c`)\n",
    "12/40 done, 7 tables, 50 %\n",
    "P95 < 100 ms\n",
    "`POST /a.b`\n",
    "[x](#y) [z](prd.md)\n",
    "**Given** a, **When** b\n",
    "MUST NOT use `a`.\n",
    "-----BEGIN PRIVATE KEY-----\n",
    "postgres://a:b@c",
    "npm install @pulser/sdk\n",
    "\u{202e}é\u{200b}",
    "任务\n",
    "**Version**: 1 | **Ratified**: x\n",
    "\t",
    "\r\n",
    "[NEEDS CLARIFICATION: x]\n",
    "TODO\n",
    "[PROJECT_NAME]\n",
    "T001–T005, FR-1.2, a/FR-001\n",
    "## ❌ Not Started\n- A b c\n",
    "> ",
    "    ",
    "\u{0}",
    "eyJ",
    "://",
];

fn document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,12}".prop_map(|text| text),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn no_document_makes_it_panic_and_all_reports_can_be_written(
        constitution in document(), prd in document(), plan in document(), tasks in document(), sql in "\\PC{0,40}"
    ) {
        let files = [
            ("a/constitution.md", constitution), ("a/prd.md", prd), ("a/plan.md", plan), ("a/tasks.md", tasks), ("a/m.sql", sql),
        ];
        let bundle = Bundle::read(files.map(|(path, text)| (path, text.into_bytes())));
        let config = Config::default();
        let base = [bundle.clone()];
        let options = Options { date: Date::parse("2026-11-29"), base: &base, ..Options::new(&config) };
        let first = check(std::slice::from_ref(&bundle), &options);
        let second = check(&[bundle], &options);
        prop_assert_eq!(&first, &second);
        let _ = (text(&first, Colour::Ansi), sarif(&first), ops_spec_kit::report::junit(&first));
        let _ = (ops_spec_kit::report::markdown(&first), ops_spec_kit::report::annotations(&first));
    }
}
