//! The reins of one claimed run, held by the claim loop, the heartbeat and the run's own task.

use crate::clock::Moment;
use crate::step::ControlLine;
use crate::supervise::wire::Word;
use ops_core::api::Beat;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// Why a run's work has to stop. A later, harder reason replaces an earlier, softer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// A person cancelled the run.
    Cancelled,
    /// The attempt's `timeout_seconds` are over.
    TimedOut,
    /// The worker ends.
    Shutdown,
    /// The control room does not take this run's log.
    LogRefused,
    /// The lease ran out by the worker's own clock: another attempt may start any moment.
    LeaseOver,
    /// The control room says that this attempt does not hold the run any more.
    LeaseLost,
    /// The worker ends at once.
    Now,
}

impl Stop {
    /// From 2 on nothing may go on for even a second.
    fn hardness(self) -> u8 {
        match self {
            Stop::Cancelled | Stop::TimedOut | Stop::Shutdown | Stop::LogRefused => 1,
            Stop::LeaseOver => 2,
            Stop::LeaseLost => 3,
            Stop::Now => 4,
        }
    }

    /// Whether the tree is killed without SIGTERM first.
    pub fn is_hard(self) -> bool {
        self.hardness() >= 2
    }

    /// Whether nothing more may be written to the control room.
    pub fn is_silent(self) -> bool {
        self.hardness() >= 3
    }
}

/// Shared by everybody who has a say in one run.
pub struct RunControl {
    pub run_id: String,
    pub attempt: u32,
    stop: watch::Sender<Option<Stop>>,
    deadline_ns: AtomicU64,
    ended: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    step: Option<String>,
    supervisor: Option<Arc<ControlLine>>,
}

impl RunControl {
    pub fn new(run_id: String, attempt: u32, deadline: Moment) -> Self {
        RunControl {
            run_id,
            attempt,
            stop: watch::Sender::new(None),
            deadline_ns: AtomicU64::new(deadline.0),
            ended: AtomicBool::new(false),
            inner: Mutex::default(),
        }
    }

    /// The worker's own end of the lease.
    pub fn deadline(&self) -> Moment {
        Moment(self.deadline_ns.load(Ordering::SeqCst))
    }

    /// A grant moves the end forward, never back; the supervisor hears of it at once.
    pub fn renew(&self, deadline: Moment) {
        self.deadline_ns.fetch_max(deadline.0, Ordering::SeqCst);
        self.tell(Word::Deadline(self.deadline().0));
    }

    pub fn stop(&self, why: Stop) {
        self.stop.send_if_modified(|current| {
            let replaced = current.is_none_or(|now| now.hardness() < why.hardness());
            if replaced {
                *current = Some(why);
            }
            replaced
        });
        // The run's own task may be starved; a hard stop does not wait for it.
        if why.is_hard() {
            self.tell(Word::Kill);
        }
    }

    pub fn stopped(&self) -> Option<Stop> {
        *self.stop.borrow()
    }

    pub fn is_silent(&self) -> bool {
        self.stopped().is_some_and(Stop::is_silent)
    }

    /// Returns when there is a reason to stop.
    pub async fn when_stopped(&self) -> Stop {
        self.when(|_| true).await
    }

    pub async fn when_hard(&self) -> Stop {
        self.when(Stop::is_hard).await
    }

    pub async fn when_silent(&self) -> Stop {
        self.when(Stop::is_silent).await
    }

    async fn when(&self, matches: impl Fn(Stop) -> bool) -> Stop {
        let mut stops = self.stop.subscribe();
        let found = stops.wait_for(|stop| stop.is_some_and(&matches)).await;
        // The sender lives in `self`, so there is always an answer.
        found.ok().and_then(|stop| *stop).unwrap_or(Stop::Now)
    }

    /// The work is over; what remains is to tell.
    pub fn set_ended(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    pub fn set_step(&self, step: Option<&str>) {
        self.inner().step = step.map(str::to_string);
    }

    /// From now on the step's supervisor is told of renewals.
    pub(crate) fn attach(&self, line: Arc<ControlLine>) {
        self.inner().supervisor = Some(line);
        // What was granted or decided between the order and this call.
        self.tell(Word::Deadline(self.deadline().0));
        if self.stopped().is_some_and(Stop::is_hard) {
            self.tell(Word::Kill);
        }
    }

    pub(crate) fn detach(&self) {
        self.inner().supervisor = None;
    }

    pub fn beat(&self) -> Beat {
        Beat {
            run_id: self.run_id.clone(),
            attempt: self.attempt,
            step: self.inner().step.clone(),
        }
    }

    fn tell(&self, word: Word) {
        let line = self.inner().supervisor.clone();
        if let Some(line) = line {
            line.say(word);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runs that this worker holds, for the heartbeat.
#[derive(Default)]
pub struct Held {
    runs: Mutex<HashMap<String, Arc<RunControl>>>,
    /// Someone was added.
    pub(crate) added: Notify,
}

impl Held {
    /// Where the run is held already in the same attempt, nothing changes: a repeated answer.
    pub fn add(&self, control: Arc<RunControl>) -> bool {
        let mut runs = self.lock();
        if let Some(known) = runs.get(&control.run_id)
            && known.attempt == control.attempt
        {
            known.renew(control.deadline());
            return false;
        }
        runs.insert(control.run_id.clone(), control);
        drop(runs);
        self.added.notify_one();
        true
    }

    pub fn remove(&self, run_id: &str, attempt: u32) {
        let mut runs = self.lock();
        if runs
            .get(run_id)
            .is_some_and(|known| known.attempt == attempt)
        {
            runs.remove(run_id);
        }
    }

    pub fn all(&self) -> Vec<Arc<RunControl>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<RunControl>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harder_reasons_replace_softer_ones_only() {
        let control = RunControl::new("r".into(), 1, Moment(5));
        control.stop(Stop::Cancelled);
        control.stop(Stop::Shutdown);
        assert_eq!(control.stopped(), Some(Stop::Cancelled));
        control.stop(Stop::LeaseOver);
        control.stop(Stop::TimedOut);
        assert_eq!(control.stopped(), Some(Stop::LeaseOver));
    }

    #[test]
    fn a_grant_is_not_shortened() {
        let control = RunControl::new("r".into(), 1, Moment(5));
        control.renew(Moment(9));
        control.renew(Moment(7));
        assert_eq!(control.deadline(), Moment(9));
    }

    #[test]
    fn a_repeated_answer_starts_nothing_twice() {
        let held = Held::default();
        let control = |attempt| Arc::new(RunControl::new("r".into(), attempt, Moment(5)));
        assert!(held.add(control(1)));
        assert!(!held.add(control(1)));
        held.remove("r", 2);
        assert_eq!(held.all().len(), 1);
    }
}
