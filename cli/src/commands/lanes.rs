use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::style::Paint;
use crate::output::table::{Cell, Table};
use crate::{output, program, values};
use clap::{Args, Subcommand};
use ops_core::api::{Lane, LaneUpdate};
use serde::Deserialize;
use serde_json::Value;

/// Named queues: how many runs at once, and whether they go on
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops lanes list
  ops lanes update A --limit 4
  ops lanes update B --pause --reason \"database moves\"
  ops lanes update B --resume")]
pub struct LanesArgs {
    #[command(subcommand)]
    command: LanesCommand,
}

#[derive(Debug, Subcommand)]
enum LanesCommand {
    /// List lanes by name
    List {
        #[command(flatten)]
        common: Common,
    },
    Update(UpdateArgs),
}

/// Change a lane; one that does not exist is made
#[derive(Debug, Args)]
#[command(after_help = "A pause means that no run is claimed; those that run go on.")]
struct UpdateArgs {
    #[arg(value_parser = values::lane)]
    name: String,
    /// Runs at once; 0 takes the limit away
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Claim no more runs of it
    #[arg(long, conflicts_with = "resume")]
    pause: bool,
    /// Why, for those who wait
    #[arg(long, value_name = "TEXT", requires = "pause")]
    reason: Option<String>,
    /// Claim runs of it again
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: LanesArgs) -> Result<Exit, Failure> {
    match arguments.command {
        LanesCommand::List { common } => list(&common).await,
        LanesCommand::Update(arguments) => update(arguments).await,
    }
}

async fn list(common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room.ask(room.client.get("lanes.list", &[])).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    let lanes = Vec::<Lane>::deserialize(&answer["lanes"]).unwrap_or_default();
    if lanes.is_empty() {
        output::note("no lanes");
        output::hint(format_args!(
            "make one: {}",
            program::call("lanes update A")
        ));
        return Ok(Exit::Success);
    }
    print(&lanes)?;
    Ok(Exit::Success)
}

async fn update(arguments: UpdateArgs) -> Result<Exit, Failure> {
    let paused = match (arguments.pause, arguments.resume) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let room = arguments.common.connection.open()?;
    let update = LaneUpdate {
        name: arguments.name,
        concurrency_limit: arguments.limit,
        paused,
        reason: arguments.reason,
        ..LaneUpdate::default()
    };
    let answer: Value = room.ask(room.client.post("lanes.update", &update)).await?;
    match (
        arguments.common.format(),
        Lane::deserialize(&answer["lane"]),
    ) {
        (Format::People, Ok(lane)) => print(&[lane])?,
        _ => output::json(&answer)?,
    }
    Ok(Exit::Success)
}

fn print(lanes: &[Lane]) -> Result<(), Failure> {
    let mut table = Table::new(["LANE", "QUEUED", "HELD", "LIMIT", "STATE"]);
    for lane in lanes {
        let state = match (&lane.paused, &lane.paused_reason) {
            (false, _) => Cell::new("open"),
            (true, None) => Cell::painted("paused", Paint::Yellow),
            (true, Some(reason)) => Cell::painted(format!("paused: {reason}"), Paint::Yellow),
        };
        table.row([
            Cell::new(&lane.name),
            Cell::new(lane.queued.to_string()),
            Cell::new(lane.held.to_string()),
            Cell::maybe(lane.concurrency_limit.map(|limit| limit.to_string())),
            state,
        ]);
    }
    table.print()
}
