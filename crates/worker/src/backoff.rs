//! Waiting between tries, with jitter so that many workers do not come back together.

use std::time::Duration;

/// Doubles from `first` up to `cap`; each wait is between a half and the whole of it.
pub struct Backoff {
    next: Duration,
    cap: Duration,
}

impl Backoff {
    pub fn new(first: Duration, cap: Duration) -> Self {
        Backoff { next: first, cap }
    }

    /// From 100 ms up to five seconds.
    pub fn usual() -> Self {
        Backoff::new(Duration::from_millis(100), Duration::from_secs(5))
    }

    pub fn next_wait(&mut self) -> Duration {
        let wait = jittered(self.next.mul_f64(0.75), 0.33);
        self.next = (self.next * 2).min(self.cap);
        wait
    }
}

/// `wait`, more or less by at most `share` of it.
pub fn jittered(wait: Duration, share: f64) -> Duration {
    let random = f64::from(random_u32()) / f64::from(u32::MAX);
    wait.mul_f64(1.0 + share * (2.0 * random - 1.0))
}

fn random_u32() -> u32 {
    // Without randomness there is no jitter, which harms nobody.
    getrandom::u32().unwrap_or(u32::MAX / 2)
}

/// Lower-case letters and digits, fresh in every process.
pub fn random_word(length: usize) -> Result<String, getrandom::Error> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0u8; length];
    getrandom::fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        let waits: Vec<_> = (0..10).map(|_| backoff.next_wait()).collect();
        assert!(waits[0] <= Duration::from_millis(100));
        assert!(waits[9] >= Duration::from_millis(500) && waits[9] <= Duration::from_secs(1));
    }
}
