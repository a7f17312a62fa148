//! Requirements as something to do.

use crate::model::{Change, Node};

/// What a task does with a requirement that nothing else makes true, as something to do where
/// cutting the lead of its sentence makes it so.
pub(super) fn to_do(node: &Node) -> String {
    let said = node.bare();
    match Change::of(&node.section) {
        Change::Modify => return format!("Change: {said}"),
        Change::Remove => return format!("Remove: {said}"),
        Change::Build => {}
    }
    let lead = |words: &[&str]| {
        let mut leads = words.iter();
        leads.find_map(|lead| {
            let head = said.get(..lead.len())?;
            head.eq_ignore_ascii_case(lead)
                .then(|| said.get(lead.len()..))?
        })
    };
    if let Some(rest) = lead(&[
        "the system must not ",
        "the system shall not ",
        "the system should not ",
        "system must not ",
        "system shall not ",
    ]) {
        return format!("Make sure that the system does not {rest}");
    }
    let rest = lead(&[
        "the system must ",
        "the system shall ",
        "the system should ",
        "system must ",
        "system shall ",
        "system should ",
    ]);
    let first = rest.and_then(|rest| rest.split(' ').next()).unwrap_or("");
    match rest {
        Some(rest) if is_plain_verb(first) => {
            let mut letters = rest.chars();
            let capital = letters.next().into_iter().flat_map(char::to_uppercase);
            capital.chain(letters).collect()
        }
        _ => format!("Build: {said}"),
    }
}

/// A word that a sentence can begin with to say what is to be done.
fn is_plain_verb(word: &str) -> bool {
    word.len() > 2
        && word.bytes().all(|b| b.is_ascii_lowercase())
        && !word.ends_with("ly")
        && !matches!(
            word,
            "not" | "have" | "also" | "only" | "always" | "never" | "then"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::NodeKind;

    #[test]
    fn the_lead_of_a_requirement_is_cut_where_the_rest_says_what_to_do() {
        for (said, task) in [
            ("The system MUST find an order", "Find an order"),
            (
                "System MUST NOT export CSV files",
                "Make sure that the system does not export CSV files",
            ),
            ("The system MUST be fast", "Build: The system MUST be fast"),
            (
                "The system MUST only show runs",
                "Build: The system MUST only show runs",
            ),
            ("Orders list", "Build: Orders list"),
            (
                "Le système DOIT permettre",
                "Build: Le système DOIT permettre",
            ),
        ] {
            assert_eq!(to_do(&Node::new(NodeKind::Requirement, said.into())), task);
        }
    }
}
