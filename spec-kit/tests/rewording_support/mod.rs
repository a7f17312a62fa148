//! Small edits of a document, as people make them, and how many ids survive each.

use ops_spec_kit::generate::{Existing, Output, Request, generate};
use std::collections::BTreeMap;

/// One kind of edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// One word of an item is another.
    Replace,
    /// One word more.
    Insert,
    /// One word less, where three are left.
    Remove,
    /// An item changes places with the next of its list.
    Swap,
    /// An item goes to the end of its list.
    Move,
    /// A new item in front of one.
    Add,
    /// An item is gone.
    Delete,
}

pub const EDITS: [Edit; 7] = [
    Edit::Replace,
    Edit::Insert,
    Edit::Remove,
    Edit::Swap,
    Edit::Move,
    Edit::Add,
    Edit::Delete,
];

/// What came of one kind of edit: ids that should have stayed, and those that did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    pub edits: usize,
    pub ids: usize,
    pub kept: usize,
    /// Of the lines that were edited themselves.
    pub touched: usize,
    pub touched_kept: usize,
}

/// A sequence that is the same everywhere; Numerical Recipes' constants.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

fn is_item(line: &str) -> bool {
    let text = line.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.starts_with("- ") || digits > 0 && text[digits..].starts_with(". ")
}

/// Generates, edits, generates again, for each of `count` edits; by kind of edit.
pub fn measure(text: &str, count: usize, seed: u64) -> BTreeMap<Edit, Kept> {
    let first = output(text, None);
    let before = places(&first);
    let existing = Existing::of(first.files.iter().map(|(n, t)| (n.as_str(), t.as_str())));
    let mut random = Random::new(seed);
    let mut table: BTreeMap<Edit, Kept> = BTreeMap::new();
    for number in 0..count {
        let edit = EDITS[number % EDITS.len()];
        let (edited, map, touched) = apply(text, edit, &mut random);
        let after = places(&output(&edited, Some(&existing)));
        let row = table.entry(edit).or_default();
        row.edits += 1;
        for ((kind, line), id) in &before {
            let Some(new) = map.get(line) else {
                continue;
            };
            let is_kept = after.get(&(kind.clone(), *new)) == Some(id);
            row.ids += 1;
            row.kept += usize::from(is_kept);
            if touched == *line {
                row.touched += 1;
                row.touched_kept += usize::from(is_kept);
            }
        }
    }
    table
}

fn output(text: &str, existing: Option<&Existing>) -> Output {
    let source = ops_spec_kit::read::document("docs/prd.md", text.as_bytes()).expect("text");
    let mut request = Request::new(&source, "a");
    request.existing = existing;
    generate(&request).expect("a bundle")
}

/// Ids by kind and line, of what one line of the source says.
fn places(output: &Output) -> BTreeMap<(String, u32), String> {
    output
        .manifest
        .nodes
        .iter()
        .filter(|node| {
            matches!(
                node.kind.name(),
                "goal"
                    | "non_goal"
                    | "persona"
                    | "requirement"
                    | "non_functional"
                    | "acceptance"
                    | "decision"
            )
        })
        .filter_map(|node| {
            let line = node.source.as_ref()?.line;
            Some(((node.kind.name().to_owned(), line), node.id.clone()))
        })
        .collect()
}

/// The edited text, where each line went (from 1), and the line that was edited.
fn apply(text: &str, edit: Edit, random: &mut Random) -> (String, BTreeMap<u32, u32>, u32) {
    let mut lines: Vec<(u32, String)> = (1..).zip(text.lines().map(str::to_owned)).collect();
    let items: Vec<usize> = (0..lines.len())
        .filter(|at| is_item(&lines[*at].1))
        .collect();
    let at = items[random.below(items.len())];
    let touched = lines[at].0;
    let mut end = at;
    while end + 1 < lines.len() && is_item(&lines[end + 1].1) {
        end += 1;
    }
    let words: Vec<String> = lines[at].1.split(' ').map(str::to_owned).collect();
    let lead = words
        .iter()
        .position(|w| w.chars().any(char::is_alphabetic))
        .unwrap_or(0);
    let inside = lead + random.below(words.len() - lead);
    const NEW: [&str; 8] = [
        "all", "quick", "stored", "safe", "every", "remote", "shared", "signed",
    ];
    let new = NEW[random.below(NEW.len())].to_owned();
    match edit {
        Edit::Replace => {
            let mut words = words;
            words[inside] = new;
            lines[at].1 = words.join(" ");
        }
        Edit::Insert => {
            let mut words = words;
            words.insert(inside, new);
            lines[at].1 = words.join(" ");
        }
        Edit::Remove if words.len() - lead > 3 => {
            let mut words = words;
            words.remove(inside);
            lines[at].1 = words.join(" ");
        }
        Edit::Remove => {}
        Edit::Swap if at < end => lines.swap(at, at + 1),
        Edit::Swap => {}
        Edit::Move => {
            let line = lines.remove(at);
            lines.insert(end, line);
        }
        Edit::Add => {
            let marker: String = lines[at].1.split(' ').next().unwrap_or("-").to_owned();
            lines.insert(
                at,
                (
                    0,
                    format!("{marker} Something {new} that nobody asked for before"),
                ),
            );
        }
        Edit::Delete => {
            lines.remove(at);
        }
    }
    let map = lines
        .iter()
        .zip(1..)
        .filter(|((old, _), _)| *old > 0)
        .map(|((old, _), new)| (*old, new))
        .collect();
    let text: String = lines.into_iter().map(|(_, line)| line + "\n").collect();
    (text, map, touched)
}
