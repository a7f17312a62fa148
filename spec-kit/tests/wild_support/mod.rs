//! Documents that nobody wrote, of the shape that people give to theirs.

use proptest::prelude::*;

fn phrase() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "invoice",
        "export",
        "user",
        "session",
        "worker",
        "claim",
        "retry",
        "`runs`",
        "cancel",
        "report",
        "upload",
        "dashboard",
        "within",
        "2s",
        "email",
        "MUST",
        "audit",
        "log",
        "search",
        "filter",
        "token",
        "payment",
        "refund",
        "*bold*",
        "a_b",
        "<x>",
        "[y]",
        "&",
        "queue",
        "✅",
    ]);
    prop::collection::vec(word, 1..8).prop_map(|words| words.join(" "))
}

fn list() -> impl Strategy<Value = String> {
    let line = (
        prop::sample::select(vec!["- ", "* ", "- [ ] ", "- [x] "]),
        phrase(),
    )
        .prop_map(|(lead, text)| format!("{lead}{text}\n"));
    prop::collection::vec(line, 1..5).prop_map(|lines| lines.concat())
}

/// Documents as people write them, in any order and with anything left out.
pub fn prd_like() -> impl Strategy<Value = String> {
    let title = prop::sample::select(vec![
        "Problem",
        "Goals",
        "Non-Goals",
        "Personas",
        "Requirements",
        "Functional Requirements",
        "Acceptance Criteria",
        "Non-Functional Requirements",
        "Security",
        "Risks",
        "Milestones",
        "Decisions",
        "Deployment",
        "Open Questions",
        "User Stories",
        "Success Metrics",
        "Status",
        "Architecture",
        "Notes",
        "Data Model",
    ]);
    let section = (title, prop::option::of(phrase()), list()).prop_map(|(title, intro, list)| {
        let intro = intro.map(|text| format!("{text}\n\n")).unwrap_or_default();
        format!("## {title}\n\n{intro}{list}\n")
    });
    (phrase(), prop::collection::vec(section, 1..9))
        .prop_map(|(title, sections)| format!("# {title}\n\n{}", sections.concat()))
}
