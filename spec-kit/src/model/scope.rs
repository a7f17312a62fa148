//! What the source excludes, and what asks for it all the same.

use super::node::Node;
use super::words::Stem;
use super::words::stems;
use crate::order::Order;
use std::collections::HashMap;

/// Non-goals with one first word that are compared.
const MAX_PHRASES: usize = 64;

/// The phrases of the non-goals, by their first word in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exclusions {
    by_first: HashMap<Stem, Vec<(usize, Vec<Stem>)>>,
}

impl Exclusions {
    pub(crate) fn of(non_goals: &[Node]) -> Self {
        let mut by_first: HashMap<Stem, Vec<(usize, Vec<Stem>)>> = HashMap::new();
        for (index, node) in non_goals.iter().enumerate() {
            let head = node.text.split(['(', ':', ';', '.', '—', '–']).next();
            let parts = head
                .unwrap_or("")
                .split(" or ")
                .flat_map(|part| part.split(','));
            for part in parts {
                let mut words = stems(part);
                words.order();
                words.dedup();
                // One word is too little, and many are a sentence that nobody repeats.
                if (2..=5).contains(&words.len())
                    && let Some(first) = words.first().cloned()
                {
                    let list = by_first.entry(first).or_default();
                    if list.len() < MAX_PHRASES {
                        list.push((index, words));
                    }
                }
            }
        }
        Self { by_first }
    }

    /// The non-goal that has all its words in a text, if any.
    pub fn hit(&self, words: &[Stem]) -> Option<usize> {
        if self.by_first.is_empty() {
            return None;
        }
        words.iter().find_map(|word| {
            self.by_first
                .get(word)?
                .iter()
                .find(|(_, phrase)| phrase.iter().all(|w| words.contains(w)))
                .map(|(index, _)| *index)
        })
    }
}
