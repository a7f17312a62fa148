mod artifacts;
mod bulk;
mod change;
mod get;
mod list;
mod log;
mod names;

use crate::exit::Exit;
use crate::failure::Failure;
use clap::{Args, Subcommand};

/// List runs, look at one, cancel it, run it again
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  ops runs --status failed --limit 20
  ops runs get ID
  ops runs log ID --follow
  ops runs cancel ID --reason \"wrong region\"
  ops runs retry --status failed --lane B --dry-run
  ops runs --json | jq -r '.runs[] | [.id, .status] | @tsv'"
)]
pub struct RunsArgs {
    #[command(subcommand)]
    command: Option<RunsCommand>,
    #[command(flatten)]
    list: list::ListArgs,
}

#[derive(Debug, Subcommand)]
enum RunsCommand {
    /// List runs, the newest first
    #[command(after_help = list::EXAMPLES)]
    List(list::ListArgs),
    Get(get::GetArgs),
    Log(log::LogArgs),
    Cancel(change::CancelArgs),
    Retry(change::RetryArgs),
    Artifacts(artifacts::ArtifactsArgs),
}

pub async fn run(arguments: RunsArgs) -> Result<Exit, Failure> {
    match arguments.command {
        None => list::run(arguments.list).await,
        Some(RunsCommand::List(arguments)) => list::run(arguments).await,
        Some(RunsCommand::Get(arguments)) => get::run(arguments).await,
        Some(RunsCommand::Log(arguments)) => log::run(arguments).await,
        Some(RunsCommand::Cancel(arguments)) => change::cancel(arguments).await,
        Some(RunsCommand::Retry(arguments)) => change::retry(arguments).await,
        Some(RunsCommand::Artifacts(arguments)) => artifacts::run(arguments).await,
    }
}
