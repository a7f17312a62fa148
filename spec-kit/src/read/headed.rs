//! Headings that are one item each, by the id that they begin with.

use super::ids::{self, Shape};
use super::words::fold;
use crate::facts::{Id, Role};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What the headings of a document tell of each other.
pub(super) struct Headings {
    /// How often a prefix that is no known one begins a heading: `RF` of `RF-01: Login`.
    prefixes: BTreeMap<SmolStr, usize>,
    /// Some are user stories, so that an epic is a group of them.
    has_stories: bool,
}

impl Headings {
    pub(super) fn of<'a>(titles: impl Iterator<Item = &'a str>) -> Self {
        let mut found = Self {
            prefixes: BTreeMap::new(),
            has_stories: false,
        };
        for title in titles {
            let Some(id) = id(title) else { continue };
            found.has_stories |= matches!(id.prefix.as_str(), "US" | "STORY");
            *found.prefixes.entry(id.prefix).or_default() += 1;
        }
        found
    }

    pub(super) fn is_headed(&self, title: &str) -> bool {
        let text = start(title);
        let head = text.get(..text.floor_char_boundary(24)).unwrap_or("");
        let folded = fold(head);
        if folded.starts_with("requirement:") || folded.starts_with("scenario:") {
            return true;
        }
        if ids::worded(text).is_some() {
            return !self.is_group(title);
        }
        ids::one(text, 0).is_some_and(|found| match found.shape {
            Shape::Sure => !self.is_group(title),
            Shape::Short => false,
            Shape::Loose => self.is_own(text, &found),
        })
    }

    /// An id that only its author knows: padded, or beside another with the same letters.
    fn is_own(&self, text: &str, found: &ids::Found) -> bool {
        let written = found.id.written.as_str();
        let after = text.get(found.range.end..).unwrap_or("").trim_start();
        let is_set_off =
            after.is_empty() || after.starts_with([':', '：', '–', '—', '-', '.', ']', '`', '*']);
        let has_like = self
            .prefixes
            .get(&found.id.prefix)
            .is_some_and(|many| *many > 1);
        is_set_off && written.contains('-') && (has_like || written.contains("-0"))
    }

    fn is_group(&self, title: &str) -> bool {
        self.has_stories && id(title).is_some_and(|id| id.prefix == "EPIC")
    }

    /// The role that the kind of an id gives to its heading, where it gives one.
    pub(super) fn role(&self, title: &str) -> Option<Role> {
        let id = id(title)?;
        let head = id.prefix.split('-').next().unwrap_or("");
        Some(match head {
            "US" | "STORY" | "UC" | "UJ" | "EPIC" => Role::Stories,
            "FR" | "REQ" | "" => Role::Requirements,
            "NFR" => Role::NonFunctional,
            "AC" => Role::Acceptance,
            "SC" | "SM" | "KPI" => Role::Success,
            "T" | "TASK" => Role::Tasks,
            "NG" => Role::NonGoals,
            "PE" => Role::Personas,
            "ADR" | "DEC" => Role::Decisions,
            "RISK" => Role::Risks,
            _ => return None,
        })
    }
}

fn start(title: &str) -> &str {
    title.trim().trim_start_matches(['[', '`', '*'])
}

fn id(title: &str) -> Option<Id> {
    let text = start(title);
    ids::worded(text)
        .map(|(id, _)| id)
        .or_else(|| ids::one(text, 0).map(|found| found.id))
}
