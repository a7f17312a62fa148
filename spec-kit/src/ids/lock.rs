use super::mint::MAX_WORDS;
use crate::manifest::{Manifest, NodeKind, compare_ids};
use crate::model::words::normal;
use crate::order::{Gather, Order};
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "\
# Ids of this bundle, one a line: id | kind | state | position | section | words.
# Written by the generator and kept with the bundle; a merge may join the lines of both sides.
";

/// `spec-kit.lock`: every id that was ever given, so that none is given twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// In the order of the ids, each once.
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    pub kind: NodeKind,
    pub state: State,
    /// Among those of its kind, from 1.
    pub position: u32,
    /// Titles above it in normal form, joined by ` / `.
    pub section: String,
    /// The text in normal form: the words by which it is found again.
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Active,
    /// No line of the source stands for it any more. Never given again.
    Retired,
}

/// A lock that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    #[error("spec-kit.lock:{line}: {reason}; restore it from version control")]
    Line { line: u32, reason: LockReason },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LockReason {
    #[error("six fields are expected, separated by `|`")]
    Fields,
    #[error("a kind of node is expected in field 2")]
    Kind,
    #[error("`active` or `retired` is expected in field 3")]
    State,
    #[error("a number is expected in field 4")]
    Position,
    #[error("a conflict marker of a merge is left")]
    Conflict,
}

impl Lock {
    /// Where both sides of a merge kept a line for one id, the active one counts, then the first.
    ///
    /// # Errors
    /// A line that has no six fields, and conflict markers.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let mut entries = Vec::new();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            entries.push(parse_line(line).map_err(|reason| LockError::Line {
                line: number,
                reason,
            })?);
        }
        let mut lock = Self { entries };
        lock.sort();
        Ok(lock)
    }

    /// A lock that is gone, as far as the manifest beside it knows: the ids that were in use. What
    /// is generated `now` says of some of them by which words they are found; the others are
    /// looked for by what the manifest says of them.
    pub fn restored(before: &Manifest, now: &Manifest, lock: &Self) -> Self {
        let entries: BTreeMap<&str, &Entry> = lock
            .entries
            .iter()
            .map(|entry| (entry.id.as_str(), entry))
            .into_map();
        // The last first, so that of several with one text each gives its own.
        let mut told: BTreeMap<(NodeKind, &str), Vec<&Entry>> = BTreeMap::new();
        for node in now.nodes.iter().rev() {
            let same = told.entry((node.kind, &node.text)).or_default();
            same.extend(entries.get(node.id.as_str()));
        }
        let mut last: BTreeMap<NodeKind, u32> = BTreeMap::new();
        let mut restored = Self::default();
        for node in &before.nodes {
            let position = last.entry(node.kind).or_default();
            *position += 1;
            let known = told.get_mut(&(node.kind, node.text.as_str()));
            restored.entries.push(match known.and_then(Vec::pop) {
                Some(known) => Entry {
                    id: node.id.clone(),
                    ..known.clone()
                },
                None => Entry {
                    id: node.id.clone(),
                    kind: node.kind,
                    state: State::Active,
                    position: *position,
                    section: String::new(),
                    words: normal(&node.text, MAX_WORDS),
                },
            });
        }
        restored.sort();
        restored
    }

    pub fn sort(&mut self) {
        self.entries
            .order_by(|a, b| compare_ids(&a.id, &b.id).then(a.state.cmp(&b.state)));
        self.entries.dedup_by(|later, first| later.id == first.id);
    }

    pub fn render(&self) -> String {
        let lengths = self.entries.iter().map(|entry| entry.words.len() + 64);
        let mut text = String::with_capacity(HEAD.len() + lengths.sum::<usize>());
        text.push_str(HEAD);
        for entry in &self.entries {
            let state = match entry.state {
                State::Active => "active",
                State::Retired => "retired",
            };
            for part in [&entry.id, entry.kind.name(), state] {
                text.push_str(part);
                text.push_str(" | ");
            }
            // Writing to a string cannot fail.
            let _ = write!(text, "{}", entry.position);
            for part in [&entry.section, &entry.words] {
                text.push_str(" | ");
                text.push_str(part);
            }
            text.push('\n');
        }
        text
    }

    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }
}

fn parse_line(line: &str) -> Result<Entry, LockReason> {
    if ["<<<<<<<", "=======", ">>>>>>>"]
        .iter()
        .any(|marker| line.starts_with(marker))
    {
        return Err(LockReason::Conflict);
    }
    let mut fields = line.splitn(6, '|').map(str::trim);
    let mut field = || fields.next().ok_or(LockReason::Fields);
    let [id, kind, state, position, section, words] =
        [field()?, field()?, field()?, field()?, field()?, field()?];
    Ok(Entry {
        id: id.to_owned(),
        kind: NodeKind::from_name(kind).ok_or(LockReason::Kind)?,
        state: match state {
            "active" => State::Active,
            "retired" => State::Retired,
            _ => return Err(LockReason::State),
        },
        position: position.parse().map_err(|_| LockReason::Position)?,
        section: section.to_owned(),
        words: words.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, state: State) -> Entry {
        Entry {
            id: id.into(),
            kind: NodeKind::Requirement,
            state,
            position: 1,
            section: "requirement".into(),
            words: "claim run".into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_order() {
        let mut lock = Lock {
            entries: vec![
                entry("FR-010", State::Retired),
                entry("FR-002", State::Active),
            ],
        };
        lock.sort();
        let text = lock.render();
        assert!(text.contains("FR-002 | requirement | active | 1 | requirement | claim run\n"));
        assert_eq!(Lock::parse(&text), Ok(lock));
    }

    #[test]
    fn a_merge_that_kept_both_sides_is_read_and_a_conflict_is_not() {
        let lines = "FR-001 | requirement | retired | 1 | a | b\nFR-001 | requirement | active | 2 | a | c\n";
        let lock = Lock::parse(lines).expect("a lock");
        assert_eq!(lock.entries.len(), 1);
        assert_eq!(lock.entries[0].position, 2);
        for (text, reason) in [
            ("<<<<<<< ours", LockReason::Conflict),
            ("FR-001 | x", LockReason::Fields),
            ("FR-001 | x | active | 1 | a | b", LockReason::Kind),
            ("FR-001 | goal | gone | 1 | a | b", LockReason::State),
            ("FR-001 | goal | active | one | a | b", LockReason::Position),
        ] {
            assert_eq!(Lock::parse(text), Err(LockError::Line { line: 1, reason }));
        }
    }
}
