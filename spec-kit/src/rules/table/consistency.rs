use crate::rules::Rule;
use crate::rules::Severity::{Error, Warning};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "SK-CNS-001",
        severity: Error,
        title: "One closed set is listed with different members",
        why: "Code is written against one list and data against the other.",
        bad: "prd.md: status in (queued, running, done)\nplan.md: status in (queued, running, finished)",
        good: "prd.md: status in (queued, running, done)\nplan.md: status in (queued, running, done)",
        fix: "Make the lists equal, or say that one is open with \"such as\"",
        source: "closed-vocabulary preset of spec-kit",
    },
    Rule {
        id: "SK-CNS-002",
        severity: Warning,
        title: "One identifier is spelled in two ways",
        why: "A comparison of strings fails, and says nothing.",
        bad: "prd.md: `cancelled`\nschema.sql: 'canceled'",
        good: "prd.md: `canceled`\nschema.sql: 'canceled'",
        fix: "Take one spelling",
        source: "own rule; needs the migrations",
    },
    Rule {
        id: "SK-CNS-004",
        severity: Error,
        title: "One thing has two states, or is asked for and forbidden",
        why: "Somebody relies on what is not there, or builds what is.",
        bad: "## Requirements\n9. ⏳ Artifact upload\n## Status\n### ❌ Not started\n- Artifact storage",
        good: "## Requirements\n9. ❌ Artifact upload\n## Status\n### ❌ Not started\n- Artifact storage",
        fix: "Correct the one that is out of date",
        source: "own rule",
    },
];
