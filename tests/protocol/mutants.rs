//! The protocol with one decision broken each, as others have it or as a slip would make it.

use crate::promises;
use crate::scene::{self, Scene};
use crate::search::LeaseFrom;
use ops_core::RunStatus;
use ops_tests::model::rules::{Bearer, Protocol, Rules};
use ops_tests::model::state::{Attempt, Run};
use ops_tests::model::{Found, Time};

pub struct Mutant {
    pub name: &'static str,
    pub rules: &'static dyn Rules,
    pub lease_from: LeaseFrom,
    /// Where it is found.
    pub scene: Scene,
    /// The promise that falls first.
    pub breaks: &'static str,
}

const fn mutant(
    name: &'static str,
    rules: &'static dyn Rules,
    scene: Scene,
    breaks: &'static str,
) -> Mutant {
    Mutant {
        name,
        rules,
        lease_from: LeaseFrom::ItsSending,
        scene,
        breaks,
    }
}

pub const MUTANTS: &[Mutant] = &[
    mutant(
        "a fence by the worker's name",
        &FenceByName,
        scene::LOST_LEASES,
        promises::ONLY_THE_HOLDER,
    ),
    mutant(
        "a number that a hand-back gives back",
        &NumberGivenBack,
        scene::HAND_BACKS,
        promises::NUMBERS_RISE,
    ),
    mutant(
        "a rescue by id",
        &RescueById,
        scene::HEARTBEATS,
        promises::HOLDS,
    ),
    mutant(
        "a rescue by the age of the attempt",
        &RescueByAge,
        scene::HEARTBEATS,
        promises::HOLDS,
    ),
    mutant(
        "an append that does not lock the lease",
        &UnlockedAppend,
        scene::LOST_LEASES,
        promises::NOTHING_LATE,
    ),
    mutant(
        "a repeated claim that takes a second run",
        &ClaimsAnew,
        scene::REPEATED_CLAIMS,
        promises::SAME_RUNS,
    ),
    mutant(
        "a finish that does not look at the attempt",
        &FinishOfAnyAttempt,
        scene::LOST_LEASES,
        promises::ONLY_THE_HOLDER,
    ),
    mutant(
        "a cancel that takes the lease",
        &CancelTakesTheLease,
        scene::CANCELS,
        promises::HOLDS,
    ),
    mutant(
        "a finish that overwrites a cancel",
        &EndsTwice,
        scene::CANCELS,
        promises::ONE_END,
    ),
    mutant(
        "a finish whose answer is not kept",
        &Forgetful,
        scene::LOST_LEASES,
        promises::SAME_ANSWER,
    ),
    mutant(
        "a finish that does not count events",
        &Uncounted,
        scene::LOST_LEASES,
        promises::ALL_EVENTS,
    ),
    mutant(
        "a rescue that forgets to queue",
        &Unqueued,
        scene::LOST_LEASES,
        promises::NONE_LOST,
    ),
    mutant(
        "a create that does not look at the key",
        &Keyless,
        scene::CRASHES,
        promises::ONE_RUN,
    ),
    mutant(
        "a refusal that cleans up after the caller",
        &CleansUp,
        scene::LOST_LEASES,
        promises::REFUSED,
    ),
    Mutant {
        name: "a worker that counts its lease from the answer",
        rules: &Protocol,
        lease_from: LeaseFrom::ItsAnswer,
        scene: scene::HEARTBEATS,
        breaks: promises::ONE_HOLDER,
    },
];

/// As where a worker that was restarted, or that claimed again, passes for its earlier self.
struct FenceByName;

impl Rules for FenceByName {
    fn holds(&self, run: &Run, by: &Bearer<'_>) -> bool {
        has_the_name(run, by)
    }
}

struct FinishOfAnyAttempt;

impl Rules for FinishOfAnyAttempt {
    fn may_end(&self, run: &Run, by: &Bearer<'_>) -> bool {
        has_the_name(run, by)
    }
}

fn has_the_name(run: &Run, by: &Bearer<'_>) -> bool {
    let own = |attempt: &Attempt| attempt.worker == by.worker && attempt.token == by.token;
    run.lease.is_some() && run.attempts.last().is_some_and(own)
}

/// An attempt that does not count gives its number back.
struct NumberGivenBack;

impl Rules for NumberGivenBack {
    fn after_hand_back(&self, run: &mut Run) {
        run.attempts.pop();
    }
}

/// What was found is requeued, whatever became of it since.
struct RescueById;

impl Rules for RescueById {
    fn is_still_lost(&self, run: &Run, _: &Found, _: Time) -> bool {
        run.lease.is_some()
    }
}

/// An attempt that takes long is taken for lost.
struct RescueByAge;

impl Rules for RescueByAge {
    fn is_expired(&self, run: &Run, now: Time) -> bool {
        let began = run.attempts.last().map(|attempt| attempt.claimed_at);
        let lease = i64::from(scene::LEASE);
        run.lease.is_some() && began.is_some_and(|at| at.plus(lease) < now)
    }
}

struct UnlockedAppend;

impl Rules for UnlockedAppend {
    fn append_locks_the_lease(&self) -> bool {
        false
    }
}

struct ClaimsAnew;

impl Rules for ClaimsAnew {
    fn taken_before(&self, _: Vec<(usize, u32)>) -> Vec<(usize, u32)> {
        Vec::new()
    }
}

struct CancelTakesTheLease;

impl Rules for CancelTakesTheLease {
    fn cancel(&self, run: &mut Run) {
        run.lease = None;
    }
}

struct EndsTwice;

impl Rules for EndsTwice {
    fn is_ended(&self, _: &Run) -> bool {
        false
    }
}

struct Forgetful;

impl Rules for Forgetful {
    fn recorded(&self, _: &Attempt) -> Option<RunStatus> {
        None
    }
}

struct Uncounted;

impl Rules for Uncounted {
    fn has_all_events(&self, _: i64, _: i64) -> bool {
        true
    }
}

/// A run that nobody holds and that is not queued: running, for ever.
struct Unqueued;

impl Rules for Unqueued {
    fn queue_again(&self, run: &mut Run) {
        run.status = RunStatus::Running;
    }
}

struct Keyless;

impl Rules for Keyless {
    fn is_same_key(&self, _: &Option<String>, _: &Option<String>) -> bool {
        false
    }
}

/// Whoever writes late has lost its run, so its lease can go; it is somebody else's by now.
struct CleansUp;

impl Rules for CleansUp {
    fn refuse_a_write(&self, run: &mut Run) {
        run.refused_writes += 1;
        run.lease = None;
    }
}
