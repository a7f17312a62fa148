use crate::bench::{Case, Edit::*};

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-CON-001",
        bad: &[Swap(
            "constitution.md",
            "An order MUST be stored before",
            "We like an order that is stored before",
        )],
        at: ("constitution.md", "### P-02"),
        near: &[Swap(
            "constitution.md",
            "An order MUST be stored before",
            "An order is never lost: it is\nstored before",
        )],
        with: &[],
    },
    Case {
        rule: "SK-CON-001",
        bad: &[Swap(
            "constitution.md",
            "**Ratified**: 2026-01-31",
            "**Ratified**: January 31st",
        )],
        at: ("constitution.md", "**Version**"),
        near: &[Swap(
            "constitution.md",
            "**Ratified**: 2026-01-31",
            "**Ratified**: TODO(RATIFICATION_DATE): nobody said",
        )],
        with: &[],
    },
    Case {
        rule: "SK-CON-002",
        bad: &[
            Base,
            Swap(
                "constitution.md",
                "before the provider is called",
                "when the provider has answered",
            ),
        ],
        at: ("constitution.md", "### P-02"),
        near: &[
            Base,
            Swap(
                "constitution.md",
                "before the provider is called",
                "when the provider has answered",
            ),
            Swap(
                "constitution.md",
                "**Version**: 1.0.0",
                "**Version**: 2.0.0",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-CON-003",
        bad: &[Swap(
            "constitution.md",
            "**Enforced by**: FR-002, T005\n",
            "",
        )],
        at: ("constitution.md", "### P-02"),
        near: &[Swap(
            "constitution.md",
            "**Enforced by**: FR-002, T005",
            "**Enforced by**: two reviews",
        )],
        with: &[],
    },
    Case {
        rule: "SK-CON-004",
        bad: &[Swap(
            "plan.md",
            "One service in",
            "Amounts are kept as `float64`.\nOne service in",
        )],
        at: ("plan.md", "`float64`"),
        near: &[Swap(
            "plan.md",
            "One service in",
            "Amounts are never kept as `float64`, but as `int64`.\nOne service in",
        )],
        with: &[],
    },
    Case {
        rule: "SK-PLN-001",
        bad: &[Swap(
            "plan.md",
            "| P-02 Every order is found again | PASS |\n",
            "",
        )],
        at: ("plan.md", "## Constitution Check"),
        near: &[Swap(
            "plan.md",
            "| P-02 Every order is found again | PASS |",
            "| Every order is found again | PASS |",
        )],
        with: &[],
    },
    Case {
        rule: "SK-PLN-002",
        bad: &[Swap(
            "plan.md",
            "| P-02 Every order is found again | PASS |",
            "| P-02 Every order is found again | FAIL |",
        )],
        at: ("plan.md", "FAIL"),
        near: &[
            Swap(
                "plan.md",
                "| P-02 Every order is found again | PASS |",
                "| P-02 Every order is found again | FAIL |",
            ),
            Add(
                "plan.md",
                "\n## Complexity Tracking\n\n| Violation | Why | Rejected |\n| --- | --- | --- |\n| P-02 | The provider stores it | A second store |\n",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-PLN-003",
        bad: &[Swap("plan.md", "- Exit: FR-003 is shown to support\n", "")],
        at: ("plan.md", "### Phase 2"),
        near: &[Swap(
            "plan.md",
            "- Exit: FR-003",
            "- **Exit criteria**: FR-003",
        )],
        with: &[],
    },
    Case {
        rule: "SK-PLN-003",
        bad: &[Swap(
            "prd.md",
            "- M2: Order search",
            "- M2: Order search\n- M3: Warehouse",
        )],
        at: ("prd.md", "M3: Warehouse"),
        near: &[Swap(
            "prd.md",
            "- M2: Order search",
            "- M2: Order search\n- M3: First payment again",
        )],
        with: &[],
    },
    Case {
        rule: "SK-CNS-001",
        bad: &[Swap(
            "plan.md",
            "`open`, `paid`, `shipped`, `failed`",
            "`open`, `paid`, `sent`, `failed`",
        )],
        at: ("plan.md", "`sent`"),
        near: &[Swap(
            "plan.md",
            "`open`, `paid`, `shipped`, `failed`",
            "`failed`, `shipped`, `paid`, `open`",
        )],
        with: &[],
    },
    Case {
        rule: "SK-CNS-002",
        bad: &[
            Swap("prd.md", "`shipped`, `failed`", "`shipped`, `cancelled`"),
            Swap("plan.md", "`shipped`, `failed`", "`shipped`, `cancelled`"),
            Swap(
                "plan.md",
                "One service in",
                "Orders in `payments` are `cancelled` by hand.\nOne service in",
            ),
            Add(
                "schema.sql",
                "create table orders (status text check (status in ('open', 'canceled')));\ncreate table payments (id int);\n",
            ),
            Swap(
                "plan.md",
                "`open`, `paid`, `shipped`, `cancelled`",
                "`open`, `paid`, `shipped` and others",
            ),
            Swap(
                "plan.md",
                "are `cancelled` by hand",
                "are cancelled by hand",
            ),
        ],
        at: ("prd.md", "`cancelled`"),
        // Without the migration nobody can tell.
        near: &[
            Swap("prd.md", "`shipped`, `failed`", "`shipped`, `cancelled`"),
            Swap("plan.md", "`shipped`, `failed`", "`shipped`, `cancelled`"),
            Swap(
                "plan.md",
                "One service in",
                "Some are `canceled` by hand.\nOne service in",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-CNS-004",
        bad: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: The system MUST NOT show the total before payment. (serves G-02)\n- **FR-003**: A support",
            ),
            Swap("tasks.md", "[FR-001] Show", "[FR-001,FR-004] Show"),
        ],
        at: ("prd.md", "**FR-004**"),
        near: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: The system MUST NOT show the total after payment. (serves G-02)\n- **FR-003**: A support",
            ),
            Swap("tasks.md", "[FR-001] Show", "[FR-001,FR-004] Show"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-CNS-004",
        bad: &[Swap(
            "prd.md",
            "- Provider client",
            "- Provider client\n- Cart storage and two tables",
        )],
        at: ("prd.md", "- Cart storage and two tables"),
        near: &[Swap(
            "prd.md",
            "- Provider client",
            "- Provider client\n- Cart recovery",
        )],
        with: &[],
    },
];
