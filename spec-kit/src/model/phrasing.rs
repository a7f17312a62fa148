//! Sentences that the source leaves open: what must be, and what happens then.

use super::Change;
use super::build::Nodes;
use super::node::Node;
use super::standing::Standing;
use crate::facts::Keyword;
use crate::manifest::NodeKind;

/// Requirements without a normative word get one before them; the author's words stay as they are.
pub(super) fn phrase(nodes: &mut Nodes) {
    for kind in [NodeKind::Acceptance, NodeKind::Success] {
        close(nodes.get_mut(&kind).map_or(&mut [], Vec::as_mut_slice));
    }
    for kind in [NodeKind::Requirement, NodeKind::NonFunctional] {
        for node in nodes.get_mut(&kind).into_iter().flatten() {
            let is_latin = node.text.chars().filter(char::is_ascii).count() * 2 > node.text.len();
            if node.keyword.is_some() || !is_latin || has_keyword(&node.text) {
                continue;
            }
            let said = node.text.clone();
            let (lead, keyword) = lead(node);
            node.text = format!("{lead}: {said}");
            node.said = Some(said);
            node.keyword = Some(keyword);
        }
    }
}

/// What is said to come later or to hold for now binds less.
fn lead(node: &Node) -> (String, Keyword) {
    if node.kind == NodeKind::Requirement && node.standing == Standing::Later {
        return ("Later the system SHOULD provide".into(), Keyword::Should);
    }
    if node.kind == NodeKind::Requirement {
        return match (Change::of(&node.section), node.demanded) {
            (Change::Remove, _) => ("The system MUST NOT have any more".into(), Keyword::MustNot),
            (_, Some(Keyword::Should)) => ("The system SHOULD provide".into(), Keyword::Should),
            (_, Some(Keyword::May)) => ("The system MAY provide".into(), Keyword::May),
            _ => ("The system MUST provide".into(), Keyword::Must),
        };
    }
    let about = match node.section.last() {
        Some(section)
            if node.spans.len() == 1
                && !is_of_all(section)
                && !node.text.starts_with(&super::markdown::plain(section)) =>
        {
            format!(" for {}", super::markdown::plain(section))
        }
        _ => String::new(),
    };
    match node.standing {
        Standing::Lasting if node.demanded == Some(Keyword::Should) => {
            (format!("This SHOULD hold{about}"), Keyword::Should)
        }
        Standing::Lasting if node.demanded == Some(Keyword::May) => {
            (format!("This MAY hold{about}"), Keyword::May)
        }
        Standing::Lasting => (format!("This MUST hold{about}"), Keyword::Must),
        Standing::Interim => (format!("For now this MAY hold{about}"), Keyword::May),
        Standing::Later => (format!("Later this SHOULD hold{about}"), Keyword::Should),
    }
}

/// `Non-Functional Requirements` names a list and nothing that could hold.
fn is_of_all(section: &str) -> bool {
    let lower = section.to_lowercase();
    [
        "requirement",
        "constraint",
        "polic",
        "attribute",
        "nfr",
        "quality",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

fn has_keyword(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic())
        .any(|word| matches!(word, "MUST" | "SHALL" | "SHOULD" | "MAY" | "must" | "shall"))
}

/// Criteria that say when and not what happens then. In the order of the text, in which a `Then` may stand in a point of its own.
fn close(criteria: &mut [Node]) {
    let open: Vec<usize> = (0..criteria.len())
        .filter(|at| {
            criteria
                .get(*at)
                .is_some_and(|node| is_open(node, criteria.get(at + 1)))
        })
        .collect();
    for at in open {
        if let Some(node) = criteria.get_mut(at) {
            let said = node.text.clone();
            let words = said.trim_end_matches(['.', ',', ';', ' ']);
            node.text = format!("{words}, then TODO(THEN): the source does not say what happens");
            node.said = Some(said);
        }
    }
}

/// Whether it begins as a scenario, and neither it nor what stands below or behind it ends it.
fn is_open(node: &Node, next: Option<&Node>) -> bool {
    let mut said = words(&node.text);
    if said.next().is_none_or(|word| word != "given") || !words(&node.text).any(|w| w == "when") {
        return false;
    }
    let below = node.details.iter().flat_map(|detail| words(&detail.text));
    let next = next.and_then(|next| words(&next.text).next());
    !said
        .chain(below)
        .chain(next)
        .any(|word| word == "then" || word == "shall")
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
