//! One log per run: positions 1, 2, … over all attempts and the server's own events.

use super::access::{Caller, Holder, hold};
use super::state::{Event, Run, State, Step};
use super::{Reply, Stop, Time, runs};
use ops_core::RunStatus;
use ops_core::api::{AppendRequest, StepUpdate};
use ops_core::status::StepStatus;
use serde_json::{Value, json};

pub fn append(s: &mut State, who: &Caller, p: Value) -> Reply {
    let q: AppendRequest = serde_json::from_value(p)?;
    let place = look(s, who, &q)?;
    write(s, place, q)
}

/// The place of the run, if the caller holds it, which stays so until [`write`]: an append locks the lease.
pub fn look(s: &mut State, who: &Caller, q: &AppendRequest) -> Result<usize, Stop> {
    let holder = Holder {
        run_id: q.run_id.clone(),
        worker_id: q.worker_id.clone(),
        attempt: q.attempt,
    };
    hold(s, who, &holder)
}

pub fn write(s: &mut State, place: usize, q: AppendRequest) -> Reply {
    let now = s.now;
    let run = &mut s.runs[place];
    let stored = run.last_seq.get(&q.attempt).copied().unwrap_or(0);
    if q.first_seq > stored + 1 {
        return Err(Stop::Refused(
            json!({ "code": "events_gap", "last_seq": stored }),
        ));
    }
    let mut last = stored;
    for (seq, event) in (q.first_seq..).zip(q.events) {
        if seq > stored {
            let at = event.ts.as_deref().and_then(Time::parse).unwrap_or(now);
            run.log.push(Event {
                attempt: q.attempt,
                at,
                own: event,
            });
            last = seq;
        }
    }
    run.last_seq.insert(q.attempt, last);
    for update in q.steps {
        set_step(run, q.attempt, update, now);
    }
    let cancel = run.status == RunStatus::Cancelled;
    Ok(json!({ "last_seq": last, "last_pos": run.log.len(), "cancel": cancel }))
}

/// A step that ended stays as it ended.
fn set_step(run: &mut Run, attempt: u32, update: StepUpdate, now: Time) {
    let finished_at = (update.status != StepStatus::Running).then_some(now);
    let known = (run.steps.iter_mut()).find(|s| s.attempt == attempt && s.is.step == update.step);
    match known {
        Some(step) if step.is.status == StepStatus::Running => {
            step.is = update;
            step.finished_at = finished_at;
        }
        Some(_) => {}
        None => run.steps.push(Step {
            attempt,
            started_at: (update.status != StepStatus::Skipped).then_some(now),
            finished_at,
            is: update,
        }),
    }
}

pub fn list(s: &mut State, _: &Caller, p: Value) -> Reply {
    let run = &s.runs[runs::place(s, &p)?];
    let after = p["after"].as_i64().unwrap_or(0);
    let limit = p["limit"].as_u64().unwrap_or(500).min(2_000) as usize;
    let events: Vec<Value> = (1..)
        .zip(&run.log)
        .filter(|(pos, _)| *pos > after)
        .take(limit)
        .map(|(pos, event)| shown(pos, event))
        .collect();
    let next = events
        .last()
        .map_or(json!(after), |event| event["pos"].clone());
    Ok(json!({ "events": events, "next": next, "status": run.status, "held": run.lease.is_some() }))
}

fn shown(pos: i64, event: &Event) -> Value {
    let own = &event.own;
    json!({
        "pos": pos, "attempt": event.attempt, "ts": event.at.to_string(), "level": own.level, "source": own.source,
        "step": own.step, "message": own.message, "data": own.data, "more": own.more, "lossy": own.lossy,
    })
}
