//! The order of ids, by their letters and then by their numbers.

use crate::order::Order;
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The places of keys in their order; of equal ones the first comes first.
pub(super) fn places<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut order: Vec<(K, usize)> = keys.zip(0..).collect();
    order.order();
    order.into_iter().map(|(_, at)| at).collect()
}

pub(super) fn arrange<T>(list: &mut Vec<T>, order: &[usize]) {
    let mut old: Vec<Option<T>> = std::mem::take(list).into_iter().map(Some).collect();
    list.extend(order.iter().filter_map(|at| old.get_mut(*at)?.take()));
}

/// Of each id its place in the order of all: edges name few ids many times.
pub(super) fn ranks<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut keys: Vec<(SortKey, usize)> = Vec::new();
    let mut number = |id: &'a str| {
        let next = numbers.len();
        *numbers.entry(id).or_insert_with(|| {
            keys.push((sort_key(id), next));
            next
        })
    };
    let mut ids: Vec<usize> = ids.map(&mut number).collect();
    keys.order();
    let mut ranks = vec![0; keys.len()];
    for (rank, (_, number)) in keys.into_iter().enumerate() {
        if let Some(at) = ranks.get_mut(number) {
            *at = rank;
        }
    }
    for id in &mut ids {
        *id = ranks.get(*id).copied().unwrap_or(*id);
    }
    ids
}

/// What [`sort_key`] makes of an id. Made and compared a hundred thousand times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// The first eight letters, as a number.
    rank: u64,
    letters: usize,
    numbers: SmallVec<[u64; 2]>,
    id: SmolStr,
}

impl SortKey {
    fn letters(&self) -> &str {
        self.id.get(..self.letters).unwrap_or("")
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let of_long = || match self.letters.max(other.letters) > 8 {
            true => self.letters().cmp(other.letters()),
            false => Ordering::Equal,
        };
        self.rank
            .cmp(&other.rank)
            .then_with(of_long)
            .then_with(|| self.numbers.cmp(&other.numbers))
            .then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn letters(id: &str) -> &str {
    let letters = id.bytes().take_while(u8::is_ascii_alphabetic).count();
    id.get(..letters).unwrap_or("")
}

fn numbers(id: &str) -> impl Iterator<Item = u64> {
    id.split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().unwrap_or(u64::MAX))
}

/// The order of [`sort_key`], for which few keys are not worth making.
pub(crate) fn compare_ids(a: &str, b: &str) -> Ordering {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let digits = |id: &str| {
        let rest = id.bytes().skip(same);
        rest.take_while(u8::is_ascii_digit).count()
    };
    let length = digits(a);
    // Most differ in numbers of one length, which a number has that is not too large.
    if length > 0 && length == digits(b) && a.len().max(b.len()) < 20 {
        return a.cmp(b);
    }
    letters(a)
        .cmp(letters(b))
        .then_with(|| numbers(a).cmp(numbers(b)))
        .then_with(|| a.cmp(b))
}

/// Letters, then numbers: `US2` is before `US10`, `T999` before `T1000`.
pub fn sort_key(id: &str) -> SortKey {
    let letters = id.bytes().take_while(u8::is_ascii_alphabetic).count();
    let first = id.bytes().take(letters).chain(std::iter::repeat(0)).take(8);
    let mut numbers = SmallVec::new();
    let mut number: Option<u64> = None;
    for byte in id.bytes() {
        match byte {
            b'0'..=b'9' => {
                let above = number.unwrap_or(0).saturating_mul(10);
                number = Some(above.saturating_add(u64::from(byte - b'0')));
            }
            _ => numbers.extend(number.take()),
        }
    }
    numbers.extend(number);
    SortKey {
        rank: first.fold(0, |rank, byte| rank << 8 | u64::from(byte)),
        letters,
        numbers,
        id: id.into(),
    }
}
