use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::style::Paint;
use crate::output::table::{Cell, Table};
use crate::{output, program, time};
use clap::{Args, Subcommand};
use ops_core::api::{Worker, WorkerDrain};
use serde::Deserialize;
use serde_json::Value;

/// A worker that was heard of within this is alive, in milliseconds.
const ALIVE_MS: u64 = 30_000;

/// Who works for the control room, and sending them home
#[derive(Debug, Args)]
#[command(
    after_help = "`ops worker` is a worker; this command looks at them from outside.

Examples:
  ops workers list
  ops workers drain ci-1-8f3a
  ops workers drain ci-1-8f3a --undo"
)]
pub struct WorkersArgs {
    #[command(subcommand)]
    command: WorkersCommand,
}

#[derive(Debug, Subcommand)]
enum WorkersCommand {
    /// List workers heard of within a day, the latest first
    List {
        #[command(flatten)]
        common: Common,
    },
    Drain(DrainArgs),
}

/// Let a worker end: it takes no more runs, and goes when those that it has are done
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops workers drain ci-1-8f3a
  ops workers drain ci-1-8f3a --undo")]
struct DrainArgs {
    #[arg(value_name = "ID")]
    id: String,
    /// Let it take runs again, where it has not ended yet
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    common: Common,
}

pub fn is_alive(worker: &Worker) -> bool {
    worker.seen_ms_ago < ALIVE_MS
}

pub async fn run(arguments: WorkersArgs) -> Result<Exit, Failure> {
    match arguments.command {
        WorkersCommand::List { common } => list(&common).await,
        WorkersCommand::Drain(arguments) => drain(arguments).await,
    }
}

async fn list(common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room.ask(room.client.get("workers.list", &[])).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    let workers = Vec::<Worker>::deserialize(&answer["workers"]).unwrap_or_default();
    if workers.is_empty() {
        output::note("no workers");
        output::hint(format_args!(
            "start one: {}",
            program::call("worker --lanes A")
        ));
        return Ok(Exit::Success);
    }
    let mut table = Table::new(["ID", "STATE", "HELD", "LANES", "SEEN", "VERSION", "SESSION"])
        .flexible("LANES")
        .spare(&["SESSION", "VERSION"]);
    for worker in workers {
        let (state, paint) = match (is_alive(&worker), worker.drain) {
            (false, _) => ("gone", Paint::Dim),
            (true, true) => ("draining", Paint::Yellow),
            (true, false) => ("alive", Paint::Green),
        };
        // By the database's clock.
        let seen = i64::try_from(worker.seen_ms_ago).unwrap_or(i64::MAX);
        table.row([
            Cell::new(&worker.id),
            Cell::painted(state, paint),
            Cell::new(worker.held.to_string()),
            Cell::new(worker.lanes.join(", ")),
            Cell::new(format!("{} ago", time::age(0, seen.saturating_mul(1_000)))),
            Cell::maybe(worker.version.as_deref()),
            Cell::maybe(worker.session_id.as_deref()),
        ]);
    }
    table.print()?;
    Ok(Exit::Success)
}

async fn drain(arguments: DrainArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let drain = WorkerDrain {
        worker_id: arguments.id,
        drain: Some(!arguments.undo),
    };
    let answer: Value = room.ask(room.client.post("workers.drain", &drain)).await?;
    match arguments.common.format() {
        Format::Json => output::json(&answer)?,
        Format::People if arguments.undo => {
            output::note("it takes runs again, unless it has ended already");
        }
        Format::People => {
            output::note(
                "draining: it takes no more runs, and ends when those that it has are done",
            );
        }
    }
    Ok(Exit::Success)
}
