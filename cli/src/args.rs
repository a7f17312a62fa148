//! The command line as a whole. Each command's own arguments stand beside its code.

use crate::commands::{
    audit, completions, dispatch, doctor, lanes, openapi, run, runs, sessions, setup, spec,
    templates, tokens, trust, up, worker, workers,
};
use crate::connection::Connection;
use crate::exit;
use clap::{Args, Parser, Subcommand};

/// Ops Control Room: queue runbooks, run them anywhere, see every line
#[derive(Debug, Parser)]
#[command(
    name = "ops",
    version,
    arg_required_else_help = true,
    after_help = format!(
        "Data goes to standard output, progress and hints to standard error.\n\n\
         Examples:\n  \
         ops up                                    start a control room on this machine\n  \
         ops run hello -p name=you --follow        run a template and watch its log\n  \
         ops run deploy.yaml --lane B              run a runbook from a file\n  \
         ops worker --url URL --token TOKEN        work for a control room elsewhere\n\n{}",
        exit::table()
    )
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Up(up::UpArgs),
    Worker(worker::WorkerArgs),
    Run(Box<run::RunArgs>),
    Runs(Box<runs::RunsArgs>),
    Templates(templates::TemplatesArgs),
    Sessions(sessions::SessionsArgs),
    Lanes(lanes::LanesArgs),
    Workers(workers::WorkersArgs),
    Dispatch(dispatch::DispatchArgs),
    Tokens(tokens::TokensArgs),
    Trust(trust::TrustArgs),
    Audit(audit::AuditArgs),
    Setup(setup::SetupArgs),
    Spec(Box<spec::SpecArgs>),
    Doctor(doctor::DoctorArgs),
    Openapi(openapi::OpenapiArgs),
    Completions(completions::CompletionsArgs),
}

/// What every command that asks a control room takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    #[command(flatten)]
    pub connection: Connection,
    /// Print JSON for programs and nothing else
    #[arg(long)]
    json: bool,
}

/// For whom a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    People,
    Json,
}

/// From the flag `--json`.
impl From<bool> for Format {
    fn from(json: bool) -> Self {
        if json { Format::Json } else { Format::People }
    }
}

impl Common {
    pub fn format(&self) -> Format {
        self.json.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
