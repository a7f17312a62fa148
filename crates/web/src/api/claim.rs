use super::{Answer, ok, worker_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::ClaimRequest;
use ops_core::{limits, text};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;

pub async fn claim(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = worker_call(request).await?;
    let claim: ClaimRequest = body::typed(body, "")?;
    check(&claim)?;

    let arrived = Instant::now();
    let may_wait = app.host.long_poll && claim.finish.is_empty() && claim.limit != Some(0);
    let patience = if may_wait {
        Duration::from_secs(
            claim
                .wait_seconds
                .unwrap_or(0)
                .min(limits::WAIT_SECONDS)
                .into(),
        )
    } else {
        Duration::ZERO
    };
    let p = serde_json::to_value(&claim)
        .map_err(|e| Refusal::internal("runs.claim", &e.to_string()))?;
    let waiter = app
        .wake
        .wait_for_lanes(&claim.lanes, claim.session_id.as_deref());
    loop {
        // Up to here the client waited; from here on its lease may run.
        let waited = arrived.elapsed();
        let rest = patience.saturating_sub(waited);
        let call = app.call("runs_claim", &auth, p.clone());
        let got_nothing =
            |answer: &Result<Map<String, Value>, Refusal>| answer.as_ref().is_ok_and(is_empty);
        let (answer, woken) = waiter
            .call_then_wait(call, got_nothing, rest.min(app.host.recheck()))
            .await;
        // Also with a refusal: a stale claim settles all the same.
        for finish in &claim.finish {
            app.wake.log(&finish.run_id);
        }
        let answer = answer?;
        if !is_empty(&answer) || (!woken && arrived.elapsed() >= patience) {
            return ok(shape(&app, answer, waited));
        }
    }
}

fn is_empty(answer: &Map<String, Value>) -> bool {
    let none = |name: &str| {
        answer
            .get(name)
            .and_then(Value::as_array)
            .is_none_or(Vec::is_empty)
    };
    none("runs") && none("finished") && answer.get("drain") != Some(&Value::Bool(true))
}

fn shape(app: &App, mut answer: Map<String, Value>, waited: Duration) -> Value {
    let shortest = answer
        .get("runs")
        .and_then(Value::as_array)
        .and_then(|runs| {
            runs.iter()
                .filter_map(|run| run["lease_seconds"].as_u64())
                .min()
        });
    answer.insert(
        "heartbeat_after_ms".into(),
        heartbeat_after_ms(app, shortest).into(),
    );
    answer.insert("waited_ms".into(), (waited.as_millis() as u64).into());
    answer.insert("poll_after_ms".into(), app.host.poll_after_ms.into());
    answer.into()
}

/// A fifth of the shortest lease, so that four beats may be lost; within the PRD's 2–5 s.
pub fn heartbeat_after_ms(app: &App, shortest_lease_seconds: Option<u64>) -> u64 {
    let fifth = shortest_lease_seconds.map_or(u64::MAX, |seconds| seconds.saturating_mul(200));
    app.host.heartbeat_ms.min(fifth).max(500)
}

fn check(claim: &ClaimRequest) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.unless(
        (1..=200).contains(&claim.worker_id.len()),
        "/worker_id",
        "must be 1 to 200 bytes",
    );
    wrong.unless(
        (1..=64).contains(&claim.lanes.len()),
        "/lanes",
        "must name 1 to 64 lanes",
    );
    for (i, lane) in claim.lanes.iter().enumerate() {
        wrong.unless(
            text::is_lane(lane),
            format!("/lanes/{i}"),
            "this is no name of a lane",
        );
    }
    wrong.uuid(claim.session_id.as_deref(), "/session_id");
    let most = limits::CLAIM_RUNS as u32;
    wrong.unless(
        claim.limit.is_none_or(|n| n <= most),
        "/limit",
        format!("at most {most}"),
    );
    wrong.unless(
        claim.request_id.is_none_or(|n| n > 0),
        "/request_id",
        "must be above 0",
    );
    wrong.unless(
        claim.finish.len() <= limits::CLAIM_RUNS,
        "/finish",
        format!("at most {most}"),
    );
    check_finish(&claim.finish, "/finish", &mut wrong);
    wrong.done()
}

pub fn check_finish(finish: &[ops_core::api::Finish], at: &str, wrong: &mut Wrong) {
    let mut seen = HashSet::new();
    for (i, entry) in finish.iter().enumerate() {
        wrong.uuid(Some(&entry.run_id), format!("{at}/{i}/run_id"));
        wrong.attempt(entry.attempt, format!("{at}/{i}/attempt"));
        wrong.unless(
            seen.insert(&entry.run_id),
            format!("{at}/{i}/run_id"),
            "stands twice",
        );
    }
}

/// The answer of a single form out of that of a batch of one; a refusal there refuses the call.
pub fn only(answer: &mut Map<String, Value>, list: &str) -> Result<Map<String, Value>, Refusal> {
    let one = answer.get_mut(list).and_then(Value::as_array_mut);
    match one.and_then(Vec::pop) {
        Some(Value::Object(one)) if one.contains_key("code") => Err(Refusal::from_answer(one)),
        Some(Value::Object(one)) => Ok(one),
        _ => Err(Refusal::internal(list, "nothing in the answer")),
    }
}
