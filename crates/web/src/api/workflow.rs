//! The workflow of a step: started once, followed and ended by whoever holds the run.

use super::dispatch::{inputs, target};
use super::{Answer, created, ok, only_id, write_call};
use crate::app::App;
use crate::body;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::{DISPATCH_INPUTS, HeldDispatch, StepDispatch};
use ops_core::{Code, Problem};
use serde_json::{Value, json};

/// Longest id of a step.
const STEP_BYTES: usize = 64;

/// The form of `dispatch.create` that names a run.
pub(super) async fn create(app: &App, auth: &Value, mut body: Value) -> Answer {
    body::replace_nul(&mut body);
    let new: StepDispatch = body::typed(body, "")?;
    check(&new)?;
    may_ask_github(app)?;
    let mut answer = app.call("dispatch_create", auth, json!(new)).await?;
    let asked = answer.remove("dispatch").unwrap_or_default();
    let dispatch = match answer.contains_key("send") {
        true => app.dispatch(&asked).await.unwrap_or(asked),
        false => asked,
    };
    created(json!({ "dispatch": dispatch }))
}

/// The form of `dispatch.get` that names a run.
pub(super) async fn read(app: &App, auth: &Value, query: &Query) -> Answer {
    for name in ["worker_id", "attempt"] {
        query.require(name)?;
    }
    may_ask_github(app)?;
    let p = json!({
        "dispatch_id": query.uuid("dispatch_id")?, "run_id": query.uuid("run_id")?,
        "worker_id": query.get("worker_id"), "attempt": query.number("attempt", 0..=i32::MAX.into())?,
    });
    let mut answer = app.call("dispatch_get", auth, p).await?;
    let dispatch = answer.remove("dispatch").unwrap_or_default();
    ok(app.follow(dispatch).await)
}

/// By an operator, or by whoever holds the run that the form names.
pub async fn cancel(State(app): State<App>, request: Request) -> Answer {
    let (auth, mut body) = write_call(request).await?;
    let p = if body.get("run_id").is_some() {
        body::replace_nul(&mut body);
        let held: HeldDispatch = body::typed(body, "")?;
        let mut wrong = Wrong::default();
        wrong.uuid(Some(&held.run_id), "/run_id");
        wrong.uuid(Some(&held.dispatch_id), "/dispatch_id");
        wrong.attempt(held.attempt, "/attempt");
        wrong.done()?;
        json!(held)
    } else {
        body::refuse_nul(&body)?;
        only_id(&body, "dispatch_id", &[])?.clone().into()
    };
    may_ask_github(&app)?;
    let mut answer = app.call("dispatch_cancel", &auth, p).await?;
    let dispatch = answer.remove("dispatch").unwrap_or_default();
    ok(app.cancel_workflow(dispatch).await)
}

fn may_ask_github(app: &App) -> Result<(), Refusal> {
    let asked = app.may_ask_github().map(|_| ());
    asked.map_err(|why| Problem::new(Code::NotConfigured, why).into())
}

fn check(new: &StepDispatch) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&new.run_id), "/run_id");
    wrong.attempt(new.attempt, "/attempt");
    wrong.unless(
        (1..=STEP_BYTES).contains(&new.step.len()),
        "/step",
        format!("must be 1 to {STEP_BYTES} bytes"),
    );
    let some = |text: &String| Some(text.clone());
    let named = [&new.repository, &new.workflow, &new.git_ref].map(some);
    target(&mut wrong, "", named.each_ref());
    inputs(&mut wrong, "", &new.inputs, DISPATCH_INPUTS);
    wrong.done()
}
