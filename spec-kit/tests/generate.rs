//! From one document to a bundle: what the project's own PRD becomes, and what holds for any.

mod generate_support;
mod wild_support;

use generate_support::{
    differences, document, edges_of, generated, own_prd, plain_nodes, stated, validated,
};
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{
    DOCUMENTS, Existing, MAX_SOURCE_BYTES, Overwrite, Refusal, Request, generate,
};
use ops_spec_kit::manifest::{Manifest, NodeKind, Relation};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeSet;
use wild_support::prd_like;

fn ids(manifest: &Manifest, kind: NodeKind) -> Vec<&str> {
    manifest
        .nodes
        .iter()
        .filter(|node| node.kind == kind)
        .map(|node| node.id.as_str())
        .collect()
}

#[test]
fn the_own_prd_gives_what_people_count_in_it() {
    let prd = own_prd();
    let output = generated(&prd);
    let manifest = &output.manifest;
    let place = |id: &str| {
        let source = manifest.node(id).and_then(|node| node.source.clone());
        source.map(|source| format!("{}:{}", source.file, source.line))
    };
    for (kind, count) in [
        (NodeKind::Goal, 6),
        (NodeKind::NonGoal, 3),
        (NodeKind::Persona, 3),
        // Ten that it lists, and two of goals that none of these serves.
        (NodeKind::Requirement, 12),
        (NodeKind::Question, 2),
    ] {
        assert_eq!(ids(manifest, kind).len(), count, "{kind:?}");
    }
    let line = |needle: &str| {
        let at = prd
            .source
            .text()
            .lines()
            .position(|line| line.contains(needle));
        format!("docs/prd.md:{}", at.expect("a line") + 1)
    };
    assert_eq!(place("FR-001"), Some(line("Sessions CRUD")));
    assert_eq!(place("FR-010"), Some(line("Spec Kit generate/validate")));
    let hard = ids(manifest, NodeKind::Acceptance)
        .into_iter()
        .filter(|id| place(id) >= Some(line("Multiple workers execute")))
        .count();
    assert_eq!(hard, 6);
    let plan = output.file("plan.md").expect("a plan");
    for name in [
        "`sessions`",
        "`run_templates`",
        "`runs`",
        "`run_events`",
        "`artifacts`",
        "`spec_docs`",
        "`run_steps`",
    ] {
        assert!(plan.contains(&format!("| {name} |")), "table {name}");
    }
    for path in ["create", "claim", "heartbeat", "cancel"] {
        assert!(
            plan.contains(&format!("| POST | `/runs.{path}` |")),
            "{path}"
        );
    }
    for screen in ["Chat", "Templates", "Runs", "Spec Kit", "Runboard"] {
        assert!(plan.contains(&format!("| **{screen}** |")), "{screen}");
    }
    let tasks = output.file("tasks.md").expect("tasks");
    for index in [
        "runs(session_id, lane, status, priority, created_at)",
        "runs(status, priority, created_at)",
        "run_events(run_id, ts)",
        "artifacts(run_id, ts)",
        "runs(status, heartbeat_at)",
    ] {
        assert!(tasks.contains(&format!("`{index}`")), "{index}");
    }
}

#[test]
fn each_requirement_and_criterion_of_the_own_prd_reaches_a_task() {
    let output = generated(&own_prd());
    let reached: BTreeSet<&str> = output
        .manifest
        .edges
        .iter()
        .filter(|edge| edge.relation == Relation::Implements)
        .map(|edge| edge.to.as_str())
        .collect();
    for kind in [
        NodeKind::Requirement,
        NodeKind::NonFunctional,
        NodeKind::Acceptance,
    ] {
        for id in ids(&output.manifest, kind) {
            assert!(reached.contains(id), "{id}");
        }
    }
}

#[test]
fn contradictions_become_questions_with_both_places() {
    let prd = own_prd();
    let output = generated(&prd);
    let text = output.file("prd.md").expect("a PRD");
    let question = text
        .lines()
        .find(|line| line.starts_with("- **Q-01**"))
        .expect("a question");
    assert!(
        question.contains("[NEEDS CLARIFICATION: “Artifacts upload"),
        "{question}"
    );
    assert!(question.contains("‹[L138](../../docs/prd.md#L138), [L170](../../docs/prd.md#L170)›"));
    let tasks = output.file("tasks.md").expect("tasks");
    assert!(tasks.contains("[Q-01] Decide Q-01"));
}

#[test]
fn what_the_own_prd_becomes_has_no_errors() {
    let prd = own_prd();
    let errors = validated(&prd, &generated(&prd));
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn the_documents_say_what_the_manifest_says() {
    let output = generated(&own_prd());
    let (nodes, edges) = stated(&output);
    assert_eq!(
        differences(&nodes, &plain_nodes(&output.manifest)),
        Vec::<String>::new()
    );
    assert_eq!(
        differences(&edges, &edges_of(&output.manifest)),
        Vec::<String>::new()
    );
}

#[test]
fn a_second_generation_changes_no_byte() {
    let prd = own_prd();
    let first = generated(&prd);
    assert_eq!(generated(&prd), first);
    let existing = Existing::of(first.files.iter().map(|(n, t)| (n.as_str(), t.as_str())));
    let mut request = Request::new(&prd, "ops-control-room");
    request.link = Some("../../docs/prd.md");
    request.existing = Some(&existing);
    let second = generate(&request).expect("a bundle");
    assert_eq!(second.files, first.files);
    assert_eq!(second.zip, first.zip);
}

#[test]
fn ticks_and_notes_stay_and_other_edits_are_not_lost_silently() {
    let prd = own_prd();
    let first = generated(&prd);
    let with = |name: &str, change: &dyn Fn(&str) -> String| {
        Existing::of(first.files.iter().map(|(n, t)| (n.as_str(), t.as_str())))
            .documents
            .iter()
            .map(|(own, text)| {
                let text = if own == name {
                    change(text)
                } else {
                    text.clone()
                };
                (own.clone(), text)
            })
            .collect::<Vec<_>>()
    };
    let again = |documents: Vec<(String, String)>, overwrite| {
        let existing = Existing {
            documents,
            manifest: first.file("spec-kit.json").map(str::to_owned),
            lock: first.file("spec-kit.lock").map(str::to_owned),
        };
        let mut request = Request::new(&prd, "ops-control-room");
        request.link = Some("../../docs/prd.md");
        request.existing = Some(&existing);
        request.overwrite = overwrite;
        generate(&request)
    };
    let ticked = with("tasks.md", &|text| {
        text.replace("- [ ] T003", "- [x] T003")
            .replace("tasks-notes -->\n", "tasks-notes -->\nAsk Ann.\n")
    });
    let kept = again(ticked, Overwrite::Untouched).expect("a bundle");
    let tasks = kept.file("tasks.md").expect("tasks");
    assert!(tasks.contains("- [x] T003 ") && tasks.contains("\nAsk Ann.\n<!-- sk:lock -->"));
    let edited = with("plan.md", &|text| text.replace("## Risks", "## My Risks"));
    assert_eq!(
        again(edited.clone(), Overwrite::Untouched),
        Err(Refusal::Edited {
            files: vec!["plan.md".into()]
        })
    );
    let forced = again(edited, Overwrite::Edited).expect("a bundle");
    assert_eq!(forced.file("plan.md"), first.file("plan.md"));
}

#[test]
fn what_lacks_a_role_is_refused_and_says_which() {
    for (text, wanted) in [
        ("# A\n\nSome words on acceptance.\n", "## Problem"),
        ("# A\n\n## Problem\n\nIt is slow.\n", "## Requirements"),
        ("", "## Problem"),
    ] {
        let source = document("docs/prd.md", text);
        let error = generate(&Request::new(&source, "a")).expect_err("refused");
        assert!(error.to_string().contains(wanted), "{error}");
        assert!(error.to_string().starts_with("docs/prd.md: "), "{error}");
    }
    let source = document("prd.md", "# A\n\n## Goals\n\n- Be fast\n");
    let slug = generate(&Request::new(&source, "My Slug")).expect_err("refused");
    assert!(slug.to_string().contains("`my-slug`"), "{slug}");
    let mut request = Request::new(&source, "a");
    request.date = Some("2026-13-01");
    assert!(matches!(generate(&request), Err(Refusal::Date { .. })));
}

#[test]
fn a_goal_that_no_requirement_serves_becomes_one_at_its_place() {
    let source = document(
        "prd.md",
        "# A\n\n## Goals\n\n- Export invoices as PDF\n- Refund payments\n\n## Requirements\n\n- Invoices MUST be exported as PDF\n",
    );
    let output = generate(&Request::new(&source, "a")).expect("a bundle");
    let made = output.manifest.node("FR-002").expect("a requirement");
    assert_eq!(made.source.as_ref().map(|source| source.line), Some(6));
    assert!(made.text.contains("Refund payments"));
}

#[test]
fn a_structured_request_becomes_a_bundle_too() {
    let json =
        br#"{"slug": "a-b", "name": "A B", "description": "It is slow.", "goals": ["Be fast"]}"#;
    let (slug, source) = ops_spec_kit::model::request("request.json", json).expect("a request");
    let output = generate(&Request::new(&source, &slug)).expect("a bundle");
    assert_eq!(ids(&output.manifest, NodeKind::Requirement), ["FR-001"]);
    assert_eq!(validated(&source, &output), Vec::<String>::new());
}

#[test]
fn a_missing_task_line_and_a_doubled_id_are_noticed() {
    let prd = own_prd();
    let output = generated(&prd);
    let tasks = output.file("tasks.md").expect("tasks");
    let only = tasks
        .lines()
        .find(|line| line.contains("[NFR-012]"))
        .expect("a task")
        .to_owned();
    let mut without = output.clone();
    for (name, text) in &mut without.files {
        if name == "tasks.md" {
            *text = text.replace(&format!("{only}\n"), "");
        }
    }
    let errors = validated(&prd, &without);
    assert!(
        errors
            .iter()
            .any(|e| e.contains("SK-TRC-001") && e.contains("NFR-012")),
        "{errors:?}"
    );
    let mut doubled = output.clone();
    for (name, text) in &mut doubled.files {
        if name == "prd.md" {
            *text = text.replace("- **FR-002**:", "- **FR-001**:");
        }
    }
    let errors = validated(&prd, &doubled);
    assert!(
        errors.iter().any(|e| e.contains("SK-IDS-001")),
        "{errors:?}"
    );
}

fn any_bundle(source: &Document) -> Option<ops_spec_kit::generate::Output> {
    generate(&Request::new(source, "any")).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, rng_seed: RngSeed::Fixed(8), ..ProptestConfig::default() })]

    #[test]
    fn accepted_documents_give_the_same_bytes_twice_and_read_back(text in prd_like()) {
        let source = document("docs/prd.md", &text);
        if let Some(output) = any_bundle(&source) {
            prop_assert_eq!(any_bundle(&source), Some(output.clone()));
            let (nodes, edges) = stated(&output);
            prop_assert_eq!(differences(&nodes, &plain_nodes(&output.manifest)), Vec::<String>::new());
            prop_assert_eq!(differences(&edges, &edges_of(&output.manifest)), Vec::<String>::new());
            let existing = Existing::of(output.files.iter().map(|(n, t)| (n.as_str(), t.as_str())));
            let mut request = Request::new(&source, "any");
            request.existing = Some(&existing);
            let again = generate(&request).expect("a bundle");
            for name in DOCUMENTS {
                prop_assert_eq!(again.file(name), output.file(name));
            }
            prop_assert_eq!(validated(&source, &output), Vec::<String>::new());
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,300}") {
        let source = document("docs/prd.md", &format!("# A\n\n## Goals\n\n- {text}\n\n## Requirements\n\n- {text}\n"));
        let _ = any_bundle(&source);
    }
}

/// The bundle of this very project, as it is in the repository.
#[test]
fn the_committed_bundle_is_what_the_own_prd_gives() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/ops-control-room");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}"));
    let committed: Vec<(String, String)> = DOCUMENTS
        .iter()
        .chain(&["spec-kit.json", "spec-kit.lock"])
        .map(|name| {
            (
                (*name).to_owned(),
                read(name).expect("a file of the bundle"),
            )
        })
        .collect();
    let existing = Existing::of(committed.iter().map(|(n, t)| (n.as_str(), t.as_str())));
    let prd = own_prd();
    let mut request = Request::new(&prd, "ops-control-room");
    request.link = Some("../../docs/prd.md");
    request.existing = Some(&existing);
    let output = generate(&request).expect("a bundle");
    for (name, text) in &committed {
        let same = output.file(name) == Some(text.as_str());
        assert!(same, "{name}: generate it anew, as docs/SPEC-KIT.md says");
    }
}

const KIRO: &str = "\
# Requirements Document

## Introduction

Orders are taken by phone.

## Requirements

### Requirement 1

**User Story:** As a customer, I want to order bread, so that it is ready when I come.

#### Acceptance Criteria

1. WHEN a customer submits an order THEN the system SHALL store it

### Requirement 2

**User Story:** As a baker, I want to see the notes of an order, so that I can bake it.

#### Acceptance Criteria

1. WHEN an order is opened THEN the system SHALL show what the customer wrote
";

/// Headings without titles, as that editor writes them: what stands below one is said of it.
#[test]
fn criteria_belong_to_the_heading_that_they_stand_below() {
    let source = document(".kiro/specs/bakery/requirements.md", KIRO);
    let output = generate(&Request::new(&source, "bakery")).expect("a bundle");
    let shown = |from: &str| -> Vec<&str> {
        let edges = output.manifest.edges.iter();
        edges
            .filter(|edge| edge.from == from && edge.relation == Relation::Validates)
            .map(|edge| edge.to.as_str())
            .collect()
    };
    assert_eq!(shown("AC-001"), ["FR-001"]);
    assert_eq!(shown("AC-002"), ["FR-002"]);
    let prd = output.file("prd.md").expect("a PRD");
    for line in [
        "### User Story 1 - Order bread (Priority: P1)",
        "### User Story 2 - See the notes of an order (Priority: P2)",
        "**When** a customer submits an order, **Then** the system SHALL store it (per AC-001)",
    ] {
        assert!(prd.contains(line), "{line}\n{prd}");
    }
    assert_eq!(validated(&source, &output), Vec::<String>::new());
}

/// Where stories say what the requirements are for, success is measured and is no goal.
#[test]
fn success_criteria_of_a_story_led_specification_stay_what_they_are() {
    let source = document(
        "specs/001-a/spec.md",
        "# Feature Specification: A\n\n## User Scenarios & Testing\n\n### User Story 1 - Find (Priority: P1)\n\nAn agent finds an order.\n\n1. **Given** an order, **When** its number is typed, **Then** it is shown\n\n## Requirements\n\n- **FR-001**: System MUST find an order\n\n## Success Criteria\n\n- **SC-001**: 90 % of agents are content\n",
    );
    let output = generate(&Request::new(&source, "a")).expect("a bundle");
    assert_eq!(ids(&output.manifest, NodeKind::Success), ["SC-001"]);
    assert_eq!(ids(&output.manifest, NodeKind::Goal), [""; 0]);
    assert_eq!(ids(&output.manifest, NodeKind::Requirement), ["FR-001"]);
}

#[test]
fn what_holds_of_all_tables_is_asked_of_the_database() {
    let output = generated(&own_prd());
    let tasks = output.file("tasks.md").expect("tasks");
    let commands: Vec<&str> = tasks
        .lines()
        .filter(|line| line.contains("Verify: `psql"))
        .collect();
    for wanted in ["relrowsecurity", "pg_publication_tables"] {
        let found = commands.iter().find(|line| line.contains(wanted));
        assert!(
            found.is_some_and(|line| line.contains("('runs')")),
            "{wanted}"
        );
    }
    assert!(tasks.contains("write the answer into `docs/prd.md`: "));
}

/// A template whose title nobody filled in.
#[test]
fn a_token_in_the_title_is_said_to_be_open() {
    let source = document(
        "prd.md",
        "# [NAME]\n\n## Goals\n\n- Find orders\n\n## Requirements\n\n- Orders MUST be found\n",
    );
    let output = generate(&Request::new(&source, "a")).expect("a bundle");
    let prd = output.file("prd.md").expect("a PRD");
    assert!(prd.starts_with("# PRD: TODO(NAME)\n"), "{prd}");
    assert_eq!(validated(&source, &output), Vec::<String>::new());
}

/// Its documents could not be read any more.
#[test]
fn a_source_that_is_too_large_is_refused() {
    let text = "a".repeat(MAX_SOURCE_BYTES + 1);
    let refusal = generate(&Request::new(&document("docs/prd.md", &text), "a"));
    let said = refusal.expect_err("a refusal").to_string();
    assert_eq!(
        said,
        "docs/prd.md: 16777217 bytes; a bundle is made of at most 16777216"
    );
}
