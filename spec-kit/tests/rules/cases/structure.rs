use crate::bench::{Case, Edit::*};

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-STR-001",
        bad: &[Remove("tasks.md")],
        at: ("constitution.md", ""),
        // A folder with a document alone is that document.
        near: &[
            Remove("tasks.md"),
            Remove("plan.md"),
            Remove("constitution.md"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-STR-002",
        bad: &[Bytes("research.md", b"# Research\n\nA caf\xe9.\n")],
        at: ("research.md", "caf"),
        near: &[Add("research.md", "# Research\n\nA café.\n")],
        with: &[],
    },
    Case {
        rule: "SK-STR-002",
        bad: &[Add("research.md", "<!-- to be written -->\n\n---\n")],
        at: ("research.md", ""),
        near: &[Add("research.md", "<!-- to be written -->\n\nA word.\n")],
        with: &[],
    },
    Case {
        rule: "SK-STR-003",
        bad: &[Swap(
            "prd.md",
            "## Non-goals\n\n- **NG-01**: Gift card payments\n",
            "",
        )],
        at: ("prd.md", ""),
        near: &[Swap("prd.md", "## Non-goals", "## Out of scope")],
        with: &[],
    },
    Case {
        rule: "SK-STR-003",
        bad: &[Swap("constitution.md", "## Governance", "## Anything")],
        at: ("constitution.md", ""),
        near: &[Swap(
            "constitution.md",
            "## Governance",
            "## 2. Governance and amendments",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-004",
        bad: &[Swap(
            "plan.md",
            "## Verification",
            "## Risks\n\n## Verification",
        )],
        at: ("plan.md", "## Risks"),
        near: &[Swap(
            "plan.md",
            "## Verification",
            "## Risks\n\nNone is known.\n\n## Verification",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-005",
        bad: &[Swap(
            "constitution.md",
            "# Checkout Constitution",
            "# [PROJECT_NAME] Constitution",
        )],
        at: ("constitution.md", "[PROJECT_NAME]"),
        near: &[Swap(
            "plan.md",
            "One service",
            "One [HTTP] service `[PROJECT_NAME]` of `Vec<T>`",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-005",
        bad: &[Swap(
            "plan.md",
            "## Verification",
            "Research: To be populated\n\n## Verification",
        )],
        at: ("plan.md", "To be populated"),
        near: &[Swap(
            "plan.md",
            "## Verification",
            "```\nTo be populated\n```\n\n## Verification",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-006",
        bad: &[Swap(
            "plan.md",
            "One service in front",
            "TBD: one service in front",
        )],
        at: ("plan.md", "TBD"),
        near: &[Swap(
            "plan.md",
            "One service in front",
            "One service without TODOMVC in front",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-007",
        bad: &[
            Swap("prd.md", "**Status**: Draft", "**Status**: Approved"),
            Swap(
                "prd.md",
                "is slow.",
                "is slow [NEEDS CLARIFICATION: how slow?].",
            ),
        ],
        at: ("prd.md", "how slow?"),
        near: &[Swap(
            "prd.md",
            "is slow.",
            "is slow [NEEDS CLARIFICATION: how slow?].",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-008",
        bad: &[Swap(
            "plan.md",
            "## Verification",
            "## Verification\n\n#### Deep\n\nWords.\n",
        )],
        at: ("plan.md", "#### Deep"),
        near: &[Swap(
            "plan.md",
            "## Verification",
            "## Verification\n\n### Deep\n\n#### Deeper\n\nWords.\n",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-008",
        bad: &[Add("tasks.md", "\n```sh\nmake\n")],
        at: ("tasks.md", "```sh"),
        near: &[Add("tasks.md", "\n````md\n```sh\n````\n")],
        with: &[],
    },
    Case {
        rule: "SK-STR-009",
        bad: &[Swap(
            "plan.md",
            "[the phases](#phases)",
            "[the phases](#stages)",
        )],
        at: ("plan.md", "#stages"),
        near: &[Swap(
            "plan.md",
            "[the phases](#phases)",
            "[the](prd.md#api) [web](https://a.example/b.md#c) [up](../../README.md) [line](prd.md#L3)",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-009",
        bad: &[Swap(
            "plan.md",
            "[the PRD](prd.md)",
            "[the PRD](product.md)",
        )],
        at: ("plan.md", "product.md"),
        near: &[Swap(
            "plan.md",
            "[the PRD](prd.md)",
            "[the PRD](./prd.md) `[x](product.md)`",
        )],
        with: &[],
    },
    Case {
        rule: "SK-STR-010",
        bad: &[Folder("Check_Out"), Add("Check_Out/constitution.md", "")],
        at: ("Check_Out/constitution.md", ""),
        near: &[Folder("012-check-out")],
        with: &[],
    },
];
