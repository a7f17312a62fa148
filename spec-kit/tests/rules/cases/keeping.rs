use crate::bench::{Case, Edit::*};

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-SUP-001",
        bad: &[Swap(
            "tasks.md",
            "- [ ] T007 [P] [FR-003]",
            "<!-- sk:ignore SK-TRC-002 shown to support first until=2026-11-28 -->\n- [ ] T007 [P]",
        )],
        at: ("tasks.md", "sk:ignore"),
        near: &[Swap(
            "tasks.md",
            "- [ ] T007 [P] [FR-003]",
            "<!-- sk:ignore SK-TRC-002 shown to support first until=2026-11-29 -->\n- [ ] T007 [P]",
        )],
        with: &[],
    },
    Case {
        rule: "SK-SUP-002",
        bad: &[Swap(
            "tasks.md",
            "- [ ] T007 [P] [FR-003]",
            "<!-- sk:ignore SK-TRC-002 -->\n- [ ] T007 [P]",
        )],
        at: ("tasks.md", "sk:ignore"),
        near: &[Swap(
            "tasks.md",
            "- [ ] T007 [P] [FR-003]",
            "<!-- sk:ignore SK-TRC-002 shown to support first -->\n- [ ] T007 [P]",
        )],
        with: &[],
    },
    Case {
        rule: "SK-SUP-003",
        bad: &[Swap(
            "tasks.md",
            "- [ ] T007",
            "<!-- sk:ignore SK-TRC-002 shown to support first -->\n- [ ] T007",
        )],
        at: ("tasks.md", "sk:ignore"),
        near: &[Swap(
            "tasks.md",
            "- [ ] T007 [P] [FR-003]",
            "<!-- sk:ignore SK-TRC-002 shown to support first -->\n- [ ] T007 [P]",
        )],
        with: &[],
    },
];
