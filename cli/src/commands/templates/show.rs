use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::{output, time};
use clap::Args;
use ops_core::api::TemplateVersion;
use serde::Deserialize;
use serde_json::Value;

/// Print the text of a template
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops templates show hello > hello.yaml
  ops templates show hello --history
  diff <(ops templates show hello --version 2) hello.yaml")]
pub struct ShowArgs {
    slug: String,
    /// An earlier text; the newest where not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    version: Option<u32>,
    /// List its versions in place of its text
    #[arg(long, conflicts_with = "version")]
    history: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: ShowArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let version = arguments.version.map(|version| version.to_string());
    let query = [
        ("slug", arguments.slug.as_str()),
        ("version", version.as_deref().unwrap_or_default()),
    ];
    let answer: Value = room.ask(room.client.get("templates.get", &query)).await?;
    let template = &answer["template"];
    match (arguments.common.format(), template["source"].as_str()) {
        (Format::People, _) if arguments.history => history(&template["versions"])?,
        (Format::People, Some(source)) if source.ends_with('\n') => output::write(source)?,
        (Format::People, Some(source)) => output::line(source)?,
        (Format::Json, _) | (_, None) => output::json(&answer)?,
    }
    Ok(Exit::Success)
}

fn history(versions: &Value) -> Result<(), Failure> {
    let now = time::now();
    let mut table = Table::new(["VERSION", "BY", "AGE"]);
    for version in Vec::<TemplateVersion>::deserialize(versions).unwrap_or_default() {
        table.row([
            Cell::new(version.version.to_string()),
            Cell::new(&version.created_by),
            Cell::maybe(time::micros(&version.created_at).map(|then| time::age(then, now))),
        ]);
    }
    table.print()
}
