use super::{list, members};
use crate::args::{Common, Format};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::facts::{ago, fact, maybe};
use crate::output::style::{Paint, To};
use crate::output::text::plain;
use crate::{output, program, time};
use ops_core::api::Session;
use serde::Deserialize;
use serde_json::Value;

pub async fn run(id: &str, common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let (session, answer) = get(&room, id).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    facts(&session, &answer["session"])?;
    if !session.members.is_empty() {
        output::line("")?;
        members::table(&session.members).print()?;
    }
    if !session.counts.is_empty() {
        let call = program::call(format_args!("runs --session {id}"));
        output::hint(format_args!(
            "its runs: {call}{}",
            room.address.data_argument()
        ));
    }
    Ok(Exit::Success)
}

/// The session, and all that the control room says of it.
pub async fn get(room: &Room, id: &str) -> Result<(Session, Value), Failure> {
    let query = [("session_id", id)];
    let answer: Value = room.ask(room.client.get("sessions.get", &query)).await?;
    let session = Session::deserialize(&answer["session"]).map_err(|error| Failure::Strange {
        address: room.address.clone(),
        why: error.to_string(),
    })?;
    Ok((session, answer))
}

fn facts(session: &Session, all: &Value) -> Result<(), Failure> {
    output::line(To::Out.paint(Paint::Bold, &plain(&session.name)))?;
    fact("id", &plain(&session.id))?;
    fact("status", &plain(&session.status))?;
    let counts = list::counts(session);
    fact("runs", if counts.is_empty() { "none" } else { &counts })?;
    maybe("created by", all["created_by"].as_str())?;
    fact("created", &plain(&ago(&session.created_at, time::now())))?;
    for (name, value) in &session.meta {
        fact(&format!("meta {}", plain(name)), &plain(&value.to_string()))?;
    }
    Ok(())
}
