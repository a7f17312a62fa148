use super::runs::without_nulls;
use super::{Answer, created, ok, only_id, operator_call, read_call};
use crate::app::App;
use crate::body;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::Problem;
use ops_core::api::{NewSession, SessionArchive, SessionUpdate};
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

pub async fn update(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let update: SessionUpdate = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&update.session_id), "/session_id");
    let named = update
        .name
        .as_ref()
        .is_none_or(|name| (1..=200).contains(&name.chars().count()));
    wrong.unless(named, "/name", "must be 1 to 200 characters");
    let members = update.members.as_deref().unwrap_or_default();
    wrong.unless(members.len() <= 1_000, "/members", "at most 1000");
    let mut seen = std::collections::HashSet::new();
    for (i, member) in members.iter().enumerate() {
        wrong.unless(
            (1..=200).contains(&member.user_id.len()),
            format!("/members/{i}/user_id"),
            "must be 1 to 200 bytes",
        );
        wrong.unless(
            seen.insert(&member.user_id),
            format!("/members/{i}/user_id"),
            "stands twice",
        );
        let known = matches!(member.role.as_str(), "viewer" | "operator");
        wrong.unless(
            known,
            format!("/members/{i}/role"),
            "must be viewer or operator",
        );
    }
    wrong.done()?;
    ok(app.call("sessions_update", &auth, json!(update)).await?)
}

pub async fn archive(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let archive: SessionArchive = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    wrong.uuid(Some(&archive.session_id), "/session_id");
    wrong.done()?;
    ok(app.call("sessions_archive", &auth, json!(archive)).await?)
}

pub async fn delete(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let fields = only_id(&body, "session_id", &[])?.clone();
    ok(app.call("sessions_delete", &auth, fields.into()).await?)
}
