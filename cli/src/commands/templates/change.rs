//! Create, update, delete.

use crate::args::{Common, Format};
use crate::commands::run::target::read_runbook;
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, program};
use clap::Args;
use ops_client::ClientError;
use ops_core::Code;
use ops_core::api::{Template, TemplateDelete, TemplateUpdate};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Make a runbook the new version of the template that it names
#[derive(Debug, Args)]
#[command(
    after_help = "The same text makes no new version. Runs that exist keep the text that they were made from.

Examples:
  ops templates update deploy.yaml
  ops templates update deploy.yaml --expected-version 3"
)]
pub struct UpdateArgs {
    file: PathBuf,
    /// The version that your edit is based on; where there is another by now, nothing is changed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    expected_version: Option<u32>,
    #[command(flatten)]
    common: Common,
}

pub async fn create(file: PathBuf, common: &Common) -> Result<Exit, Failure> {
    let source = valid(&file)?;
    let room = common.connection.open()?;
    let template = room.ask(room.client.templates_create(&source)).await?;
    match common.format() {
        Format::Json => output::json(&template)?,
        Format::People => tell(&room, &template)?,
    }
    Ok(Exit::Success)
}

pub async fn update(arguments: UpdateArgs) -> Result<Exit, Failure> {
    let update = TemplateUpdate {
        source: valid(&arguments.file)?,
        expected_version: arguments.expected_version,
    };
    let room = arguments.common.connection.open()?;
    let answer: Value = match room.client.post("templates.update", &update).await {
        Ok(answer) => answer,
        Err(error) => return Err(not_updated(&room, &arguments.file, error)),
    };
    match (
        arguments.common.format(),
        Template::deserialize(&answer["template"]),
    ) {
        (Format::People, Ok(template)) if answer["unchanged"] == true => {
            output::line(&template.slug)?;
            output::note(format_args!("unchanged, version {}", template.version));
        }
        (Format::People, Ok(template)) => {
            output::line(&template.slug)?;
            output::note(format_args!("version {}", template.version));
        }
        _ => output::json(&answer)?,
    }
    Ok(Exit::Success)
}

pub async fn delete(slug: &str, common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let body = TemplateDelete { slug: slug.into() };
    let answer: Value = room
        .ask(room.client.post("templates.delete", &body))
        .await?;
    match common.format() {
        Format::Json => output::json(&answer)?,
        Format::People => output::note("deleted"),
    }
    Ok(Exit::Success)
}

/// Says what would help.
fn not_updated(room: &Room, file: &Path, error: ClientError) -> Failure {
    let file = program::quoted(&file.to_string_lossy());
    let hint = match error.code() {
        Some(Code::NotFound) => format!(
            "make it: {}",
            program::call(format_args!("templates create {file}"))
        ),
        Some(Code::Conflict) => format!(
            "see what changed: {}",
            program::call("templates show SLUG --history")
        ),
        _ => return room.failure(error),
    };
    Failure::Missing {
        what: room.failure(error).to_string(),
        hint,
    }
}

/// The text of a file that is a runbook.
fn valid(file: &Path) -> Result<String, Failure> {
    let source = read_runbook(file)?;
    ops_runbook::parse(&source, &file.to_string_lossy()).map_err(Failure::Runbook)?;
    Ok(source)
}

fn tell(room: &Room, template: &Template) -> Result<(), Failure> {
    output::line(&template.slug)?;
    let call = program::call(format_args!("run {} --follow", template.slug));
    output::hint(format_args!(
        "run it: {call}{}",
        room.address.data_argument()
    ));
    Ok(())
}
