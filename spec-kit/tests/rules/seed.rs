//! The project's own PRD as it stands, and documents that a search for words would misjudge.

use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::facts::DocumentKind;
use ops_spec_kit::read::document_as;
use ops_spec_kit::report::Report;

const PRD: &str = include_str!("../../../docs/prd.md");

fn alone(file: &str, text: &str) -> Report {
    let document = document_as(DocumentKind::Prd, file, text.as_bytes()).expect("text");
    check(
        &[Bundle::single(document)],
        &Options::new(&Config::default()),
    )
}

fn at(report: &Report, rule: &str) -> Vec<String> {
    let found = report
        .findings
        .iter()
        .filter(|finding| finding.rule == rule);
    found
        .map(|finding| format!("{}:{}", finding.place.file, finding.place.line))
        .collect()
}

#[test]
fn the_ten_requirements_of_the_prd_have_no_id() {
    let wanted: Vec<String> = (130..=139)
        .map(|line| format!("docs/prd.md:{line}"))
        .collect();
    assert_eq!(at(&alone("docs/prd.md", PRD), "SK-IDS-005"), wanted);
}

#[test]
fn two_things_of_the_prd_have_two_states_and_both_ends_are_told() {
    let report = alone("docs/prd.md", PRD);
    assert_eq!(
        at(&report, "SK-CNS-004"),
        ["docs/prd.md:170", "docs/prd.md:171"]
    );
    let ends = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "SK-CNS-004");
    let ends: Vec<(u32, u32)> = ends
        .map(|finding| (finding.place.line, finding.related[0].place.line))
        .collect();
    assert_eq!(ends, [(170, 138), (171, 139)]);
    let first = report
        .findings
        .iter()
        .find(|finding| finding.rule == "SK-CNS-004")
        .expect("it");
    assert_eq!(
        first.message,
        "\"Artifact storage integration\" is not started here; \"Artifacts upload + viewer\" is in progress elsewhere"
    );
}

#[test]
fn nothing_else_is_wrong_with_the_prd() {
    let report = alone("docs/prd.md", PRD);
    let rest = report
        .findings
        .iter()
        .filter(|f| !["SK-IDS-005", "SK-CNS-004"].contains(&f.rule.as_str()));
    let rest: Vec<String> = rest
        .map(|finding| format!("{} {}", finding.rule, finding.place.line))
        .collect();
    // No requirement says MUST, and nothing in the document is for the reviewer.
    assert_eq!(rest, ["SK-TRC-004 29", "SK-REQ-001 130"]);
}

#[test]
fn one_line_with_the_word_acceptance_fails_by_what_is_missing() {
    let report = alone("prd.md", "# PRD\n\nThis has acceptance.\n");
    let missing = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "SK-STR-003");
    let missing: Vec<&str> = missing.map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        missing,
        [
            "the PRD has no section for acceptance criteria",
            "the PRD has no section for goals",
            "the PRD has no section for non-goals",
            "the PRD has no section for requirements",
            "the PRD has no section for the problem",
        ]
    );
}

#[test]
fn a_good_prd_without_the_word_lacks_acceptance_and_nothing_else() {
    let text = "# Search\n\n## Background\n\nNobody finds anything.\n\n## Objectives\n\n- Find it\n\n## Out of scope\n\n- Ranking of hits\n\n## Functional requirements\n\n- **FR-001**: Search MUST answer.\n\n## Success metrics\n\n- **SC-001**: 90 % find it.\n";
    let report = alone("prd.md", text);
    let errors: Vec<&str> = report.findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(errors, ["the PRD has no section for acceptance criteria"]);
    let named = text.replace(
        "## Success metrics",
        "## Definition of done\n\n- It answers.\n\n## Success metrics",
    );
    assert_eq!(alone("prd.md", &named).findings, []);
}

#[test]
fn a_prd_alone_is_not_told_that_it_lacks_tasks() {
    let report = alone("docs/prd.md", PRD);
    let of_others = [
        "SK-STR-001",
        "SK-TRC-001",
        "SK-TRC-003",
        "SK-PLN-001",
        "SK-TRC-005",
    ];
    assert!(
        report
            .findings
            .iter()
            .all(|f| !of_others.contains(&f.rule.as_str()))
    );
}
