use crate::args::{Common, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::facts::{ago, fact, maybe};
use crate::output::style::{Paint, To};
use crate::output::table::{Cell, Table};
use crate::output::text::{plain, size};
use crate::{output, time, values};
use clap::Args;
use ops_core::RunStatus;
use ops_core::api::{Artifact, Run};
use serde::Deserialize;
use serde_json::{Value, json};

/// Show one run: its state, steps, attempts and artifacts
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops runs get 8dfdee46-0f3f-4305-aba3-c316f6576a6f
  ops runs get ID --json | jq .run.result")]
pub struct GetArgs {
    #[arg(value_name = "ID", value_parser = values::id)]
    id: String,
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: GetArgs) -> Result<Exit, Failure> {
    let room = arguments.common.connection.open()?;
    let query = [("run_id", arguments.id.as_str())];
    let answer: Value = room.ask(room.client.get("runs.get", &query)).await?;
    let listed: Value = room.ask(room.client.get("artifacts.list", &query)).await?;
    if arguments.common.format() == Format::Json {
        output::json(&json!({ "run": answer["run"], "artifacts": listed["artifacts"] }))?;
        return Ok(Exit::Success);
    }
    let run = Run::deserialize(&answer["run"]).map_err(|error| Failure::Strange {
        address: room.address.clone(),
        why: error.to_string(),
    })?;
    let artifacts = Vec::<Artifact>::deserialize(&listed["artifacts"]).unwrap_or_default();
    facts(&run, &answer["run"])?;
    steps(&run)?;
    attempts(&run)?;
    if !artifacts.is_empty() {
        output::line("")?;
        artifact_table(&artifacts).print()?;
    }
    Ok(Exit::Success)
}

fn facts(run: &Run, all: &Value) -> Result<(), Failure> {
    let now = time::now();
    let word = run.status.as_str();
    output::line(To::Out.paint(Paint::Bold, &plain(&run.title)))?;
    fact("id", &run.id)?;
    fact("status", &To::Out.paint(Paint::of_status(word), word))?;
    if let Some(waiting) = &run.waiting {
        fact("waiting", &plain(&waiting.detail))?;
    }
    for (name, value) in [
        ("reason", &run.reason),
        ("error", &run.error),
        ("template", &run.template),
    ] {
        maybe(name, value.as_deref())?;
    }
    fact("lane", &format!("{}, priority {}", run.lane, run.priority))?;
    fact(
        "attempts",
        &format!(
            "{} ({} of {} counted)",
            run.attempt, run.attempts_used, run.max_attempts
        ),
    )?;
    if run.status == RunStatus::Claimed || run.status == RunStatus::Running {
        maybe("worker", run.claimed_by.as_deref())?;
        maybe("step", all["step"].as_str())?;
        maybe(
            "heartbeat",
            run.heartbeat_at
                .as_deref()
                .map(|at| ago(at, now))
                .as_deref(),
        )?;
    }
    for name in ["intent", "env", "repo", "created_by"] {
        maybe(&name.replace('_', " "), all[name].as_str())?;
    }
    maybe("session", run.session_id.as_deref())?;
    maybe("retry of", run.retry_of.as_deref())?;
    for (name, at) in [
        ("created", Some(&run.created_at)),
        ("started", run.started_at.as_ref()),
        ("finished", run.finished_at.as_ref()),
    ] {
        maybe(name, at.map(|at| ago(at, now)).as_deref())?;
    }
    maybe("duration", super::list::duration(run, now).as_deref())?;
    if run.refused_writes > 0 {
        let told = format!(
            "{} (of workers that no longer held the run; nothing was changed)",
            run.refused_writes
        );
        fact("refused writes", &told)?;
    }
    for (name, value) in &run.params {
        fact(&format!("param {}", plain(name)), &plain(&shown(value)))?;
    }
    if !run.result.is_null() && run.result != json!({}) {
        fact("result", &plain(&run.result.to_string()))?;
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_string)
}

fn between(from: Option<&str>, to: Option<&str>) -> Option<String> {
    Some(time::span(time::micros(to?)? - time::micros(from?)?))
}

fn steps(run: &Run) -> Result<(), Failure> {
    if run.steps.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(["STEP", "ATTEMPT", "STATUS", "EXIT", "DURATION"]);
    for step in &run.steps {
        // The word as it travels.
        let status = serde_json::to_value(step.status).ok();
        let status = status.as_ref().and_then(Value::as_str).unwrap_or("?");
        table.row([
            Cell::new(&step.step),
            Cell::new(step.attempt.to_string()),
            Cell::status(status),
            Cell::maybe(step.exit_code.map(|code| code.to_string())),
            Cell::maybe(between(
                step.started_at.as_deref(),
                step.finished_at.as_deref(),
            )),
        ]);
    }
    output::line("")?;
    table.print()
}

fn attempts(run: &Run) -> Result<(), Failure> {
    if run.attempts.is_empty() {
        return Ok(());
    }
    let mut table =
        Table::new(["ATTEMPT", "WORKER", "ENDED AS", "DURATION", "REASON"]).flexible("REASON");
    for attempt in &run.attempts {
        table.row([
            Cell::new(attempt.attempt.to_string()),
            Cell::new(&attempt.worker_id),
            attempt
                .ended_as
                .as_deref()
                .map_or_else(|| Cell::maybe(None::<&str>), Cell::status),
            Cell::maybe(between(
                Some(&attempt.claimed_at),
                attempt.ended_at.as_deref(),
            )),
            Cell::maybe(attempt.reason.as_deref()),
        ]);
    }
    output::line("")?;
    table.print()
}

pub fn artifact_table(artifacts: &[Artifact]) -> Table {
    let mut table = Table::new(["ARTIFACT", "KIND", "SIZE", "SHA-256", "LINK"]);
    for artifact in artifacts {
        let kind = serde_json::to_value(artifact.kind).ok();
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("?");
        let link = (kind == "link").then_some(artifact.url.as_str());
        table.row([
            Cell::new(&artifact.name),
            Cell::new(kind),
            Cell::new(size(artifact.size)),
            Cell::new(artifact.sha256.get(..12).unwrap_or(&artifact.sha256)),
            Cell::maybe(link),
        ]);
    }
    table
}
