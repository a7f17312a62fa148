use crate::args::{Common, Format};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::table::{Cell, Table};
use crate::{output, program, time, values};
use clap::Args;
use ops_core::RunStatus;
use ops_core::api::Run;
use ops_core::limits::PAGE_ROWS;
use serde::Deserialize;
use serde_json::{Value, json};

pub const EXAMPLES: &str = "Examples:
  ops runs list --status queued --lane B
  ops runs list --template deploy --all --json";

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
    /// At most that many
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// All there are
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: ListArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let (runs, next) = fetch(&room, &arguments).await?;
    if arguments.common.format() == Format::Json {
        output::json(&json!({ "runs": runs, "next": next }))?;
        return Ok(Exit::Success);
    }
    if runs.is_empty() {
        output::note("no runs");
        output::hint(format_args!(
            "queue one: {}",
            program::call("run hello -p name=you --follow")
        ));
        return Ok(Exit::Success);
    }
    print(&runs)?;
    if next.is_some() {
        output::hint("there are more: --limit N or --all");
    }
    Ok(Exit::Success)
}

/// Pages until there are enough; the cursor where there are more.
async fn fetch(room: &Room, arguments: &ListArgs) -> Result<(Vec<Value>, Option<Value>), Failure> {
    #[derive(Deserialize)]
    struct Page {
        runs: Vec<Value>,
        #[serde(default)]
        next: Option<Value>,
    }
    let status = arguments.status.map(RunStatus::as_str).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (lane, session, template) = (
        text(&arguments.lane),
        text(&arguments.session),
        text(&arguments.template),
    );
    let most = if arguments.all {
        usize::MAX
    } else {
        arguments.limit as usize
    };
    let (mut runs, mut after) = (Vec::new(), String::new());
    loop {
        let limit = (most - runs.len()).min(PAGE_ROWS as usize).to_string();
        let query = [
            ("status", status),
            ("lane", lane.as_str()),
            ("session_id", session.as_str()),
            ("template", template.as_str()),
            ("after", after.as_str()),
            ("limit", limit.as_str()),
        ];
        let page: Page = room.ask(room.client.get("runs.list", &query)).await?;
        let empty = page.runs.is_empty();
        runs.extend(page.runs);
        let next = page.next.filter(|cursor| !cursor.is_null());
        match &next {
            Some(cursor) if runs.len() < most && !empty => {
                after = cursor
                    .as_str()
                    .map_or_else(|| cursor.to_string(), str::to_string);
            }
            _ => return Ok((runs, next)),
        }
    }
}

fn print(runs: &[Value]) -> Result<(), Failure> {
    let now = time::now();
    let head = [
        "ID", "STATUS", "LANE", "TITLE", "ATTEMPT", "WORKER", "AGE", "DURATION",
    ];
    let mut table = Table::new(head)
        .flexible("TITLE")
        .spare(&["WORKER", "ATTEMPT", "DURATION"]);
    for run in runs.iter().filter_map(|run| Run::deserialize(run).ok()) {
        table.row([
            Cell::new(&run.id),
            Cell::status(run.status.as_str()),
            Cell::new(&run.lane),
            Cell::new(&run.title),
            Cell::new(format!("{}/{}", run.attempt, run.max_attempts)),
            Cell::maybe(run.claimed_by.as_deref()),
            Cell::maybe(time::micros(&run.created_at).map(|then| time::age(then, now))),
            Cell::maybe(duration(&run, now)),
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
