use super::SpecFailure;
use crate::args::{Common, Format};
use crate::commands::run::create::create_bulk;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::text::{count, plain};
use crate::runtime::asking;
use crate::values;
use clap::Args;
use ops_core::api::NewRun;
use ops_spec_files::one_bundle;
use ops_spec_kit::compile::{Compiled, Request, compile};
use ops_spec_kit::generate::slug_of;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Make runs of the open tasks: each with commands becomes one, after those that it depends on
#[derive(Debug, Args)]
#[command(
    after_help = "Prints the body of runs.create; with --queue it is sent, as one call that makes all runs or none, and
the id of each run is printed. To send the same tasks again makes no second runs.

Examples:
  ops spec compile docs/specs/search > runs.json
  ops spec compile docs/specs/search --lanes A,B --queue"
)]
pub struct CompileArgs {
    /// A bundle's folder, or the task list in it
    path: PathBuf,
    /// The first is for what cannot be done side by side; [P] tasks are spread over all
    #[arg(long, value_name = "LANES", value_delimiter = ',', value_parser = values::lane, default_value = "A,B,C,D")]
    lanes: Vec<String>,
    /// Send them to the control room
    #[arg(long)]
    queue: bool,
    #[command(flatten)]
    common: Common,
}

pub fn run(arguments: CompileArgs) -> Result<Exit, Failure> {
    let shown = arguments.path.to_string_lossy().into_owned();
    let bundle = one_bundle(Path::new("."), &arguments.path)?;
    let tasks = bundle
        .tasks
        .as_ref()
        .ok_or_else(|| SpecFailure::NoTasks(shown.clone()))?;
    let slug = match &bundle.manifest {
        Some(manifest) => manifest.slug.clone(),
        None => slug_of(&bundle.slug),
    };
    let lanes: Vec<&str> = arguments.lanes.iter().map(String::as_str).collect();
    let request = Request {
        slug: &slug,
        lanes: &lanes,
    };
    let compiled = compile(tasks, &request).map_err(SpecFailure::from)?;
    for skipped in &compiled.skipped {
        output::note(format_args!(
            "{} is not run: {}",
            plain(&skipped.task),
            skipped.reason
        ));
    }
    let (runs, done) = (compiled.tasks.len() as u64, compiled.done.len() as u64);
    output::note(format_args!(
        "{} of open tasks, {} done",
        count(runs, "run"),
        count(done, "task")
    ));
    if !arguments.queue {
        output::line(format_args!("{:#}", compiled.body))?;
        return Ok(Exit::Success);
    }
    if compiled.tasks.is_empty() {
        return Err(SpecFailure::NothingToRun(shown).into());
    }
    asking(async move { queue(&compiled, &arguments.common).await })
}

async fn queue(compiled: &Compiled, common: &Common) -> Result<Exit, Failure> {
    let bodies = compiled.body["runs"].as_array().map(Vec::as_slice);
    let mut runs = Vec::new();
    for (body, task) in bodies.unwrap_or_default().iter().zip(&compiled.tasks) {
        let run: NewRun = serde_json::from_value(body.clone()).map_err(|error| {
            let (task, why) = (task.clone(), error.to_string());
            SpecFailure::Shape { task, why }
        })?;
        runs.push(run);
    }
    let room = common.connection.open()?;
    let made = create_bulk(&room, &runs).await?;
    if common.format() == Format::Json {
        let made: Vec<_> = made
            .iter()
            .zip(&compiled.tasks)
            .map(|(run, task)| json!({ "task": task, "run_id": run.run_id, "status": run.status }))
            .collect();
        output::json(&json!({ "runs": made, "done": compiled.done, "skipped": compiled.skipped }))?;
        return Ok(Exit::Success);
    }
    for (run, task) in made.iter().zip(&compiled.tasks) {
        output::line(format_args!("{} {}", run.run_id, plain(task)))?;
    }
    Ok(Exit::Success)
}
