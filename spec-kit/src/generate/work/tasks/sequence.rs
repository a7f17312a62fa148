//! In which order things can be made that need each other.

/// The places of things, each behind those that it needs, else as they stand. Where some need each
/// other in a circle, the first of them stays first.
pub(super) fn needed_first(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(needs.len());
    let mut is_seen = vec![false; needs.len()];
    // With a stack of its own: the length of a chain is a caller's choice.
    for first in 0..needs.len() {
        let mut open = vec![(first, 0)];
        while let Some((index, next)) = open.pop() {
            let Some(own) = needs.get(index) else {
                continue;
            };
            if next == 0 && std::mem::replace(&mut is_seen[index], true) {
                continue;
            }
            match own.get(next) {
                None => order.push(index),
                Some(needed) => {
                    open.push((index, next + 1));
                    open.push((*needed, 0));
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::needed_first;

    #[test]
    fn what_is_needed_stands_first_and_circles_end() {
        assert_eq!(needed_first(&[vec![2], vec![], vec![1]]), [1, 2, 0]);
        assert_eq!(
            needed_first(&[vec![1], vec![2], vec![0], vec![]]),
            [2, 1, 0, 3]
        );
        let chain: Vec<Vec<usize>> = (0..100_000usize).map(|at| vec![at + 1]).collect();
        assert_eq!(needed_first(&chain).first(), Some(&99_999));
    }
}
