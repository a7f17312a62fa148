//! Every rule: one planted violation that is found once, at its line, and one near miss.

mod bench;
mod cases;
mod examples;
mod keeping;
mod seed;

use bench::{Case, edited, full_path, line_of, report};
use ops_spec_kit::report::Report;
use ops_spec_kit::rules::{Severity, rules};
use std::collections::BTreeSet;

fn lines(report: &Report) -> String {
    let line = |finding: &ops_spec_kit::report::Finding| {
        format!(
            "{}:{} {} {} {}\n",
            finding.place.file,
            finding.place.line,
            finding.severity.word(),
            finding.rule,
            finding.message
        )
    };
    report.findings.iter().map(line).collect()
}

#[test]
fn the_good_bundle_has_no_finding() {
    assert_eq!(lines(&report(&[])), "");
}

#[test]
fn every_rule_finds_its_planted_violation_once_at_its_line() {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let found = report(case.bad);
        let hits: Vec<_> = found
            .findings
            .iter()
            .filter(|finding| finding.rule == case.rule)
            .collect();
        let line = line_of(&edited(case.bad), case.at.0, case.at.1);
        let is_right = matches!(hits.as_slice(), [hit] if hit.place.line == line && hit.place.file == full_path(case.at.0));
        if !is_right {
            wrong.push(format!(
                "{} at {}:{line}, found\n{}",
                case.rule,
                case.at.0,
                lines(&found)
            ));
        }
        wrong.extend(strays(case, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn strays(case: &Case, report: &Report) -> Option<String> {
    let stray = report.findings.iter().find(|finding| {
        finding.severity == Severity::Error
            && finding.rule != case.rule
            && !case.with.contains(&finding.rule.as_str())
    })?;
    Some(format!(
        "{} also breaks {}: {}",
        case.rule, stray.rule, stray.message
    ))
}

#[test]
fn no_rule_finds_its_near_miss() {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let found = report(case.near);
        let is_hit = found
            .findings
            .iter()
            .any(|finding| finding.rule == case.rule);
        if is_hit || found.count(Severity::Error) > 0 {
            wrong.push(format!("{}, found\n{}", case.rule, lines(&found)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let tested: BTreeSet<&str> = cases::all().map(|case| case.rule).collect();
    // Tested beside a baseline, in `keeping.rs`.
    let untested: Vec<&str> = rules()
        .map(|rule| rule.id)
        .filter(|id| !tested.contains(id) && *id != "SK-BAS-001")
        .collect();
    assert_eq!(untested, Vec::<&str>::new());
}
