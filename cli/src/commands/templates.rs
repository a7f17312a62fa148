use super::run::target::read_runbook;
use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::output::text::count;
use crate::{output, program, time};
use clap::{Args, Subcommand};
use ops_core::api::Template;
use ops_runbook::{Diagnostic, Runbook};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Runbooks that the control room keeps
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops templates list
  ops templates show hello > hello.yaml
  ops templates validate runbooks/*.yaml
  ops templates create deploy.yaml")]
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
    /// Print the text of a template
    Show {
        slug: String,
        #[command(flatten)]
        common: Common,
    },
    /// Keep a runbook as a template
    Create {
        file: PathBuf,
        #[command(flatten)]
        common: Common,
    },
    /// Check runbooks here, without a control room
    #[command(
        after_help = "Each problem is told as file:line:column; exit code 6 where there are any."
    )]
    Validate {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print JSON for programs and nothing else
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(arguments: TemplatesArgs) -> Result<Exit, Failure> {
    match arguments.command {
        TemplatesCommand::List { common } => list(&common).await,
        TemplatesCommand::Show { slug, common } => show(&slug, &common).await,
        TemplatesCommand::Create { file, common } => create(file, &common).await,
        TemplatesCommand::Validate { files, json } => validate(&files, json.into()),
    }
}

async fn list(common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room.ask(room.client.get("templates.list", &[])).await?;
    if common.format() == Format::Json {
        output::json(&answer)?;
        return Ok(Exit::Success);
    }
    let templates = Vec::<Template>::deserialize(&answer["templates"]).unwrap_or_default();
    if templates.is_empty() {
        output::note("no templates");
        output::hint(format_args!(
            "add one: {}",
            program::call("templates create FILE")
        ));
        return Ok(Exit::Success);
    }
    let now = time::now();
    let mut table =
        Table::new(["SLUG", "TITLE", "VERSION", "LANE", "PARAMETERS", "CHANGED"]).flexible("TITLE");
    for template in templates {
        let params: Vec<_> = template.params["properties"]
            .as_object()
            .map(|p| p.keys().cloned().collect())
            .unwrap_or_default();
        table.row([
            Cell::new(&template.slug),
            Cell::new(&template.title),
            Cell::new(template.version.to_string()),
            Cell::maybe(template.default_lane.as_deref()),
            Cell::maybe(Some(params.join(", ")).filter(|text| !text.is_empty())),
            Cell::maybe(
                time::micros(&template.updated_at)
                    .map(|then| format!("{} ago", time::age(then, now))),
            ),
        ]);
    }
    table.print()?;
    Ok(Exit::Success)
}

async fn show(slug: &str, common: &Common) -> Result<Exit, Failure> {
    let room = common.connection.open()?;
    let answer: Value = room
        .ask(room.client.get("templates.get", &[("slug", slug)]))
        .await?;
    let source = answer["template"]["source"].as_str();
    match (common.format(), source) {
        (Format::People, Some(source)) if source.ends_with('\n') => output::write(source)?,
        (Format::People, Some(source)) => output::line(source)?,
        (Format::Json, _) | (_, None) => output::json(&answer)?,
    }
    Ok(Exit::Success)
}

async fn create(file: PathBuf, common: &Common) -> Result<Exit, Failure> {
    let source = read_runbook(&file)?;
    ops_runbook::parse(&source, &file.to_string_lossy()).map_err(Failure::Runbook)?;
    let room = common.connection.open()?;
    let template = room.ask(room.client.templates_create(&source)).await?;
    match common.format() {
        Format::Json => output::json(&template)?,
        Format::People => {
            output::line(&template.slug)?;
            let call = program::call(format_args!("run {} --follow", template.slug));
            output::hint(format_args!(
                "run it: {call}{}",
                room.address.data_argument()
            ));
        }
    }
    Ok(Exit::Success)
}

fn validate(files: &[PathBuf], format: Format) -> Result<Exit, Failure> {
    let mut told = Vec::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    for file in files {
        let source = read_runbook(file)?;
        let name = file.to_string_lossy();
        let diagnostics = ops_runbook::parse(&source, &name)
            .map(|_: Runbook| ())
            .err()
            .unwrap_or_default();
        told.push(
            json!({ "file": name, "valid": diagnostics.is_empty(), "diagnostics": diagnostics }),
        );
        if format == Format::People && diagnostics.is_empty() {
            output::line(format_args!("{name}: valid"))?;
        }
        found.extend(diagnostics);
    }
    if format == Format::Json {
        output::json(&json!({ "valid": found.is_empty(), "files": told }))?;
        return Ok(if found.is_empty() {
            Exit::Success
        } else {
            Exit::Invalid
        });
    }
    for diagnostic in &found {
        output::line(diagnostic)?;
    }
    if found.is_empty() {
        return Ok(Exit::Success);
    }
    output::note(format_args!(
        "\n{} in {}",
        count(found.len() as u64, "problem"),
        count(files.len() as u64, "file")
    ));
    Ok(Exit::Invalid)
}
