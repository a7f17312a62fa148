use super::{Answer, ok, operator_call, read_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::{LaneUpdate, WorkerDrain};
use ops_core::{Problem, text};
use serde_json::json;

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, _) = read_call(request, &[])?;
    ok(app.call("lanes_list", &auth, json!({})).await?)
}

pub async fn update(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    // A list would be read as the fields in their order.
    if body["dispatch"].is_array() {
        return Err(Problem::invalid("/dispatch", "must be an object").into());
    }
    let update: LaneUpdate = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.unless(
        text::is_lane(&update.name),
        "/name",
        "this is no name of a lane",
    );
    wrong.unless(
        update.concurrency_limit.is_none_or(|n| n <= 10_000),
        "/concurrency_limit",
        "at most 10000; 0 takes the limit away",
    );
    wrong.unless(
        update.queue_limit.is_none_or(|n| n <= 100_000_000),
        "/queue_limit",
        "at most 100000000; 0 takes the limit away",
    );
    wrong.unless(
        update.reason.as_ref().is_none_or(|r| r.len() <= 2_000),
        "/reason",
        "at most 2000 bytes",
    );
    if let Some(rule) = &update.dispatch {
        super::dispatch::check_rule(&mut wrong, rule);
    }
    wrong.done()?;
    let p = serde_json::to_value(update)
        .map_err(|e| Refusal::internal("lanes.update", &e.to_string()))?;
    ok(app.call("lanes_update", &auth, p).await?)
}

pub async fn workers(State(app): State<App>, request: Request) -> Answer {
    let (auth, _) = read_call(request, &[])?;
    ok(app.call("workers_list", &auth, json!({})).await?)
}

pub async fn drain(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let drain: WorkerDrain = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.unless(
        (1..=200).contains(&drain.worker_id.len()),
        "/worker_id",
        "must be 1 to 200 bytes",
    );
    wrong.done()?;
    ok(app.call("workers_drain", &auth, json!(drain)).await?)
}
