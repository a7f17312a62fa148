//! What the documentation says of this library, held against it.

use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::compile::{self, compile};
use ops_spec_kit::config::{Baseline, Config};
use ops_spec_kit::generate::{Request, generate};
use ops_spec_kit::manifest::{Manifest, NodeKind};
use ops_spec_kit::read::document;
use ops_spec_kit::rules::{fill, markdown, rule};
use ops_spec_kit::trace::Graph;
use std::collections::BTreeSet;

const SPEC_KIT: &str = include_str!("../../docs/SPEC-KIT.md");
const PULSER: &str = include_str!("../../docs/PULSER.md");

/// What stands between fences of this language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let open = format!("```{language}\n");
    let blocks = text.split(&open).skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

fn rules_that_fire(file: &str, text: &str) -> BTreeSet<String> {
    let document = document(file, text.as_bytes()).expect("text");
    let config = Config::default();
    let report = check(&[Bundle::single(document)], &Options::new(&config));
    report.findings.into_iter().map(|f| f.rule).collect()
}

#[test]
fn the_table_of_rules_is_that_of_the_code() {
    assert!(SPEC_KIT.contains(&markdown()), "{}", markdown());
    assert!(
        SPEC_KIT == fill(SPEC_KIT),
        "run `cargo run -p ops-spec-kit --example rules` and keep what it prints"
    );
}

#[test]
fn every_rule_that_is_named_exists() {
    for text in [SPEC_KIT, PULSER] {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        for word in words.filter(|word| word.starts_with("SK-") && !word.ends_with('-')) {
            assert!(rule(word).is_some(), "{word}");
        }
    }
}

#[test]
fn the_configuration_that_is_shown_can_be_read() {
    let blocks = blocks(SPEC_KIT, "toml");
    assert!(!blocks.is_empty());
    for text in blocks {
        let config = Config::parse("spec-kit.toml", text).expect("a configuration");
        assert!(config != Config::default());
    }
}

#[test]
fn the_baseline_that_is_shown_can_be_read() {
    let baselines: Vec<_> = blocks(SPEC_KIT, "json")
        .into_iter()
        .map(|text| Baseline::parse("baseline.json", text).expect("a baseline"))
        .collect();
    assert_eq!(baselines.len(), 1);
    assert_eq!(baselines[0].entries.len(), 1);
}

#[test]
fn the_finding_that_is_shown_is_the_one_that_is_said() {
    let text = "# Search\n\n## Requirements\n\n- **FR-003**: Search MUST be fast.\n";
    let document = document("search/prd.md", text.as_bytes()).expect("text");
    let config = Config::default();
    let report = check(&[Bundle::single(document)], &Options::new(&config));
    let said = ops_spec_kit::report::text(&report, ops_spec_kit::report::Colour::Plain);
    let shown = blocks(SPEC_KIT, "text");
    let shown = shown
        .iter()
        .find(|block| block.contains("SK-REQ-002 FR-003"));
    let (_, shown) = shown.expect("a finding").split_once('\n').expect("lines");
    assert!(said.contains(shown), "{said}");
}

/// A count of requirements is one of what stands there, whatever the ids are called.
#[test]
fn requirements_with_ids_of_their_own_are_counted() {
    for id in ["REQ-1", "F2", "FR-001"] {
        let text = format!(
            "# A\n\n## Goals\n\n- Find orders\n\n## Requirements\n\n- **{id}**: Orders MUST be found\n"
        );
        let source = document("prd.md", text.as_bytes()).expect("text");
        let output = generate(&Request::new(&source, "a")).expect("a bundle");
        let files = output
            .files
            .iter()
            .map(|(name, text)| (format!("spec/a/{name}"), text.clone().into_bytes()));
        let config = Config::default();
        let report = check(&Bundle::group(files), &Options::new(&config));
        let counted = report.findings.iter().find(|f| f.rule == "SK-TSK-007");
        assert_eq!(counted.map(|f| &f.message), None, "{id}");
    }
}

/// github/spec-kit's own form, which has stories and neither a problem nor goals.
const SPEC: &str = "\
# Feature Specification: Search

## User Scenarios & Testing *(mandatory)*

### User Story 1 - Find an order (Priority: P1)

A support agent finds an order by its number.

**Acceptance Scenarios**:

1. **Given** an order, **When** its number is typed, **Then** it is shown

## Requirements *(mandatory)*

### Functional Requirements

- **FR-001**: System MUST find an order by its number
- **FR-007**: System MUST show its state
";

#[test]
fn a_specification_of_spec_kit_is_a_source_and_its_ids_stay() {
    let source = document("specs/001-search/spec.md", SPEC.as_bytes()).expect("text");
    let output = generate(&Request::new(&source, "search")).expect("a bundle");
    let prd = output.file("prd.md").expect("prd.md");
    for line in [
        "- **FR-001**: System MUST find an order",
        "- **FR-007**: System MUST show its state",
    ] {
        assert!(prd.contains(line), "{prd}");
    }
}

#[test]
fn every_kind_of_id_is_in_the_table() {
    for kind in NodeKind::ALL {
        let (prefix, width) = kind.prefix();
        let id = format!("`{prefix}{:0width$}`", 1);
        assert!(SPEC_KIT.contains(&id), "{id}");
    }
}

#[test]
fn no_page_installs_what_nobody_has_published() {
    for (file, text) in [("docs/PULSER.md", PULSER), ("docs/SPEC-KIT.md", SPEC_KIT)] {
        assert!(
            !rules_that_fire(file, text).contains("SK-DOC-PKG"),
            "{file}"
        );
    }
    // The rule reads these pages at all.
    let bad = format!("{PULSER}\n```sh\nnpm install @pulser/sdk\n```\n");
    assert!(rules_that_fire("docs/PULSER.md", &bad).contains("SK-DOC-PKG"));
}

/// A report that says "0 errors" of what it does not know would be no report.
#[test]
fn a_document_of_no_known_kind_is_reported_and_fails() {
    let document = document("notes.md", b"# Notes\n\nThe acceptance was fine.\n").expect("text");
    let config = Config::default();
    let report = check(&[Bundle::single(document)], &Options::new(&config));
    let said: Vec<&str> = report.findings.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(said, ["SK-STR-003"]);
    assert_eq!(report.findings[0].place.line, 1);
    assert_eq!(report.exit(), ops_spec_kit::report::Exit::Findings);
}

const MANIFEST: &str = include_str!("../../spec/ops-control-room/spec-kit.json");
const TASKS: &str = include_str!("../../spec/ops-control-room/tasks.md");

#[test]
fn what_becomes_of_our_own_tasks_is_counted_as_it_is_said() {
    let tasks = document("tasks.md", TASKS.as_bytes()).expect("text");
    let request = compile::Request {
        slug: "ops-control-room",
        lanes: &["A"],
    };
    let compiled = compile(&tasks, &request).expect("runs");
    let (done, runs, left) = (
        compiled.done.len(),
        compiled.tasks.len(),
        compiled.skipped.len(),
    );
    let said = format!(
        "Of the {} tasks of this project's bundle, as it was generated in November 2026, {done} are ticked and {runs} become runs.\nThe other {left} have no command",
        done + runs + left
    );
    assert!(SPEC_KIT.contains(&said), "{said}");
}

#[test]
fn the_trace_that_is_shown_is_the_one_that_is_said() {
    let manifest = Manifest::parse(MANIFEST).expect("a manifest");
    let way = Graph::of(&manifest).reverse("T012").expect("a task");
    let said = ops_spec_kit::trace::steps(&way);
    let shown = blocks(SPEC_KIT, "text");
    assert!(shown.contains(&said.as_str()), "{said}");
}
