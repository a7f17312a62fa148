//! Cancel and retry, one run by its id.

use super::bulk::{self, Chosen};
use crate::args::{Common, Format};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, program, values};
use clap::Args;
use ops_core::RunStatus;
use ops_core::api::CreatedRun;

/// Cancel runs; their steps are stopped within seconds
#[derive(Debug, Args)]
#[command(
    after_help = "Prints the id of each run that was cancelled. Runs are named by id, or chosen by a filter; a filter \
takes those that have not ended, the newest first, at most 500. How many they are is told first and asked about; where \
nobody can answer, --yes is needed. Exit code 7 where a run could not be cancelled; the others are.

With --json, one ID is answered as the run, all else as {\"count\", \"runs\"}.

Examples:
  ops runs cancel ID --reason \"wrong region\"
  ops runs cancel ID ID
  ops runs cancel --lane B --dry-run
  ops runs cancel --template deploy --status queued --yes"
)]
pub struct CancelArgs {
    /// Those in this state: queued, claimed, running
    #[arg(long, value_name = "STATUS", value_parser = values::living)]
    status: Option<RunStatus>,
    #[command(flatten)]
    chosen: Chosen,
    /// Why, for those who read the runs later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Make new runs of ones that have ended, with the same parameters
#[derive(Debug, Args)]
#[command(
    after_help = "Prints the new runs' ids. Runs are named by id, or chosen by a filter; a filter takes those that \
failed, timed out or were cancelled, the newest first, at most 500, also those that were retried before. How many they \
are is told first and asked about; where nobody can answer, --yes is needed. Exit code 7 where a run could not be \
retried; the others are.

With --json, one ID is answered as the new run, all else as {\"count\", \"runs\"}.

Examples:
  ops runs retry ID
  ops runs log \"$(ops runs retry ID)\" --follow
  ops runs retry --template nightly --status timed_out --dry-run
  ops runs retry --session ID --yes"
)]
pub struct RetryArgs {
    /// Those in this state: failed, cancelled, timed_out
    #[arg(long, value_name = "STATUS", value_parser = values::unsuccessful)]
    status: Option<RunStatus>,
    #[command(flatten)]
    chosen: Chosen,
    /// Idempotency key, for one ID: the same key never makes a second run
    #[arg(long, value_name = "KEY", requires = "ids")]
    key: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub async fn cancel(arguments: CancelArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let format = arguments.common.format();
    let Some(id) = arguments.chosen.only() else {
        let runs = arguments.chosen.runs(arguments.status, arguments.reason)?;
        return bulk::run(
            &room,
            bulk::CANCEL,
            runs,
            arguments.chosen.consent(),
            format,
        )
        .await;
    };
    let call = room.client.runs_cancel(id, arguments.reason.as_deref());
    tell(&room, &room.ask(call).await?, format)
}

pub async fn retry(arguments: RetryArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let format = arguments.common.format();
    let Some(id) = arguments.chosen.only() else {
        if arguments.key.is_some() {
            return Err(Failure::usage(
                "--key is for one run",
                "retry them one by one, each with a key of its own",
            ));
        }
        let runs = arguments.chosen.runs(arguments.status, None)?;
        return bulk::run(&room, bulk::RETRY, runs, arguments.chosen.consent(), format).await;
    };
    let call = room.client.runs_retry(id, arguments.key.as_deref());
    tell(&room, &room.ask(call).await?, format)
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
