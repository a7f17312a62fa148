//! Looks at one step of the control room, before and after, with the eyes of the promises. It knows the
//! rows and the answers and none of the rules by which they came about.

use crate::call::{Call, End, Job, Settled, given, worker_name};
use crate::ghost::{self, Ghost};
use crate::promises;
use crate::rooms::Stepped;
use crate::search::Search;
use ops_core::RunStatus;
use ops_tests::model::state::{Attempt, Run};
use ops_tests::model::{Found, Room};
use serde_json::Value;

pub fn call(search: &Search, stepped: &Stepped, ghost: &mut Ghost, call: &Call) {
    let (before, after, answer) = (&stepped.before.room, &stepped.after.room, &stepped.answer);
    rows(search, stepped, ghost);
    let entry = match call {
        Call::Finish(_) => &answer["finished"][0],
        Call::Beat { .. } => &answer["runs"][0],
        _ => answer,
    };
    if let Some(code) = entry["code"].as_str() {
        refused(search, before, after, ghost, call, code);
    }
    match call {
        Call::Create if answer["runs"][0]["seen"] == true => search.saw(ghost::SEEN_KEY),
        Call::Create | Call::Cancel { .. } => {}
        Call::Append(job) | Call::Beat { job, .. } => write(before, ghost, *job, entry, call),
        Call::Finish(settled) => finish(search, before, ghost, settled, entry),
        Call::Claim {
            worker,
            request,
            settles,
            ..
        } => {
            if let Some(settled) = settles {
                finish(search, before, ghost, settled, &answer["finished"][0]);
            }
            if let Some(given) = given(answer, after) {
                claim(search, before, ghost, (*worker, *request), &given);
            }
        }
    }
    if after.runs().len() > usize::from(search.scene.runs) {
        ghost.breaks(promises::ONE_RUN);
    }
}

pub fn rescue(search: &Search, stepped: &Stepped, ghost: &mut Ghost, found: &[Found]) {
    let before = &stepped.before.room;
    rows(search, stepped, ghost);
    let lives = |one: &Found| {
        let run = &before.runs()[one.place];
        run.lease.is_some() && !before.look_for_lost().contains(one)
    };
    if found.iter().any(lives) {
        search.saw(ghost::LATE_RESCUE);
    }
}

/// What holds of each run whatever is called.
fn rows(search: &Search, stepped: &Stepped, ghost: &mut Ghost) {
    let (before, after) = (&stepped.before.room, &stepped.after.room);
    for (old, new) in before.runs().iter().zip(after.runs()) {
        if old.status.is_terminal() && new.status != old.status {
            ghost.breaks(promises::ONE_END);
        }
        if new.attempt() < old.attempt() || new.attempts_used < old.attempts_used {
            ghost.breaks(promises::NUMBERS_RISE);
        }
        if !old.status.is_terminal() && new.status == RunStatus::Succeeded && new.attempt() > 1 {
            search.saw(ghost::LATER_ATTEMPT);
        }
        if new.reason.as_deref() == Some("attempts_used_up") {
            search.saw(ghost::USED_UP);
        }
    }
}

/// A claim that is refused may have settled before.
fn refused(
    search: &Search,
    before: &Room,
    after: &Room,
    ghost: &mut Ghost,
    call: &Call,
    code: &str,
) {
    let settles = matches!(
        call,
        Call::Claim {
            settles: Some(_),
            ..
        }
    );
    if !settles && before != after {
        ghost.breaks(promises::REFUSED);
    }
    let counted = |room: &Room| {
        room.runs()
            .iter()
            .map(|run| run.refused_writes)
            .sum::<u32>()
    };
    if counted(after) - counted(before) != u32::from(code == "lease_lost") && !settles {
        ghost.breaks(promises::REFUSED);
    }
    match code {
        "lease_lost" => search.saw(ghost::LATE_WRITE),
        "stale_request" => search.saw(ghost::STALE_CLAIM),
        "events_missing" => search.saw(ghost::MISSING_EVENTS),
        _ => {}
    }
}

fn run(room: &Room, job: Job) -> &Run {
    &room.runs()[usize::from(job.run)]
}

/// By the rows alone.
fn holds(room: &Room, job: Job) -> bool {
    let run = run(room, job);
    let own = |attempt: &Attempt| attempt.worker == worker_name(job.worker);
    run.lease.is_some()
        && run.attempt() == u32::from(job.attempt)
        && run.attempts.last().is_some_and(own)
}

fn write(before: &Room, ghost: &mut Ghost, job: Job, entry: &Value, call: &Call) {
    if !entry["code"].is_null() {
        return;
    }
    let highest = ghost.highest[usize::from(job.run)];
    if matches!(call, Call::Append(_)) && u32::from(job.attempt) < highest {
        ghost.breaks(promises::NOTHING_LATE);
    }
    if !holds(before, job) {
        ghost.breaks(promises::ONLY_THE_HOLDER);
    }
}

fn finish(search: &Search, before: &Room, ghost: &mut Ghost, settled: &Settled, entry: &Value) {
    let job = settled.job;
    let run = run(before, job);
    let own = run.attempts.get(usize::from(job.attempt).wrapping_sub(1));
    let own = own.filter(|attempt| attempt.worker == worker_name(job.worker));
    if let Some(told) = own.and_then(|attempt| attempt.answer) {
        search.saw(ghost::REPEATED_FINISH);
        if entry["status"] != told.as_str() {
            ghost.breaks(promises::SAME_ANSWER);
        }
        return;
    }
    if !entry["code"].is_null() {
        return;
    }
    if !holds(before, job) {
        ghost.breaks(promises::ONLY_THE_HOLDER);
    }
    if run.status.is_terminal() {
        search.saw(ghost::CANCELLED_HOLDER);
        if entry["status"] != run.status.as_str() {
            ghost.breaks(promises::ONE_END);
        }
    }
    let stored = run.last_seq.get(&job.attempt.into()).copied().unwrap_or(0);
    if settled.end == End::Succeeded && stored < i64::from(settled.events) {
        ghost.breaks(promises::ALL_EVENTS);
    }
}

fn claim(search: &Search, before: &Room, ghost: &mut Ghost, who: (u8, u8), given: &[(u8, u8, u8)]) {
    let (worker, request) = who;
    let known = ghost.took.get(&worker).filter(|(last, _)| *last == request);
    let known: Vec<(u8, u8)> = known.map(|(_, took)| took.clone()).unwrap_or_default();
    for (run, attempt, _) in given {
        if known.contains(&(*run, *attempt)) {
            search.saw(ghost::REPEATED_CLAIM);
            let job = Job {
                worker,
                run: *run,
                attempt: *attempt,
            };
            if !holds(before, job) {
                ghost.breaks(promises::NUMBERS_RISE);
            }
            continue;
        }
        if !known.is_empty() {
            ghost.breaks(promises::SAME_RUNS);
        }
        let highest = ghost.highest[usize::from(*run)];
        if u32::from(*attempt) <= highest {
            ghost.breaks(promises::NUMBERS_RISE);
        }
        ghost.highest[usize::from(*run)] = highest.max((*attempt).into());
    }
    if known.is_empty() {
        let took = given
            .iter()
            .map(|(run, attempt, _)| (*run, *attempt))
            .collect();
        ghost.took.insert(worker, (request, took));
    }
}
