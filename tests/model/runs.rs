//! What people see of a run.

use super::access::Caller;
use super::state::{Parked, Run, State};
use super::{Reply, Stop, Time, refuse};
use ops_core::RunStatus;
use serde_json::{Value, json};

pub fn place(s: &State, p: &Value) -> Result<usize, Stop> {
    let found = p["run_id"].as_str().and_then(|id| s.find(id));
    found.ok_or_else(|| refuse("not_found", "there is no such run"))
}

fn text(at: Option<Time>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// As a list shows it.
pub fn shown(run: &Run) -> Value {
    let f = &run.frozen;
    let lease = run.lease.as_ref();
    json!({
        "id": run.id, "seq": run.seq, "title": f.title, "status": run.status, "lane": f.lane,
        "priority": f.priority, "attempt": run.attempt(), "attempts_used": run.attempts_used,
        "max_attempts": f.max_attempts, "handbacks": run.handbacks, "template": f.template,
        "template_version": f.template_version, "session_id": f.session, "intent": f.intent, "env": f.env,
        "repo": f.repo, "reason": run.reason, "error": run.error, "claimed_by": run.claimed_by,
        "refused_writes": run.refused_writes, "lease_seconds": f.lease_seconds,
        "timeout_seconds": f.timeout_seconds, "not_before": text(f.not_before), "created_by": run.created_by,
        "created_at": run.created_at.to_string(), "claimed_at": text(run.claimed_at),
        "started_at": text(run.started_at), "cancelled_at": text(run.cancelled_at),
        "finished_at": text(run.finished_at), "retry_of": f.retry_of, "step": lease.map(|l| &l.step),
        "heartbeat_at": text(lease.map(|l| l.heartbeat_at)), "lease_expires_at": text(lease.map(|l| l.expires_at)),
    })
}

pub fn get(s: &mut State, _: &Caller, p: Value) -> Reply {
    let run = &s.runs[place(s, &p)?];
    // As they began; what was skipped never did, and comes last, by its name.
    let mut steps: Vec<_> = run.steps.iter().collect();
    steps.sort_by_key(|step| {
        let name = step.started_at.is_none().then(|| step.is.step.clone());
        (step.attempt, name, step.started_at)
    });
    let steps = steps.into_iter().map(|step| {
        json!({
            "attempt": step.attempt, "step": step.is.step, "status": step.is.status, "exit_code": step.is.exit_code,
            "outputs": step.is.outputs, "started_at": text(step.started_at), "finished_at": text(step.finished_at),
        })
    });
    let attempts = (1..).zip(&run.attempts).map(|(attempt, a): (u32, _)| {
        let ended = a.ended.as_ref();
        json!({
            "attempt": attempt, "worker_id": a.worker, "claimed_at": a.claimed_at.to_string(),
            "ended_at": text(ended.map(|e| e.at)), "ended_as": ended.map(|e| e.how), "reason": ended.map(|e| &e.reason),
        })
    });
    let bytes: usize = run.log.iter().map(|event| event.own.message.len()).sum();
    let mut answer = shown(run);
    answer["params"] = run.frozen.params.clone();
    answer["runbook"] = run.frozen.runbook.clone();
    answer["result"] = run.result.clone();
    answer["waiting"] = waiting(s, run);
    answer["steps"] = steps.collect();
    answer["attempts"] = attempts.collect();
    if !run.log.is_empty() || !run.last_seq.is_empty() {
        answer["log"] = json!({ "last_pos": run.log.len(), "bytes": bytes, "dropped_events": 0, "dropped_bytes": 0 });
    }
    Ok(json!({ "run": answer }))
}

/// The nearest reason first.
fn waiting(s: &State, run: &Run) -> Value {
    if run.status != RunStatus::Queued {
        return Value::Null;
    }
    let lane = &s.lanes[&run.frozen.lane];
    let asks = s.workers.values().any(|worker| {
        !worker.drain
            && worker.lanes.contains(&run.frozen.lane)
            && (worker.session.is_none() || worker.session == run.frozen.session)
            && worker.last_seen.plus(30) > s.now
    });
    let full = lane
        .limit
        .is_some_and(|limit| s.held_in(&run.frozen.lane) >= limit);
    let reason = if run.parked == Some(Parked::NotBefore) {
        "not_before"
    } else if run.parked == Some(Parked::Group) {
        "group"
    } else if run.parked == Some(Parked::DependsOn) {
        "depends_on"
    } else if lane.paused {
        "lane_paused"
    } else if lane.draining {
        "lane_draining"
    } else if !asks {
        "no_worker"
    } else if full {
        "lane_full"
    } else {
        "queue"
    };
    let holder = (s.runs.iter()).find(|other| other.has_a_place() && is_of_group(other, run));
    let detail = match holder.filter(|_| reason == "group") {
        _ if reason == "depends_on" => format!("waits for {}", run.depends_on.join(", ")),
        Some(holder) => format!("held by run {}", holder.id),
        None => format!("in lane {}", run.frozen.lane),
    };
    json!({ "reason": reason, "detail": detail })
}

fn is_of_group(one: &Run, other: &Run) -> bool {
    one.group().map(|(key, _)| key) == other.group().map(|(key, _)| key)
}

/// Newest first; the cursor is the last one's `seq`.
pub fn list(s: &mut State, _: &Caller, p: Value) -> Reply {
    let after = match &p["after"] {
        Value::String(text) => text.parse().map_err(|_| Stop::Malformed(text.clone()))?,
        other => other.as_i64().unwrap_or(i64::MAX),
    };
    let limit = p["limit"].as_u64().unwrap_or(50).min(200) as usize;
    let mut rows = (s.runs.iter().rev()).filter(|run| run.seq < after && matches(run, &p));
    let page: Vec<&Run> = rows.by_ref().take(limit).collect();
    let last = page.last().map(|run| run.seq.to_string());
    let next = last.filter(|_| rows.next().is_some());
    Ok(json!({ "runs": page.into_iter().map(shown).collect::<Vec<_>>(), "next": next }))
}

/// Whether a run is what a filter asks for. What the filter does not name is as it may be.
pub fn matches(run: &Run, filter: &Value) -> bool {
    let f = &run.frozen;
    let is =
        |name: &str, value: Option<&str>| filter[name].is_null() || filter[name].as_str() == value;
    let date = |name: &str| filter[name].as_str().and_then(Time::parse);
    let by = filter["worker"].as_str().is_none_or(|worker| {
        let rest = run
            .claimed_by
            .as_deref()
            .and_then(|by| by.strip_prefix(worker));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    let texts = [
        &f.template,
        &f.intent,
        &f.env,
        &f.repo,
        &run.reason,
        &run.error,
    ];
    let mut texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
    texts.extend([f.title.as_str(), run.id.as_str()]);
    let wanted = filter["text"].as_str().map(str::to_lowercase);
    let says = |wanted: String| {
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&wanted))
    };
    is("status", Some(run.status.as_str()))
        && is("lane", Some(&f.lane))
        && is("template", f.template.as_deref())
        && is("session_id", f.session.as_deref())
        && is("repo", f.repo.as_deref())
        && by
        && date("since").is_none_or(|at| run.created_at >= at)
        && date("until").is_none_or(|at| run.created_at < at)
        && wanted.is_none_or(says)
}
