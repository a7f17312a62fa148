//! Ended attempts of one worker: one answer per entry; a refused one fails no other.

use super::access::{self, Caller, Holder};
use super::state::{Ended, Run, State};
use super::{Time, dependencies, interrupted};
use ops_core::api::Finish;
use ops_core::status::EndStatus;
use ops_core::{RunStatus, StepStatus, limits};
use serde_json::{Value, json};

pub fn settle(s: &mut State, who: &Caller, worker: &str, finish: &[Finish]) -> Vec<Value> {
    let answers = finish
        .iter()
        .map(|entry| one(s, who, worker, entry))
        .collect();
    dependencies::resolve(s);
    answers
}

fn one(s: &mut State, who: &Caller, worker: &str, entry: &Finish) -> Value {
    let holder = Holder {
        run_id: entry.run_id.clone(),
        worker_id: worker.into(),
        attempt: entry.attempt,
    };
    let place = s.find(&entry.run_id);
    let held = place.filter(|at| s.rules.may_end(&s.runs[*at], &holder.bearer(who)));
    let Some(place) = held else {
        return match place.and_then(|place| access::recorded(s, place, who, &holder)) {
            Some(status) => json!({ "run_id": entry.run_id, "status": status }),
            None => access::lost(s, place, who, &holder),
        };
    };
    let run = &s.runs[place];
    let stored = run.last_seq.get(&entry.attempt).copied().unwrap_or(0);
    if !s.rules.has_all_events(stored, entry.last_seq.unwrap_or(0)) {
        return json!({ "run_id": entry.run_id, "code": "events_missing", "last_seq": stored });
    }
    let status = end(s, place, entry);
    json!({ "run_id": entry.run_id, "status": status })
}

fn end(s: &mut State, place: usize, entry: &Finish) -> RunStatus {
    let (now, rules) = (s.now, s.rules);
    let run = &mut s.runs[place];
    let status = if rules.is_ended(run) {
        run.status
    } else {
        turn(run, entry);
        if matches!(
            run.reason.as_deref(),
            Some("unknown_outcome" | "interrupted")
        ) {
            let attempt = run.attempt();
            lose_steps(run, attempt, now);
            run.tell(now, "the run is not run again".into());
        }
        run.status
    };
    if status.is_terminal() && run.finished_at.is_none() {
        run.finished_at = Some(now);
    }
    run.lease = None;
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.answer = Some(status);
        attempt.ended = Some(Ended {
            at: now,
            how: word(entry.status),
            reason: entry.reason.clone(),
        });
    }
    if entry.status == EndStatus::Released {
        rules.after_hand_back(run);
    }
    let lane = run.frozen.lane.clone();
    if status == RunStatus::Queued || s.lanes[&lane].limit.is_some() {
        s.wake(&lane);
    }
    status
}

fn turn(run: &mut Run, entry: &Finish) {
    run.reason = entry.reason.clone();
    run.error = entry.error.clone();
    run.result = entry.result.clone();
    let ended = match entry.status {
        EndStatus::Succeeded => RunStatus::Succeeded,
        EndStatus::Failed => RunStatus::Failed,
        EndStatus::Cancelled => RunStatus::Cancelled,
        EndStatus::TimedOut => RunStatus::TimedOut,
        EndStatus::Released => {
            let ran_out = entry.reason.as_deref() == Some("lease_ran_out");
            let fails = interrupted::fails(run) && (ran_out || interrupted::has_begun(run));
            if fails || interrupted::is_unknown(run) {
                let why = match interrupted::is_unknown(run) {
                    true => "unknown_outcome",
                    false => "interrupted",
                };
                run.status = RunStatus::Failed;
                run.reason = Some(why.into());
                run.error = Some("the run is not run again".into());
                run.attempts_used += 1;
                return;
            }
            let free = !ran_out && run.handbacks < limits::FREE_HANDBACKS;
            if free {
                run.handbacks += 1;
            } else {
                run.attempts_used += 1;
            }
            requeue(run, free || run.attempts_used < run.frozen.max_attempts);
            return;
        }
    };
    run.status = ended;
    run.attempts_used += 1;
}

/// What was at work in this attempt ended nobody knows how.
pub fn lose_steps(run: &mut Run, attempt: u32, now: Time) {
    for step in &mut run.steps {
        if step.attempt == attempt && step.is.status == StepStatus::Running {
            step.is.status = StepStatus::Lost;
            step.finished_at = Some(now);
        }
    }
}

/// Back to its old place in the queue, or to its end.
pub fn requeue(run: &mut Run, attempts_are_left: bool) {
    if attempts_are_left {
        run.status = RunStatus::Queued;
        run.claimed_by = None;
        run.started_at = None;
    } else {
        run.status = RunStatus::Failed;
        run.reason = Some("attempts_used_up".into());
    }
}

fn word(status: EndStatus) -> &'static str {
    match status {
        EndStatus::Succeeded => "succeeded",
        EndStatus::Failed => "failed",
        EndStatus::Cancelled => "cancelled",
        EndStatus::TimedOut => "timed_out",
        EndStatus::Released => "released",
    }
}
