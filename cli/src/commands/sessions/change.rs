//! Create, rename, archive, delete.

use super::Named;
use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, program};
use ops_core::api::{NewSession, SessionArchive, SessionUpdate};
use serde::Serialize;
use serde_json::{Value, json};

pub async fn create(name: String, common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let new = NewSession {
        name,
        ..NewSession::default()
    };
    let session = room.ask(room.client.sessions_create(&new)).await?;
    match common.format() {
        Format::Json => output::json(&session)?,
        Format::People => {
            output::line(&session.id)?;
            let call = program::call(format_args!("run hello --session {}", session.id));
            output::hint(format_args!(
                "queue into it: {call}{}",
                room.address.data_argument()
            ));
        }
    }
    Ok(Exit::Success)
}

pub async fn rename(named: Named, name: String) -> Result<Exit, Failure> {
    let update = SessionUpdate {
        session_id: named.id,
        name: Some(name),
        ..SessionUpdate::default()
    };
    change(&named.common, "sessions.update", &update, "renamed").await
}

pub async fn archive(named: Named) -> Result<Exit, Failure> {
    let body = SessionArchive {
        session_id: named.id,
        archived: Some(true),
    };
    let done = "archived; it takes no new runs";
    change(&named.common, "sessions.archive", &body, done).await
}

pub async fn reopen(named: Named) -> Result<Exit, Failure> {
    let body = SessionArchive {
        session_id: named.id,
        archived: Some(false),
    };
    let done = "reopened; it takes runs again";
    change(&named.common, "sessions.archive", &body, done).await
}

pub async fn delete(named: Named) -> Result<Exit, Failure> {
    let body = json!({ "session_id": named.id });
    change(&named.common, "sessions.delete", &body, "deleted").await
}

async fn change(
    common: &Common,
    verb: &str,
    body: &impl Serialize,
    done: &str,
) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room.ask(room.client.post(verb, body)).await?;
    match common.format() {
        Format::Json => output::json(&answer)?,
        Format::People => output::note(done),
    }
    Ok(Exit::Success)
}
