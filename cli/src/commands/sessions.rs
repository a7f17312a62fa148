use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::{output, program, time};
use clap::{Args, Subcommand};
use ops_core::api::{NewSession, Session};
use serde::Deserialize;
use serde_json::Value;

/// Group runs into sessions
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops sessions create \"release 1.4\"
  ops run deploy --session \"$(ops sessions create nightly)\"
  ops sessions list")]
pub struct SessionsArgs {
    #[command(subcommand)]
    command: SessionsCommand,
}

#[derive(Debug, Subcommand)]
enum SessionsCommand {
    /// Make a session and print its id
    Create {
        name: String,
        #[command(flatten)]
        common: Common,
    },
    /// List sessions, the newest first
    List {
        #[command(flatten)]
        common: Common,
    },
}

pub async fn run(arguments: SessionsArgs) -> Result<Exit, Failure> {
    match arguments.command {
        SessionsCommand::Create { name, common } => create(name, &common).await,
        SessionsCommand::List { common } => list(&common).await,
    }
}

async fn create(name: String, common: &Common) -> Result<Exit, Failure> {
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

async fn list(common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room.ask(room.client.get("sessions.list", &[])).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    let sessions = Vec::<Session>::deserialize(&answer["sessions"]).unwrap_or_default();
    if sessions.is_empty() {
        output::note("no sessions");
        return Ok(Exit::Success);
    }
    let now = time::now();
    let mut table = Table::new(["ID", "NAME", "STATUS", "RUNS", "AGE"]).flexible("NAME");
    for session in sessions {
        let counts: Vec<_> = session
            .counts
            .iter()
            .map(|(status, number)| format!("{number} {status}"))
            .collect();
        table.row([
            Cell::new(&session.id),
            Cell::new(&session.name),
            Cell::new(&session.status),
            Cell::maybe(Some(counts.join(", ")).filter(|text| !text.is_empty())),
            Cell::maybe(time::micros(&session.created_at).map(|then| time::age(then, now))),
        ]);
    }
    table.print()?;
    Ok(Exit::Success)
}
