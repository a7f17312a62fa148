use super::words::{Lists, Stem, compare, ordered};
use crate::order::Order;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words in more passages than this tell none of them from the others.
const MAX_POSTINGS: usize = 96;
/// Words of a query that are looked up: the rarest. With [`MAX_POSTINGS`] this bounds the work
/// of a query, and so makes all queries together linear.
const MAX_TERMS: usize = 24;

/// What is done to nearly everything tells little of what is meant, and so does a concern.
const WEAK: &[&str] = &[
    "add",
    "allow",
    "appear",
    "avail",
    "build",
    "chang",
    "creat",
    "delet",
    "edit",
    "enabl",
    "execut",
    "funct",
    "handl",
    "implement",
    "list",
    "load",
    "manag",
    "new",
    "provid",
    "read",
    "set",
    "show",
    "start",
    "stat",
    "statu",
    "status",
    "stop",
    "stor",
    "type",
    "ui",
    "updat",
    "work",
    "write",
];
const WEAK_WEIGHT: f64 = 0.5;
/// Words that no passage has make a text longer, but not as much as those that could fit.
const UNKNOWN_WEIGHT: f64 = 0.5;

/// What two words weigh that are not used of everything.
const TWO_WORDS: f64 = 2.0;
/// Words of a passage itself, rather than around it.
const OWN: f64 = 1.0;

/// Concerns that few texts have, and that say enough alone.
const TELLING: &[&str] = &["~once", "~recovery", "~money", "~notify"];

/// What a word tells of what is meant; concerns are no words of their own.
fn telling(word: &str) -> f64 {
    match word.starts_with('~') && !TELLING.contains(&word) {
        true => 0.0,
        false => weight(word),
    }
}

fn weight(word: &str) -> f64 {
    let is_weak = match word.starts_with('~') {
        true => !TELLING.contains(&word),
        false => WEAK_WORDS.bits(word) != 0,
    };
    if is_weak { WEAK_WEIGHT } else { 1.0 }
}

static WEAK_WORDS: LazyLock<Lists> = LazyLock::new(|| Lists::of([(1, WEAK)]));

/// `2`, `5s`: a number is no subject.
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn rarity(count: usize, word: &str, passages: usize) -> f64 {
    weight(word) * (1.0 + (1.0 + count as f64) / (1.0 + passages as f64)).ln()
}

/// Finds which of many passages a text speaks of, by the words that they share; rare words weigh
/// more. Ties go to the earlier passage.
#[derive(Debug, Default)]
pub struct Matcher {
    postings: HashMap<Stem, Posting>,
    norms: Vec<f64>,
    /// What the own words of each passage weigh together, rare or not.
    weights: Vec<f64>,
    count: usize,
}

#[derive(Debug, Default)]
struct Posting {
    rarity: f64,
    telling: f64,
    /// Passages, and what the word weighs in them.
    found: Vec<(usize, f64)>,
}

impl Posting {
    /// The largest weight of a word in a passage stays; passages come in their order.
    fn note(&mut self, passage: usize, weight: f64) {
        match self.found.last_mut() {
            Some((last, before)) if *last == passage => *before = before.max(weight),
            _ => self.found.push((passage, weight)),
        }
    }
}

/// A passage and how well it fits, 0 to 1, with the words that are shared.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    pub target: usize,
    pub score: f64,
    pub shared: Vec<Stem>,
    /// What the shared words weigh together that are its own and tell what is meant.
    pub telling: f64,
    /// How much of what either says the shared words are, of the one of which they are more.
    pub part: f64,
}

impl Match {
    /// One word in common is chance, unless it is much of what one of the two says.
    pub fn is_telling(&self, part: f64) -> bool {
        self.telling >= TWO_WORDS || self.part >= part
    }
}

impl Matcher {
    /// Each target is a list of (words, weight): its own words and, with less weight, those around it.
    pub fn new<'a>(targets: impl IntoIterator<Item = Vec<(&'a [Stem], f64)>>) -> Self {
        let mut postings: HashMap<Stem, Posting> = HashMap::new();
        let mut count = 0;
        for (index, target) in targets.into_iter().enumerate() {
            count = index + 1;
            for (words, weight) in target {
                for word in words {
                    if let Some(posting) = postings.get_mut(word) {
                        posting.note(index, weight);
                        continue;
                    }
                    let posting = Posting {
                        rarity: 0.0,
                        telling: telling(word),
                        found: vec![(index, weight)],
                    };
                    postings.insert(word.clone(), posting);
                }
            }
        }
        // In the order of the words: a sum of fractions depends on it.
        let mut sorted: Vec<(&Stem, &mut Posting)> = postings.iter_mut().collect();
        sorted.order_by(|a, b| compare(a.0, b.0));
        let mut norms = vec![0.0; count];
        let mut weights = vec![0.0; count];
        for (word, posting) in sorted {
            posting.rarity = rarity(count, word, posting.found.len());
            let own = if is_number(word) {
                0.0
            } else {
                posting.telling
            };
            for (index, weight) in &posting.found {
                if let Some(norm) = norms.get_mut(*index) {
                    *norm += (posting.rarity * weight).powi(2);
                }
                if let Some(sum) = weights.get_mut(*index).filter(|_| *weight >= OWN) {
                    *sum += own;
                }
            }
        }
        Self {
            postings,
            norms: norms.into_iter().map(f64::sqrt).collect(),
            weights,
            count,
        }
    }

    /// The passages that share words with the text, best first, at most `limit`. A concern
    /// that many texts have is too little alone.
    pub fn find(&self, words: &[Stem], limit: usize) -> Vec<Match> {
        let mut seen = ordered(words.iter().filter(|word| !is_number(word)));
        seen.dedup();
        let mut terms: Vec<(&Stem, &Posting)> = Vec::with_capacity(seen.len());
        let mut norm = 0.0;
        let mut said = 0.0;
        for word in seen {
            let Some(posting) = self.postings.get(word) else {
                said += telling(word);
                norm += (UNKNOWN_WEIGHT * rarity(self.count, word, 0)).powi(2);
                continue;
            };
            said += posting.telling;
            norm += posting.rarity.powi(2);
            if posting.found.len() <= MAX_POSTINGS || self.count <= MAX_POSTINGS {
                terms.push((word, posting));
            }
        }
        terms.order_by_key(|(_, posting)| posting.found.len());
        terms.truncate(MAX_TERMS);
        let own_words = |target: usize, shared: u32| {
            terms.iter().enumerate().filter(move |(at, (_, posting))| {
                let place = posting
                    .found
                    .binary_search_by_key(&target, |(index, _)| *index);
                let found = place.ok().and_then(|place| posting.found.get(place));
                shared & (1 << at) != 0 && found.is_some_and(|(_, weight)| *weight >= OWN)
            })
        };
        // By passage, and in it by term, so that each sum is made in one order.
        let mut parts: Vec<(usize, usize, f64)> = Vec::new();
        for (at, (_, posting)) in terms.iter().enumerate() {
            let rarity = posting.rarity.powi(2);
            let found = posting.found.iter();
            parts.extend(found.map(|(index, weight)| (*index, at, rarity * weight)));
        }
        parts.order_by_key(|(index, at, _)| (*index, *at));
        // Which terms are shared is one bit each: there are at most `MAX_TERMS` of them.
        let scores = parts.chunk_by(|a, b| a.0 == b.0).filter_map(|parts| {
            let (target, ..) = *parts.first()?;
            let (score, shared) = parts
                .iter()
                .fold((0.0, 0u32), |(score, shared), (_, at, part)| {
                    (score + part, shared | 1 << at)
                });
            Some((target, (score, shared)))
        });
        let says_enough = |shared: u32| {
            let mut terms = terms.iter().enumerate();
            terms.any(|(at, (_, posting))| shared & (1 << at) != 0 && posting.telling > 0.0)
        };
        let mut matches: Vec<(f64, usize, u32)> = scores
            .filter(|(_, (_, shared))| says_enough(*shared))
            .map(|(target, (score, shared))| {
                let length = self.norms.get(target).copied().unwrap_or(1.0) * norm.sqrt();
                let score = if length > 0.0 { score / length } else { 0.0 };
                (score, target, shared)
            })
            .collect();
        matches.order_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        matches.truncate(limit);
        matches
            .into_iter()
            .map(|(score, target, shared)| {
                let told = own_words(target, shared).map(|(_, (_, posting))| posting.telling);
                let all: f64 = told.sum();
                let of = |whole: f64| if whole > 0.0 { all / whole } else { 0.0 };
                let theirs = self.weights.get(target).copied().unwrap_or(0.0);
                Match {
                    target,
                    score,
                    telling: all,
                    part: of(said).max(of(theirs)),
                    shared: terms
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| shared & (1 << at) != 0)
                        .map(|(_, (word, _))| (*word).clone())
                        .collect(),
                }
            })
            .collect()
    }

    pub fn best(&self, words: &[Stem], at_least: f64) -> Option<Match> {
        self.find(words, 1)
            .into_iter()
            .next()
            .filter(|found| found.score >= at_least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::words::stems;

    #[test]
    fn weak_words_are_found_among_each_other() {
        assert_eq!((weight("funct"), weight("lane")), (WEAK_WEIGHT, 1.0));
    }

    #[test]
    fn rare_words_decide_and_ties_go_to_the_first() {
        let texts = ["cancel a run", "claim a run", "claim a run", "list runs"];
        let words: Vec<Vec<Stem>> = texts.iter().map(|text| stems(text)).collect();
        let matcher = Matcher::new(words.iter().map(|w| vec![(w.as_slice(), 1.0)]));
        let best = matcher.best(&stems("claiming runs"), 0.1).expect("a match");
        assert_eq!(best.target, 1);
        assert_eq!(best.shared, ["claim", "run"]);
        assert_eq!(matcher.best(&stems("unrelated"), 0.1), None);
        assert_eq!(matcher.find(&stems("runs"), 2).len(), 2);
    }

    #[test]
    fn one_word_in_common_is_chance_unless_it_is_much_of_what_is_said() {
        let texts = ["Parallel lanes per session", "Heartbeat and recovery"];
        let words: Vec<Vec<Stem>> = texts.iter().map(|text| stems(text)).collect();
        let matcher = Matcher::new(words.iter().map(|w| vec![(w.as_slice(), 1.0)]));
        let is_telling = |text: &str| {
            let best = matcher.best(&stems(text), 0.0).expect("a match");
            best.is_telling(0.5)
        };
        assert!(!is_telling("Sessions CRUD and archive"));
        assert!(is_telling("Heartbeat every 2s"));
        assert!(is_telling("Lanes of a session are archived"));
    }
}
