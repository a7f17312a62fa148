//! The control room as a value: it can be copied, compared by what its future depends on, and told to take
//! a call apart where another call could come between.

use super::rules::{Protocol, Rules};
use super::state::{Run, State, Worker};
use super::sweep::{self, Found};
use super::{Stop, Time, access, events, verbs};
use ops_core::port::StoreError;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};

#[derive(Clone)]
pub struct Room {
    state: State,
}

impl Room {
    /// As after the migrations: four lanes, no token.
    pub fn new() -> Self {
        Self::by(&Protocol, Time::of_this_machine())
    }

    pub fn by(rules: &'static dyn Rules, now: Time) -> Self {
        Room {
            state: State::new(now, rules),
        }
    }

    pub fn now(&self) -> Time {
        self.state.now
    }

    pub fn advance_by(&mut self, seconds: u32) {
        self.state.now = self.state.now.plus(seconds.into());
    }

    pub fn runs(&self) -> &[Run] {
        &self.state.runs
    }

    /// Whoever only looks for work passes these runs, as rows that another transaction has locked.
    pub fn pass_over(&mut self, places: BTreeSet<usize>) {
        self.state.passed_over = places;
    }

    /// Of what the future can depend on; counts of refused writes are told and change nothing.
    pub fn fingerprint(&self) -> u64 {
        BuildHasherDefault::<DefaultHasher>::default().hash_one(self)
    }

    pub fn call(&mut self, function: &str, p: Value) -> Result<Value, StoreError> {
        self.tick();
        let answer = match verbs::run(&mut self.state, function, p) {
            Ok(answer) | Err(Stop::Refused(answer)) => answer,
            Err(Stop::Malformed(why)) => return Err(StoreError::Failed(why)),
            Err(Stop::Unknown) => return Err(StoreError::NotInstalled(function.into())),
        };
        let wake = std::mem::take(&mut self.state.wake);
        Ok(with_wake(answer, wake))
    }

    /// The first half of a sweep: what it finds.
    pub fn look_for_lost(&self) -> Vec<Found> {
        sweep::look(&self.state, usize::MAX)
    }

    /// The second half.
    pub fn rescue(&mut self, found: &[Found]) {
        self.tick();
        sweep::rescue(&mut self.state, found);
    }

    /// The first half of an append: the place of the run, or the refusal.
    pub fn look_to_append(&mut self, p: Value) -> Result<usize, Value> {
        self.tick();
        let who = access::of_caller(&mut self.state, "events_append", &p);
        let looked = who.and_then(|who| {
            let q = serde_json::from_value(p)?;
            events::look(&mut self.state, &who, &q)
        });
        looked.map_err(refusal)
    }

    /// The second half, where nothing was locked by the first: nobody looks again.
    pub fn write_append(&mut self, place: usize, p: Value) -> Value {
        self.tick();
        let q = serde_json::from_value(p).map_err(Stop::from);
        let written = q.and_then(|q| events::write(&mut self.state, place, q));
        written.unwrap_or_else(refusal)
    }

    /// No two calls are at the same time.
    fn tick(&mut self) {
        self.state.now = self.state.now.tick();
    }
}

/// Of a call that can be read.
fn refusal(stop: Stop) -> Value {
    match stop {
        Stop::Refused(answer) => answer,
        Stop::Malformed(why) => panic!("{why}"),
        Stop::Unknown => panic!("no such verb"),
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::new()
    }
}

/// Lanes in which something became claimable.
fn with_wake(mut answer: Value, wake: Map<String, Value>) -> Value {
    if !wake.is_empty() {
        answer["wake"] = wake.into();
    }
    answer
}

/// What the future of runs can depend on, times as their distance from now in whole seconds, so that rooms
/// that differ in names of moments are one. Beyond a minute every distance is alike: whoever compares
/// rooms lets less than that pass.
impl Hash for Room {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let s = &self.state;
        s.runs.iter().for_each(|run| hash_run(run, s.now, hasher));
        for (name, worker) in &s.workers {
            (name, hashed_worker(worker, s.now)).hash(hasher);
        }
    }
}

/// Rooms with one future; see [`Hash`].
impl PartialEq for Room {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

const FAR: i64 = 60;

fn distance(at: Option<Time>, now: Time) -> Option<i64> {
    at.map(|at| at.seconds_from(now).clamp(-1, FAR))
}

fn hash_run<H: Hasher>(run: &Run, now: Time, hasher: &mut H) {
    (run.status, run.parked, run.attempts_used, run.handbacks).hash(hasher);
    for attempt in &run.attempts {
        let ended = attempt.ended.as_ref().map(|ended| ended.how);
        (&attempt.worker, &attempt.token, attempt.answer, ended).hash(hasher);
    }
    let expires = run.lease.as_ref().map(|lease| lease.expires_at);
    let ends_by = run.lease.as_ref().and_then(|_| run.ends_by());
    let times = [expires, ends_by, run.start_by, run.cancelled_at];
    times.map(|at| distance(at, now)).hash(hasher);
    for event in &run.log {
        (event.attempt, &event.own.source).hash(hasher);
    }
    run.reason.hash(hasher);
    (&run.last_seq, run.artifacts.len()).hash(hasher);
    for step in &run.steps {
        (step.attempt, &step.is.step, step.is.status).hash(hasher);
    }
}

fn hashed_worker(worker: &Worker, now: Time) -> impl Hash {
    let sweeps = worker.sweeps_at(now);
    (worker.request, worker.got.clone(), worker.drain, sweeps)
}
