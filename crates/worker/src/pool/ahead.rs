//! Runs claimed ahead of their turn. Where runs are shorter than the call that brings them, a worker
//! that claims only what it can begin at once spends its time on calls: each then brings the next runs
//! too. Never more than one beyond the places, never without a call that is made anyway, and only while
//! runs are short and the queue gave all that it was asked for.

use super::Pool;
use crate::control::{RunControl, Stop};
use crate::executor::{Executor, Job, Outcome};
use ops_core::api::ClaimedRun;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A run that has not begun by then is handed back: the one in front of it is no short one.
const PATIENCE: Duration = Duration::from_millis(100);

/// Claimed, its lease kept, and not begun.
pub struct Waiting {
    run: ClaimedRun,
    control: Arc<RunControl>,
    since: Instant,
}

/// How long runs take here of late, and whether the queue has more of them.
pub struct Pace {
    /// Runs that take this long on average are worth claiming ahead.
    short: Duration,
    mean: Duration,
    more: bool,
}

impl Pace {
    /// Knows nothing yet, so nothing is claimed ahead.
    pub fn unknown(short: Duration) -> Self {
        Pace {
            short,
            mean: short * 2,
            more: false,
        }
    }

    /// A run took so long. The last few weigh most.
    pub fn ran(&mut self, took: Duration) {
        self.mean = (self.mean * 3 + took) / 4;
    }

    pub fn answered(&mut self, asked: usize, got: usize) {
        self.more = asked > 0 && got >= asked;
    }

    /// Runs waited in vain: some ten short ones have to pass before the next is claimed ahead.
    fn held_up(&mut self) {
        self.mean = self.short * 16;
    }

    fn is_short(&self) -> bool {
        self.more && !self.short.is_zero() && self.mean <= self.short
    }
}

impl<E: Executor> Pool<E> {
    /// Runs that the next call may bring beyond what can begin at once.
    pub(super) fn room_ahead(&self) -> usize {
        match self.pace.is_short() {
            // One more than there are places: with one place that is half as many calls again saved.
            true => (self.config.concurrency + 1).saturating_sub(self.waiting.len()),
            false => 0,
        }
    }

    /// Begins the run, or lets it wait for its turn.
    pub(super) fn take_on(&mut self, run: ClaimedRun, control: Arc<RunControl>) {
        self.waiting.push_back(Waiting {
            run,
            control,
            since: Instant::now(),
        });
        self.begin_waiting();
    }

    /// First come, first served, as far as there are places.
    pub(super) fn begin_waiting(&mut self) {
        while self.work.len() < self.config.concurrency
            && let Some(next) = self.waiting.pop_front()
        {
            self.begin(next);
        }
    }

    fn begin(&mut self, next: Waiting) {
        let Waiting { run, control, .. } = next;
        if control.stopped() == Some(Stop::LeaseLost) {
            self.drop_lost(&control);
            return;
        }
        if control.deadline().has_passed() {
            // Such as an answer that was read after a suspend.
            self.give_back([control], "lease_ran_out");
            return;
        }
        let job = Job {
            run,
            control: control.clone(),
            client: self.client.clone(),
            worker_id: self.worker_id.clone(),
            observer: self.observer.clone(),
        };
        let task = self.work.spawn(self.executor.clone().execute(job));
        self.begun.insert(task.id(), (control, Instant::now()));
    }

    pub(super) fn next_hand_back(&self) -> Option<Instant> {
        self.waiting.front().map(|first| first.since + PATIENCE)
    }

    /// What is in front of these is no short run; others may have room.
    pub(super) fn give_back_late(&mut self) {
        if self
            .next_hand_back()
            .is_some_and(|due| due <= Instant::now())
        {
            self.pace.held_up();
            self.give_back_waiting("not_begun");
        }
    }

    pub(super) fn give_back_waiting(&mut self, reason: &str) {
        let waiting: VecDeque<Waiting> = std::mem::take(&mut self.waiting);
        self.give_back(waiting.into_iter().map(|w| w.control), reason);
    }

    /// Nothing of these ever ran.
    fn give_back(&mut self, controls: impl IntoIterator<Item = Arc<RunControl>>, reason: &str) {
        for control in controls {
            control.set_ended();
            self.ended
                .push_back(Outcome::released(reason).into_end(control));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(runs: u32, took: Duration) -> Pace {
        let mut pace = Pace::unknown(Duration::from_millis(20));
        pace.answered(2, 2);
        for _ in 0..runs {
            pace.ran(took);
        }
        pace
    }

    #[test]
    fn short_runs_of_a_deep_queue_are_claimed_ahead() {
        assert!(!pace(0, Duration::ZERO).is_short());
        assert!(pace(10, Duration::from_millis(5)).is_short());
        assert!(!pace(10, Duration::from_millis(25)).is_short());
    }

    #[test]
    fn with_zero_nothing_is_claimed_ahead() {
        let mut pace = Pace::unknown(Duration::ZERO);
        pace.answered(1, 1);
        pace.ran(Duration::ZERO);
        assert!(!pace.is_short());
    }

    #[test]
    fn a_queue_that_gave_less_than_was_asked_for_has_no_more() {
        let mut pace = pace(10, Duration::ZERO);
        pace.answered(4, 3);
        assert!(!pace.is_short());
    }

    #[test]
    fn after_runs_that_waited_in_vain_it_takes_several_short_ones() {
        let mut pace = pace(10, Duration::ZERO);
        pace.held_up();
        pace.ran(Duration::ZERO);
        assert!(!pace.is_short());
        for _ in 0..10 {
            pace.ran(Duration::ZERO);
        }
        assert!(pace.is_short());
    }
}
