use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::pages::{self, Share};
use crate::{output, program, time, values};
use clap::Args;
use ops_core::RunStatus;
use ops_core::api::Run;

pub const EXAMPLES: &str = "Examples:
  ops runs list --status queued --lane B
  ops runs list --template deploy --all --json
  ops runs list --status failed --since 2h
  ops runs list --text \"out of memory\" --since 2026-11-01T00:00:00Z --until 2026-12-01T00:00:00Z";

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Runs in this state only: queued, claimed, running, succeeded, failed, cancelled, timed_out
    #[arg(long, value_name = "STATUS", value_parser = values::status)]
    status: Option<RunStatus>,
    /// Runs of this lane only
    #[arg(long, value_name = "LANE", value_parser = values::lane)]
    lane: Option<String>,
    /// Runs of this session only
    #[arg(long, value_name = "ID", value_parser = values::id)]
    session: Option<String>,
    /// Runs of this template only
    #[arg(long, value_name = "SLUG")]
    template: Option<String>,
    /// Runs about this repository only
    #[arg(long, value_name = "REPO")]
    repo: Option<String>,
    /// Runs that this worker claimed last: its id, or the name that it was given
    #[arg(long, value_name = "WORKER")]
    worker: Option<String>,
    /// Runs made at this time or later: a timestamp, or an age such as 2h
    #[arg(long, value_name = "TIME", value_parser = values::moment)]
    since: Option<String>,
    /// Runs made before this time: a timestamp, or an age such as 2h
    #[arg(long, value_name = "TIME", value_parser = values::moment)]
    until: Option<String>,
    /// Runs with this text in title, template, intent, environment, repository, reason, error or id
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: ListArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    // An empty value is left out of the query.
    let text =
        |name: &'static str, given: &Option<String>| (name, given.clone().unwrap_or_default());
    let mut filters = vec![
        text("lane", &arguments.lane),
        text("session_id", &arguments.session),
        text("template", &arguments.template),
        text("repo", &arguments.repo),
        text("worker", &arguments.worker),
        text("since", &arguments.since),
        text("until", &arguments.until),
        text("text", &arguments.text),
    ];
    filters.extend(
        arguments
            .status
            .map(|status| ("status", status.to_string())),
    );
    let filters: Vec<_> = filters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let listed = pages::list(&room, "runs.list", "runs", &filters, &arguments.share).await?;
    if arguments.common.format() == Format::Json {
        output::json(&listed.answer())?;
        return Ok(Exit::Success);
    }
    if listed.rows.is_empty() {
        output::note("no runs");
        if filters.iter().all(|(_, value)| value.is_empty()) {
            output::hint(format_args!(
                "queue one: {}",
                program::call("run hello -p name=you --follow")
            ));
        }
        return Ok(Exit::Success);
    }
    print(&listed.read())?;
    if listed.has_more() {
        output::hint("there are more: --limit N or --all");
    }
    Ok(Exit::Success)
}

fn print(runs: &[Run]) -> Result<(), Failure> {
    let now = time::now();
    let head = [
        "ID", "STATUS", "LANE", "TITLE", "ATTEMPT", "WORKER", "AGE", "DURATION",
    ];
    let mut table = Table::new(head)
        .flexible("TITLE")
        .spare(&["WORKER", "ATTEMPT", "DURATION"]);
    for run in runs {
        table.row([
            Cell::new(&run.id),
            Cell::status(run.status.as_str()),
            Cell::new(&run.lane),
            Cell::new(&run.title),
            Cell::new(format!("{}/{}", run.attempt, run.max_attempts)),
            Cell::maybe(run.claimed_by.as_deref()),
            Cell::maybe(time::micros(&run.created_at).map(|then| time::age(then, now))),
            Cell::maybe(duration(run, now)),
        ]);
    }
    table.print()
}

/// Of the last attempt; one that goes on lasts until now.
pub fn duration(run: &Run, now: i64) -> Option<String> {
    let begun = run.started_at.as_deref().or(run.claimed_at.as_deref())?;
    let ended = match run.finished_at.as_deref() {
        Some(ended) => time::micros(ended)?,
        None if run.status == RunStatus::Queued => return None,
        None => now,
    };
    Some(time::span(ended - time::micros(begun)?))
}
