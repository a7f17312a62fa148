//! What time alone changes.

use super::Reply;
use super::access::Caller;
use super::settle::{lose_steps, requeue};
use super::state::{Ended, Parked, State};
use super::{dependencies, interrupted};
use ops_core::{RunStatus, limits};
use serde_json::{Value, json};

#[derive(Default)]
pub struct Counts {
    requeued: u32,
    ended: u32,
    leases_released: u32,
    overdue: u32,
    unparked: u32,
}

pub fn verb(s: &mut State, _: &Caller, p: Value) -> Reply {
    let c = sweep(s, limits::SWEEP_ROWS);
    let mut answer = json!({
        "requeued": c.requeued, "ended": c.ended, "leases_released": c.leases_released, "overdue": c.overdue,
        "unparked": c.unparked,
    });
    if let Some(days) = p["keep_days"].as_i64() {
        answer["deleted"] = expire_runs(s, days).into();
    }
    Ok(answer)
}

/// Those that ended so many days ago, all at once.
fn expire_runs(s: &mut State, days: i64) -> usize {
    let before = s.now.plus(-days * 86_400);
    let were = s.runs.len();
    s.runs
        .retain(|run| run.lease.is_some() || run.finished_at.is_none_or(|ended| ended >= before));
    were - s.runs.len()
}

pub fn sweep(s: &mut State, rows: usize) -> Counts {
    let found = look(s, rows);
    rescue(s, &found)
}

/// An attempt whose lease a sweep saw to have expired.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// The run's, in the order of creation.
    pub place: usize,
    pub attempt: u32,
}

/// The longest expired first.
pub fn look(s: &State, rows: usize) -> Vec<Found> {
    let mut expired: Vec<usize> = (0..s.runs.len())
        .filter(|place| s.is_open(*place) && s.rules.is_expired(&s.runs[*place], s.now))
        .collect();
    expired.sort_by_key(|place| s.runs[*place].lease.as_ref().map(|lease| lease.expires_at));
    let found = expired.into_iter().map(|place| Found {
        place,
        attempt: s.runs[place].attempt(),
    });
    found.take(rows).collect()
}

/// Takes the leases of what was found and is lost still, and does what else time changes.
pub fn rescue(s: &mut State, found: &[Found]) -> Counts {
    let mut counts = Counts::default();
    let now = s.now;
    for one in found {
        if s.rules.is_still_lost(&s.runs[one.place], one, now) {
            expire(s, one.place, &mut counts);
        }
    }
    for place in 0..s.runs.len() {
        let is_open = s.is_open(place);
        let run = &mut s.runs[place];
        if run.status != RunStatus::Queued || !is_open {
            continue;
        }
        if run.start_by.is_some_and(|at| at < now) {
            run.status = RunStatus::TimedOut;
            run.parked = None;
            run.finished_at = Some(now);
            run.reason = Some("not_started_in_time".into());
            counts.overdue += 1;
        } else if run.parked == Some(Parked::NotBefore)
            && run.frozen.not_before.is_none_or(|at| at <= now)
        {
            run.parked = run.group().map(|_| Parked::Group);
            if run.parked.is_some() {
                continue;
            }
            counts.unparked += 1;
            let lane = run.frozen.lane.clone();
            s.wake(&lane);
        }
    }
    counts.unparked += dependencies::resolve(s);
    let lanes: Vec<String> = s.lanes.keys().cloned().collect();
    for lane in lanes {
        s.open_full_lane(&lane);
    }
    counts
}

fn expire(s: &mut State, place: usize, counts: &mut Counts) {
    let (now, rules) = (s.now, s.rules);
    let run = &mut s.runs[place];
    run.lease = None;
    let Some(attempt) = run.attempts.last_mut() else {
        return;
    };
    attempt.ended = Some(Ended {
        at: now,
        how: "lost",
        reason: Some("lease_expired".into()),
    });
    let late = now >= attempt.claimed_at.plus(run.frozen.timeout_seconds);
    let number = run.attempts.len() as u32;
    lose_steps(run, number, now);
    let lane = run.frozen.lane.clone();
    if run.status.is_terminal() {
        counts.leases_released += 1;
        s.wake(&lane);
        return;
    }
    run.attempts_used += 1;
    run.reason = None;
    run.error = None;
    if interrupted::is_unknown(run) {
        run.status = RunStatus::Failed;
        run.reason = Some("unknown_outcome".into());
    } else if late {
        run.status = RunStatus::TimedOut;
        run.reason = Some("run_timed_out".into());
    } else if interrupted::fails(run) {
        run.status = RunStatus::Failed;
        run.reason = Some("interrupted".into());
    } else {
        requeue(run, run.attempts_used < run.frozen.max_attempts);
        if run.status == RunStatus::Queued {
            rules.queue_again(run);
        }
    }
    let message = format!(
        "attempt {} is lost; the run is {}",
        run.attempt(),
        run.status
    );
    if run.status.is_terminal() {
        run.finished_at = Some(now);
        run.error = Some(message.clone());
        counts.ended += 1;
    } else {
        counts.requeued += 1;
    }
    run.tell(now, message);
    if s.runs[place].may_go() || s.lanes[&lane].limit.is_some() {
        s.wake(&lane);
    }
}
