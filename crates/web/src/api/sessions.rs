use super::runs::without_nulls;
use super::{Answer, created, ok, operator_call, read_call};
use crate::app::App;
use crate::body::{self, Wrong};
use axum::extract::{Request, State};
use ops_core::Problem;
use ops_core::api::NewSession;
use serde_json::json;

pub async fn create(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let session: NewSession = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.unless(
        (1..=200).contains(&session.name.chars().count()),
        "/name",
        "must be 1 to 200 characters",
    );
    wrong.done()?;
    created(
        app.call(
            "sessions_create",
            &auth,
            json!({ "name": session.name, "meta": session.meta }),
        )
        .await?,
    )
}

pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["session_id"])?;
    query.uuid("session_id")?;
    ok(app
        .call(
            "sessions_get",
            &auth,
            json!({ "session_id": query.require("session_id")? }),
        )
        .await?)
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["status", "after", "limit"])?;
    let status = query.get("status");
    if status.is_some_and(|word| !matches!(word, "active" | "archived")) {
        return Err(Problem::invalid("/status", "must be active or archived").into());
    }
    let p = json!({ "status": status, "after": query.uuid("after")?, "limit": query.limit()? });
    ok(app.call("sessions_list", &auth, without_nulls(p)).await?)
}
