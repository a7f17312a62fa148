//! What has to be done so that the control room has what the folder has. Pure.

use super::files::File;
use crate::output::style::Paint;
use std::collections::BTreeMap;

/// A template of the control room.
pub struct Kept {
    pub slug: String,
    pub version: u32,
    /// Only where the folder speaks of it.
    pub source: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Create,
    Update,
    Delete,
    Unchanged,
}

pub struct Step {
    pub change: Change,
    pub slug: String,
    pub file: Option<File>,
    /// The version that there is; none before it is made.
    pub before: Option<u32>,
    /// The version that there will be, as far as it is known; none after it is deleted.
    pub after: Option<u32>,
    /// Why the control room did not do it.
    pub refused: Option<String>,
}

/// Whether templates go that the folder does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prune {
    Yes,
    No,
}

/// From the flag `--prune`.
impl From<bool> for Prune {
    fn from(prune: bool) -> Self {
        if prune { Prune::Yes } else { Prune::No }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Planned,
    Done,
}

impl Change {
    pub fn sign(self) -> &'static str {
        match self {
            Change::Create => "+",
            Change::Update => "~",
            Change::Delete => "-",
            Change::Unchanged => "=",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Change::Create => "create",
            Change::Update => "update",
            Change::Delete => "delete",
            Change::Unchanged => "unchanged",
        }
    }

    pub fn paint(self) -> Paint {
        match self {
            Change::Create => Paint::Green,
            Change::Update => Paint::Yellow,
            Change::Delete => Paint::Red,
            Change::Unchanged => Paint::Dim,
        }
    }
}

impl Step {
    /// `new`, `3 → 4`, `2`.
    pub fn versions(&self) -> String {
        match (self.before, self.after) {
            (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
            (before, after) => after
                .or(before)
                .map_or_else(|| "new".into(), |version| version.to_string()),
        }
    }
}

/// By slug. Without `prune` nothing is said of templates that the folder does not have.
pub fn plan(files: Vec<File>, kept: Vec<Kept>, prune: Prune) -> Vec<Step> {
    let mut kept: BTreeMap<String, Kept> = kept
        .into_iter()
        .map(|kept| (kept.slug.clone(), kept))
        .collect();
    let mut steps = Vec::new();
    for file in files {
        let (change, before, after) = match kept.remove(&file.slug) {
            // The control room counts on where the slug was used before.
            None => (Change::Create, None, None),
            Some(kept) if kept.source.as_deref() == Some(file.source.as_str()) => {
                (Change::Unchanged, Some(kept.version), Some(kept.version))
            }
            Some(kept) => (Change::Update, Some(kept.version), Some(kept.version + 1)),
        };
        steps.push(Step {
            change,
            slug: file.slug.clone(),
            file: Some(file),
            before,
            after,
            refused: None,
        });
    }
    if prune == Prune::Yes {
        steps.extend(kept.into_values().map(|kept| Step {
            change: Change::Delete,
            slug: kept.slug,
            file: None,
            before: Some(kept.version),
            after: None,
            refused: None,
        }));
    }
    steps.sort_by(|one, other| one.slug.cmp(&other.slug));
    steps
}

/// `1 created, 2 unchanged, 1 refused`, or before it is done `1 to create, 2 unchanged`.
pub fn summary(steps: &[Step], stage: Stage) -> String {
    let number = |change| {
        let done = |step: &&Step| step.change == change && step.refused.is_none();
        steps.iter().filter(done).count()
    };
    let [create, update, delete] = match stage {
        Stage::Planned => ["to create", "to update", "to delete"],
        Stage::Done => ["created", "updated", "deleted"],
    };
    let parts = [
        (number(Change::Create), create),
        (number(Change::Update), update),
        (number(Change::Delete), delete),
        (number(Change::Unchanged), "unchanged"),
        (
            steps.iter().filter(|step| step.refused.is_some()).count(),
            "refused",
        ),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts = parts.map(|(number, word)| format!("{number} {word}"));
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(slug: &str, source: &str) -> File {
        File {
            slug: slug.into(),
            name: format!("{slug}.yaml"),
            source: source.into(),
        }
    }

    fn kept(slug: &str, source: Option<&str>) -> Kept {
        Kept {
            slug: slug.into(),
            version: 3,
            source: source.map(str::to_string),
        }
    }

    fn planned(prune: Prune) -> Vec<(String, Change, String)> {
        let files = vec![file("a", "new"), file("b", "same"), file("d", "changed")];
        let kept = vec![
            kept("b", Some("same")),
            kept("c", None),
            kept("d", Some("old")),
        ];
        plan(files, kept, prune)
            .into_iter()
            .map(|step| (step.slug.clone(), step.change, step.versions()))
            .collect()
    }

    #[test]
    fn the_folder_decides() {
        let step =
            |slug: &str, change, versions: &str| (slug.to_string(), change, versions.to_string());
        let mut all = vec![
            step("a", Change::Create, "new"),
            step("b", Change::Unchanged, "3"),
            step("c", Change::Delete, "3"),
            step("d", Change::Update, "3 → 4"),
        ];
        assert_eq!(planned(Prune::Yes), all);
        all.remove(2);
        assert_eq!(planned(Prune::No), all);
    }
}
