use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::pages::{self, Share};
use crate::{output, time};
use clap::Args;
use ops_core::api::Session;

/// List sessions, the newest first
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops sessions list --status active
  ops sessions list --all --json | jq -r '.sessions[] | [.id, .name] | @tsv'")]
pub struct ListArgs {
    /// Those in this state only
    #[arg(long, value_name = "STATUS", value_parser = ["active", "archived"])]
    status: Option<String>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: ListArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let filters = [("status", arguments.status.as_deref().unwrap_or_default())];
    let listed = pages::list(
        &room,
        "sessions.list",
        "sessions",
        &filters,
        &arguments.share,
    )
    .await?;
    if arguments.common.format() == Format::Json {
        output::json(&listed.answer())?;
        return Ok(Exit::Success);
    }
    if listed.rows.is_empty() {
        output::note("no sessions");
        return Ok(Exit::Success);
    }
    print(&listed.read())?;
    if listed.has_more() {
        output::hint("there are more: --limit N or --all");
    }
    Ok(Exit::Success)
}

fn print(sessions: &[Session]) -> Result<(), Failure> {
    let now = time::now();
    let mut table = Table::new(["ID", "NAME", "STATUS", "RUNS", "AGE"]).flexible("NAME");
    for session in sessions {
        table.row([
            Cell::new(&session.id),
            Cell::new(&session.name),
            Cell::new(&session.status),
            Cell::maybe(Some(counts(session)).filter(|text| !text.is_empty())),
            Cell::maybe(time::micros(&session.created_at).map(|then| time::age(then, now))),
        ]);
    }
    table.print()
}

/// `2 failed, 7 succeeded`.
pub fn counts(session: &Session) -> String {
    let counts = session.counts.iter();
    let counts = counts.map(|(status, number)| format!("{number} {status}"));
    counts.collect::<Vec<_>>().join(", ")
}
