use crate::bench::{Case, Edit::*};

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-REQ-001",
        bad: &[Swap(
            "prd.md",
            "The system MUST show the total",
            "The total stands",
        )],
        at: ("prd.md", "**FR-001**"),
        near: &[Swap(
            "prd.md",
            "The system MUST show the total before",
            "Before money moves, the system\n  shall show the total before",
        )],
        with: &[],
    },
    Case {
        rule: "SK-REQ-002",
        bad: &[Swap(
            "prd.md",
            "MUST show the total before",
            "MUST be fast and show the total before",
        )],
        at: ("prd.md", "**FR-001**"),
        near: &[Swap(
            "prd.md",
            "MUST show the total before payment",
            "MUST be fast, within 200 ms, and show the total after breakfast",
        )],
        with: &[],
    },
    Case {
        rule: "SK-REQ-005",
        bad: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: The system MUST always store the order before it calls the provider. (serves G-01)\n- **FR-003**: A support",
            ),
            Swap("tasks.md", "[FR-001] Show", "[FR-001,FR-004] Show"),
            Swap(
                "prd.md",
                "MUST store an order",
                "MUST always store an order",
            ),
        ],
        at: ("prd.md", "**FR-004**"),
        near: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: The system MUST store a refund before it calls the bank. (serves G-01)\n- **FR-003**: A support",
            ),
            Swap("tasks.md", "[FR-001] Show", "[FR-001,FR-004] Show"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-REQ-006",
        bad: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: The system MUST keep the latency low. (serves G-02)\n- **FR-003**: A support",
            ),
            Swap("tasks.md", "[FR-001] Show", "[FR-001,FR-004] Show"),
        ],
        at: ("prd.md", "**FR-004**"),
        near: &[
            Swap(
                "prd.md",
                "- **FR-003**: A support",
                "- **FR-004**: The system MUST keep the latency below 300 ms. (serves G-02)\n- **FR-003**: A support",
            ),
            Swap("tasks.md", "[FR-001] Show", "[FR-001,FR-004] Show"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-REQ-006",
        bad: &[
            Swap("prd.md", "is slow.", "is slow.\nHeartbeat interval: 2 s."),
            Swap(
                "plan.md",
                "One service in",
                "Heartbeat interval: 5 s.\nOne service in",
            ),
        ],
        at: ("plan.md", "Heartbeat interval"),
        near: &[
            Swap("prd.md", "is slow.", "is slow.\nHeartbeat interval: 2 s."),
            Swap(
                "plan.md",
                "One service in",
                "Heartbeat interval: 2000 ms.\nOne service in",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-REQ-007",
        bad: &[Swap("prd.md", ", **Then** one order exists.", ".")],
        at: ("prd.md", "**Given** a cart"),
        near: &[Swap(
            "prd.md",
            "1. **Given** a cart with two books, **When** the buyer pays, **Then** one order exists.",
            "- **Given** a cart with two books\n- **When** the buyer pays\n- **Then** one order exists",
        )],
        with: &[],
    },
    Case {
        rule: "SK-REQ-007",
        bad: &[
            Swap(
                "prd.md",
                "## Functional requirements",
                "### US2: Find an order (Priority: P2)\n\nAs a support agent, I want to find an order.\n\n## Functional requirements",
            ),
            Swap("prd.md", "(validates FR-002)", "(validates FR-002, US1)"),
        ],
        at: ("prd.md", "### US2"),
        near: &[
            Swap(
                "prd.md",
                "## Functional requirements",
                "### US2: Find an order (Priority: P2)\n\nAs a support agent, I want to find an order.\n\n## Functional requirements",
            ),
            Swap("prd.md", "(validates FR-002)", "(validates FR-002, US2)"),
        ],
        with: &[],
    },
    Case {
        rule: "SK-REQ-008",
        bad: &[Swap(
            "prd.md",
            "99 % of payments end in an order",
            "Buyers like the payment",
        )],
        at: ("prd.md", "**SC-001**"),
        near: &[Swap(
            "prd.md",
            "99 % of payments end in an order",
            "No payment ends without an order",
        )],
        with: &[],
    },
    Case {
        rule: "SK-REQ-009",
        bad: &[Swap("prd.md", "MUST show the total before", LONG)],
        at: ("prd.md", "**FR-001**"),
        near: &[Swap(
            "prd.md",
            "MUST show the total before",
            "MUST show the whole total, with taxes and the price of delivery, in the currency of the buyer, before",
        )],
        with: &[],
    },
];

const LONG: &str = "MUST show the total with all the taxes of the country that the order goes to, and with the price of delivery, and with the rebate of the season, and with the rebate of the house, and with the fee of the card, and with the fee of the bank, and with the rounding of the currency, and with the price of the wrapping, and with the price of the card that is put into the wrapping, and with the price of the ink on the card, and with what the ink cost in the year before that, and with the sum of it all, before";
