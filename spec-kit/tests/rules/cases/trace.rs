use crate::bench::{Case, Edit::*};

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-TRC-001",
        bad: &[Swap(
            "prd.md",
            "- **FR-003**: A support",
            "- **FR-004**: A buyer MUST be able to leave. (serves G-02)\n- **FR-003**: A support",
        )],
        at: ("prd.md", "**FR-004**"),
        // Through the criterion that validates it.
        near: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: A buyer MUST be able to leave. (serves G-02)\n- **FR-003**: A support",
            ),
            Swap("prd.md", "(validates FR-002)", "(validates FR-002, FR-004)"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TRC-002",
        bad: &[Swap("tasks.md", "T007 [P] [FR-003] Show", "T007 [P] Show")],
        at: ("tasks.md", "T007"),
        near: &[
            Swap("tasks.md", "## Phase 2: Order search", "## Phase 2: Polish"),
            Swap("tasks.md", "T007 [P] [FR-003] Show", "T007 [P] Show"),
            Swap(
                "plan.md",
                "### Phase 2: Order search (M2)",
                "### Phase 2: Polish (M2)",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TRC-003",
        bad: &[Swap(
            "prd.md",
            "## Data model",
            "- **AC-002**: Nobody pays twice.\n\n## Data model",
        )],
        at: ("prd.md", "**AC-002**"),
        near: &[
            Swap(
                "prd.md",
                "## Data model",
                "- **AC-002**: Nobody pays twice.\n\n## Data model",
            ),
            Swap(
                "plan.md",
                "| AC-001 | `tests/provider.rs` |",
                "| AC-001 | `tests/provider.rs` |\n| AC-002 | `tests/twice.rs` |",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TRC-004",
        bad: &[Swap(
            "prd.md",
            "## Non-goals",
            "- **G-03**: Fewer refunds\n\n## Non-goals",
        )],
        at: ("prd.md", "**G-03**"),
        near: &[Swap(
            "prd.md",
            "## Non-goals",
            "- **G-03**: Fewer refunds, by FR-001\n\n## Non-goals",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TRC-004",
        bad: &[Swap(
            "prd.md",
            "- **Support agent**",
            "- **Accountant** - Closes the month\n- **Support agent**",
        )],
        at: ("prd.md", "**Accountant**"),
        near: &[
            Swap(
                "prd.md",
                "- **Support agent**",
                "- **Accountant** - Closes the month\n- **Support agent**",
            ),
            Swap(
                "plan.md",
                "One service in",
                "For accountants, too.\nOne service in",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TRC-005",
        bad: &[Swap(
            "prd.md",
            "- `POST /orders.find`",
            "- `POST /orders.cancel` - Cancels an order\n- `POST /orders.find`",
        )],
        at: ("prd.md", "/orders.cancel"),
        near: &[
            Swap(
                "prd.md",
                "- `POST /orders.find`",
                "- `POST /orders.cancel` - Cancels an order\n- `POST /orders.find`",
            ),
            Swap(
                "plan.md",
                "One service in",
                "`/orders.cancel` comes last.\nOne service in",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TRC-005",
        bad: &[Add("schema.sql", "create table orders (id int);\n")],
        at: ("prd.md", "- `payments`"),
        near: &[Add(
            "schema.sql",
            "create table orders (id int);\ncreate table if not exists shop.payments (id int);\n",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TRC-005",
        bad: &[Swap(
            "plan.md",
            "## Contracts",
            "### Tables\n\n- `orders` - One row for each order\n- `refunds` - One row for each refund\n\n## Contracts",
        )],
        at: ("plan.md", "`refunds`"),
        near: &[
            Swap(
                "plan.md",
                "## Contracts",
                "### Tables\n\n- `orders` - One row for each order\n- `refunds` - One row for each refund\n\n## Contracts",
            ),
            Swap("prd.md", "is slow.", "is slow, and `refunds` are lost."),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TRC-005",
        bad: &[
            Swap(
                "prd.md",
                "## API",
                "### Indexes\n\n- `orders(status)`\n\n## API",
            ),
            Swap(
                "plan.md",
                "## Contracts",
                "### Indexes\n\n- `orders(status)`\n- `orders(total)`\n\n## Contracts",
            ),
        ],
        at: ("plan.md", "`orders(total)`"),
        near: &[
            Swap(
                "prd.md",
                "## API",
                "### Indexes\n\n- `orders(status)`\n- `orders( total )`\n\n## API",
            ),
            Swap(
                "plan.md",
                "## Contracts",
                "### Indexes\n\n- `orders(status)`\n- `orders(total)`\n\n## Contracts",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-TRC-005",
        bad: &[
            Swap(
                "prd.md",
                "## Milestones",
                "## Environment variables\n\n- `PROVIDER_URL` - Where the provider is\n\n## Milestones",
            ),
            Swap(
                "plan.md",
                "## Phases",
                "## Environment variables\n\n- `PROVIDER_URL` - Where the provider is\n- `PROVIDER_KEY` - Its key\n\n## Phases",
            ),
        ],
        at: ("plan.md", "`PROVIDER_KEY`"),
        near: &[Swap(
            "plan.md",
            "## Phases",
            "## Environment variables\n\n- `PROVIDER_URL` - Where the provider is\n- `PROVIDER_KEY` - Its key\n\n## Phases",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TRC-006",
        bad: &[Swap(
            "tasks.md",
            "Show the order to a support agent",
            "Accept payments by gift card",
        )],
        at: ("tasks.md", "T007"),
        near: &[Swap(
            "tasks.md",
            "Show the order to a support agent",
            "Refuse payments by gift card",
        )],
        with: &[],
    },
    // The mark that the generator puts before what is not decided.
    Case {
        rule: "SK-TRC-006",
        bad: &[Swap(
            "tasks.md",
            "Show the order to a support agent",
            "Begin at once: Accept gift card payments",
        )],
        at: ("tasks.md", "T007"),
        near: &[Swap(
            "tasks.md",
            "Show the order to a support agent",
            "Do not begin before the scope is settled: Accept gift card payments",
        )],
        with: &[],
    },
    Case {
        rule: "SK-TRC-008",
        bad: &[
            Config("coverage_floor = 90"),
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: A buyer MUST be able to leave. (serves G-02)\n- **FR-003**: A support",
            ),
        ],
        at: ("prd.md", ""),
        near: &[Config("coverage_floor = 100")],
        with: &["SK-TRC-001"],
    },
];
