use super::claim::{check_finish, heartbeat_after_ms, only};
use super::{Answer, ok, worker_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::{Beat, Finish};
use ops_core::{Problem, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;

#[derive(Deserialize)]
struct Holder {
    run_id: String,
    worker_id: String,
    attempt: u32,
}

pub async fn start(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = worker_call(request).await?;
    let holder: Holder = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&holder.run_id), "/run_id");
    wrong.attempt(holder.attempt, "/attempt");
    wrong.done()?;
    let p = json!({ "run_id": holder.run_id, "worker_id": holder.worker_id, "attempt": holder.attempt });
    let answer = app.call("runs_start", &auth, p).await?;
    app.wake.log(&holder.run_id);
    ok(answer)
}

#[derive(Deserialize)]
struct Beats {
    worker_id: String,
    runs: Vec<Beat>,
}

/// `{worker_id, runs: […]}`, or one run flat.
pub async fn heartbeat(State(app): State<App>, request: Request) -> Answer {
    let (auth, mut body) = worker_call(request).await?;
    let single = single_form(&mut body, "runs", &["run_id", "attempt", "step"])?;
    let beats = read_beats(body).map_err(|refusal| {
        if single {
            refusal.of_single("/runs/0")
        } else {
            refusal
        }
    })?;
    let mut answer = app
        .call(
            "runs_heartbeat",
            &auth,
            json!({ "worker_id": beats.worker_id, "runs": beats.runs }),
        )
        .await?;
    let runs = answer.get("runs").and_then(Value::as_array);
    let shortest = runs.and_then(|runs| {
        runs.iter()
            .filter_map(|run| run["lease_seconds"].as_u64())
            .min()
    });
    let pause = heartbeat_after_ms(&app, shortest);
    if single {
        let mut run = only(&mut answer, "runs")?;
        run.insert("heartbeat_after_ms".into(), pause.into());
        if let Some(drain) = answer.remove("drain") {
            run.insert("drain".into(), drain);
        }
        return ok(run);
    }
    answer.insert("heartbeat_after_ms".into(), pause.into());
    ok(answer)
}

fn read_beats(body: Value) -> Result<Beats, Refusal> {
    let beats: Beats = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.unless(
        beats.runs.len() <= limits::HEARTBEAT_RUNS,
        "/runs",
        format!("at most {}", limits::HEARTBEAT_RUNS),
    );
    let mut seen = HashSet::new();
    for (i, beat) in beats.runs.iter().enumerate() {
        wrong.unless(
            seen.insert(&beat.run_id),
            format!("/runs/{i}/run_id"),
            "stands twice",
        );
        wrong.uuid(Some(&beat.run_id), format!("/runs/{i}/run_id"));
        wrong.attempt(beat.attempt, format!("/runs/{i}/attempt"));
    }
    wrong.done().map(|()| beats)
}

#[derive(Deserialize)]
struct Finishes {
    worker_id: String,
    finish: Vec<Finish>,
}

pub async fn finish(State(app): State<App>, request: Request) -> Answer {
    let (auth, mut body) = worker_call(request).await?;
    let names = [
        "run_id", "attempt", "status", "reason", "last_seq", "error", "result",
    ];
    let single = single_form(&mut body, "finish", &names)?;
    let (worker_id, end) = read_finish(body).map_err(|refusal| {
        if single {
            refusal.of_single("/finish/0")
        } else {
            refusal
        }
    })?;
    let p = json!({ "worker_id": worker_id, "finish": [end] });
    let mut answer = app.call("runs_finish", &auth, p).await?;
    app.wake.log(&end.run_id);
    ok(only(&mut answer, "finished")?)
}

fn read_finish(body: Value) -> Result<(String, Finish), Refusal> {
    let mut finishes: Finishes = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.unless(
        finishes.finish.len() == 1,
        "/finish",
        "takes one run; `runs.claim` settles many",
    );
    check_finish(&finishes.finish, "/finish", &mut wrong);
    wrong.done()?;
    match finishes.finish.pop() {
        Some(end) => Ok((finishes.worker_id, end)),
        None => Err(Problem::invalid("/finish", "takes one run").into()),
    }
}

/// Turns the flat form into a list of one, in place. Both forms at once are refused.
fn single_form(body: &mut Value, list: &str, names: &[&str]) -> Result<bool, Refusal> {
    let Some(fields) = body.as_object_mut() else {
        return Ok(false);
    };
    if !fields.contains_key("run_id") {
        return Ok(false);
    }
    if fields.contains_key(list) {
        return Err(Problem::invalid(
            format!("/{list}"),
            "stands beside `run_id`; send one run or a list, not both",
        )
        .into());
    }
    let one: serde_json::Map<String, Value> = names
        .iter()
        .filter_map(|name| fields.remove(*name).map(|v| (name.to_string(), v)))
        .collect();
    fields.insert(list.into(), json!([one]));
    Ok(true)
}
