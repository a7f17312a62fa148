//! What each verb does to the fake's state.

use super::{FakeRun, State};
use ops_core::{Code, Problem};
use serde_json::{Value, json};

pub fn take(state: &mut State, body: &Value) -> Result<Vec<Value>, Problem> {
    let worker = body["worker_id"].as_str().unwrap().to_string();
    let request = body["request_id"].as_i64().unwrap();
    let (last, taken) = state.workers.entry(worker.clone()).or_default().clone();
    if request < last {
        return Err(Problem::new(Code::StaleRequest, ""));
    }
    let limit = body["limit"].as_u64().unwrap() as usize;
    let mut got: Vec<(String, u32)> = Vec::new();
    if request == last {
        let held = |(id, attempt): &&(String, u32)| {
            let run = state.runs.iter().find(|run| run.id == *id).unwrap();
            run.holder.as_ref() == Some(&worker) && run.attempt == *attempt
        };
        got = taken.iter().filter(held).cloned().collect();
    }
    if request > last || taken.is_empty() {
        for run in state.runs.iter_mut().filter(|run| run.status == "queued") {
            if got.len() == limit {
                break;
            }
            run.status = "running".into();
            run.attempt += 1;
            run.holder = Some(worker.clone());
            keep_once(run);
            run.events.clear();
            run.steps.clear();
            got.push((run.id.clone(), run.attempt));
        }
        state.workers.insert(worker, (request, got.clone()));
    }
    Ok(got
        .iter()
        .map(|(id, attempt)| {
            let run = state.run(id);
            let mut claim = run.claim.clone();
            claim["run_id"] = json!(id);
            claim["attempt"] = json!(attempt);
            claim["lease_seconds"] = json!(run.lease_seconds);
            claim["once"] = run.once.clone();
            claim
        })
        .collect())
}

fn keep_once(run: &mut FakeRun) {
    for step in run.claim["steps"].as_array().into_iter().flatten() {
        let id = step["id"].as_str().unwrap_or_default();
        let status = run.step(id);
        if step["once"] == true && matches!(status.as_str(), "succeeded" | "failed" | "timed_out") {
            let mut end = run.steps.iter().rfind(|s| s["step"] == id).unwrap().clone();
            end["attempt"] = json!(run.attempt - 1);
            run.once[id] = end;
        }
    }
}

fn held<'s>(state: &'s mut State, body: &Value, worker: &str) -> Result<&'s mut FakeRun, Problem> {
    let run = state.run_mut(body["run_id"].as_str().unwrap());
    if run.holder.as_deref() != Some(worker) || body["attempt"] != run.attempt {
        run.refused += 1;
        return Err(Problem::new(Code::LeaseLost, ""));
    }
    Ok(run)
}

pub fn heartbeat(state: &mut State, body: &Value) -> Value {
    let worker = body["worker_id"].as_str().unwrap();
    let mut runs = Vec::new();
    for beat in body["runs"].as_array().unwrap() {
        runs.push(match held(state, beat, worker) {
            Ok(run) => {
                run.beats += 1;
                json!({"run_id": run.id, "status": run.status, "cancel": run.cancel,
                    "lease_seconds": run.lease_seconds})
            }
            Err(problem) => json!({"run_id": beat["run_id"], "code": problem.code}),
        });
    }
    json!({"runs": runs, "heartbeat_after_ms": 100, "drain": state.drain})
}

pub fn finish(state: &mut State, worker: &str, end: &Value) -> Result<Value, Problem> {
    let run = state.run_mut(end["run_id"].as_str().unwrap());
    if run.holder.is_none()
        && run
            .finishes
            .last()
            .is_some_and(|last| last["attempt"] == end["attempt"])
    {
        return Ok(json!({"status": run.status}));
    }
    let forgets = std::mem::take(&mut state.forgets_the_log);
    let run = held(state, end, worker)?;
    if forgets {
        run.events.clear();
    }
    let last_seq = end["last_seq"].as_u64().unwrap_or(0);
    if last_seq > run.events.len() as u64 {
        return Err(with_last_seq(Code::EventsMissing, run));
    }
    run.holder = None;
    run.finishes.push(end.clone());
    run.status = match end["status"].as_str().unwrap() {
        _ if run.cancel => "cancelled".into(),
        "released" if run.is_unknown() => "unknown_outcome".into(),
        "released" => "handed_back".into(),
        status => status.into(),
    };
    let told = match run.status.as_str() {
        "handed_back" => "queued",
        "unknown_outcome" => "failed",
        status => status,
    };
    Ok(json!({"status": told}))
}

pub fn append(state: &mut State, body: &Value) -> Result<Value, Problem> {
    let run = held(state, body, body["worker_id"].as_str().unwrap())?;
    run.appends += 1;
    let first = body["first_seq"].as_u64().unwrap() as usize;
    if first > run.events.len() + 1 {
        return Err(with_last_seq(Code::EventsGap, run));
    }
    let stored = run.events.len();
    for (place, event) in body["events"].as_array().unwrap().iter().enumerate() {
        if first + place > stored {
            run.events.push(event.clone());
        }
    }
    for step in body["steps"].as_array().into_iter().flatten() {
        run.steps.push(step.clone());
    }
    Ok(json!({"last_seq": run.events.len(), "last_pos": run.events.len(), "cancel": run.cancel}))
}

/// There is no upload to do where the bytes have come.
pub fn begin(state: &mut State, body: &Value) -> Result<Value, Problem> {
    held(state, body, body["worker_id"].as_str().unwrap())?;
    let came = state.uploaded.contains(&body["size"].as_u64().unwrap());
    let to =
        json!({ "method": "POST", "url": "/x/artifacts.upload?ticket=t", "expires_in_seconds": 9 });
    Ok(if came {
        json!({})
    } else {
        json!({ "upload": to })
    })
}

pub fn put(state: &mut State, body: &Value) -> Result<Value, Problem> {
    let run = held(state, body, body["worker_id"].as_str().unwrap())?;
    if let Some(known) = run.artifacts.iter().find(|a| a["name"] == body["name"])
        && known != body
    {
        return Err(Problem::new(Code::NameTaken, ""));
    }
    run.artifacts.push(body.clone());
    Ok(json!({"artifact_id": "a", "url": "/a", "sha256": "", "size": 0}))
}

fn with_last_seq(code: Code, run: &FakeRun) -> Problem {
    let mut problem = Problem::new(code, "");
    problem
        .facts
        .insert("last_seq".into(), json!(run.events.len()));
    problem
}
