//! One state of the whole: the control room, what is under way, and what each actor knows.

use crate::call::{Answer, Call, Job, Settled};
use crate::ghost::Ghost;
use crate::rooms::Known;
use crate::scene::PASS;
use ops_tests::model::Found;
use ops_worker::{Moment, lease_end};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Clone, PartialEq, Hash)]
pub struct World {
    /// Shared by all states that differ elsewhere.
    pub room: Arc<Known>,
    /// Passes since the beginning.
    pub time: u8,
    /// What is sent and not yet arrived. Nobody has to deliver it: that is how calls are lost.
    pub calls: BTreeSet<Call>,
    pub answers: BTreeSet<Answer>,
    /// Appends that looked and did not write yet; none where the lease is locked.
    pub looked: BTreeSet<Job>,
    pub sweeper: Option<Vec<Found>>,
    pub workers: Vec<Worker>,
    pub spent: Spent,
    pub ghost: Ghost,
}

#[derive(Clone, Copy, Default, PartialEq, Hash)]
pub struct Spent {
    pub repeats: u8,
    pub crashes: u8,
    pub sweeps: u8,
}

/// What a worker knows. A frozen one is one that does nothing for a while, which every worker may; when it
/// goes on it may send what it was about to send, whatever its clock says by then.
#[derive(Clone, Default, PartialEq, Hash)]
pub struct Worker {
    pub request: u8,
    pub awaits: Awaits,
    /// By run and attempt.
    pub jobs: BTreeMap<(u8, u8), Work>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Awaits {
    #[default]
    Nothing,
    /// An answer to its claim, which settles so much.
    Claim(Option<Settled>),
}

#[derive(Clone, Copy, PartialEq, Hash)]
pub struct Work {
    /// Its own end of the lease, in nanoseconds since the beginning.
    pub until: u64,
    pub phase: Phase,
    pub beats: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Its processes run.
    Working,
    /// Its supervisor has killed them at its own end of the lease, but whoever sends for it may have been
    /// frozen since before that.
    Overdue,
    /// Its processes are gone, and its end is sent.
    Ended,
    /// It was told that it has lost the run, or that somebody cancelled it.
    Stopped,
}

pub fn moment(time: u8) -> Moment {
    Moment(u64::from(time) * u64::from(PASS) * 1_000_000_000)
}

impl Work {
    pub fn begun(sent: u8, seconds: u8) -> Self {
        Work {
            until: lease_end(moment(sent), 0, seconds.into()).0,
            phase: Phase::Working,
            beats: 0,
        }
    }

    /// Whether the call of a frozen sender can still leave.
    pub fn may_speak(&self) -> bool {
        matches!(self.phase, Phase::Working | Phase::Overdue)
    }

    /// A supervisor looks at the clock itself, whoever else is frozen.
    pub fn look_at_the_clock(&mut self, now: u8) {
        if self.phase == Phase::Working && self.until <= moment(now).0 {
            self.phase = Phase::Overdue;
        }
    }
}

impl World {
    /// Whoever runs something now.
    pub fn at_work(&self) -> impl Iterator<Item = Job> {
        (0..)
            .zip(&self.workers)
            .flat_map(move |(worker, knows): (u8, _)| {
                let at_work = knows
                    .jobs
                    .iter()
                    .filter(|(_, work)| work.phase == Phase::Working);
                at_work.map(move |((run, attempt), _)| Job {
                    worker,
                    run: *run,
                    attempt: *attempt,
                })
            })
    }

    pub fn work(&mut self, job: Job) -> Option<&mut Work> {
        let worker = self.workers.get_mut(usize::from(job.worker))?;
        worker.jobs.get_mut(&(job.run, job.attempt))
    }
}
