//! What viewers and the load met since the last sample.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

#[derive(Default)]
pub struct Tally(Mutex<Met>);

#[derive(Default, Clone)]
pub struct Met {
    /// Answers to viewers, by status.
    pub answers: BTreeMap<u16, u64>,
    /// What ought not to be, and how often.
    pub wrong: BTreeMap<String, u64>,
    pub signals: u64,
    pub bytes: u64,
    pub created: u64,
    looks: Vec<Duration>,
    creates: Vec<Duration>,
}

impl Tally {
    fn with<T>(&self, change: impl FnOnce(&mut Met) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn answer(&self, status: u16, bytes: usize, took: Duration) {
        self.with(|met| {
            *met.answers.entry(status).or_default() += 1;
            met.bytes += bytes as u64;
            met.looks.push(took);
        });
    }

    pub fn signal(&self) {
        self.with(|met| met.signals += 1);
    }

    pub fn created(&self, took: Duration) {
        self.with(|met| {
            met.created += 1;
            met.creates.push(took);
        });
    }

    pub fn wrong(&self, what: String) {
        self.with(|met| *met.wrong.entry(what).or_default() += 1);
    }

    /// Since the last call.
    pub fn take(&self) -> Met {
        self.with(std::mem::take)
    }
}

impl Met {
    pub fn looks_ms(&mut self, share: f64) -> f64 {
        quantile_ms(&mut self.looks, share)
    }

    pub fn creates_ms(&mut self, share: f64) -> f64 {
        quantile_ms(&mut self.creates, share)
    }

    pub fn looks(&self) -> u64 {
        self.answers.values().sum()
    }

    pub fn count_wrong(&self) -> u64 {
        self.wrong.values().sum()
    }
}

/// 0 where nothing was met.
fn quantile_ms(all: &mut [Duration], share: f64) -> f64 {
    all.sort_unstable();
    let place = (all.len().saturating_sub(1) as f64 * share) as usize;
    all.get(place).map_or(0.0, |took| took.as_secs_f64() * 1e3)
}
