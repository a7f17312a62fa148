use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::style::Paint;
use crate::output::table::{Cell, Table};
use crate::{output, program, values};
use clap::{ArgGroup, Args, Subcommand};
use ops_core::api::{DispatchRule, Lane, LaneUpdate};
use serde::Deserialize;
use serde_json::Value;

/// Named queues: how many runs at once, and whether they go on
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops lanes list
  ops lanes update A --limit 4
  ops lanes update B --pause --reason \"database moves\"
  ops lanes update B --resume
  ops lanes update C --dispatch octo/infra/worker.yml --ref main
  ops lanes update B --drain --reason \"machines go\"")]
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
    Update(Box<UpdateArgs>),
}

/// Change a lane; one that does not exist is made
#[derive(Debug, Args)]
#[command(
    after_help = "A pause means that no run is claimed; those that run go on. A drain means the same, and workers \
that ask for no other lane end when they have nothing left to do.",
    group(ArgGroup::new("stop").args(["pause", "drain"]).multiple(true))
)]
struct UpdateArgs {
    #[arg(value_parser = values::lane)]
    name: String,
    /// Runs at once; 0 takes the limit away
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Queued runs that it may hold, a million where never set; 0 takes the limit away
    #[arg(long, value_name = "N")]
    queue_limit: Option<u32>,
    /// Claim no more runs of it
    #[arg(long, conflicts_with = "resume")]
    pause: bool,
    /// Claim runs of it again after a pause
    #[arg(long)]
    resume: bool,
    /// Claim no more runs of it, and let its workers end
    #[arg(long, conflicts_with = "undrain")]
    drain: bool,
    /// Claim runs of it again after a drain
    #[arg(long)]
    undrain: bool,
    /// Why: of a pause those who wait are told, of a drain the audit trail
    #[arg(long, value_name = "TEXT", requires = "stop")]
    reason: Option<String>,
    /// Start this workflow when runs are queued and no worker is there: OWNER/NAME/FILE.yml
    #[arg(long, value_name = "WORKFLOW", value_parser = workflow)]
    dispatch: Option<DispatchRule>,
    /// Branch or tag of that workflow; main where not given
    #[arg(long = "ref", value_name = "REF", requires = "dispatch")]
    git_ref: Option<String>,
    /// Start it at most so many times in an hour; 20 where not given
    #[arg(long, value_name = "N", requires = "dispatch", value_parser = clap::value_parser!(u32).range(1..=100))]
    per_hour: Option<u32>,
    /// Start no workflow for it any more
    #[arg(long, conflicts_with = "dispatch")]
    no_dispatch: bool,
    #[command(flatten)]
    common: Common,
}

impl UpdateArgs {
    /// An empty rule takes the lane's away.
    fn dispatch(&self) -> Option<DispatchRule> {
        let Some(rule) = self.dispatch.clone() else {
            return self.no_dispatch.then(DispatchRule::default);
        };
        Some(DispatchRule {
            git_ref: self.git_ref.clone(),
            per_hour: self.per_hour,
            ..rule
        })
    }
}

fn workflow(text: &str) -> Result<DispatchRule, String> {
    DispatchRule::of(text).ok_or_else(|| "must be such as octo/infra/worker.yml".into())
}

pub async fn run(arguments: LanesArgs) -> Result<Exit, Failure> {
    match arguments.command {
        LanesCommand::List { common } => list(&common).await,
        LanesCommand::Update(arguments) => update(*arguments).await,
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
    let room = arguments.common.connection.open()?;
    let dispatch = arguments.dispatch();
    let update = LaneUpdate {
        name: arguments.name,
        concurrency_limit: arguments.limit,
        queue_limit: arguments.queue_limit,
        paused: either(arguments.pause, arguments.resume),
        draining: either(arguments.drain, arguments.undrain),
        reason: arguments.reason,
        dispatch,
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

/// What two flags that exclude each other say; nothing where neither was given.
fn either(on: bool, off: bool) -> Option<bool> {
    (on || off).then_some(on)
}

fn print(lanes: &[Lane]) -> Result<(), Failure> {
    let mut table = Table::new(["LANE", "QUEUED", "HELD", "LIMIT", "STATE"]).flexible("STATE");
    for lane in lanes {
        let state = state(lane);
        let paint = if state == OPEN {
            Paint::Plain
        } else {
            Paint::Yellow
        };
        let state = match lane.dispatch.as_ref().and_then(starts) {
            Some(workflow) => format!("{state}, starts {workflow}"),
            None => state,
        };
        table.row([
            Cell::new(&lane.name),
            Cell::new(lane.queued.to_string()),
            Cell::new(lane.held.to_string()),
            Cell::maybe(lane.concurrency_limit.map(|limit| limit.to_string())),
            Cell::painted(state, paint),
        ]);
    }
    table.print()
}

/// `octo/infra/worker.yml@main`.
fn starts(rule: &DispatchRule) -> Option<String> {
    let (repository, workflow) = (rule.repository.as_ref()?, rule.workflow.as_ref()?);
    let git_ref = rule.git_ref.as_deref().unwrap_or("main");
    Some(format!("{repository}/{workflow}@{git_ref}"))
}

const OPEN: &str = "open";

/// `open`, `draining`, `paused: database moves`, `draining, paused`, `queue full`.
fn state(lane: &Lane) -> String {
    let paused = match &lane.paused_reason {
        Some(reason) => format!("paused: {reason}"),
        None => "paused".into(),
    };
    let said = [
        (lane.draining, "draining"),
        (lane.paused, &paused),
        (lane.queue_full, "queue full"),
    ];
    let said: Vec<&str> = (said.into_iter())
        .filter_map(|(is, words)| is.then_some(words))
        .collect();
    match said.is_empty() {
        true => OPEN.into(),
        false => said.join(", "),
    }
}
