use super::{Answer, bulk, created, ok, only_id, operator_call, read_call};
use crate::app::App;

use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::{Problem, RunStatus, text};
use serde_json::{Map, Value, json};

pub async fn cancel(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    if bulk::is_bulk(&body) {
        return bulk::call(&app, "runs_cancel", &auth, body).await;
    }
    let fields = only_id(&body, "run_id", &["reason"])?.clone();
    at_most(&fields, "reason", 2_000)?;
    let answer = app
        .call("runs_cancel", &auth, fields.clone().into())
        .await?;
    app.wake.log(fields["run_id"].as_str().unwrap_or_default());
    ok(answer)
}

pub async fn retry(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    if bulk::is_bulk(&body) {
        return bulk::call(&app, "runs_retry", &auth, body).await;
    }
    let fields = only_id(&body, "run_id", &["idempotency_key"])?.clone();
    at_most(&fields, "idempotency_key", 200)?;
    let mut answer = app.call("runs_retry", &auth, fields.into()).await?;
    let mut run = super::claim::only(&mut answer, "runs")?;
    if run.remove("seen").is_some() {
        ok(run)
    } else {
        created(run)
    }
}

fn at_most(fields: &Map<String, Value>, name: &str, bytes: usize) -> Result<(), Refusal> {
    let text = fields.get(name).and_then(Value::as_str);
    let mut wrong = Wrong::default();
    wrong.unless(
        text.is_none_or(|text| (1..=bytes).contains(&text.len())),
        format!("/{name}"),
        format!("must be 1 to {bytes} bytes"),
    );
    wrong.done()
}

pub async fn sweep(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let mut wrong = Wrong::default();
    for (field, _) in body.as_object().into_iter().flatten() {
        wrong.unless(false, format!("/{field}"), "unknown field");
    }
    wrong.done()?;
    ok(app.call("runs_sweep", &auth, app.sweeping()).await?)
}

pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["run_id"])?;
    query.uuid("run_id")?;
    let run_id = query.require("run_id")?;
    ok(app
        .call("runs_get", &auth, json!({ "run_id": run_id }))
        .await?)
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(
        request,
        &[
            "status",
            "lane",
            "session_id",
            "template",
            "repo",
            "worker",
            "since",
            "until",
            "text",
            "after",
            "limit",
        ],
    )?;
    let status = query.get("status");
    if status.is_some_and(|word| RunStatus::parse(word).is_none()) {
        let all: Vec<_> = RunStatus::ALL.iter().map(|s| s.as_str()).collect();
        return Err(
            Problem::invalid("/status", format!("must be one of {}", all.join(", "))).into(),
        );
    }
    if query.get("lane").is_some_and(|lane| !text::is_lane(lane)) {
        return Err(Problem::invalid("/lane", "this is no name of a lane").into());
    }
    for name in ["since", "until"] {
        if query
            .get(name)
            .is_some_and(|time| !text::is_timestamp(time))
        {
            return Err(Problem::invalid(
                format!("/{name}"),
                "must be a time such as 2026-11-24T22:30:00Z",
            )
            .into());
        }
    }
    let p = json!({
        "repo": query.get("repo"), "worker": query.get("worker"), "since": query.get("since"), "until": query.get("until"),
        "text": query.get("text"), "status": status, "lane": query.get("lane"), "template": query.get("template"), "session_id": query.uuid("session_id")?,
        "after": query.number("after", 1..=i64::MAX)?, "limit": query.limit()?,
    });
    ok(app.call("runs_list", &auth, without_nulls(p)).await?)
}

pub(crate) fn without_nulls(mut p: Value) -> Value {
    if let Some(fields) = p.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    p
}
