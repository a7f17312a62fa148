//! What `explain` shows of each rule is what the rule does: the first example is found, the second
//! is not.

use crate::bench::TODAY;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::{Config, Date};
use ops_spec_kit::rules::{Rule, rules};
use std::collections::BTreeMap;

/// The files of a bundle, with `{}` where an example stands. A line that begins with a file's name
/// is of that file, any other of the first.
struct Frame {
    rule: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// Examples that are no text of a document, and what they are of.
const TOLD: &[(&str, &str)] = &[
    ("SK-BAS-001", "a baseline"),
    ("SK-CON-002", "an earlier state"),
    ("SK-IDS-004", "an earlier state"),
    ("SK-PRV-001", "digests"),
    ("SK-PRV-002", "digests"),
    ("SK-REQ-009", "a page"),
    ("SK-SEC-001", "a password that is not printed"),
    ("SK-STR-001", "names of files"),
    ("SK-STR-010", "names of folders"),
    ("SK-TRC-008", "a configuration"),
];

const PRD: &str = "prd.md";
const PLAN: &str = "plan.md";
const TASKS: &str = "tasks.md";
const CONSTITUTION: &str = "constitution.md";

const REQUIREMENTS: &str = "# PRD\n\n## Functional requirements\n\n{}\n";
const LIST: &str = "# Tasks\n\n## Phase 1: All\n\n{}\n";
const PRINCIPLES: &str = "# Constitution\n\n## Core Principles\n\n{}\n\n## Governance\n\n**Version**: 1.0.0 | **Ratified**: 2026-01-31 | **Last Amended**: 2026-01-31\n";
const TWO_PRINCIPLES: &str = "# Constitution\n\n## Core Principles\n\n### P-01: Exact\n\nAmounts MUST be exact.\n\n### P-02: Kept\n\nOrders MUST be kept.\n";
const CHECKED: &str =
    "# Plan\n\n## Constitution Check\n\n| Principle | Result |\n| --- | --- |\n{}\n";
const ELEVEN: &str = "# Tasks\n\n{}\n\n## Phase 1: All\n\n- [ ] T001 a\n- [ ] T002 b\n- [ ] T003 c\n- [ ] T004 d\n- [ ] T005 e\n- [ ] T006 f\n- [ ] T007 g\n- [ ] T008 h\n- [ ] T009 i\n- [ ] T010 j\n- [ ] T011 k\n";
const FOUR: &str = "# PRD\n\n## Functional requirements\n\n- **FR-003**: A buyer MUST export orders.\n- **FR-004**: A buyer MUST export invoices.\n";

const FRAMES: &[Frame] = &[
    of(
        "SK-CNS-001",
        &[
            (PRD, "# PRD\n\n## Data model\n\n{}\n"),
            (PLAN, "# Plan\n\n## Data model\n\n{}\n"),
        ],
    ),
    of(
        "SK-CNS-002",
        &[
            (PRD, "# PRD\n\n## Data model\n\nThe state is {}.\n"),
            (
                "schema.sql",
                "create table runs (state text check (state in ({})));\n",
            ),
        ],
    ),
    of("SK-CNS-004", &[(PRD, "# PRD\n\n{}\n")]),
    of("SK-CON-001", &[(CONSTITUTION, PRINCIPLES)]),
    of("SK-CON-003", &[(CONSTITUTION, PRINCIPLES)]),
    of(
        "SK-CON-004",
        &[
            (PLAN, "# Plan\n\n## Summary\n\n{}\n"),
            (CONSTITUTION, PRINCIPLES_OF),
        ],
    ),
    of(
        "SK-DOC-PKG",
        &[(PLAN, "# Plan\n\n## Summary\n\n```sh\n{}\n```\n")],
    ),
    of("SK-IDS-001", &[(PRD, REQUIREMENTS)]),
    of("SK-IDS-002", &[(TASKS, LIST), (PRD, FOUR)]),
    of("SK-IDS-003", &[(PRD, REQUIREMENTS)]),
    of("SK-IDS-005", &[(PRD, REQUIREMENTS)]),
    of(
        "SK-IDS-006",
        &[
            (PLAN, "# Plan\n\n## Summary\n\n{}\n"),
            (PRD, FOUR),
            (
                "../billing/prd.md",
                "# PRD\n\n## Functional requirements\n\n- **FR-041**: Refunds MUST be exact.\n",
            ),
        ],
    ),
    of(
        "SK-PLN-001",
        &[(PLAN, CHECKED), (CONSTITUTION, TWO_PRINCIPLES)],
    ),
    of(
        "SK-PLN-002",
        &[(PLAN, CHECKED), (CONSTITUTION, TWO_PRINCIPLES)],
    ),
    of(
        "SK-PLN-003",
        &[
            (PLAN, "# Plan\n\n## Phases\n\n{}\n"),
            (PRD, "# PRD\n\n## Milestones\n\n{}\n"),
        ],
    ),
    of("SK-REQ-001", &[(PRD, REQUIREMENTS)]),
    of("SK-REQ-002", &[(PRD, REQUIREMENTS)]),
    of("SK-REQ-005", &[(PRD, REQUIREMENTS)]),
    of(
        "SK-REQ-006",
        &[
            (PRD, "# PRD\n\n## Functional requirements\n\n- {}\n"),
            (PLAN, "# Plan\n\n## Summary\n\n{}\n"),
        ],
    ),
    of(
        "SK-REQ-007",
        &[(
            PRD,
            "# PRD\n\n## User stories\n\n### US1: Pay\n\nAs a buyer, I want to pay.\n\n{}\n",
        )],
    ),
    of(
        "SK-REQ-008",
        &[(PRD, "# PRD\n\n## Success criteria\n\n{}\n")],
    ),
    of("SK-SEC-002", &[(PRD, "# PRD\n\n## Problem\n\n{}\n")]),
    of("SK-STR-002", &[(PRD, "{}")]),
    of(
        "SK-STR-003",
        &[(
            PRD,
            "{}\n\n## Problem\n\nOrders are lost.\n\n## Goals\n\n- None is lost\n\n## Non-goals\n\n- Refunds\n\n## Functional requirements\n\n- **FR-001**: Orders MUST be kept.\n",
        )],
    ),
    of("SK-STR-004", &[(PLAN, "# Plan\n\n{}\n")]),
    of(
        "SK-STR-005",
        &[(
            CONSTITUTION,
            "{}\n\n## Core Principles\n\n### P-01: Exact\n\nAmounts MUST be exact.\n",
        )],
    ),
    of("SK-STR-006", &[(PLAN, "# Plan\n\n## Summary\n\n{}\n")]),
    of("SK-STR-007", &[(PRD, "# PRD\n\n{}\n")]),
    of("SK-STR-008", &[(PRD, "{}\n\nWords.\n")]),
    of(
        "SK-STR-009",
        &[
            (PRD, "# PRD\n\n## Problem\n\n{}\n"),
            (PLAN, "# Plan\n\n## Phases\n\nOne.\n"),
        ],
    ),
    of("SK-SUP-001", &[(PRD, "# PRD\n\n## Problem\n\n{}\n")]),
    of("SK-SUP-002", &[(PRD, "# PRD\n\n## Problem\n\n{}\n")]),
    of("SK-SUP-003", &[(PRD, "# PRD\n\n## Problem\n\n{}\n")]),
    of(
        "SK-TRC-001",
        &[
            (TASKS, LIST),
            (
                PRD,
                "# PRD\n\n## Functional requirements\n\n- **FR-004**: A buyer MUST export orders.\n",
            ),
        ],
    ),
    of(
        "SK-TRC-002",
        &[
            (
                TASKS,
                "# Tasks\n\n## Phase 1: All\n\n- [ ] T010 [NFR-001] Measure in src/time.rs\n{}\n",
            ),
            (
                PRD,
                "# PRD\n\n## Non-functional requirements\n\n- **NFR-001**: Pages MUST load in 1 s.\n",
            ),
        ],
    ),
    of(
        "SK-TRC-003",
        &[
            (
                PRD,
                "# PRD\n\n## Functional requirements\n\n- **FR-001**: Orders MUST be kept.\n\n## Acceptance criteria\n\n{}\n",
            ),
            (
                TASKS,
                "# Tasks\n\n## Phase 1: All\n\n- [ ] T011 [FR-001] Keep orders in src/keep.rs\n{}\n",
            ),
        ],
    ),
    of(
        "SK-TRC-004",
        &[(
            PRD,
            "# PRD\n\n## Goals\n\n- **G-01**: Orders are kept\n{}\n\n## Functional requirements\n\n- **FR-001**: Orders MUST be kept. (serves G-01)\n",
        )],
    ),
    of(
        "SK-TRC-005",
        &[
            (
                PRD,
                "# PRD\n\n## API\n\n### Endpoints\n\n- `{}` - Cancels an order\n",
            ),
            (PLAN, "# Plan\n\n## Contracts\n\n{}\n"),
            (TASKS, LIST),
        ],
    ),
    of(
        "SK-TRC-006",
        &[(PRD, "# PRD\n\n## Non-goals\n\n{}\n"), (TASKS, LIST)],
    ),
    of("SK-TSK-001", &[(TASKS, LIST)]),
    of("SK-TSK-002", &[(TASKS, LIST)]),
    of("SK-TSK-003", &[(TASKS, LIST)]),
    of("SK-TSK-004", &[(TASKS, LIST)]),
    of("SK-TSK-005", &[(TASKS, "# Tasks\n\n{}\n")]),
    of("SK-TSK-006", &[(TASKS, LIST)]),
    of("SK-TSK-007", &[(TASKS, ELEVEN)]),
    of("SK-TSK-008", &[(TASKS, LIST)]),
    of("SK-TSK-010", &[(TASKS, LIST)]),
];

const PRINCIPLES_OF: &str =
    "# Constitution\n\n## Core Principles\n\n### P-01: No surprise\n\nCode {}.\n";

const fn of(rule: &'static str, files: &'static [(&'static str, &'static str)]) -> Frame {
    Frame { rule, files }
}

fn files(frame: &Frame, example: &str) -> Vec<(String, Vec<u8>)> {
    let mut lines: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in example.lines() {
        let named = frame.files.iter().find_map(|(name, _)| {
            let rest = line.strip_prefix(name)?.strip_prefix(": ")?;
            Some((*name, rest))
        });
        let (name, line) = named.unwrap_or((frame.files[0].0, line));
        lines.entry(name).or_default().push(line);
    }
    let filled = |name: &str, text: &str| {
        let lines = lines.get(name).map(|lines| lines.join("\n"));
        text.replace("{}", &lines.unwrap_or_default())
    };
    let path = |name: &str| match name.strip_prefix("../") {
        Some(name) => name.to_owned(),
        None => format!("checkout/{name}"),
    };
    frame
        .files
        .iter()
        .map(|(name, text)| (path(name), filled(name, text).into_bytes()))
        .collect()
}

/// What the rule says of an example.
fn said(rule: &Rule, frame: &Frame, example: &str) -> Vec<String> {
    let config = Config::default();
    let options = Options {
        date: Date::parse(TODAY),
        ..Options::new(&config)
    };
    let report = check(&Bundle::group(files(frame, example)), &options);
    let own = report.findings.iter().filter(|f| f.rule == rule.id);
    own.map(|finding| finding.message.clone()).collect()
}

#[test]
fn a_rule_finds_its_bad_example_and_not_its_good_one() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let frame = FRAMES.iter().find(|frame| frame.rule == rule.id);
        let is_told = TOLD.iter().any(|(id, _)| *id == rule.id);
        let Some(frame) = frame else {
            assert!(is_told, "{} has examples and no frame", rule.id);
            continue;
        };
        assert!(!is_told, "{} has a frame", rule.id);
        if said(rule, frame, rule.bad).is_empty() {
            wrong.push(format!("{} does not find\n{}", rule.id, rule.bad));
        }
        let found = said(rule, frame, rule.good);
        if !found.is_empty() {
            wrong.push(format!("{} says {found:?} of\n{}", rule.id, rule.good));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
