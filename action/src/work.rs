//! Mode `work`: the job is a worker until nothing is queued, or a limit is reached.

use crate::artifacts::{Keeper, Kept};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::held::{Book, Held};
use crate::identity::establish;
use crate::inputs::Inputs;
use crate::printer::Printer;
use crate::upload::{self, Offered};
use crate::{signals, summary};
use ops_worker::{Shutdown, WorkerConfig};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

pub async fn work(inputs: &Inputs, environment: &Environment) -> Result<ExitCode, Failure> {
    let shutdown = Shutdown::new();
    let words = "the job is cancelled: steps are stopped, runs are handed back";
    signals::watch(shutdown.clone(), words)?;
    let identity = establish(inputs, environment).await?;
    let mut config = WorkerConfig::new(&inputs.url, &identity.token, identity.lanes)
        .map_err(Failure::Runtime)?;
    config.name = inputs.name.clone().or_else(|| named(environment));
    // One that was not exchanged names itself, here already: the post step speaks as it too.
    let worker_id = match identity.worker_id {
        Some(id) => id,
        None => own_id(config.name.as_deref().unwrap_or("job"))?,
    };
    config.worker_id = Some(worker_id.clone());
    config.session_id = inputs.session.clone();
    config.concurrency = inputs.concurrency;
    config.max_runs = inputs.max_runs;
    config.idle_timeout = Some(inputs.idle_timeout);
    config.max_runtime = Some(inputs.max_runtime);
    config.runs_dir = environment.temporary().join("ops-runs");
    config.environment = environment.variables().clone();
    if let Some(workspace) = environment.workspace() {
        config.workspace = workspace;
    }
    let held = Held {
        url: inputs.url.clone(),
        token: identity.token.get().to_string(),
        worker_id,
        pid: std::process::id(),
        ..Held::default()
    };
    let keeper = Keeper::start(folder(inputs, environment));
    let book = Book::open(environment, held)?;
    let printer = Arc::new(Printer::new(&inputs.url, book, keeper.clone()));
    printer.follow(identity.token, identity.renewals);
    let done = Box::pin(ops_worker::run(config, shutdown.clone(), printer.clone())).await;
    let report = printer.close();
    summary::write(environment, &report, &inputs.url)?;
    let kept = keeper.finish();
    // A cancelled job has no time for more than its runs.
    if !shutdown.is_requested() {
        publish(&kept, inputs, environment).await?;
    }
    done.map_err(Box::new)?;
    let fails = inputs.fail_on.as_deref().unwrap_or_default();
    let failed = fails.iter().any(|outcome| report.had(outcome));
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// `deploys-7001`, of `octo/deploys` and the number of its run.
fn named(environment: &Environment) -> Option<String> {
    let (_, repository) = environment.get("GITHUB_REPOSITORY")?.split_once('/')?;
    let run = environment.get("GITHUB_RUN_ID")?;
    Some(format!("{repository}-{run}"))
}

fn own_id(name: &str) -> Result<String, Failure> {
    let mut random = [0; 4];
    getrandom::fill(&mut random)
        .map_err(|e| Failure::Runtime(std::io::Error::other(e.to_string())))?;
    Ok(format!("{name}-{:08x}", u32::from_be_bytes(random)))
}

fn folder(inputs: &Inputs, environment: &Environment) -> PathBuf {
    match (&inputs.out, environment.workspace()) {
        (Some(out), Some(workspace)) => workspace.join(out),
        (Some(out), None) => out.into(),
        (None, _) => environment.temporary().join("ops-artifacts"),
    }
}

/// To the workflow run where the runner lets us, else their folder is an output for
/// `actions/upload-artifact`.
async fn publish(kept: &[Kept], inputs: &Inputs, environment: &Environment) -> Result<(), Failure> {
    if kept.is_empty() {
        return Ok(());
    }
    let sent = upload::offer(kept, "artifacts of runs", environment).await;
    if sent == Offered::Taken && inputs.out.is_none() {
        return Ok(());
    }
    let folder = folder(inputs, environment).display().to_string();
    summary::outputs(environment, &[("artifacts", folder)])
}
