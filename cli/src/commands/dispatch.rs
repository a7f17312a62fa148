use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::style::Paint;
use crate::output::table::{Cell, Table};
use crate::values::{self, KeyValue};
use crate::{output, program, time};
use clap::{Args, Subcommand};
use ops_core::api::{Dispatch, DispatchStatus, NewDispatch};
use serde::Deserialize;
use serde_json::Value;

/// Start workflows at GitHub, such as one whose jobs are workers
#[derive(Debug, Args)]
#[command(
    after_help = "The control room asks GitHub with its own rights (OPS_GITHUB_TOKEN); none are needed here.

Examples:
  ops dispatch create --lane A
  ops dispatch create --repository octo/infra --workflow worker.yml --ref main -i lanes=A,B
  ops dispatch list"
)]
pub struct DispatchArgs {
    #[command(subcommand)]
    command: DispatchCommand,
}

#[derive(Debug, Subcommand)]
enum DispatchCommand {
    Create(CreateArgs),
    /// List dispatches, the newest first
    List {
        /// Of this lane only
        #[arg(long, value_name = "LANE", value_parser = values::lane)]
        lane: Option<String>,
        #[command(flatten)]
        common: Common,
    },
}

/// Start a workflow: the one of a lane's rule, or one of a repository that some rule names
#[derive(Debug, Args)]
struct CreateArgs {
    /// By the rule of this lane (`ops lanes update A --dispatch …`)
    #[arg(long, value_name = "LANE", value_parser = values::lane, required_unless_present = "repository", conflicts_with_all = ["repository", "workflow", "git_ref"])]
    lane: Option<String>,
    #[arg(long, value_name = "OWNER/NAME", requires = "workflow")]
    repository: Option<String>,
    /// File name in .github/workflows
    #[arg(long, value_name = "FILE", requires = "repository")]
    workflow: Option<String>,
    /// Branch or tag; main where not given
    #[arg(long = "ref", value_name = "REF")]
    git_ref: Option<String>,
    /// An input of the workflow; may be given again
    #[arg(short, long = "input", value_name = "NAME=VALUE")]
    inputs: Vec<KeyValue>,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: DispatchArgs) -> Result<Exit, Failure> {
    match arguments.command {
        DispatchCommand::Create(arguments) => create(arguments).await,
        DispatchCommand::List { lane, common } => list(lane.as_deref(), &common).await,
    }
}

async fn create(arguments: CreateArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let new = NewDispatch {
        lane: arguments.lane,
        repository: arguments.repository,
        workflow: arguments.workflow,
        git_ref: arguments.git_ref,
        inputs: arguments
            .inputs
            .into_iter()
            .map(|pair| (pair.key, pair.value))
            .collect(),
    };
    let dispatch = room.ask(room.client.dispatch_create(&new)).await?;
    if arguments.common.format() == Format::Json {
        output::json(&dispatch)?;
    } else {
        tell(&dispatch)?;
    }
    Ok(match dispatch.status {
        DispatchStatus::Refused | DispatchStatus::Unknown => Exit::Failed,
        _ => Exit::Success,
    })
}

fn tell(dispatch: &Dispatch) -> Result<(), Failure> {
    let target = format!("{}/{}", dispatch.repository, dispatch.workflow);
    match (&dispatch.error, &dispatch.url) {
        (Some(error), _) => output::note(format_args!("{target} was not started: {error}")),
        (None, Some(url)) => output::line(url)?,
        (None, None) => output::note(format_args!(
            "GitHub took it, and did not say which run of {target} it is"
        )),
    }
    Ok(())
}

async fn list(lane: Option<&str>, common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let query = [("lane", lane.unwrap_or_default())];
    let answer: Value = room.ask(room.client.get("dispatch.list", &query)).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    let dispatches = Vec::<Dispatch>::deserialize(&answer["dispatches"]).unwrap_or_default();
    if dispatches.is_empty() {
        output::note("no workflow was started");
        let call = program::call("lanes update A --dispatch OWNER/NAME/worker.yml");
        output::hint(format_args!("let a lane start its own: {call}"));
        return Ok(Exit::Success);
    }
    let now = time::now();
    let mut table = Table::new(["WORKFLOW", "LANE", "STATE", "AGE", "BY", "RUN"])
        .flexible("RUN")
        .spare(&["BY"]);
    for dispatch in dispatches {
        let (state, paint) = state(dispatch.status);
        let at = time::micros(&dispatch.requested_at);
        table.row([
            Cell::new(format!("{}/{}", dispatch.repository, dispatch.workflow)),
            Cell::maybe(dispatch.lane.as_deref()),
            Cell::painted(state, paint),
            Cell::maybe(at.map(|then| time::age(then, now))),
            Cell::new(&dispatch.requested_by),
            Cell::maybe(dispatch.error.or(dispatch.url)),
        ]);
    }
    table.print()?;
    Ok(Exit::Success)
}

fn state(status: DispatchStatus) -> (&'static str, Paint) {
    match status {
        DispatchStatus::Sending => ("sending", Paint::Plain),
        DispatchStatus::Sent => ("sent", Paint::Plain),
        DispatchStatus::Arrived => ("arrived", Paint::Green),
        DispatchStatus::Absent => ("absent", Paint::Yellow),
        DispatchStatus::Refused => ("refused", Paint::Red),
        DispatchStatus::Unknown => ("unknown", Paint::Yellow),
    }
}
