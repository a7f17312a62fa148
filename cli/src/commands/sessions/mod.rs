mod change;
mod list;
mod members;
mod show;

use crate::args::Common;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::values;
use clap::{Args, Subcommand};

/// Group runs into sessions
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops sessions create \"release 1.4\"
  ops run deploy --session \"$(ops sessions create nightly)\"
  ops sessions list --status active
  ops sessions show ID
  ops sessions archive ID")]
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
    List(list::ListArgs),
    /// Show one session: its runs by state, and who may see them
    Show(Named),
    /// Give a session another name
    Rename {
        #[command(flatten)]
        named: Named,
        name: String,
    },
    /// Take no new runs into a session; those that it has go on
    Archive(Named),
    /// Take runs into an archived session again
    Reopen(Named),
    /// Delete a session that has no runs
    Delete(Named),
    Members(members::MembersArgs),
}

#[derive(Debug, Args)]
struct Named {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: SessionsArgs) -> Result<Exit, Failure> {
    match arguments.command {
        SessionsCommand::Create { name, common } => change::create(name, &common).await,
        SessionsCommand::List(arguments) => list::run(arguments).await,
        SessionsCommand::Show(Named { id, common }) => show::run(&id, &common).await,
        SessionsCommand::Rename { named, name } => change::rename(named, name).await,
        SessionsCommand::Archive(named) => change::archive(named).await,
        SessionsCommand::Reopen(named) => change::reopen(named).await,
        SessionsCommand::Delete(named) => change::delete(named).await,
        SessionsCommand::Members(arguments) => members::run(arguments).await,
    }
}
