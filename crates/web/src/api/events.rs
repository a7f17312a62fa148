use super::runs::without_nulls;
use super::{Answer, ok, read_call, write_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::AppendRequest;
use ops_core::{RunStatus, limits, text};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::time::Instant;

pub async fn append(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = write_call(request).await?;
    let mut append: AppendRequest = body::typed(body, "")?;
    // Sizes are judged as they were sent: U+FFFD is longer than what it stands for.
    check(&append)?;
    for event in &mut append.events {
        // A worker's clock is for people: a time that cannot be read is left out, not refused.
        event.ts = event.ts.take().filter(|ts| text::is_timestamp(ts));
        event.lossy |= event.message.contains('\0');
    }
    let run_id = append.run_id.clone();
    let mut p = serde_json::to_value(append)
        .map_err(|e| Refusal::internal("events.append", &e.to_string()))?;
    body::replace_nul(&mut p);
    p["log_limit"] = app.host.log_bytes.into();
    let answer = app.call("events_append", &auth, p).await?;
    app.wake.log(&run_id);
    ok(answer)
}

fn check(append: &AppendRequest) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&append.run_id), "/run_id");
    wrong.attempt(append.attempt, "/attempt");
    wrong.unless(append.first_seq >= 1, "/first_seq", "must be 1 or above");
    wrong.unless(
        append.events.len() <= limits::APPEND_EVENTS,
        "/events",
        format!("at most {}", limits::APPEND_EVENTS),
    );
    for (i, event) in append.events.iter().enumerate() {
        let fine = event.message.len() <= limits::MESSAGE_BYTES;
        wrong.unless(
            fine,
            format!("/events/{i}/message"),
            format!(
                "at most {} bytes; send a longer line in parts with `more`",
                limits::MESSAGE_BYTES
            ),
        );
    }
    for (i, step) in append.steps.iter().enumerate() {
        wrong.unless(
            (1..=200).contains(&step.step.len()),
            format!("/steps/{i}/step"),
            "must be 1 to 200 bytes",
        );
    }
    wrong.done()
}

/// With `wait_seconds` the answer waits until there is an event, or the run ends.
pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["run_id", "after", "limit", "wait_seconds"])?;
    query.uuid("run_id")?;
    let run_id = query.require("run_id")?;
    let p = without_nulls(json!({
        "run_id": run_id, "after": query.number("after", 0..=i64::MAX)?, "limit": query.number("limit", 1..=2_000)?,
    }));
    let wait = query
        .number("wait_seconds", 0..=i64::from(limits::WAIT_SECONDS))?
        .filter(|_| app.host.long_poll)
        .unwrap_or(0);
    let deadline = Instant::now() + Duration::from_secs(wait as u64);
    let waiter = app.wake.wait_for_log(run_id);
    loop {
        let rest = deadline
            .saturating_duration_since(Instant::now())
            .min(app.host.recheck());
        let call = app.call("events_list", &auth, p.clone());
        let nothing_new =
            |answer: &Result<Map<String, Value>, Refusal>| answer.as_ref().is_ok_and(may_wait);
        let (answer, woken) = waiter.call_then_wait(call, nothing_new, rest).await;
        let answer = answer?;
        if !may_wait(&answer) || (!woken && Instant::now() >= deadline) {
            return ok(answer);
        }
    }
}

fn may_wait(answer: &Map<String, Value>) -> bool {
    let empty = answer
        .get("events")
        .and_then(Value::as_array)
        .is_none_or(Vec::is_empty);
    let ended = answer
        .get("status")
        .and_then(Value::as_str)
        .and_then(RunStatus::parse)
        .is_none_or(RunStatus::is_terminal);
    // A cancelled run goes on logging until its holder has ended.
    let held = answer.get("held") == Some(&Value::Bool(true));
    empty && (!ended || held)
}
