mod apply;
mod change;
mod list;
mod show;
mod validate;

use crate::args::Common;
use crate::exit::Exit;
use crate::failure::Failure;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Runbooks that the control room keeps
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops templates list
  ops templates show hello > hello.yaml
  ops templates validate runbooks/*.yaml
  ops templates create deploy.yaml
  ops templates update deploy.yaml
  ops templates apply runbooks/ --prune --dry-run")]
pub struct TemplatesArgs {
    #[command(subcommand)]
    command: TemplatesCommand,
}

#[derive(Debug, Subcommand)]
enum TemplatesCommand {
    /// List templates by slug
    List {
        #[command(flatten)]
        common: Common,
    },
    Show(show::ShowArgs),
    /// Keep a runbook as a template
    Create {
        file: PathBuf,
        #[command(flatten)]
        common: Common,
    },
    Update(change::UpdateArgs),
    /// Delete a template; runs of it keep their own copy
    Delete {
        slug: String,
        #[command(flatten)]
        common: Common,
    },
    Apply(apply::ApplyArgs),
    Validate(validate::ValidateArgs),
}

pub async fn run(arguments: TemplatesArgs) -> Result<Exit, Failure> {
    match arguments.command {
        TemplatesCommand::List { common } => list::run(&common).await,
        TemplatesCommand::Show(arguments) => show::run(arguments).await,
        TemplatesCommand::Create { file, common } => change::create(file, &common).await,
        TemplatesCommand::Update(arguments) => change::update(arguments).await,
        TemplatesCommand::Delete { slug, common } => change::delete(&slug, &common).await,
        TemplatesCommand::Apply(arguments) => apply::run(arguments).await,
        TemplatesCommand::Validate(arguments) => validate::run(&arguments),
    }
}
