use crate::rules::Rule;
use crate::rules::Severity::{Note, Warning};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "SK-BAS-001",
        severity: Note,
        title: "An entry of the baseline matches nothing",
        why: "A list of known findings that only grows hides new ones.",
        bad: "an entry whose finding was mended",
        good: "the entry removed",
        fix: "Remove the entry",
        source: "own rule",
    },
    Rule {
        id: "SK-SUP-001",
        severity: Warning,
        title: "A suppression has expired",
        why: "It was meant to end; what it hid is shown again.",
        bad: "<!-- sk:ignore SK-REQ-002 later until=2026-01-01 -->",
        good: "<!-- sk:ignore SK-REQ-002 later until=2027-01-01 -->",
        fix: "Mend the finding, or give a new date with a reason",
        source: "own rule; needs the date",
    },
    Rule {
        id: "SK-SUP-002",
        severity: Warning,
        title: "A suppression without reason, of an unknown rule, or with a date that is none",
        why: "Nobody can later tell whether it is still right.",
        bad: "<!-- sk:ignore SK-REQ-002 -->",
        good: "<!-- sk:ignore SK-REQ-002 measured in NFR-003 until=2027-01-01 -->",
        fix: "Write rule, reason and, where it should end, until=YYYY-MM-DD",
        source: "own rule",
    },
    Rule {
        id: "SK-SUP-003",
        severity: Note,
        title: "A suppression hides nothing",
        why: "The next finding at this place would be hidden unseen.",
        bad: "<!-- sk:ignore SK-REQ-002 reason --> above a line that is fine",
        good: "the comment removed",
        fix: "Remove it",
        source: "own rule",
    },
];
