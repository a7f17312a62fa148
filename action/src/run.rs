//! Mode `run`: queues one run, follows it, and ends as it ends.

use crate::commands::{self, Level, annotate, print};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::inputs::Inputs;
use crate::{signals, summary};
use ops_client::{Client, NativeTransport};
use ops_core::api::{Event, NewRun, Run};
use ops_core::status::RunStatus;
use ops_worker::Shutdown;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Events of one look.
const EVENTS: u32 = 500;

pub async fn run(inputs: &Inputs, environment: &Environment) -> Result<ExitCode, Failure> {
    let Some(token) = &inputs.token else {
        // An exchanged token is a worker's, which queues nothing.
        return Err(Failure::Inputs(vec![
            "input `token` is missing: mode `run` needs a token of kind operator".into(),
        ]));
    };
    commands::mask(token);
    let transport = NativeTransport::new().map_err(|e| Failure::Transport(e.to_string()))?;
    let client = Client::new(Arc::new(transport), &inputs.url, token);
    let new = new_run(inputs, environment)?;
    let made = client
        .runs_create(&new)
        .await
        .map_err(Failure::refused("runs.create"))?;
    let page = format!("{}/runs/{}", inputs.url, made.run_id);
    print(&format!("queued {page}"));
    cancel_with_the_job(client.clone(), made.run_id.clone())?;
    let run = follow(&client, &made.run_id).await?;
    let line = format!("### {}\n\n[{}]({page})\n", run.status.as_str(), made.run_id);
    summary::append(environment, "GITHUB_STEP_SUMMARY", &line)?;
    let is = |status| u8::from(run.status == status).to_string();
    summary::outputs(
        environment,
        &[
            ("claimed", "0".into()),
            ("succeeded", is(RunStatus::Succeeded)),
            (
                "failed",
                u8::from(matches!(
                    run.status,
                    RunStatus::Failed | RunStatus::TimedOut
                ))
                .to_string(),
            ),
            ("cancelled", is(RunStatus::Cancelled)),
            ("run-ids", serde_json::json!([made.run_id]).to_string()),
            ("control-room-url", inputs.url.clone()),
        ],
    )?;
    if run.status == RunStatus::Succeeded {
        return Ok(ExitCode::SUCCESS);
    }
    let why = run.error.or(run.reason).unwrap_or_default();
    let message = format!("{}: {why}\n{page}", run.status.as_str());
    annotate(Level::Error, Some(&run.title), &message);
    let outcome = match run.status {
        RunStatus::Cancelled => "cancelled",
        _ => "failed",
    };
    let fails = inputs.fail_on.as_ref();
    Ok(
        match fails.is_none_or(|fails| fails.iter().any(|word| word == outcome)) {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        },
    )
}

/// A person who cancels the job means the run as well; its end is followed all the same.
fn cancel_with_the_job(client: Client, run_id: String) -> Result<(), Failure> {
    let shutdown = Shutdown::new();
    signals::watch(shutdown.clone(), "the job is cancelled: its run is too")?;
    tokio::spawn(async move {
        shutdown.requested().await;
        let _ = client
            .runs_cancel(&run_id, Some("the workflow job was cancelled"))
            .await;
        shutdown.requested_now().await;
        std::process::exit(130);
    });
    Ok(())
}

fn new_run(inputs: &Inputs, environment: &Environment) -> Result<NewRun, Failure> {
    let named = inputs.runbook.clone().unwrap_or_default();
    let is_file = named.ends_with(".yml") || named.ends_with(".yaml");
    let mut new = NewRun {
        session_id: inputs.session.clone(),
        params: inputs.params.clone(),
        lane: environment
            .input("lanes")
            .and(inputs.lanes.first().cloned()),
        repo: environment.get("GITHUB_REPOSITORY").map(str::to_string),
        ..NewRun::default()
    };
    if is_file {
        let path = environment.workspace().unwrap_or_default().join(&named);
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::Io(named, e))?;
        new.runbook = Some(text.into());
    } else {
        new.template = Some(named);
    }
    Ok(new)
}

/// Until it ends. The job's own limits end a run that never does, and the run goes on.
async fn follow(client: &Client, run_id: &str) -> Result<Run, Failure> {
    let token = commands::token().map_err(Failure::Runtime)?;
    print(&format!("::group::log\n::stop-commands::{token}"));
    let ended = lines(client, run_id).await;
    print(&format!("::{token}::\n::endgroup::"));
    ended
}

async fn lines(client: &Client, run_id: &str) -> Result<Run, Failure> {
    let mut after = 0;
    loop {
        let run = client
            .runs_get(run_id)
            .await
            .map_err(Failure::refused("runs.get"))?;
        loop {
            let page = client.events_list(run_id, after, EVENTS).await;
            let page = page.map_err(Failure::refused("events.list"))?;
            page.events.iter().for_each(show);
            after = page.events.last().map_or(after, |event| event.pos);
            if page.events.len() < EVENTS as usize {
                break;
            }
        }
        if run.status.is_terminal() {
            return Ok(run);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn show(event: &Event) {
    let step = event.step.as_deref().map(|step| format!("[{step}] "));
    print(&commands::defused(&format!(
        "{}{}",
        step.unwrap_or_default(),
        event.message
    )));
}
