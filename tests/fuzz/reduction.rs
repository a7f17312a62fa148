//! A failing input with everything taken away that it fails without.

use super::{Failure, attempt};

/// Enough for what is 64 KiB long; a reduction is a help and not the proof.
const TRIES: usize = 4_000;

pub fn reduce(mut failure: Failure, check: &dyn Fn(&[u8]) -> Result<(), String>) -> Failure {
    let mut left = TRIES;
    for split in [lines as fn(&[u8]) -> Vec<Vec<u8>>, bytes] {
        // What goes may let go what was needed with it.
        while let Some(shorter) = pass(&failure.input, split, &mut left, check) {
            failure = shorter;
        }
    }
    failure
}

/// One walk with pieces of halving size; nothing where nothing could go.
fn pass(
    input: &[u8],
    split: fn(&[u8]) -> Vec<Vec<u8>>,
    left: &mut usize,
    check: &dyn Fn(&[u8]) -> Result<(), String>,
) -> Option<Failure> {
    let mut parts = split(input);
    let mut shortest = None;
    let mut size = parts.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < parts.len() {
            if *left == 0 {
                return shortest;
            }
            *left -= 1;
            let end = (at + size).min(parts.len());
            let without = [&parts[..at], &parts[end..]].concat();
            let input = without.concat();
            match attempt(check, &input) {
                Err(reason) => {
                    shortest = Some(Failure { input, reason });
                    parts = without;
                }
                Ok(()) => at = end,
            }
        }
        size /= 2;
    }
    shortest
}

fn lines(input: &[u8]) -> Vec<Vec<u8>> {
    input
        .split_inclusive(|&byte| byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

fn bytes(input: &[u8]) -> Vec<Vec<u8>> {
    input.iter().map(|&byte| vec![byte]).collect()
}
