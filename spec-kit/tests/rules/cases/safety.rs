use crate::bench::{Case, Edit::*};

const EDITED: &str = r#"{"version":1,"tool":"t","slug":"checkout","source":{"file":"docs/prd.md","sha256":"0"},"documents":{"tasks.md":{"digest":"0000"}},"nodes":[],"edges":[]}"#;
const UNTOUCHED: &str = r#"{"version":1,"tool":"t","slug":"checkout","source":{"file":"docs/prd.md","sha256":"0"},"documents":{},"nodes":[],"edges":[]}"#;

pub const CASES: &[Case] = &[
    Case {
        rule: "SK-STR-010",
        bad: &[Add(
            "spec-kit.json",
            r#"{"version":1,"tool":"t","slug":"cashier","source":{"file":"docs/prd.md","sha256":"0"},"documents":{},"nodes":[],"edges":[]}"#,
        )],
        at: ("constitution.md", ""),
        near: &[Add("spec-kit.json", UNTOUCHED)],
        with: &[],
    },
    Case {
        rule: "SK-PRV-001",
        bad: &[Add("spec-kit.json", EDITED)],
        at: ("tasks.md", ""),
        near: &[Add("spec-kit.json", UNTOUCHED)],
        with: &[],
    },
    Case {
        rule: "SK-PRV-002",
        bad: &[
            Add("spec-kit.json", UNTOUCHED),
            Add(
                "docs/prd.md",
                "# PRD\n\n## Problem\n\nIt changed.\n\n## Goals\n\n- One\n\n## Non-goals\n\n- Two\n\n## Requirements\n\n- **FR-001**: It MUST run.\n\n## Acceptance criteria\n\n- It runs.\n",
            ),
        ],
        at: ("prd.md", ""),
        near: &[Add("spec-kit.json", UNTOUCHED)],
        with: &[],
    },
    Case {
        rule: "SK-SEC-001",
        bad: &[Swap(
            "plan.md",
            "One service in",
            "postgres://app:kT9vQ2xLm4@db.internal/app\nOne service in",
        )],
        at: ("plan.md", "postgres://"),
        near: &[Swap(
            "plan.md",
            "One service in",
            "postgres://app:$DB_PASSWORD@db.internal/app and postgres://app:password@localhost/app\nOne service in",
        )],
        with: &[],
    },
    Case {
        rule: "SK-SEC-002",
        bad: &[Swap("plan.md", "One service in", "One\u{202e} service in")],
        at: ("plan.md", "service in"),
        near: &[Swap(
            "plan.md",
            "One service in",
            "One 👩\u{200d}💻 service, non\u{2011}stop, in",
        )],
        with: &[],
    },
    Case {
        rule: "SK-DOC-PKG",
        bad: &[Swap(
            "plan.md",
            "One service in",
            "```sh\nnpm install @pulser/sdk\n```\n\nOne service in",
        )],
        at: ("plan.md", "npm install"),
        near: &[Swap(
            "plan.md",
            "One service in",
            "There is no package `@pulser/sdk`; do not run `npm install @pulser/sdk`.\nOne service in",
        )],
        with: &[],
    },
];
