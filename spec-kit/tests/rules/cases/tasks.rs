use crate::bench::{Case, Edit::*};

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-TSK-001",
        bad: &[
            Swap(
                "tasks.md",
                "- [ ] T007",
                "- [ ] Ask the support agents first\n- [ ] T007",
            ),
            Swap("tasks.md", "Total: 7", "Total: 8"),
        ],
        at: ("tasks.md", "Ask the support agents"),
        near: &[Add(
            "tasks.md",
            "\n## Review checklist\n\n- [ ] Two people have read it\n",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-002",
        bad: &[Swap("tasks.md", "- [ ] T007", "- [ ] T006")],
        at: ("tasks.md", "T006 [P]"),
        // An id stays where a task moves to a later phase.
        near: &[
            Swap(
                "tasks.md",
                "- [ ] T002 [P] [FR-001] Show the total in src/total.rs\n",
                "",
            ),
            Swap(
                "tasks.md",
                "- [ ] T006",
                "- [ ] T002 [P] [FR-001] Show the total in src/total.rs\n- [ ] T006",
            ),
            Swap("tasks.md", "(depends on T002, T003)", "(depends on T003)"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TSK-002",
        bad: &[
            Swap("constitution.md", "FR-002, T005", "FR-002"),
            Swap("tasks.md", "- [ ] T005", "- [ ] T009"),
            Swap(
                "tasks.md",
                "## Phase 2",
                "- [ ] T008 [FR-001] Print the total in src/print.rs\n\n## Phase 2",
            ),
            Swap("tasks.md", "Total: 7", "Total: 8"),
        ],
        at: ("tasks.md", "T008"),
        near: &[
            Swap("constitution.md", "FR-002, T005", "FR-002"),
            Swap("tasks.md", "- [ ] T005", "- [ ] T009"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TSK-003",
        bad: &[
            Swap("tasks.md", "(depends on T001)", "(depends on T006)"),
            Swap("tasks.md", "(depends on T002, T003)", "(depends on T002)"),
        ],
        at: ("tasks.md", "T003 [P]"),
        near: &[Swap(
            "tasks.md",
            "src/find.rs (depends on T004)",
            "src/find.rs (depends on T001)",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-003",
        bad: &[Swap("tasks.md", "(depends on T001)", "(depends on T004)")],
        at: ("tasks.md", "T003 [P]"),
        near: &[Swap("tasks.md", "(depends on T001)", "(depends on T002)")],
        with: &[],
    },
    Case {
        rule: "SK-TSK-003",
        bad: &[Swap("tasks.md", "(depends on T001)", "(depends on T019)")],
        at: ("tasks.md", "T019"),
        near: &[Swap(
            "tasks.md",
            "(depends on T001)",
            "(depends on other/T019)",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-004",
        bad: &[Swap(
            "tasks.md",
            "Call the provider in src/provider.rs",
            "Call the provider in src/total.rs",
        )],
        at: ("tasks.md", "T003"),
        near: &[Swap(
            "tasks.md",
            "Call the provider in src/provider.rs (depends on T001)",
            "Call the provider in src/total.rs (depends on T001, T002)",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-005",
        bad: &[
            Swap(
                "tasks.md",
                "## Phase 1: First payment",
                "## Phase 1: User Story 1 - First payment",
            ),
            Swap("tasks.md", "T001 [FR-002]", "T001 [US1] [FR-002]"),
            Swap("tasks.md", "T002 [P] [FR-001]", "T002 [P] [US1] [FR-001]"),
            Swap("tasks.md", "T003 [P] [FR-002]", "T003 [P] [US1] [FR-002]"),
            Swap("tasks.md", "T004 [FR-001]", "T004 [US1] [FR-001]"),
        ],
        at: ("tasks.md", "T005"),
        near: &[
            Swap(
                "tasks.md",
                "## Phase 1: First payment",
                "## Phase 1: User Story 1 - First payment",
            ),
            Swap("tasks.md", "T001 [FR-002]", "T001 [US1] [FR-002]"),
            Swap("tasks.md", "T002 [P] [FR-001]", "T002 [P] [US1] [FR-001]"),
            Swap("tasks.md", "T003 [P] [FR-002]", "T003 [P] [US1] [FR-002]"),
            Swap("tasks.md", "T004 [FR-001]", "T004 [US1] [FR-001]"),
            Swap("tasks.md", "T005 [AC-001]", "T005 [US1] [AC-001]"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TSK-006",
        bad: &[Swap(
            "tasks.md",
            "to a support agent in src/show.rs",
            "to a support agent",
        )],
        at: ("tasks.md", "T007"),
        near: &[Swap(
            "tasks.md",
            "to a support agent in src/show.rs",
            "to a support agent with `cargo run -- show`",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-007",
        bad: &[Swap("tasks.md", "Total: 7 tasks", "Total: 9 tasks")],
        at: ("tasks.md", "Total: 9 tasks"),
        near: &[Swap(
            "tasks.md",
            "Total: 7 tasks",
            "Total: 7 tasks, at most 2 tasks at once",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-007",
        bad: &[Add("tasks.md", "\nIn total there are 9 tasks.\n")],
        at: ("tasks.md", "there are 9 tasks"),
        // Of all phases, though it stands in the last.
        near: &[Add("tasks.md", "\nIn total there are 7 tasks.\n")],
        with: &[],
    },
    Case {
        rule: "SK-TSK-007",
        bad: &[Add("tasks.md", "\n---\n\n**5 tasks in all.**\n")],
        at: ("tasks.md", "5 tasks in all"),
        near: &[Add(
            "tasks.md",
            "\nTotal: 2 tasks\n\n---\n\n**7 tasks in all.**\n",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-007",
        bad: &[Swap("prd.md", "with two tables", "with 3 tables")],
        at: ("prd.md", "with 3 tables"),
        near: &[Swap("prd.md", "with two tables", "with 2 tables")],
        with: &[],
    },
    Case {
        rule: "SK-TSK-008",
        bad: &[Swap(
            "tasks.md",
            "## Phase 1: First payment",
            "## Phase 1: First payment ✅",
        )],
        at: ("tasks.md", "## Phase 1"),
        near: &[Swap(
            "tasks.md",
            "## Phase 1: First payment",
            "## Phase 1: First payment 🚧",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TSK-008",
        bad: &[
            Swap(
                "tasks.md",
                "(depends on T001)",
                "(depends on T001)\n  - [ ] Time out",
            ),
            Swap("tasks.md", "- [ ] T003", "- [x] T003"),
        ],
        at: ("tasks.md", "T003 [P]"),
        near: &[
            Swap(
                "tasks.md",
                "(depends on T001)",
                "(depends on T001)\n  - [x] Time out",
            ),
            Swap("tasks.md", "- [ ] T003", "- [x] T003"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TSK-008",
        bad: &[Swap("tasks.md", "- [ ] T006", "- [x] T006")],
        at: ("tasks.md", "T006"),
        near: &[Swap("tasks.md", "- [ ] T003", "- [x] T003")],
        with: &[],
    },
    Case {
        rule: "SK-TSK-010",
        bad: &[Swap("tasks.md", "- [ ] T007", "- [?] T007")],
        at: ("tasks.md", "T007"),
        near: &[Swap("tasks.md", "- [ ] T002", "- [X] T002")],
        with: &[],
    },
];
