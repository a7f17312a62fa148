use crate::bench::{Case, Edit::*};

const SPEC_KIT: &str = "# Feature Specification: Pay\n\n## User Scenarios & Testing\n\n### User Story 1 - Pay for a cart (Priority: P1)\n\nAs a buyer, I want to pay for my cart.\n\n**Acceptance Scenarios**:\n\n1. **Given** a cart, **When** I pay, **Then** an order exists\n\n### User Story 2 - Find an order (Priority: P2)\n\nAs a buyer, I want to find my order.\n\n**Acceptance Scenarios**:\n\n1. **Given** an order, **When** I search, **Then** it is shown\n\n## Requirements\n\n- **FR-001**: The system MUST store an order.\n\n## Success Criteria\n\n- **SC-001**: 99 % of payments end in an order.\n";

const OPEN_SPEC: &str = "# Auth\n\n## Purpose\n\nUsers sign in.\n\n## Requirements\n\n### Requirement: Sign-in\n\nThe system SHALL let a user sign in.\n\n#### Scenario: Right password\n\n- **WHEN** the password is right\n- **THEN** a session begins\n\n#### Scenario: Wrong password\n\n- **WHEN** the password is wrong\n- **THEN** no session begins\n";

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
    // What a question quotes is stated nowhere else.
    Case {
        rule: "SK-REQ-006",
        bad: &[
            Swap(
                "prd.md",
                "The order status",
                "One place says 2 s.\n\nThe order status",
            ),
            Swap(
                "plan.md",
                "One service in",
                "One place says 30 s.\n\nOne service in",
            ),
        ],
        at: ("plan.md", "30 s"),
        near: &[
            Swap(
                "prd.md",
                "## Milestones",
                "## Open questions\n\n- **Q-01**: One place says “2 s” and another “30 s” for the timeout of calls. Which holds?\n- **Q-02**: One place says “40 s” for it.\n\n## Milestones",
            ),
            Swap(
                "prd.md",
                "within 5 seconds.",
                "within 5 seconds [NEEDS CLARIFICATION: one says “5 s” for the search, one says “6 s”?].",
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
    // As spec-kit writes them, below a label.
    Case {
        rule: "SK-REQ-007",
        bad: &[
            Swap(
                "prd.md",
                "1. **Given** a cart",
                "**Acceptance Scenarios**:\n\n1. **Given** a cart",
            ),
            Swap("prd.md", ", **Then** one order exists.", "."),
        ],
        at: ("prd.md", "**Given** a cart"),
        near: &[Swap(
            "prd.md",
            "1. **Given** a cart",
            "**Acceptance Scenarios**:\n\n1. **Given** a cart",
        )],
        with: &[],
    },
    Case {
        rule: "SK-REQ-007",
        bad: &[
            Add("specs/001-pay/spec.md", SPEC_KIT),
            Swap("specs/001-pay/spec.md", ", **Then** an order exists", ""),
        ],
        at: ("specs/001-pay/spec.md", "**Given** a cart"),
        near: &[Add("specs/001-pay/spec.md", SPEC_KIT)],
        with: &[],
    },
    // The second story has nothing, and what the first has is no criterion of both.
    Case {
        rule: "SK-REQ-007",
        bad: &[
            Add("specs/001-pay/spec.md", SPEC_KIT),
            Swap(
                "specs/001-pay/spec.md",
                "1. **Given** an order, **When** I search, **Then** it is shown\n",
                "",
            ),
            Swap(
                "specs/001-pay/spec.md",
                "\n\n**Acceptance Scenarios**:\n\n\n",
                "\n\n",
            ),
            Swap(
                "specs/001-pay/spec.md",
                "1. **Given** a cart, **When** I pay, **Then** an order exists",
                "- An order exists",
            ),
        ],
        at: ("specs/001-pay/spec.md", "### User Story 2"),
        near: &[
            Add("specs/001-pay/spec.md", SPEC_KIT),
            Swap(
                "specs/001-pay/spec.md",
                "1. **Given** a cart, **When** I pay, **Then** an order exists",
                "- An order exists",
            ),
        ],
        with: &[],
    },
    Case {
        rule: "SK-REQ-007",
        bad: &[
            Add("openspec/specs/auth/spec.md", OPEN_SPEC),
            Swap(
                "openspec/specs/auth/spec.md",
                "- **THEN** a session begins\n",
                "",
            ),
        ],
        at: (
            "openspec/specs/auth/spec.md",
            "#### Scenario: Right password",
        ),
        near: &[Add("openspec/specs/auth/spec.md", OPEN_SPEC)],
        with: &[],
    },
    Case {
        rule: "SK-REQ-007",
        bad: &[
            Add("openspec/specs/auth/spec.md", OPEN_SPEC),
            Add(
                "openspec/specs/auth/spec.md",
                "\n### Requirement: Sign-out\n\nThe system SHALL end the session.\n",
            ),
        ],
        at: ("openspec/specs/auth/spec.md", "### Requirement: Sign-out"),
        near: &[
            Add("openspec/specs/auth/spec.md", OPEN_SPEC),
            Add(
                "openspec/specs/auth/spec.md",
                "\n## REMOVED Requirements\n\n### Requirement: Sign-out\n\n**Reason**: Sessions end by themselves.\n",
            ),
        ],
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
