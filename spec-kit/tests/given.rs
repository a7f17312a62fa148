//! What is given stays given: ids without their lock, what people write between the marks, and what
//! is out of scope until somebody decides.

mod bundle_support;

use bundle_support::{bundle, errors, files, source};
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::compile;
use ops_spec_kit::config::Config;
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{Existing, Output, Request, generate};
use ops_spec_kit::report::Report;
use ops_spec_kit::rules::Severity;
use ops_spec_kit::trace::Graph;
use std::collections::BTreeMap;

const PRD: &str = include_str!("../../docs/prd.md");

const SHOP: &str = "# Shop\n\n## Problem\n\nBuyers lose their cart.\n\n## Goals\n\n- Carts survive\n\n## Non-goals\n\n- Gift card payments\n\n## Requirements\n\n1. The system MUST keep a cart for 30 days.\n2. The system MUST accept gift card payments.\n";

fn existing(output: &Output, without: &[&str]) -> Existing {
    let files = output.files.iter();
    let files = files.filter(|(name, _)| !without.contains(&name.as_str()));
    Existing::of(files.map(|(name, text)| (name.as_str(), text.as_str())))
}

fn again(source: &Document, existing: &Existing) -> Output {
    let request = Request {
        existing: Some(existing),
        ..Request::new(source, "any")
    };
    generate(&request).expect("a bundle")
}

fn report(files: bundle_support::Files) -> Report {
    check(&Bundle::group(files), &Options::new(&Config::default()))
}

fn said(report: &Report, rule: &str) -> Vec<String> {
    let own = report.findings.iter().filter(|f| f.rule == rule);
    own.map(|finding| finding.message.clone()).collect()
}

/// Every id, with its words.
fn ids(output: &Output) -> BTreeMap<&str, &str> {
    let nodes = output.manifest.nodes.iter();
    nodes
        .map(|node| (node.id.as_str(), node.text.as_str()))
        .collect()
}

#[test]
fn a_lost_lock_is_told_and_the_ids_of_the_manifest_stay() {
    let first = bundle(&source(PRD)).expect("a bundle");
    // Another order, so that an id that is given anew is another one.
    let lines = PRD
        .lines()
        .filter(|line| !line.contains("Sessions CRUD + archive"));
    let moved: Vec<&str> = lines.collect();
    let moved = moved
        .join("\n")
        .replace("## Personas", "## Other\n\n- Words\n\n## Personas");
    let changed = source(&moved);
    let with_lock = again(&changed, &existing(&first, &[]));
    let without = again(&changed, &existing(&first, &["spec-kit.lock"]));
    assert!(with_lock.files.len() == 6 && moved.len() != PRD.len());
    assert_eq!(ids(&with_lock), ids(&without));
    let note = |output: &Output| {
        output
            .notes
            .iter()
            .any(|n| n.contains("spec-kit.lock is gone"))
    };
    assert!(note(&without) && !note(&with_lock));
    // Nothing is known where there is no manifest either.
    let bare = again(
        &changed,
        &existing(&first, &["spec-kit.lock", "spec-kit.json"]),
    );
    assert!(!note(&bare));
}

#[test]
fn a_bundle_without_its_lock_is_told_of() {
    let source = source(SHOP);
    let output = bundle(&source).expect("a bundle");
    let mut files = files(&source, &output);
    assert_eq!(said(&report(files.clone()), "SK-IDS-003"), [""; 0]);
    files.retain(|(path, _)| !path.ends_with("spec-kit.lock"));
    assert_eq!(
        said(&report(files), "SK-IDS-003"),
        ["spec-kit.lock is gone, so an id that was retired may be given again"]
    );
}

/// The bundle with lines in the block of its task list.
fn with_tasks(output: &Output, lines: &str) -> Output {
    let mut output = output.clone();
    for (name, text) in &mut output.files {
        if name == "tasks.md" {
            let mark = "<!-- sk:unlock tasks-notes -->\n";
            assert!(text.contains(mark));
            *text = text.replace(mark, &format!("{mark}{lines}"));
        }
    }
    output
}

#[test]
fn tasks_that_people_write_between_the_marks_are_tasks() {
    let source = source(SHOP);
    let first = bundle(&source).expect("a bundle");
    let own = "\n- [ ] T900 [FR-001] Tell the support in docs/support.md\n  - Verify: `make support`\n- [ ] T901 Ask again (depends on T900)\n- [ ] Buy a cake\n\n";
    let written = with_tasks(&first, own);
    let files = files(&source, &written);
    let found = report(files.clone());
    assert_eq!(errors(files.clone()), [""; 0]);
    assert_eq!(said(&found, "SK-TSK-007"), [""; 0]);
    let bundles = Bundle::group(files);
    let graph = Graph::of_bundle(bundles.first().expect("a bundle"));
    let way = graph.reverse("T900").expect("known");
    assert!(way[0].text.starts_with("Tell the support"), "{way:?}");
    // What the manifest knows has its place in the source.
    assert!(
        way.iter()
            .any(|step| step.id == "FR-001" && step.place.as_deref() == Some("docs/input.md:17")),
        "{way:?}"
    );
    assert!(graph.matrix().loose_tasks.contains(&"T901".to_owned()));
    let row = found.coverage[0].rows.iter().find(|row| row.id == "FR-001");
    assert!(row.expect("a row").tasks.contains(&"T900".to_owned()));
    let tasks = written.file("tasks.md").expect("tasks");
    let tasks = ops_spec_kit::read::document("spec/any/tasks.md", tasks.as_bytes()).expect("text");
    let request = compile::Request {
        slug: "any",
        lanes: &["A"],
    };
    let compiled = compile::compile(&tasks, &request).expect("runs");
    assert!(compiled.tasks.contains(&"T900".to_owned()));
    let skipped = compiled.skipped.iter().map(|s| s.task.as_str());
    assert!(skipped.collect::<Vec<_>>().contains(&"T901"));
}

#[test]
fn an_id_that_people_gave_is_given_to_nothing_else() {
    let first = bundle(&source(SHOP)).expect("a bundle");
    let last = first
        .manifest
        .nodes
        .iter()
        .filter(|n| n.id.starts_with('T'));
    let next = last.count() + 1;
    let own = format!("- [ ] T{next:03} [FR-001] Tell the support in docs/support.md\n");
    let written = with_tasks(&first, &own);
    let longer = format!("{SHOP}3. The system MUST print an invoice.\n");
    let longer = source(&longer);
    let second = again(&longer, &existing(&written, &[]));
    assert!(ids(&second).len() > ids(&first).len());
    assert!(!ids(&second).contains_key(format!("T{next:03}").as_str()));
    let all = bundle_support::files(&longer, &second);
    assert_eq!(errors(all), [""; 0]);
}

#[test]
fn a_task_that_does_what_is_excluded_waits_for_the_decision_and_says_so() {
    let source = source(SHOP);
    let output = bundle(&source).expect("a bundle");
    let mark = "Do not begin before the scope is settled: ";
    let tasks = output.file("tasks.md").expect("tasks");
    let marked: Vec<&str> = tasks.lines().filter(|line| line.contains(mark)).collect();
    assert!(!marked.is_empty(), "{tasks}");
    assert!(
        marked.iter().all(|line| line.contains("gift card")),
        "{marked:?}"
    );
    // The question names both places, and a way leads from the task to the requirement.
    let prd = output.file("prd.md").expect("a PRD");
    assert!(
        prd.contains("[NEEDS CLARIFICATION: ") && prd.contains("‹L13, L18›"),
        "{prd}"
    );
    let graph = Graph::of(&output.manifest);
    let task = output
        .manifest
        .nodes
        .iter()
        .find(|node| node.text.starts_with(mark));
    let task = task.expect("a node");
    let way = graph.reverse(&task.id).expect("known");
    assert!(way[0].text.starts_with(mark));
    assert!(way.iter().any(|step| step.id == "FR-002"), "{way:?}");
    assert_eq!(
        said(&report(files(&source, &output)), "SK-TRC-006"),
        [""; 0]
    );
    // Without the mark it is an error, at the task.
    let mut bare = output.clone();
    for (_, text) in &mut bare.files {
        *text = text.replace(mark, "");
    }
    let found = said(&report(files(&source, &bare)), "SK-TRC-006");
    assert_eq!(found.len(), marked.len(), "{found:?}");
    assert!(
        found
            .iter()
            .all(|message| message.contains("excludes: Gift card payments"))
    );
}

#[test]
fn what_is_asked_for_and_forbidden_in_the_same_words_is_a_question_with_both_places() {
    let text = SHOP.replace(
        "2. The system MUST accept gift card payments.",
        "2. The system MUST export CSV files.\n3. The system MUST NOT export CSV files.",
    );
    let source = source(&text);
    let output = bundle(&source).expect("a bundle");
    let prd = output.file("prd.md").expect("a PRD");
    assert!(
        prd.contains("[NEEDS CLARIFICATION: One place says “The system MUST export CSV files”, another “The system MUST NOT export CSV files”. Which holds?] ‹L18, L19›"),
        "{prd}"
    );
    assert!(
        prd.contains("**FR-002**: The system MUST export")
            && prd.contains("**FR-003**: The system MUST NOT")
    );
    let files = files(&source, &output);
    assert_eq!(errors(files.clone()), [""; 0]);
    // A warning in what was just generated, an error in the source.
    assert_eq!(said(&report(files), "SK-CNS-004").len(), 1);
    let found = report(vec![("docs/prd.md".to_owned(), text.into_bytes())]);
    let mut found = found.findings.iter().filter(|f| f.rule == "SK-CNS-004");
    let finding = found.next().expect("a finding");
    assert_eq!(found.count(), 0);
    assert_eq!(
        (
            finding.severity,
            finding.place.line,
            finding.related[0].place.line
        ),
        (Severity::Error, 19, 18)
    );
}
