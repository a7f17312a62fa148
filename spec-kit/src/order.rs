//! Sorting. The standard library compiles its sort anew for each kind of thing that is sorted, some
//! five kilobytes each, and sorts what it makes a map or a set of; where size counts more than time,
//! which is in components, there is one for all of them. Both are stable, so the same order comes
//! out.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// As `collect`, to what is in order.
pub(crate) trait Gather: Iterator + Sized {
    fn into_set(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord;
    /// Of several with one key the last stays.
    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>;
}

#[cfg(not(target_family = "wasm"))]
impl<I: Iterator> Gather for I {
    fn into_set(self) -> BTreeSet<I::Item>
    where
        I::Item: Ord,
    {
        self.collect()
    }

    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        I: Iterator<Item = (K, V)>,
    {
        self.collect()
    }
}

#[cfg(target_family = "wasm")]
impl<I: Iterator> Gather for I {
    fn into_set(self) -> BTreeSet<I::Item>
    where
        I::Item: Ord,
    {
        let mut set = BTreeSet::new();
        set.extend(self);
        set
    }

    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        I: Iterator<Item = (K, V)>,
    {
        let mut map = BTreeMap::new();
        map.extend(self);
        map
    }
}

/// As the methods of slices with `sort` in their name.
pub(crate) trait Order<T> {
    fn order(&mut self)
    where
        T: Ord;
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
    fn order_by_cached_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

#[cfg(not(target_family = "wasm"))]
impl<T> Order<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        self.sort();
    }

    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering) {
        self.sort_by(compare);
    }

    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        self.sort_by_key(key);
    }

    fn order_by_cached_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        self.sort_by_cached_key(key);
    }
}

#[cfg(target_family = "wasm")]
impl<T> Order<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        small::sort_by(self, &mut T::cmp);
    }

    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        small::sort_by(self, &mut compare);
    }

    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        small::sort_by(self, &mut |a, b| key(a).cmp(&key(b)));
    }

    fn order_by_cached_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        small::sort_by_keys(self, key);
    }
}

#[cfg(any(test, target_family = "wasm"))]
mod small {
    use std::cmp::Ordering;

    pub fn sort_by<T>(items: &mut [T], compare: &mut dyn FnMut(&T, &T) -> Ordering) {
        let places = places(
            items.len(),
            &mut |a, b| match (items.get(a), items.get(b)) {
                (Some(a), Some(b)) => compare(a, b),
                _ => Ordering::Equal,
            },
        );
        put(items, places);
    }

    pub fn sort_by_keys<T, K: Ord>(items: &mut [T], key: impl FnMut(&T) -> K) {
        let keys: Vec<K> = items.iter().map(key).collect();
        put(
            items,
            places(keys.len(), &mut |a, b| keys.get(a).cmp(&keys.get(b))),
        );
    }

    /// Where each of so many things belongs. Merges runs of doubled length, from the bottom up.
    fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        let mut merged: Vec<usize> = Vec::with_capacity(count);
        let mut length = 1;
        while length < count {
            merged.clear();
            for pair in order.chunks(length * 2) {
                let (left, right) = pair.split_at(length.min(pair.len()));
                let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
                loop {
                    let next = match (left.peek(), right.peek()) {
                        (Some(a), Some(b)) if compare(**a, **b).is_le() => left.next(),
                        (_, Some(_)) => right.next(),
                        (Some(_), None) => left.next(),
                        (None, None) => break,
                    };
                    merged.extend(next);
                }
            }
            std::mem::swap(&mut order, &mut merged);
            length *= 2;
        }
        let mut places = vec![0; count];
        for (place, from) in order.into_iter().enumerate() {
            if let Some(at) = places.get_mut(from) {
                *at = place;
            }
        }
        places
    }

    /// Each thing to its place, along the cycles in which they take each other's.
    fn put<T>(items: &mut [T], mut places: Vec<usize>) {
        for at in 0..places.len() {
            while let Some(place) = places.get(at).copied().filter(|place| *place != at) {
                items.swap(at, place);
                places.swap(at, place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::small;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_small_one_orders_as_the_standard_library(
            items in prop::collection::vec((0u8..8, any::<u8>()), 0..70)
        ) {
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            let mut found = items.clone();
            small::sort_by(&mut found, &mut |a, b| a.0.cmp(&b.0));
            prop_assert_eq!(&found, &expected);
            let mut found = items;
            small::sort_by_keys(&mut found, |(key, _)| *key);
            prop_assert_eq!(&found, &expected);
        }
    }
}
