//! One pass over all rows: the stage, what has been measured on it, and how much is asked for.

use crate::arguments::{Arguments, Effort};
use crate::peers::Peers;
use crate::report::{Report, Row};
use crate::setup::{Fallible, Stage};

pub struct Pass {
    pub stage: Stage,
    pub report: Report,
    pub peers: Option<Peers>,
    pub effort: Effort,
    pub snapshot_seconds: u64,
    only: Option<String>,
    round: usize,
}

impl Pass {
    pub async fn start(arguments: &Arguments) -> Fallible<Self> {
        let usual = match arguments.effort {
            Effort::Quick => 5,
            Effort::Full => 60,
        };
        Ok(Pass {
            stage: Stage::start().await?,
            report: Report::default(),
            peers: Peers::find(),
            effort: arguments.effort,
            snapshot_seconds: arguments.snapshot_seconds.unwrap_or(usual),
            only: arguments.only.clone(),
            round: 0,
        })
    }

    pub fn rounds(&self) -> usize {
        self.of(1, 3)
    }

    pub fn next_round(&mut self) {
        self.round += 1;
        eprintln!("round {}", self.round);
    }

    /// As much of it as was asked for.
    pub fn of<T>(&self, quick: T, full: T) -> T {
        match self.effort {
            Effort::Quick => quick,
            Effort::Full => full,
        }
    }

    pub fn wants(&self, what: &str) -> bool {
        self.only.as_deref().is_none_or(|only| what.contains(only))
    }

    /// Forwards in one round and backwards in the next, so that nothing profits from its place.
    pub fn in_turn<T: Clone>(&self, all: &[T]) -> Vec<T> {
        let mut all = all.to_vec();
        if self.round.is_multiple_of(2) {
            all.reverse();
        }
        all
    }

    pub fn add(&mut self, row: Row, sample: f64) {
        self.report.add(row, sample);
    }
}
