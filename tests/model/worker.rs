//! Start, heartbeat, finish.

use super::access::{Caller, Holder, hold};
use super::state::State;
use super::{Reply, Stop, settle};
use ops_core::RunStatus;
use ops_core::api::{Beat, Finish};
use serde::Deserialize;
use serde_json::{Value, json};

pub fn start(s: &mut State, who: &Caller, p: Value) -> Reply {
    let holder: Holder = serde_json::from_value(p)?;
    let place = hold(s, who, &holder)?;
    let now = s.now;
    let run = &mut s.runs[place];
    if run.status == RunStatus::Claimed {
        run.status = RunStatus::Running;
        run.started_at = Some(now);
    }
    let cancel = run.status == RunStatus::Cancelled;
    Ok(json!({ "run_id": run.id, "status": run.status, "cancel": cancel }))
}

#[derive(Deserialize)]
struct Beats {
    worker_id: String,
    runs: Vec<Beat>,
}

pub fn heartbeat(s: &mut State, who: &Caller, p: Value) -> Reply {
    let beats: Beats = serde_json::from_value(p)?;
    let mut answers = Vec::new();
    for beat in beats.runs {
        let holder = Holder {
            run_id: beat.run_id,
            worker_id: beats.worker_id.clone(),
            attempt: beat.attempt,
        };
        answers.push(match hold(s, who, &holder) {
            Ok(place) => renewed(s, place, beat.step),
            Err(Stop::Refused(answer)) => answer,
            Err(other) => return Err(other),
        });
    }
    let mut drain = false;
    if let Some(worker) = s.workers.get_mut(&beats.worker_id) {
        worker.last_seen = s.now;
        drain = worker.drain;
    }
    Ok(json!({ "runs": answers, "drain": drain }))
}

fn renewed(s: &mut State, place: usize, step: Option<String>) -> Value {
    let now = s.now;
    let run = &mut s.runs[place];
    run.renew(now);
    let mut until = now;
    if let Some(lease) = &mut run.lease {
        lease.step = step.or(lease.step.take());
        until = lease.expires_at;
    }
    json!({
        "run_id": run.id, "status": run.status, "cancel": run.status == RunStatus::Cancelled,
        "lease_seconds": until.seconds_since(now).max(0), "lease_expires_at": until.to_string(),
    })
}

#[derive(Deserialize)]
struct Finishes {
    worker_id: String,
    finish: Vec<Finish>,
}

pub fn finish(s: &mut State, who: &Caller, p: Value) -> Reply {
    let q: Finishes = serde_json::from_value(p)?;
    let finished = settle::settle(s, who, &q.worker_id, &q.finish);
    Ok(json!({ "finished": finished }))
}
