//! Cancel and retry.

use crate::args::{Common, Format};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, program, values};
use clap::Args;
use ops_core::api::CreatedRun;

/// Cancel a run; its steps are stopped within seconds
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops runs cancel ID --reason \"wrong region\"")]
pub struct CancelArgs {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    /// Why, for those who read the run later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Make a new run of one that has ended, with the same parameters
#[derive(Debug, Args)]
#[command(after_help = "Prints the new run's id.

Examples:
  ops runs retry ID
  ops runs log \"$(ops runs retry ID)\" --follow")]
pub struct RetryArgs {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    /// Idempotency key: the same key never makes a second run
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub async fn cancel(arguments: CancelArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let call = room
        .client
        .runs_cancel(&arguments.id, arguments.reason.as_deref());
    let cancelled = room.ask(call).await?;
    tell(&room, &cancelled, arguments.common.format())
}

pub async fn retry(arguments: RetryArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let call = room
        .client
        .runs_retry(&arguments.id, arguments.key.as_deref());
    let created = room.ask(call).await?;
    tell(&room, &created, arguments.common.format())
}

fn tell(room: &Room, run: &CreatedRun, format: Format) -> Result<Exit, Failure> {
    if format == Format::Json {
        output::json(run)?;
        return Ok(Exit::Success);
    }
    output::line(&run.run_id)?;
    output::note(run.status);
    if !run.status.is_terminal() {
        let log = program::call(format_args!("runs log {} --follow", run.run_id));
        output::hint(format_args!(
            "watch it: {log}{}",
            room.address.data_argument()
        ));
    }
    Ok(Exit::Success)
}
