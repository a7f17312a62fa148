use super::{Request, principles_of, write::Version};
use crate::manifest::{Manifest, NodeKind};
use crate::model::Model;
use crate::order::Gather;
use std::collections::BTreeMap;

/// The version of the constitution: the one before, raised by what changed in its principles.
/// Major for one that is gone, minor for a new one, patch for other words, as spec-kit has it.
pub(super) fn of(
    request: &Request,
    before: Option<&Manifest>,
    model: &Model,
    date: Option<&str>,
    notes: &mut Vec<String>,
) -> Version {
    let today = date.map(str::to_owned);
    let old = request
        .existing
        .and_then(|existing| existing.document("constitution.md"))
        .and_then(parse);
    let (Some(old), Some(before)) = (old, before) else {
        return Version {
            number: "1.0.0".into(),
            ratified: today.clone(),
            amended: today,
        };
    };
    let now: BTreeMap<&str, String> = model
        .of_kind(NodeKind::Principle)
        .iter()
        .map(|node| (node.id.as_str(), node.name()))
        .into_map();
    let was = principles_of(before);
    let gone = was.keys().any(|id| !now.contains_key(id));
    let added = now.keys().any(|id| !was.contains_key(id));
    let reworded = now
        .iter()
        .any(|(id, text)| was.get(id).is_some_and(|old| old != text));
    let raised = match (gone, added, reworded) {
        (true, ..) => raise(&old.number, 0),
        (_, true, _) => raise(&old.number, 1),
        (.., true) => raise(&old.number, 2),
        _ => {
            return Version {
                ratified: old.ratified.or_else(|| today.clone()),
                amended: old.amended.or(today),
                number: old.number,
            };
        }
    };
    notes.push(format!(
        "the principles changed: constitution {} became {raised}",
        old.number
    ));
    Version {
        number: raised,
        ratified: old.ratified.or_else(|| today.clone()),
        amended: today,
    }
}

fn parse(text: &str) -> Option<Version> {
    let line = text
        .lines()
        .rev()
        .find(|line| line.starts_with("**Version**:"))?;
    let field = |name: &str| {
        let (_, after) = line.split_once(&format!("**{name}**:"))?;
        Some(after.split('|').next().unwrap_or("").trim().to_owned())
    };
    let date = |name: &str| field(name).and_then(|text| crate::model::iso_date(&text));
    Some(Version {
        number: field("Version")?,
        ratified: date("Ratified"),
        amended: date("Last Amended"),
    })
}

/// `1.2.3` with one of its three parts raised and those after it zero.
fn raise(version: &str, part: usize) -> String {
    let mut numbers: Vec<u32> = version
        .split('.')
        .map(|number| number.parse().unwrap_or(0))
        .collect();
    numbers.resize(3, 0);
    for (index, number) in numbers.iter_mut().enumerate() {
        if index == part {
            *number = number.saturating_add(1);
        } else if index > part {
            *number = 0;
        }
    }
    numbers
        .iter()
        .map(u32::to_string)
        .collect::<Vec<_>>()
        .join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_raised_and_those_after_it_are_zero() {
        assert_eq!(raise("1.2.3", 0), "2.0.0");
        assert_eq!(raise("1.2.3", 1), "1.3.0");
        assert_eq!(raise("1.2.3", 2), "1.2.4");
        assert_eq!(raise("odd", 1), "0.1.0");
    }
}
