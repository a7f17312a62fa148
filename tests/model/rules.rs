//! The decisions that the promises rest on, one by one. `Protocol` is the protocol; tests/protocol breaks
//! one at a time and shows that the break is found.

use super::Time;
use super::state::{Attempt, Run};
use super::sweep::Found;
use ops_core::RunStatus;

/// Each default is what the protocol says.
pub trait Rules: Send + Sync {
    /// Whether a call of a worker counts as the holder's.
    fn holds(&self, run: &Run, by: &Bearer<'_>) -> bool {
        run.is_held_by(by)
    }

    /// The same for the call that ends an attempt.
    fn may_end(&self, run: &Run, by: &Bearer<'_>) -> bool {
        self.holds(run, by)
    }

    /// Whether an append keeps everybody from its lease between its look and its write.
    fn append_locks_the_lease(&self) -> bool {
        true
    }

    /// Which attempts a sweep finds lost.
    fn is_expired(&self, run: &Run, now: Time) -> bool {
        run.lease
            .as_ref()
            .is_some_and(|lease| lease.expires_at < now)
    }

    /// Whether that still holds when the sweep gets to it.
    fn is_still_lost(&self, run: &Run, found: &Found, now: Time) -> bool {
        run.attempt() == found.attempt && self.is_expired(run, now)
    }

    /// A run whose lease was lost goes back to the queue.
    fn queue_again(&self, run: &mut Run) {
        run.status = RunStatus::Queued;
    }

    /// A late write is counted on the run that it is refused for.
    fn refuse_a_write(&self, run: &mut Run) {
        run.refused_writes += 1;
    }

    /// What an attempt that was handed back leaves of itself: its number is used up.
    fn after_hand_back(&self, _: &mut Run) {}

    /// What a claim that is repeated took before.
    fn taken_before(&self, taken: Vec<(usize, u32)>) -> Vec<(usize, u32)> {
        taken
    }

    /// A cancel says so to the run, and leaves the lease to its holder.
    fn cancel(&self, _: &mut Run) {}

    /// What ended stays as it ended.
    fn is_ended(&self, run: &Run) -> bool {
        run.status.is_terminal()
    }

    /// What the finish of an attempt was answered, for whoever repeats it.
    fn recorded(&self, attempt: &Attempt) -> Option<RunStatus> {
        attempt.answer
    }

    /// The last event that an attempt says it sent is stored.
    fn has_all_events(&self, stored: i64, sent: i64) -> bool {
        sent <= stored
    }

    /// Whether a key of a create was seen.
    fn is_same_key(&self, one: &Option<String>, other: &Option<String>) -> bool {
        one.is_some() && one == other
    }
}

/// Who a call says that it is.
pub struct Bearer<'a> {
    pub worker: &'a str,
    pub attempt: u32,
    pub token: &'a str,
}

pub struct Protocol;

impl Rules for Protocol {}
