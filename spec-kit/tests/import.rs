//! A feature of github/spec-kit becomes one document, and a bundle of it has what its files had.

mod bundle_support;

use bundle_support::{bundle, errors, files, source};
use ops_spec_kit::generate::Output;
use ops_spec_kit::import::{Imported, import};

const SPEC: &str = include_str!("import/spec.md");
const BESIDE: [(&str, &str); 6] = [
    ("constitution.md", include_str!("import/constitution.md")),
    ("contracts", ""),
    ("data-model.md", "# Data Model\n\nNothing yet.\n"),
    ("plan.md", include_str!("import/plan.md")),
    ("research.md", include_str!("import/research.md")),
    ("tasks.md", include_str!("import/tasks.md")),
];

fn imported() -> Imported {
    import(SPEC, &BESIDE)
}

fn generated(imported: &Imported) -> Output {
    let source = source(&imported.text);
    let output = bundle(&source).expect("a bundle");
    assert_eq!(errors(files(&source, &output)), [""; 0]);
    output
}

#[test]
fn the_specification_is_whole_and_the_rest_is_told() {
    let imported = imported();
    assert!(imported.text.starts_with(SPEC.trim_end()));
    let taken: Vec<(&str, String)> = imported
        .taken
        .iter()
        .map(|(file, sections)| (file.as_str(), sections.join("; ")))
        .collect();
    assert_eq!(
        taken,
        [
            ("spec.md", String::new()),
            ("constitution.md", "Core Principles".into()),
            ("plan.md", "Technical Context".into()),
            ("research.md", "Mail provider".into()),
            (
                "tasks.md",
                "Phase 1: Setup (Shared Infrastructure); Phase 2: Foundational (Blocking Prerequisites); Phase 3: User Story 1 - Buy a voucher (Priority: P1) 🎯 MVP; Phase 4: User Story 2 - Pay with a voucher (Priority: P2)"
                    .into()
            ),
        ]
    );
    let left: Vec<&str> = imported
        .left
        .iter()
        .map(|(what, _)| what.as_str())
        .collect();
    assert_eq!(
        left,
        [
            "constitution.md, Governance",
            "plan.md, Summary",
            "plan.md, Constitution Check",
            "plan.md, Project Structure",
            "data-model.md",
            "tasks.md, Format: `[ID] [P?] [Story] Description`",
            "tasks.md, Dependencies & Execution Order",
            "tasks.md, Notes",
            "contracts",
        ]
    );
    assert_eq!(imported, self::imported());
}

#[test]
fn ids_labels_ticks_and_order_of_the_tasks_stay() {
    let output = generated(&imported());
    let tasks = output.file("tasks.md").expect("tasks");
    let lines: Vec<&str> = tasks
        .lines()
        .filter(|line| line.starts_with("- [") && line.contains("] T00"))
        .filter_map(|line| line.split(" ‹").next())
        .collect();
    for expected in [
        "- [x] T001 Create the project with FastAPI in src/",
        "- [x] T002 [FR-002] Write the migration of vouchers in migrations/001_vouchers.sql",
        "- [ ] T003 [US1] [FR-002] Write the voucher model in src/models/voucher.py (depends on T002)",
        "- [ ] T004 [US1] [FR-001] Send the code by mail after the payment in src/services/mail.py (depends on T003)",
        "- [ ] T005 [US2] [FR-002] Take a voucher's worth off an order in src/services/orders.py (depends on T003)",
        "- [ ] T006 [US2] [FR-003] Refuse a code that was used up in src/services/orders.py (depends on T005)",
    ] {
        assert!(
            lines.contains(&expected),
            "{expected}\n{}",
            lines.join("\n")
        );
    }
}

#[test]
fn what_a_phase_has_for_another_story_has_no_label() {
    let output = generated(&imported());
    let tasks = output.file("tasks.md").expect("tasks");
    let shown = tasks.lines().find(|line| line.contains("Show SC-001"));
    let shown = shown.expect("a task");
    assert!(
        shown.contains(" [SC-001,") && !shown.contains("[US"),
        "{shown}"
    );
}

#[test]
fn a_task_that_shows_a_criterion_is_not_made_twice() {
    let output = generated(&imported());
    let tasks = output.file("tasks.md").expect("tasks");
    let named: Vec<&str> = tasks
        .lines()
        .filter(|line| line.contains("[SC-002"))
        .collect();
    assert_eq!(named.len(), 1, "{named:?}");
    assert!(named[0].starts_with("- [x] T009 [SC-002"), "{named:?}");
    let plan = output.file("plan.md").expect("a plan");
    let row = plan.lines().find(|line| line.contains("(SC-002) |"));
    assert!(
        row.is_some_and(|row| row.contains("T009")),
        "{row:?}\n{plan}"
    );
}

#[test]
fn tasks_are_no_contradiction_and_a_bare_mark_asks_about_its_line() {
    let output = generated(&imported());
    let prd = output.file("prd.md").expect("a PRD");
    assert!(!prd.contains(" in one place"), "{prd}");
    let asked: Vec<&str> = prd
        .lines()
        .filter(|line| line.starts_with("- **Q-"))
        .collect();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("target platform"), "{asked:?}");
}

#[test]
fn principles_context_and_decisions_are_in_the_bundle() {
    let output = generated(&imported());
    let has = |name: &str, words: &str| {
        let text = output.file(name).expect("a document");
        assert!(text.contains(words), "{name} has no {words:?}:\n{text}");
    };
    has("constitution.md", "Money Is Counted in Cents");
    has("constitution.md", "Mail Is Sent Once");
    has("plan.md", "**Language/Version**: Python 3.13");
    has("plan.md", "**Storage**: PostgreSQL 17");
    has(
        "plan.md",
        "Postmark, because bounces come back within seconds",
    );
    has(
        "prd.md",
        "**FR-003**: The system MUST refuse a code that was used up.",
    );
    has(
        "prd.md",
        "### User Story 2 - Pay with a voucher (Priority: P2)",
    );
}

#[test]
fn a_template_that_nobody_filled_in_is_left() {
    let constitution =
        "# [PROJECT_NAME] Constitution\n\n## Core Principles\n\n### [PRINCIPLE_1_NAME]\n";
    let imported = import(SPEC, &[("constitution.md", constitution)]);
    assert_eq!(imported.text, SPEC);
    assert_eq!(imported.left.len(), 1);
    assert!(imported.left[0].1.contains("template"));
}
