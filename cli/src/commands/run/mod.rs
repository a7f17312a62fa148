pub mod create;
mod params;
pub mod target;

use crate::args::{Common, Format};
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::text::plain;
use crate::values::{self, KeyValue};
use crate::{follow, output, program};
use clap::Args;
use ops_core::api::{CreatedRun, NewRun};
use serde_json::Value;
use std::path::PathBuf;
use target::Target;

/// Queue a run of a template or of a runbook file, and follow it
#[derive(Debug, Args)]
#[command(
    after_help = "Without --follow the run's id is printed and the command ends. With it the log is streamed, \
and the exit code is the run's outcome: 0 succeeded, 1 failed, 4 cancelled, 5 timed out. \
Ctrl-C stops following, not the run.

Examples:
  ops run hello -p name=you --follow
  ops run deploy.yaml -p service=api -p replicas=3 --lane B -f
  ops run nightly --params-file params.json --timeout 30m --key nightly-2026-11-24
  id=$(ops run hello) && ops runs log \"$id\" --follow"
)]
pub struct RunArgs {
    /// A runbook file (*.yaml), `-` for standard input, or the slug of a template
    #[arg(value_name = "FILE-OR-SLUG")]
    target: String,
    /// A parameter; its text is read as the type that the runbook wants
    #[arg(short = 'p', long = "param", value_name = "KEY=VALUE")]
    params: Vec<KeyValue>,
    /// Parameters as a JSON object; -p goes before it
    #[arg(long, value_name = "FILE.json")]
    params_file: Option<PathBuf>,
    /// The lane; where not given, the runbook's own
    #[arg(long, value_name = "LANE", value_parser = values::lane)]
    lane: Option<String>,
    /// Lower numbers run sooner; 100 where not given
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    priority: Option<i32>,
    /// The session that the run belongs to
    #[arg(long, value_name = "ID", value_parser = values::id)]
    session: Option<String>,
    /// Why it is run, in your words
    #[arg(long, value_name = "TEXT")]
    intent: Option<String>,
    /// The environment that it acts on, such as production
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// The repository that it is about
    #[arg(long, value_name = "REPO")]
    repo: Option<String>,
    /// Idempotency key: the same key never makes a second run
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// How often it may be tried when its worker is lost
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    max_attempts: Option<u32>,
    /// Longest time of one attempt, such as 5m
    #[arg(long, value_name = "TIME", value_parser = values::seconds)]
    timeout: Option<u32>,
    /// Not to be started before, such as 2026-11-24T22:30:00Z
    #[arg(long, value_name = "TIMESTAMP", value_parser = values::timestamp)]
    not_before: Option<String>,
    /// A run that has to succeed first; may be given often. Where it ends otherwise, this one is cancelled
    #[arg(long, value_name = "ID", value_parser = values::id)]
    depends_on: Vec<String>,
    /// Stream the log and end with the run's outcome
    #[arg(short, long)]
    follow: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: RunArgs) -> Result<Exit, Failure> {
    let given = params::read(&arguments.params, arguments.params_file.as_deref())?;
    // A runbook that is not valid is told even where no control room can be reached.
    let target = Target::of(&arguments.target)?;
    let room = arguments.common.connection.open()?;
    let schema = target.schema(&room).await?;
    let mut new = NewRun {
        params: params::fit(&schema, given)?,
        lane: arguments.lane,
        priority: arguments.priority,
        session_id: arguments.session,
        intent: arguments.intent,
        env: arguments.env,
        repo: arguments.repo,
        max_attempts: arguments.max_attempts,
        timeout_seconds: arguments.timeout,
        not_before: arguments.not_before,
        depends_on: arguments.depends_on,
        idempotency_key: arguments.key,
        ..NewRun::default()
    };
    match target {
        Target::File { source, .. } => new.runbook = Some(Value::String(source)),
        Target::Template(slug) => new.template = Some(slug),
    }
    let created = create::create(&room, new).await?;
    let format = arguments.common.format();
    if arguments.follow {
        tell_queued(&created);
        return follow::run(&room, &created.run_id, format).await;
    }
    tell_created(&room, &created, format)
}

fn tell_queued(created: &CreatedRun) {
    let about = created
        .run
        .as_ref()
        .map(|run| format!(": {} (lane {})", plain(&run.title), run.lane));
    output::note(format_args!(
        "{} {}{}",
        created.status,
        created.run_id,
        about.unwrap_or_default()
    ));
}

fn tell_created(room: &Room, created: &CreatedRun, format: Format) -> Result<Exit, Failure> {
    if format == Format::Json {
        output::json(created)?;
        return Ok(Exit::Success);
    }
    // The id alone, so that a shell can take it; the rest is for people.
    output::line(&created.run_id)?;
    if let Some(run) = &created.run {
        output::note(format_args!(
            "{} in lane {}: {}",
            created.status,
            run.lane,
            plain(&run.title)
        ));
    }
    let log = program::call(format_args!("runs log {} --follow", created.run_id));
    output::hint(format_args!(
        "watch it: {log}{}",
        room.address.data_argument()
    ));
    Ok(Exit::Success)
}
