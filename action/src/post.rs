//! The post step: after a main step that was killed it hands back what that held, so that nobody waits
//! for the leases.

use crate::commands::{Level, annotate, print};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::held::{Held, path};
use ops_client::{Client, NativeTransport};
use ops_core::api::Finish;
use ops_core::status::EndStatus;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 20;

/// Never fails the job: what cannot be told here, the sweep finds out.
pub async fn hand_back(environment: &Environment) -> Result<ExitCode, Failure> {
    let Some(held) = Held::read(environment) else {
        return Ok(ExitCode::SUCCESS);
    };
    if !has_ended(held.pid).await {
        annotate(
            Level::Warning,
            None,
            "the worker of this job still runs; its runs are left to it",
        );
        return Ok(ExitCode::SUCCESS);
    }
    let transport = NativeTransport::new().map_err(|e| Failure::Transport(e.to_string()))?;
    let client = Client::new(Arc::new(transport), &held.url, &held.token);
    for (run_id, attempt) in &held.runs {
        // Their steps are dead: each supervisor kills its own as soon as the worker is gone.
        let finish = Finish {
            run_id: run_id.clone(),
            attempt: *attempt,
            status: EndStatus::Released,
            reason: Some("job_ended".into()),
            last_seq: None,
            error: None,
            result: serde_json::Value::Null,
        };
        match client.runs_finish(&held.worker_id, &finish).await {
            Ok(_) => print(&format!("handed back run {run_id}")),
            Err(error) => annotate(
                Level::Warning,
                None,
                &format!("run {run_id} was not handed back: {error}"),
            ),
        }
    }
    if let Some(path) = path(environment) {
        let _ = std::fs::remove_file(path);
    }
    Ok(ExitCode::SUCCESS)
}

/// What the runner has just killed may take a moment to go.
async fn has_ended(pid: u32) -> bool {
    for _ in 0..LOOKS {
        if !is_alive(pid) {
            return true;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    !is_alive(pid)
}

/// One that nobody has buried is dead all the same: in a container nobody does.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name may hold anything, parentheses too.
    let state = stat
        .rsplit_once(") ")
        .and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}
