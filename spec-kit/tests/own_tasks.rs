//! A source that has its tasks already: ids, labels, paths, ticks and order stay.

mod bundle_support;

use bundle_support::{bundle, errors, files, source};
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::Output;
use ops_spec_kit::manifest::Relation;

const SEARCH: &str = include_str!("own_tasks/search.md");

fn made(text: &str) -> (Document, Output) {
    let source = source(text);
    let output = bundle(&source).expect("a bundle");
    assert_eq!(errors(files(&source, &output)), [""; 0]);
    (source, output)
}

fn tasks(output: &Output) -> &str {
    output.file("tasks.md").expect("tasks")
}

/// The lines of a task, without where they come from.
fn task(output: &Output, id: &str) -> Vec<String> {
    let start = format!("] {id} ");
    let mut lines = tasks(output)
        .lines()
        .skip_while(|line| !line.contains(&start));
    let first = lines.next().unwrap_or_else(|| panic!("no {id}"));
    let below = lines.take_while(|line| line.starts_with("  - "));
    let plain = |line: &str| line.split(" ‹").next().unwrap_or("").to_owned();
    [first].into_iter().chain(below).map(plain).collect()
}

#[test]
fn a_task_keeps_its_id_its_labels_and_what_stands_below_it() {
    let (_, output) = made(SEARCH);
    for (id, lines) in [
        (
            "T001",
            &["- [x] T001 Create the project structure in src/"][..],
        ),
        (
            "T002",
            &["- [ ] T002 [P] [US1] Write the order model in src/order.py"],
        ),
        (
            "T003",
            &[
                "- [ ] T003 [US1] [FR-001] Find an order by its number in src/find.py (depends on T002)",
            ],
        ),
        (
            "T004",
            &[
                "- [ ] T004 [P] [US1] [FR-001,FR-002] Write the order list in `src/list.py`",
                "  - Keep it short",
                "  - Verify: `make list`",
            ],
        ),
        (
            "T006",
            &[
                "- [ ] T006 [FR-003] Say who looks (depends on T005)",
                "  - Where: `src/audit.py`",
                "  - Depends on nobody's mood",
                "  - Name the agent",
            ],
        ),
        (
            "T007",
            &["- [ ] T007 [SC-001] Write the handbook in docs/handbook.md (depends on T006)"],
        ),
    ] {
        assert_eq!(task(&output, id), lines);
    }
    // Each is for its phase, and the phase says which of the source's it is.
    let text = tasks(&output);
    assert!(
        text.contains("\n## Phase 3: User Story 1 (phase 2 of the source)\n"),
        "{text}"
    );
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("no {words}"));
    assert!(
        at("] T007") > at("phase 3 of the source") && at("] T006") < at("phase 3 of the source")
    );
    let edge = |from: &str, to: &str| {
        let edges = &output.manifest.edges;
        edges
            .iter()
            .any(|edge| edge.relation == Relation::DependsOn && edge.from == from && edge.to == to)
    };
    assert!(edge("T003", "T002") && edge("T007", "T006"));
}

#[test]
fn what_is_not_there_or_comes_later_is_told_and_waited_for_by_nothing() {
    let (_, output) = made(SEARCH);
    let lines = task(&output, "T005");
    assert_eq!(
        lines[0],
        "- [ ] T005 [FR-002] Show the list, as the source's T004 has it (depends on the source's T099, the source's T007) (depends on T008)"
    );
    let prd = output.file("prd.md").expect("a PRD");
    assert!(
        prd.contains("[NEEDS CLARIFICATION: The source uses T099, and nothing"),
        "{prd}"
    );
    // Nothing of the bundle is called so.
    assert!(output.manifest.node("T099").is_none());
}

#[test]
fn a_circle_and_a_double_id_are_no_reason_to_lose_a_task() {
    let milestones = "## Milestones\n\n### M1\n\n- [ ] T001 Bake in src/bake.rs (depends on T003)\n- [ ] T002 Knead in src/knead.rs (depends on T001)\n- [ ] T003 Weigh in src/weigh.rs (depends on T002)\n\n### M2\n\n- [ ] T003 Sell in src/sell.rs\n- [ ] T004 Count in src/count.rs (depends on T3)\n";
    let (_, output) = made(&format!(
        "# Bakery\n\n## Goals\n\n- Sell bread\n\n## Requirements\n\n- **FR-001**: Bread MUST be fresh.\n\n{milestones}"
    ));
    for words in ["Bake in", "Knead in", "Weigh in", "Sell in", "Count in"] {
        assert!(tasks(&output).contains(words), "{words}");
    }
    assert_eq!(
        task(&output, "T004")[0],
        "- [ ] T004 Count in src/count.rs (depends on T003)"
    );
}

#[test]
fn the_same_bundle_comes_of_it_again() {
    let (source, first) = made(SEARCH);
    let existing = ops_spec_kit::generate::Existing::of(
        first
            .files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str())),
    );
    let request = ops_spec_kit::generate::Request {
        existing: Some(&existing),
        ..ops_spec_kit::generate::Request::new(&source, "any")
    };
    let again = ops_spec_kit::generate::generate(&request).expect("a bundle");
    assert_eq!(again.files, first.files);
}
