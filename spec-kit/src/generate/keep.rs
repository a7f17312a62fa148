//! What people wrote into a bundle stays when it is generated again.

use crate::digest::{LOCK, UNLOCK, digest, split_box, unlocked};
use crate::facts::edges::is_id;
use crate::manifest::Manifest;
use crate::order::Order;
use std::collections::BTreeMap;

/// A block between the marks, and the heading that it stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    name: String,
    under: String,
    lines: Vec<String>,
}

/// The generated text with the blocks and ticks of the one before.
pub fn keep(fresh: &str, before: &str) -> String {
    let blocks = blocks(before);
    let ticks = ticks(before);
    let mut left: BTreeMap<&str, &Block> = BTreeMap::new();
    for block in &blocks {
        left.entry(&block.name).or_insert(block);
    }
    let mut out = String::with_capacity(fresh.len());
    let mut lines = fresh.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = opening(line) {
            out.push_str(line);
            out.push('\n');
            let own = left.remove(name);
            for kept in own.into_iter().flat_map(|block| &block.lines) {
                out.push_str(kept);
                out.push('\n');
            }
            for rest in lines.by_ref() {
                if rest.trim_start().starts_with(LOCK) {
                    break;
                }
            }
            out.push_str(LOCK);
            out.push('\n');
            continue;
        }
        match (split_box(line), task_id(line)) {
            (Some((lead, false, rest)), Some(id)) if ticks.contains(id) => {
                out.push_str(lead);
                out.push_str("[x]");
                out.push_str(rest);
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    put_back(out, left.into_values().collect())
}

/// Blocks that people put in themselves go back under their heading, else to the end.
fn put_back(mut text: String, mut blocks: Vec<&Block>) -> String {
    blocks.order_by(|a, b| a.name.cmp(&b.name));
    for block in blocks {
        let body = format!(
            "\n{UNLOCK} {} -->\n{}{LOCK}\n",
            block.name,
            block
                .lines
                .iter()
                .map(|line| format!("{line}\n"))
                .collect::<String>()
        );
        let heading = format!("\n{}\n", block.under);
        match text.find(&heading).filter(|_| !block.under.is_empty()) {
            Some(at) => text.insert_str(at + heading.len(), &body),
            None => text.push_str(&body),
        }
    }
    text
}

fn opening(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix(UNLOCK)?;
    Some(rest.trim_end().strip_suffix("-->")?.trim())
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut under = String::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        if let Some(mut block) = open.take() {
            if line.trim_start().starts_with(LOCK) {
                found.push(block);
            } else {
                block.lines.push(line.to_owned());
                open = Some(block);
            }
            continue;
        }
        if let Some(name) = opening(line) {
            open = Some(Block {
                name: name.to_owned(),
                under: under.clone(),
                lines: Vec::new(),
            });
        } else if line.starts_with('#') {
            under = line.to_owned();
        }
    }
    // One that nobody closed reaches to the end.
    found.extend(open);
    // Without text there is nothing to keep.
    found.retain(|block| block.lines.iter().any(|line| !line.trim().is_empty()));
    found
}

/// The id behind the box of a task's line.
fn task_id(line: &str) -> Option<&str> {
    let (_, _, rest) = split_box(line)?;
    rest.trim_start()
        .split(|c: char| c.is_whitespace() || c == ':' || c == '*')
        .find(|word| !word.is_empty())
}

/// The ids of all ticked tasks; boxes in blocks of people are theirs.
pub(super) fn ticks(text: &str) -> std::collections::BTreeSet<&str> {
    let mut is_open = false;
    text.lines()
        .filter(|line| {
            if is_open {
                is_open = !line.trim_start().starts_with(LOCK);
                return false;
            }
            is_open = opening(line).is_some();
            !is_open
        })
        .filter(|line| split_box(line).is_some_and(|(_, is_ticked, _)| is_ticked))
        .filter_map(task_id)
        .collect()
}

/// The ids that people give to what they write in their blocks: each where a line begins.
pub(super) fn own_ids(text: &str) -> impl Iterator<Item = &str> {
    let lines = unlocked(text).into_iter().flat_map(|block| {
        let block = text.get(block).unwrap_or("");
        block.lines()
    });
    lines.filter_map(|line| {
        let words = split_box(line).map_or(line, |(_, _, rest)| rest);
        let words = words.trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = words.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        words
            .get(..end.unwrap_or(words.len()))
            .filter(|id| is_id(id))
    })
}

/// Documents that were changed where only the generator writes.
pub(super) fn edited(manifest: &Manifest, documents: &[(&str, &str)]) -> Vec<String> {
    documents
        .iter()
        .filter(|(name, text)| {
            manifest
                .documents
                .get(*name)
                .is_some_and(|known| known.digest != digest(text))
        })
        .map(|(name, _)| (*name).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: &str = "# T\n\n## A\n\n- [ ] T001 one\n- [ ] T002 two\n\n<!-- sk:unlock notes -->\n<!-- sk:lock -->\n";

    #[test]
    fn blocks_and_ticks_stay() {
        let before = FRESH
            .replace("- [ ] T002", "- [x] T002")
            .replace("notes -->\n", "notes -->\nmine\n\n- [x] T001 mine\n");
        let kept = keep(FRESH, &before);
        assert!(kept.contains("- [ ] T001 one\n- [x] T002 two\n"));
        assert!(
            kept.contains("<!-- sk:unlock notes -->\nmine\n\n- [x] T001 mine\n<!-- sk:lock -->\n")
        );
        assert_eq!(keep(FRESH, &kept), kept);
        assert_eq!(keep(FRESH, FRESH), FRESH);
    }

    #[test]
    fn ids_of_people_are_those_that_their_lines_begin_with() {
        let text = FRESH.replace(
            "notes -->\n",
            "notes -->\n- [ ] T900 mine, after T001\n- **FR-090**: more\nSee T007.\n",
        );
        assert_eq!(own_ids(&text).collect::<Vec<_>>(), ["T900", "FR-090"]);
        assert_eq!(own_ids(FRESH).count(), 0);
    }

    #[test]
    fn a_block_of_ones_own_goes_back_under_its_heading_or_to_the_end() {
        let own = "## A\n\n<!-- sk:unlock mine -->\nwords\n<!-- sk:lock -->\n";
        let kept = keep(FRESH, own);
        assert!(
            kept.contains("## A\n\n<!-- sk:unlock mine -->\nwords\n<!-- sk:lock -->\n\n- [ ]"),
            "{kept}"
        );
        assert_eq!(keep(FRESH, &kept), kept);
        let lost = keep(FRESH, &own.replace("## A", "## Gone"));
        assert!(lost.ends_with("words\n<!-- sk:lock -->\n"));
    }
}
