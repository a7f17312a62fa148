//! What an operator does to sessions.

use super::ask::Sent;
use super::flash;
use super::halt::Shown;
use crate::app::App;
use crate::refusal::Refusal;
use axum::extract::State;
use ops_core::{Problem, text::is_uuid};
use serde_json::{Value, json};

pub async fn create(State(app): State<App>, sent: Sent) -> Shown {
    let name = match name(&sent) {
        Ok(name) => name,
        Err(problem) => return flash::failed(&app, &sent, sent.back(), problem),
    };
    match app
        .call("sessions_create", &sent.ask.auth, json!({ "name": name }))
        .await
    {
        Ok(answer) => {
            let id = answer
                .get("session")
                .and_then(|session| session["id"].as_str())
                .unwrap_or_default();
            Ok(flash::done(
                &sent,
                &format!("/runboard?session={id}"),
                &format!("Session “{name}” is there."),
            ))
        }
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}

pub async fn update(State(app): State<App>, sent: Sent) -> Shown {
    let (id, name) = match (id(&sent), name(&sent)) {
        (Ok(id), Ok(name)) => (id, name),
        (Err(problem), _) | (_, Err(problem)) => {
            return flash::failed(&app, &sent, sent.back(), problem);
        }
    };
    let p = json!({ "session_id": id, "name": name });
    act(
        &app,
        &sent,
        "sessions_update",
        p,
        &format!("The session is called “{name}” now."),
    )
    .await
}

pub async fn archive(State(app): State<App>, sent: Sent) -> Shown {
    let id = match id(&sent) {
        Ok(id) => id,
        Err(problem) => return flash::failed(&app, &sent, sent.back(), problem),
    };
    let archived = sent.get("archived") != Some("false");
    let words = if archived {
        "The session is archived: it takes no new runs."
    } else {
        "The session is open again."
    };
    act(
        &app,
        &sent,
        "sessions_archive",
        json!({ "session_id": id, "archived": archived }),
        words,
    )
    .await
}

async fn act(app: &App, sent: &Sent, function: &'static str, p: Value, words: &str) -> Shown {
    match app.call(function, &sent.ask.auth, p).await {
        Ok(_) => Ok(flash::done(sent, sent.back(), words)),
        Err(refusal) => flash::failed(app, sent, sent.back(), refusal),
    }
}

fn id(sent: &Sent) -> Result<&str, Refusal> {
    let id = sent.get("session_id").filter(|id| is_uuid(id));
    id.ok_or_else(|| Problem::invalid("/session_id", "this is no id").into())
}

fn name(sent: &Sent) -> Result<&str, Refusal> {
    let name = sent.get("name").map(str::trim).unwrap_or_default();
    match name.chars().count() {
        1..=200 => Ok(name),
        _ => Err(Problem::invalid("/name", "must be 1 to 200 characters").into()),
    }
}
