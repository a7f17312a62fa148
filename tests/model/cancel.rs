//! Cancelling, one run or many: the holder keeps its lease until it finishes, or its time ends.

use super::access::Caller;
use super::state::State;
use super::{Reply, Stop, dependencies, runs};
use ops_core::{RunStatus, limits};
use serde_json::{Value, json};

pub fn cancel(s: &mut State, who: &Caller, p: Value) -> Reply {
    let reason = p["reason"].as_str();
    if let Some(id) = p["run_id"].as_str() {
        let answer = one(s, who, id, reason);
        return if answer["code"].is_null() {
            Ok(answer)
        } else {
            Err(Stop::Refused(answer))
        };
    }
    let ids = chosen(s, &p, |status| !status.is_terminal());
    if p["dry_run"] == true {
        return Ok(json!({ "count": ids.len(), "dry_run": true }));
    }
    let answers: Vec<Value> = ids.iter().map(|id| one(s, who, id, reason)).collect();
    Ok(json!({ "count": ids.len(), "runs": answers }))
}

/// Named one by one, or by a filter over what can be meant, the newest first.
pub fn chosen(s: &State, p: &Value, can: fn(RunStatus) -> bool) -> Vec<String> {
    let named = |id: &String| {
        p["run_ids"]
            .as_array()
            .is_some_and(|ids| ids.iter().any(|x| x == id))
    };
    let meant = s.runs.iter().rev().filter(|run| match p["run_ids"] {
        Value::Null => can(run.status) && runs::matches(run, &p["filter"]),
        _ => named(&run.id),
    });
    meant
        .take(limits::BULK_CHANGES)
        .map(|run| run.id.clone())
        .collect()
}

fn one(s: &mut State, who: &Caller, id: &str, reason: Option<&str>) -> Value {
    let Some(place) = s.find(id) else {
        return json!({ "run_id": id, "code": "not_found", "detail": "there is no such run" });
    };
    let (now, rules) = (s.now, s.rules);
    let run = &mut s.runs[place];
    if run.status.is_terminal() {
        let status = run.status;
        let detail = format!("the run is {status}");
        return json!({ "run_id": id, "code": "already_finished", "detail": detail, "run_status": status });
    }
    run.status = RunStatus::Cancelled;
    run.parked = None;
    run.cancelled_at = Some(now);
    run.finished_at = Some(now);
    run.reason = Some(reason.unwrap_or("cancelled_by_operator").into());
    rules.cancel(run);
    let why = reason.unwrap_or("no reason given");
    run.tell(now, format!("cancelled by {}: {why}", who.name));
    dependencies::resolve(s);
    json!({ "run_id": id, "status": "cancelled" })
}
