//! What must hold in every state.

use crate::call::{put, worker_name};
use crate::search::Search;
use crate::world::World;
use ops_tests::model::Room;
use ops_tests::model::state::Run;
use serde_json::json;
use stateright::Property;
use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;

pub const ONE_HOLDER: &str = "at most one attempt of a run is at work";
pub const HOLDS: &str = "whoever is at work holds the lease";
pub const ONE_END: &str = "a run ends once";
pub const ONLY_THE_HOLDER: &str = "only what the holder writes counts";
pub const NOTHING_LATE: &str = "no append is taken of an attempt that a later claim has passed";
pub const REFUSED: &str = "a refused call changes nothing";
pub const NUMBERS_RISE: &str = "the number of an attempt is never lowered, and never given twice";
pub const SAME_ANSWER: &str = "a repeated finish is told what the first was";
pub const SAME_RUNS: &str = "a repeated claim gets nothing more than the first";
pub const ALL_EVENTS: &str = "an attempt that succeeds has all its events stored";
pub const ONE_RUN: &str = "a repeated create makes no run";
pub const NONE_LOST: &str = "no run is lost: left alone with one worker, each ends";

pub const NAMES: &[&str] = &[
    ONE_HOLDER,
    HOLDS,
    ONE_END,
    ONLY_THE_HOLDER,
    NOTHING_LATE,
    REFUSED,
    NUMBERS_RISE,
    SAME_ANSWER,
    SAME_RUNS,
    ALL_EVENTS,
    ONE_RUN,
    NONE_LOST,
];

/// What only a step can show: `judge` has looked at each.
const JUDGED: [&str; 9] = [
    ONE_END,
    ONLY_THE_HOLDER,
    NOTHING_LATE,
    REFUSED,
    NUMBERS_RISE,
    SAME_ANSWER,
    SAME_RUNS,
    ALL_EVENTS,
    ONE_RUN,
];

pub fn all() -> Vec<Property<Search>> {
    vec![
        Property::always(ONE_HOLDER, has_one_holder),
        Property::always(HOLDS, holds_what_it_works_on),
        Property::always(NONE_LOST, |search: &Search, world: &World| {
            search.ends.everything_ends(&world.room.room)
        }),
        judged::<0>(),
        judged::<1>(),
        judged::<2>(),
        judged::<3>(),
        judged::<4>(),
        judged::<5>(),
        judged::<6>(),
        judged::<7>(),
        judged::<8>(),
    ]
}

/// A condition of a property is a plain function, so the number is part of its type.
fn judged<const N: usize>() -> Property<Search> {
    Property::always(JUDGED[N], |_, world: &World| {
        world.ghost.broken != Some(JUDGED[N])
    })
}

fn has_one_holder(_: &Search, world: &World) -> bool {
    let mut runs = BTreeSet::new();
    world.at_work().all(|job| runs.insert(job.run))
}

fn holds_what_it_works_on(_: &Search, world: &World) -> bool {
    world.at_work().all(|job| {
        let run = &world.room.room.runs()[usize::from(job.run)];
        let newest = run.attempts.last();
        run.lease.is_some()
            && run.attempt() == u32::from(job.attempt)
            && newest.is_some_and(|attempt| attempt.worker == worker_name(job.worker))
    })
}

/// Whether a room, left alone with one worker that never fails, gets all its runs to an end. Many states
/// share a room, so each room is tried once.
#[derive(Default)]
pub struct Ends(Mutex<HashSet<u64>>);

/// Claims of one run at most, each of which may be the one that sweeps.
const ROUNDS: u32 = 20;
/// Seconds in which every lease runs out, that of a cancelled run included.
const LONG: u32 = 40;

impl Ends {
    fn everything_ends(&self, room: &Room) -> bool {
        let mut tried = self.0.lock().expect("nobody panics");
        let is_new = tried.insert(room.fingerprint());
        drop(tried);
        !is_new || ends(room.clone())
    }
}

fn ends(mut room: Room) -> bool {
    room.advance_by(LONG);
    for request in 1..=ROUNDS {
        put(&mut room, "runs_sweep", json!({}));
        let claim = json!({
            "worker_id": "the last one", "lanes": ["A"], "limit": 9, "start": true, "request_id": request,
        });
        let claimed = put(&mut room, "runs_claim", claim);
        let runs = claimed["runs"].as_array().into_iter().flatten();
        let finish = runs.map(|run| json!({ "run_id": run["run_id"], "attempt": run["attempt"], "status": "succeeded" }));
        let p = json!({ "worker_id": "the last one", "finish": finish.collect::<Vec<_>>() });
        put(&mut room, "runs_finish", p);
        let is_over = |run: &Run| run.status.is_terminal() && run.lease.is_none();
        if room.runs().iter().all(is_over) {
            return true;
        }
    }
    false
}
