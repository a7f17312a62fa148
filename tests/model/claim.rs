//! Settle, sweep, claim: one call.

use super::access::Caller;
use super::rules::Bearer;
use super::state::{Attempt, Lease, State, Worker};
use super::{Reply, Stop, interrupted, refuse, settle, sweep};
use ops_core::RunStatus;
use ops_core::api::ClaimRequest;
use serde_json::{Value, json};

pub fn claim(s: &mut State, who: &Caller, p: Value) -> Reply {
    let q: ClaimRequest = serde_json::from_value(p)?;
    let bound = |lane: &String| who.lanes.is_empty() || who.lanes.contains(lane);
    if !q.lanes.iter().all(bound) {
        return Err(refuse("forbidden", "this token is bound to other lanes"));
    }
    let known = s.workers.get(&q.worker_id);
    if known.is_some_and(|worker| worker.token != who.token) {
        return Err(refuse(
            "forbidden",
            "this worker id belongs to another token",
        ));
    }
    let unknown: Vec<&str> = (q.lanes.iter().map(String::as_str))
        .filter(|lane| !s.lanes.contains_key(*lane))
        .collect();
    if !unknown.is_empty() {
        let message = format!("there is no lane `{}`", unknown.join("`, `"));
        let errors = json!([{ "field": "lanes", "message": message }]);
        return Err(Stop::Refused(
            json!({ "code": "invalid", "errors": errors }),
        ));
    }

    let last = known.and_then(|worker| worker.request);
    let before = known.map(|worker| worker.got.clone()).unwrap_or_default();
    let swept_at = known.and_then(|worker| worker.swept_at);
    let due = known.is_none_or(|worker| worker.sweeps_at(s.now));
    let first_seen = known.map_or(s.now, |worker| worker.first_seen);
    let names = known.map(|worker| (worker.name.clone(), worker.version.clone()));
    let drain = known.is_some_and(|worker| worker.drain);

    let finished = settle::settle(s, who, &q.worker_id, &q.finish);
    if q.request_id.is_some() && q.request_id < last {
        return Err(Stop::Refused(json!({
            "code": "stale_request", "detail": "a later claim was answered already", "finished": finished,
        })));
    }
    if due {
        sweep::sweep(s, 20);
    }
    let repeated = q.request_id.is_some() && q.request_id == last;
    let before = s.rules.taken_before(before);
    let got = if repeated && !before.is_empty() {
        before
    } else if drain {
        Vec::new()
    } else {
        take(s, who, &q)
    };
    let held = give(s, who, &q.worker_id, &got);

    let (name, version) = names.unwrap_or_default();
    let every_lane_drains = q.lanes.iter().all(|lane| s.lanes[lane].draining);
    let worker = Worker {
        token: who.token.clone(),
        name: q.name.or(name),
        version: q.version.or(version),
        lanes: q.lanes,
        session: q.session_id,
        first_seen,
        last_seen: s.now,
        swept_at: if due { Some(s.now) } else { swept_at },
        request: q.request_id.or(last),
        got,
        drain,
    };
    s.workers.insert(q.worker_id, worker);
    Ok(json!({ "runs": held, "finished": finished, "drain": drain || every_lane_drains }))
}

/// Lanes by the order of their heads; of each as many as are wanted and as its limit allows.
fn take(s: &mut State, who: &Caller, q: &ClaimRequest) -> Vec<(usize, u32)> {
    let mut queues: Vec<Vec<(i64, i64, usize)>> = Vec::new();
    let mut lanes = q.lanes.clone();
    lanes.sort();
    lanes.dedup();
    lanes.retain(|lane| {
        s.lanes
            .get(lane)
            .is_some_and(|lane| !lane.paused && !lane.draining)
    });
    for lane in &lanes {
        let of_session =
            |session: &Option<String>| q.session_id.is_none() || session == &q.session_id;
        let mut queue: Vec<(i64, i64, usize)> = (s.runs.iter().enumerate())
            .filter(|(_, run)| {
                run.may_go() && &run.frozen.lane == lane && of_session(&run.frozen.session)
            })
            .filter(|(place, _)| s.is_open(*place))
            .map(|(place, run)| (run.frozen.priority, run.seq, place))
            .collect();
        queue.sort_unstable();
        if !queue.is_empty() {
            queues.push(queue);
        }
    }
    queues.sort_unstable_by_key(|queue| queue[0]);
    let mut taken = Vec::new();
    for queue in queues {
        let lane = &s.runs[queue[0].2].frozen.lane;
        let mut free = q.limit.unwrap_or(1) as usize - taken.len();
        if let Some(limit) = s.lanes[lane].limit {
            free = free.min(limit.saturating_sub(s.held_in(lane)) as usize);
        }
        for (_, _, place) in queue.into_iter().take(free) {
            start(s, who, q, place);
            taken.push((place, s.runs[place].attempt()));
        }
    }
    taken
}

fn start(s: &mut State, who: &Caller, q: &ClaimRequest, place: usize) {
    let now = s.now;
    let run = &mut s.runs[place];
    run.status = if q.start {
        RunStatus::Running
    } else {
        RunStatus::Claimed
    };
    run.started_at = q.start.then_some(now);
    run.claimed_by = Some(q.worker_id.clone());
    run.claimed_at = Some(now);
    run.start_by = None;
    run.attempts.push(Attempt {
        worker: q.worker_id.clone(),
        token: who.token.clone(),
        claimed_at: now,
        ended: None,
        answer: None,
    });
    run.lease = Some(Lease {
        heartbeat_at: now,
        expires_at: now,
        step: None,
    });
}

/// Grants a lease for what was just taken, renews it for what was taken before and is still held.
/// What was cancelled meanwhile is renewed, for its holder may know of it, and given no more.
fn give(s: &mut State, who: &Caller, worker: &str, got: &[(usize, u32)]) -> Vec<Value> {
    let now = s.now;
    let mut given = Vec::new();
    for (place, attempt) in got {
        let by = Bearer {
            worker,
            attempt: *attempt,
            token: &who.token,
        };
        let run = &mut s.runs[*place];
        if !run.is_held_by(&by) {
            continue;
        }
        run.renew(now);
        if run.status.is_terminal() {
            continue;
        }
        given.push((run.frozen.priority, run.seq, *place));
    }
    given.sort_unstable();
    given
        .into_iter()
        .map(|(_, _, place)| claimed(s, place))
        .collect()
}

fn claimed(s: &State, place: usize) -> Value {
    let run = &s.runs[place];
    let until = run.lease.as_ref().map_or(s.now, |lease| lease.expires_at);
    let f = &run.frozen;
    json!({
        "run_id": run.id, "attempt": run.attempt(), "lane": f.lane, "lease_seconds": until.seconds_since(s.now),
        "lease_expires_at": until.to_string(), "timeout_seconds": f.timeout_seconds, "title": f.title,
        "template": f.template, "session_id": f.session, "env": f.env, "repo": f.repo, "intent": f.intent,
        "params": f.params, "once": interrupted::once_ended(run), "steps": f.runbook["steps"],
        "secrets": f.runbook.get("secrets").cloned().unwrap_or_else(|| json!([])),
    })
}
