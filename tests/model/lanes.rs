//! Lanes, and the workers that ask for them.

use super::access::Caller;
use super::state::{Lane, State};
use super::{Reply, Stop, refuse};
use serde_json::{Value, json};

fn shown(s: &State, name: &str, lane: &Lane) -> Value {
    let queued = s
        .runs
        .iter()
        .filter(|run| run.may_go() && run.frozen.lane == name);
    json!({
        "name": name, "concurrency_limit": lane.limit, "paused": lane.paused, "paused_reason": lane.paused_reason,
        "draining": lane.draining, "queue_limit": lane.queue_limit, "queue_full": lane.queue_full, "queued": queued.count(), "held": s.held_in(name),
    })
}

pub fn list(s: &mut State, _: &Caller, _: Value) -> Reply {
    let lanes: Vec<Value> = s
        .lanes
        .iter()
        .map(|(name, lane)| shown(s, name, lane))
        .collect();
    Ok(json!({ "lanes": lanes }))
}

/// A lane that does not exist is made. Limits of 0 take the limit away.
pub fn update(s: &mut State, _: &Caller, p: Value) -> Reply {
    let name = p["name"]
        .as_str()
        .filter(|name| ops_core::text::is_lane(name));
    let name = name.ok_or_else(|| Stop::Malformed("this is no name of a lane".into()))?;
    let lane = s.lanes.entry(name.into()).or_default();
    if let Some(limit) = p["concurrency_limit"].as_u64() {
        lane.limit = Some(limit).filter(|limit| *limit > 0);
    }
    if let Some(limit) = p["queue_limit"].as_u64() {
        lane.queue_limit = Some(limit).filter(|limit| *limit > 0);
        s.open_full_lane(name);
        s.note_full_lane(name);
    }
    let lane = s.lanes.entry(name.into()).or_default();
    if let Some(paused) = p["paused"].as_bool() {
        lane.paused = paused;
        lane.paused_reason = p["reason"].as_str().filter(|_| paused).map(String::from);
    }
    lane.draining = p["draining"].as_bool().unwrap_or(lane.draining);
    s.wake(name);
    Ok(json!({ "lane": shown(s, name, &s.lanes[name]) }))
}

/// Those heard of within the last day, the freshest first.
pub fn workers(s: &mut State, _: &Caller, _: Value) -> Reply {
    let day_ago = s.now.plus(-86_400);
    let mut fresh: Vec<_> = s
        .workers
        .iter()
        .filter(|(_, w)| w.last_seen > day_ago)
        .collect();
    fresh.sort_by_key(|(id, w)| (std::cmp::Reverse(w.last_seen), *id));
    let row = |(id, w): (&String, &super::state::Worker)| {
        let held = |run: &&super::state::Run| {
            run.lease.is_some() && run.attempts.last().is_some_and(|a| &a.worker == id)
        };
        json!({
            "id": id, "name": w.name, "version": w.version, "lanes": w.lanes, "session_id": w.session,
            "first_seen": w.first_seen.to_string(), "last_seen": w.last_seen.to_string(),
            "seen_ms_ago": s.now.micros_since(w.last_seen) / 1_000, "held": s.runs.iter().filter(held).count(),
            "drain": w.drain,
        })
    };
    Ok(json!({ "workers": fresh.into_iter().map(row).collect::<Vec<_>>() }))
}

/// No more runs; told in the worker's next answer.
pub fn drain(s: &mut State, _: &Caller, p: Value) -> Reply {
    let found = p["worker_id"].as_str().and_then(|id| s.workers.get_mut(id));
    let worker = found.ok_or_else(|| refuse("not_found", "there is no such worker"))?;
    worker.drain = p["drain"].as_bool().unwrap_or(true);
    Ok(json!({ "worker_id": p["worker_id"], "drain": worker.drain }))
}
