//! The last word about a run that was followed.

use crate::args::Format;
use crate::connection::Room;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::style::{Paint, To};
use crate::output::text::{count, plain};
use crate::{output, program, time};
use ops_core::RunStatus;
use ops_core::api::{Artifact, Run};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// The run has ended: a network fault now should not cost its outcome.
const TRIES: u32 = 5;

pub async fn tell(room: &Room, run_id: &str, format: Format) -> Result<Exit, Failure> {
    let answer: Value = patiently(room, "runs.get", run_id).await?;
    let listed: Value = patiently(room, "artifacts.list", run_id).await?;
    let run = Run::deserialize(&answer["run"]).map_err(|error| Failure::Strange {
        address: room.address.clone(),
        why: error.to_string(),
    })?;
    match format {
        Format::Json => {
            output::json(&json!({ "run": answer["run"], "artifacts": listed["artifacts"] }))?;
        }
        Format::People => {
            let artifacts = Vec::<Artifact>::deserialize(&listed["artifacts"]).unwrap_or_default();
            output::note(line(&run, &artifacts));
            output::hints(hints(room, &run, &artifacts));
        }
    }
    Ok(Exit::of_run(run.status))
}

async fn patiently(room: &Room, verb: &str, run_id: &str) -> Result<Value, Failure> {
    for number in 1..TRIES {
        match room.client.get(verb, &[("run_id", run_id)]).await {
            Err(error) if error.is_transient() => {
                tokio::time::sleep(Duration::from_millis(300) * number).await;
            }
            done => return done.map_err(|error| room.failure(error)),
        }
    }
    room.ask(room.client.get(verb, &[("run_id", run_id)])).await
}

/// Such as `failed after 2.3s, 2 attempts, 1 artifact (report.md): step build exited with 1`.
fn line(run: &Run, artifacts: &[Artifact]) -> String {
    let word = run.status.as_str();
    let link = if run.status == RunStatus::Succeeded {
        "in"
    } else {
        "after"
    };
    let begun = run
        .started_at
        .as_deref()
        .or(run.claimed_at.as_deref())
        .and_then(time::micros);
    let ended = run.finished_at.as_deref().and_then(time::micros);
    let took = match (begun, ended) {
        (Some(begun), Some(ended)) => format!(" {link} {}", time::span(ended - begun)),
        _ => String::new(),
    };
    let names: Vec<_> = artifacts
        .iter()
        .map(|artifact| plain(&artifact.name))
        .collect();
    let names = if names.is_empty() {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    };
    let attempts = count(run.attempt.into(), "attempt");
    let artifacts = count(artifacts.len() as u64, "artifact");
    let word = To::Err.paint(Paint::of_status(word), &word.replace('_', " "));
    // A reason that only repeats the status explains nothing.
    let why = run.error.as_deref().or(run.reason.as_deref());
    let why = why.filter(|why| run.status != RunStatus::Succeeded && *why != run.status.as_str());
    let why = why
        .map(|why| format!(": {}", plain(why)))
        .unwrap_or_default();
    format!("{word}{took}, {attempts}, {artifacts}{names}{why}")
}

fn hints(room: &Room, run: &Run, artifacts: &[Artifact]) -> Vec<String> {
    let data = room.address.data_argument();
    let call = |arguments: String| program::call(format_args!("{arguments}{data}"));
    let mut hints = Vec::new();
    if !artifacts.is_empty() {
        hints.push(format!(
            "save what it left: {}",
            call(format!("runs artifacts {} --out DIR", run.id))
        ));
    }
    if run.status != RunStatus::Succeeded {
        hints.push(format!(
            "run it again: {}",
            call(format!("runs retry {}", run.id))
        ));
    }
    hints
}
