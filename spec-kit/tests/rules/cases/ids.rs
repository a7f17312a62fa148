use crate::bench::{Case, Edit::*};

const SEARCH: &str = "# Tasks: Search\n\n## Phase 1: Setup\n\n- [ ] T001 Create src/main.rs\n";
const SEARCH_PRD: &str = "# PRD: Search\n\n## Problem\n\nNothing is found.\n\n## Goals\n\n- Find things\n\n## Non-goals\n\n- Ranking of results\n\n## Functional requirements\n\n- **FR-041**: The system MUST index titles.\n\n## Acceptance criteria\n\n- A title is found.\n";

const KIRO: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: Ask\n\n**User Story:** As a user, I want a link, so that I get in.\n\n#### Acceptance Criteria\n\n1. WHEN a user asks THEN the system SHALL send a link\n2. WHEN nobody is known THEN the system SHALL say nothing\n";

const KIRO_TASKS: &str = "# Implementation Plan\n\n- [ ] 1. Links\n  - Write `src/links.rs`\n  - _Requirements: 1_\n- [ ] 1.9 Write the mail in `src/mail.rs`\n  - _Requirements: 1.1, 1.2_\n";

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-IDS-001",
        bad: &[Swap(
            "prd.md",
            "- **FR-003**: A support",
            "- **FR-001**: A buyer MUST be able to leave.\n- **FR-003**: A support",
        )],
        at: ("prd.md", "MUST be able to leave"),
        // A table may list again what items introduce.
        near: &[Swap(
            "prd.md",
            "## Success criteria",
            "## Overview of requirements\n\n| Id | Priority |\n| --- | --- |\n| FR-001 | high |\n\n## Success criteria",
        )],
        with: &[],
    },
    Case {
        rule: "SK-IDS-002",
        bad: &[Swap("plan.md", "- Exit: FR-003", "- Exit: FR-009")],
        at: ("plan.md", "FR-009"),
        near: &[Swap(
            "plan.md",
            "One service in front",
            "One UTF-8 service by RFC-2119, P1, of other/FR-009, in front",
        )],
        with: &[],
    },
    Case {
        rule: "SK-IDS-002",
        bad: &[
            Add(".kiro/specs/reset/requirements.md", KIRO),
            Add(".kiro/specs/reset/tasks.md", KIRO_TASKS),
            Swap(".kiro/specs/reset/tasks.md", "1.2_", "1.9_"),
        ],
        at: (".kiro/specs/reset/tasks.md", "1.9_"),
        near: &[
            Add(".kiro/specs/reset/requirements.md", KIRO),
            Add(".kiro/specs/reset/tasks.md", KIRO_TASKS),
        ],
        with: &["SK-TRC-003"],
    },
    Case {
        rule: "SK-IDS-002",
        bad: &[
            Add(".kiro/specs/reset/requirements.md", KIRO),
            Add(".kiro/specs/reset/tasks.md", KIRO_TASKS),
            Swap(".kiro/specs/reset/tasks.md", "1.2_", "7.9_"),
        ],
        at: (".kiro/specs/reset/tasks.md", "7.9_"),
        near: &[
            Add(".kiro/specs/reset/requirements.md", KIRO),
            Add(".kiro/specs/reset/tasks.md", KIRO_TASKS),
        ],
        with: &["SK-TRC-003"],
    },
    Case {
        rule: "SK-IDS-003",
        bad: &[
            Swap("prd.md", "**FR-003**: A support", "**FR-05**: A support"),
            Swap("plan.md", "FR-003 is shown", "FR-05 is shown"),
            Swap("tasks.md", "[FR-003] Serve", "[FR-05] Serve"),
            Swap("tasks.md", "[FR-003] Show", "[FR-05] Show"),
        ],
        at: ("prd.md", "**FR-05**"),
        near: &[
            Swap("prd.md", "**FR-003**: A support", "**FR-101**: A support"),
            Swap("plan.md", "FR-003 is shown", "FR-101 is shown"),
            Swap("tasks.md", "[FR-003] Serve", "[FR-101] Serve"),
            Swap("tasks.md", "[FR-003] Show", "[FR-101] Show"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-IDS-004",
        bad: &[
            Base,
            Swap("prd.md", "**FR-003**: A support", "**FR-004**: A support"),
            Swap("plan.md", "FR-003 is shown", "FR-004 is shown"),
            Swap("tasks.md", "[FR-003] Serve", "[FR-004] Serve"),
            Swap("tasks.md", "[FR-003] Show", "[FR-004] Show"),
        ],
        at: ("prd.md", "**FR-004**"),
        near: &[
            Base,
            Swap(
                "prd.md",
                "find an order by its number within",
                "look an order up by its number within",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-IDS-005",
        bad: &[Swap(
            "prd.md",
            "- **FR-003**: A support",
            "- A buyer MUST be able to leave.\n- **FR-003**: A support",
        )],
        at: ("prd.md", "MUST be able to leave"),
        near: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: A buyer MUST be able to leave. (serves G-02)\n  - by a button\n- **FR-003**: A support",
            ),
            Swap("tasks.md", "[FR-001] Show", "[FR-001,FR-004] Show"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-IDS-006",
        bad: &[
            Add("search/prd.md", SEARCH_PRD),
            Add("search/tasks.md", SEARCH),
            Swap(
                "plan.md",
                "One service in front",
                "One service, as FR-041 says, in front",
            ),
        ],
        at: ("plan.md", "FR-041"),
        near: &[Swap(
            "plan.md",
            "One service in front",
            "One service, as search/FR-041 says, in front",
        )],
        with: &["SK-STR-001", "SK-TRC-001"],
    },
];
