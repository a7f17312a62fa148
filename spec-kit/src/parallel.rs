//! Independent work side by side, with the results in the order of what was asked: the same bytes
//! come out, however many processors there are.

/// As many as a bundle has large documents. Not asked of the system, which this library knows
/// nothing of; more threads than processors cost next to nothing.
#[cfg(not(target_family = "wasm"))]
const THREADS: usize = 4;

/// Bytes of all documents from which on a thread is worth its start.
#[cfg(not(target_family = "wasm"))]
const LARGE: usize = 64 * 1024;

/// One result for each item, in their order. `size` is how many bytes they are about.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn map<T: Sync, R: Send>(
    size: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    use crate::order::Order;
    use std::sync::atomic::{AtomicUsize, Ordering};
    if size < LARGE || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    // Many small ones are taken by the handful.
    let handful = (items.len() / (THREADS * 8)).max(1);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done: Vec<(usize, Vec<R>)> = Vec::new();
        loop {
            let at = next.fetch_add(handful, Ordering::Relaxed);
            let Some(rest) = items.get(at..).filter(|rest| !rest.is_empty()) else {
                return done;
            };
            done.push((at, rest.iter().take(handful).map(&work).collect()));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..THREADS.min(items.len()))
            .map(|_| scope.spawn(take))
            .collect();
        let mut done = take();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                // As if it had happened here.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.order_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

/// There are no threads there.
#[cfg(target_family = "wasm")]
pub(crate) fn map<T: Sync, R: Send>(
    _size: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    items.iter().map(work).collect()
}

/// Two results, made side by side if it is worth a thread.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn join<A, B: Send>(
    size: usize,
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    if size < LARGE {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        match second.join() {
            Ok(second) => (first, second),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(target_family = "wasm")]
pub(crate) fn join<A, B: Send>(
    _size: usize,
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    (first(), second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_what_was_asked() {
        let items: Vec<usize> = (0..1000).collect();
        for size in [0, 1 << 20] {
            let doubled = map(size, &items, |item| item * 2);
            assert!(
                doubled
                    .iter()
                    .enumerate()
                    .all(|(at, found)| *found == at * 2)
            );
            assert!(map(size, &[] as &[usize], |item| item * 2).is_empty());
            assert_eq!(join(size, || 1, || "two"), (1, "two"));
        }
    }

    #[test]
    fn a_panic_beside_is_a_panic_here() {
        let one =
            std::panic::catch_unwind(|| map(1 << 20, &[1, 2, 3], |item| assert_ne!(*item, 2)));
        assert!(one.is_err());
    }
}
