use super::{Entry, Lock, State};
use crate::manifest::NodeKind;
use crate::model::words::Stem;
use crate::model::words::{Bag, normal, stems};
use crate::order::Order;
use crate::parallel;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Words that are kept of a text, to find it again.
pub(super) const MAX_WORDS: usize = 40;
/// So much alike and at the same place: the same thing, reworded. Measured by the example
/// `rewording`: lower takes a neighbour's id, higher loses short texts of which one word changed.
pub const SAME_PLACE: f64 = 0.34;
/// So much alike and anywhere: the same thing, moved.
pub const ANYWHERE: f64 = 0.72;
/// Candidates that one word may bring; more common words find nothing by themselves.
const MAX_CANDIDATES: usize = 64;

/// What wants an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The author's own id, which is kept.
    pub own: Option<&'a str>,
    pub text: Cow<'a, str>,
    /// Titles above it.
    pub section: &'a [String],
}

/// Gives ids: those of the lock to what they were given to, new ones to the rest.
#[derive(Debug, Default)]
pub struct Mint {
    old: Vec<Entry>,
    /// Of the old entries: whether something new stands for it.
    kept: HashSet<String>,
    /// As [`spelled_alike`].
    used: HashSet<String>,
    /// By kind, the highest number that was ever used.
    highest: BTreeMap<NodeKind, u32>,
    entries: Vec<Entry>,
}

struct Wanted {
    words: String,
    section: String,
}

impl Mint {
    pub fn new(lock: &Lock) -> Self {
        let mut mint = Self {
            old: lock.entries.clone(),
            ..Self::default()
        };
        for entry in &lock.entries {
            mint.used.insert(spelled_alike(&entry.id));
            mint.note_number(entry.kind, &entry.id);
        }
        mint
    }

    /// Ids that authors use, for whatever: none of them is given to anything else.
    pub fn reserve<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) {
        self.used.extend(ids.into_iter().map(spelled_alike));
    }

    /// One id for each claim, in order. To be called once for each kind, with all of its claims.
    pub fn assign(&mut self, kind: NodeKind, claims: &[Claim]) -> Vec<String> {
        let size = claims.iter().map(|claim| claim.text.len()).sum();
        let words = parallel::map(size, claims, |claim| normal(&claim.text, MAX_WORDS));
        let wanted: Vec<Wanted> = words
            .into_iter()
            .zip(sections(claims))
            .map(|(words, section)| Wanted { words, section })
            .collect();
        let mut ids: Vec<Option<String>> = vec![None; claims.len()];
        self.keep_own(kind, claims, &mut ids);
        self.find_old(kind, &wanted, &mut ids);
        let mut given = Vec::with_capacity(claims.len());
        for ((wanted, id), position) in wanted.into_iter().zip(ids).zip(1..) {
            let id = id.unwrap_or_else(|| self.fresh(kind));
            self.entries.push(Entry {
                id: id.clone(),
                kind,
                state: State::Active,
                position,
                section: wanted.section,
                words: wanted.words,
            });
            given.push(id);
        }
        given
    }

    /// The new lock: what was given now, and what nothing stands for any more as retired.
    pub fn finish(self) -> Lock {
        let given: HashSet<&str> = self.entries.iter().map(|entry| entry.id.as_str()).collect();
        let retired: Vec<Entry> = self
            .old
            .into_iter()
            .filter(|old| !given.contains(old.id.as_str()))
            .map(|old| Entry {
                state: State::Retired,
                ..old
            })
            .collect();
        let mut lock = Lock {
            entries: self.entries,
        };
        lock.entries.extend(retired);
        lock.sort();
        lock
    }

    /// The author's ids come first; of two with one id the later gets a new one.
    fn keep_own(&mut self, kind: NodeKind, claims: &[Claim], ids: &mut [Option<String>]) {
        if claims.iter().all(|claim| claim.own.is_none()) {
            return;
        }
        let given = self.entries.iter();
        let mut taken: HashSet<String> = given.map(|entry| spelled_alike(&entry.id)).collect();
        for (claim, id) in claims.iter().zip(ids) {
            let Some(own) = claim.own else {
                continue;
            };
            let alike = spelled_alike(own);
            if !taken.insert(alike.clone()) {
                continue;
            }
            self.note_number(kind, own);
            self.used.insert(alike);
            self.kept.insert(own.to_owned());
            *id = Some(own.to_owned());
        }
    }

    fn find_old(&mut self, kind: NodeKind, wanted: &[Wanted], ids: &mut [Option<String>]) {
        let old: Vec<(Vec<Stem>, Entry)> = self
            .old
            .iter()
            .filter(|entry| {
                entry.kind == kind && entry.state == State::Active && !self.kept.contains(&entry.id)
            })
            .map(|entry| (stems(&entry.words), entry.clone()))
            .collect();
        if old.is_empty() {
            return;
        }
        let old: Vec<(Bag, &Entry)> = old
            .iter()
            .map(|(stems, entry)| (Bag::of(stems), entry))
            .collect();
        let mut pairs = candidates(&old, wanted, ids);
        pairs.order_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut taken = vec![false; old.len()];
        for (_, new, before) in pairs {
            let (Some(id), Some(taken), Some((_, entry))) =
                (ids.get_mut(new), taken.get_mut(before), old.get(before))
            else {
                continue;
            };
            if id.is_none() && !*taken {
                *taken = true;
                *id = Some(entry.id.clone());
                self.kept.insert(entry.id.clone());
            }
        }
    }

    fn fresh(&mut self, kind: NodeKind) -> String {
        let (prefix, width) = kind.prefix();
        let highest = self.highest.entry(kind).or_default();
        loop {
            *highest = highest.saturating_add(1);
            let id = format!("{prefix}{:0width$}", *highest);
            if self.used.insert(spelled_alike(&id)) {
                return id;
            }
        }
    }

    fn note_number(&mut self, kind: NodeKind, id: &str) {
        let letters: String = id.chars().take_while(char::is_ascii_alphabetic).collect();
        let number: String = id
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        let (prefix, _) = kind.prefix();
        if letters == prefix.trim_end_matches('-')
            && let Ok(number) = number.parse::<u32>()
        {
            let highest = self.highest.entry(kind).or_default();
            // A huge number of an author would leave none for the rest.
            if number < 1_000_000 {
                *highest = (*highest).max(number);
            }
        }
    }
}

/// An id without its spelling: `FR1`, `FR-1` and `FR-001` are one for whoever reads them.
pub(crate) fn spelled_alike(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    let mut letters = id.chars().peekable();
    let mut in_number = false;
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let is_joint = matches!(letter, '-' | '_') && next.is_ascii_digit();
        let is_padding = letter == '0' && !in_number && next.is_ascii_digit();
        if !is_joint && !is_padding {
            out.push(letter);
            in_number = letter.is_ascii_digit();
        }
    }
    out
}

/// The sections of claims in normal form. Many stand in one.
fn sections(claims: &[Claim]) -> Vec<String> {
    let mut before: Option<(&[String], String)> = None;
    let normal = claims.iter().map(|claim| {
        let (section, normal) = before
            .take()
            .filter(|(section, _)| *section == claim.section)
            .unwrap_or_else(|| {
                let normal = normal(&claim.section.join(" / "), MAX_WORDS);
                (claim.section, normal)
            });
        before = Some((section, normal.clone()));
        normal
    });
    normal.collect()
}

/// (score, new, old) of all pairs that may be the same thing.
fn candidates(
    old: &[(Bag, &Entry)],
    wanted: &[Wanted],
    ids: &[Option<String>],
) -> Vec<(f64, usize, usize)> {
    let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_place: BTreeMap<(&str, u32), Vec<usize>> = BTreeMap::new();
    for (index, (bag, entry)) in old.iter().enumerate() {
        for word in bag.words() {
            by_word.entry(word).or_default().push(index);
        }
        by_words.entry(&entry.words).or_default().push(index);
        by_place
            .entry((&entry.section, entry.position))
            .or_default()
            .push(index);
    }
    let mut pairs = Vec::new();
    for (new, ((wanted, id), position)) in wanted.iter().zip(ids).zip(1u32..).enumerate() {
        if id.is_some() {
            continue;
        }
        let stems = stems(&wanted.words);
        let mut near: BTreeSet<usize> = BTreeSet::new();
        let same = by_words.get(wanted.words.as_str());
        near.extend(same.into_iter().flatten().take(MAX_CANDIDATES));
        // One that was removed or put in before it moves a thing by a few places.
        for place in position.saturating_sub(3)..=position.saturating_add(3) {
            let there = by_place.get(&(wanted.section.as_str(), place));
            near.extend(there.into_iter().flatten().take(MAX_CANDIDATES));
        }
        for word in &stems {
            if let Some(found) = by_word.get(word.as_str())
                && found.len() <= MAX_CANDIDATES
            {
                near.extend(found);
            }
        }
        let bag = Bag::of(&stems);
        for before in near {
            if let Some((old, entry)) = old.get(before)
                && let Some(score) = score((wanted, &bag), position, (entry, old))
            {
                pairs.push((score, new, before));
            }
        }
    }
    pairs
}

/// None where they are too different. A place near the old one breaks ties.
fn score(
    (wanted, bag): (&Wanted, &Bag),
    position: u32,
    (old, old_bag): (&Entry, &Bag),
) -> Option<f64> {
    let alike = if wanted.words == old.words {
        1.0
    } else {
        bag.similarity(old_bag)
    };
    let distance = position.abs_diff(old.position);
    let is_section = wanted.section == old.section;
    let is_near = is_section && distance <= 3;
    if alike < if is_near { SAME_PLACE } else { ANYWHERE } {
        return None;
    }
    let place = if is_section { 0.1 } else { 0.0 } + 0.1 / (1.0 + f64::from(distance));
    Some(alike + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims<'a>(texts: &[&'a str]) -> Vec<Claim<'a>> {
        texts
            .iter()
            .map(|text| Claim {
                own: None,
                text: (*text).into(),
                section: &[],
            })
            .collect()
    }

    fn ids(lock: &Lock, claims: &[Claim]) -> (Vec<String>, Lock) {
        let mut mint = Mint::new(lock);
        let ids = mint.assign(NodeKind::Requirement, claims);
        (ids, mint.finish())
    }

    const FIRST: [&str; 4] = [
        "Sessions CRUD + archive",
        "Claim endpoint with SKIP LOCKED",
        "Cancel run",
        "Realtime Runboard UI",
    ];

    #[test]
    fn reworded_moved_and_new_things_are_told_apart() {
        let (_, lock) = ids(&Lock::default(), &claims(&FIRST));
        let (after, lock) = ids(
            &lock,
            &claims(&[
                "Realtime Runboard UI",
                "Audit log of all verbs",
                "Sessions: create, read, archive",
                "The claim endpoint uses SKIP LOCKED",
            ]),
        );
        assert_eq!(after, ["FR-004", "FR-005", "FR-001", "FR-002"]);
        let cancel = lock.entry("FR-003").expect("kept as a record");
        assert_eq!(cancel.state, State::Retired);
        // A retired id is not given again, not even for the same words.
        let (again, _) = ids(&lock, &claims(&["Cancel run"]));
        assert_eq!(again, ["FR-006"]);
    }

    #[test]
    fn an_id_is_not_given_again_in_another_spelling() {
        let mut given = claims(&["a thing", "another", "a third"]);
        given[0].own = Some("FR1");
        given[1].own = Some("FR-001");
        let mut mint = Mint::new(&Lock::default());
        let goals = mint.assign(NodeKind::Goal, &given[..1]);
        let ids = mint.assign(NodeKind::Requirement, &given[1..]);
        assert_eq!(
            (goals.as_slice(), ids.as_slice()),
            (
                &["FR1".to_owned()][..],
                &["FR-002".to_owned(), "FR-003".to_owned()][..]
            )
        );
    }

    #[test]
    fn an_author_keeps_the_ids_and_new_ones_go_on_from_the_highest() {
        let mut given = claims(&["a thing", "another", "a third", "fourth"]);
        given[1].own = Some("FR-007");
        given[2].own = Some("FR-007");
        given[3].own = Some("REQ-3");
        let (ids, _) = ids(&Lock::default(), &given);
        assert_eq!(ids, ["FR-008", "FR-007", "FR-009", "REQ-3"]);
    }
}
