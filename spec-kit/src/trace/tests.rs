use super::*;
use crate::manifest::NodeSource;

fn graph() -> Graph {
    let node = |id: &str, kind| Node {
        id: id.into(),
        kind,
        text: format!("words of {id}"),
        document: "prd.md".into(),
        source: Some(NodeSource {
            file: "docs/prd.md".into(),
            line: 7,
            column: 1,
            sha256: String::new(),
        }),
    };
    let edge = |from: &str, to: &str, relation| Edge {
        from: from.into(),
        to: to.into(),
        relation,
    };
    Graph::new(
        [
            node("G-01", NodeKind::Goal),
            node("G-02", NodeKind::Goal),
            node("FR-001", NodeKind::Requirement),
            node("FR-002", NodeKind::Requirement),
            node("AC-001", NodeKind::Acceptance),
            node("AC-002", NodeKind::Acceptance),
            node("T001", NodeKind::Task),
            node("T002", NodeKind::Task),
            node("T003", NodeKind::Task),
        ],
        [
            edge("FR-001", "G-01", Relation::Serves),
            edge("AC-001", "FR-001", Relation::Validates),
            edge("T001", "FR-001", Relation::Implements),
            edge("T002", "AC-001", Relation::Implements),
            edge("T002", "T001", Relation::DependsOn),
        ],
    )
}

#[test]
fn the_matrix_has_the_chain_and_what_is_missing() {
    let matrix = graph().matrix();
    let first = matrix.rows.first().expect("a row");
    assert_eq!(first.goals, ["G-01"]);
    assert_eq!(first.criteria, ["AC-001"]);
    assert_eq!(
        (first.tasks.join(","), first.proofs.join(",")),
        ("T001".into(), "T002".into())
    );
    assert_eq!(matrix.without_task, ["FR-002", "AC-002"]);
    assert_eq!(matrix.without_criterion, ["FR-002"]);
    assert_eq!(matrix.loose_criteria, ["AC-002"]);
    assert_eq!(matrix.loose_tasks, ["T003"]);
    assert_eq!(
        matrix.rows.last().and_then(|row| row.requirement.clone()),
        None
    );
    assert!(
        matrix
            .markdown()
            .contains("| G-01 | FR-001 | words of FR-001 | AC-001 | T001 | T002 |")
    );
    assert!(matrix.text().contains("Without a task: FR-002, AC-002"));
    assert!(matrix.json().contains("\"without_task\""));
}

#[test]
fn both_ways_are_walked_with_the_places_of_the_source() {
    let graph = graph();
    let up = graph.reverse("T002").expect("known");
    let ids: Vec<(usize, &str)> = up.iter().map(|s| (s.depth, s.id.as_str())).collect();
    assert_eq!(
        ids,
        [(0, "T002"), (1, "AC-001"), (2, "FR-001"), (3, "G-01")]
    );
    assert!(steps(&up).contains("    validates FR-001  words of FR-001  (docs/prd.md:7)\n"));
    let down = graph.forward("G-01").expect("known");
    let ids: Vec<&str> = down.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["G-01", "FR-001", "AC-001", "T001", "T002"]);
    assert_eq!(
        graph.reverse("T009"),
        Err(TraceError::Unknown {
            id: "T009".into(),
            nearest: "T003".into()
        })
    );
}

/// A bundle of Kiro, whose tasks and criteria have the same numbers.
fn numbered() -> Graph {
    let requirements = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: Ask\n\n**User Story:** As a user, I want a link, so that I get in.\n\n#### Acceptance Criteria\n\n1. WHEN a user asks THEN the system SHALL send a link\n2. WHEN nobody is known THEN the system SHALL say nothing\n\n### Requirement 2: Set\n\n**User Story:** As a user, I want a password, so that I am safe.\n\n#### Acceptance Criteria\n\n1. WHEN a link is used THEN the system SHALL ask\n";
    let tasks = "# Implementation Plan\n\n- [ ] 1. Links\n- [x] 1.1 Write the model\n  - _Requirements: 1.1, 1.2_\n- [ ] 1.2 Write the mail\n  - _Requirements: 2_\n- [ ] 2.2 Show it\n  - _Requirements: 2.1_\n";
    let read = |name: &str, text: &str| {
        crate::read::document(&format!(".kiro/specs/reset/{name}"), text.as_bytes()).expect("text")
    };
    let documents = [
        read("requirements.md", requirements),
        read("tasks.md", tasks),
    ];
    let (nodes, edges) = of_documents(&documents);
    Graph::new(nodes, edges)
}

#[test]
fn numbers_of_tasks_and_of_criteria_are_told_apart() {
    let graph = numbered();
    let matrix = graph.matrix();
    let rows: Vec<(&str, String, String)> = matrix
        .rows
        .iter()
        .map(|row| {
            let name = row.requirement.as_deref().unwrap_or("");
            (name, row.criteria.join(","), row.tasks.join(","))
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("Requirement 1", "1.1,1.2".into(), "task 1.1".into()),
            ("Requirement 2", "2.1".into(), "task 1.2,task 2.2".into()),
        ]
    );
    assert_eq!(matrix.without_task, Vec::<String>::new());
    assert_eq!(matrix.loose_criteria, Vec::<String>::new());
    let names = |id: &str| -> Vec<String> {
        let way = graph.reverse(id).expect("known");
        way.into_iter().map(|step| step.id).collect()
    };
    assert_eq!(names("1.1"), ["1.1", "Requirement 1"]);
    assert_eq!(
        names("task 1.1"),
        ["task 1.1", "1.1", "1.2", "Requirement 1"]
    );
    // Of no criterion, so the task is meant.
    assert_eq!(names("2.2"), ["task 2.2", "2.1", "Requirement 2"]);
}
