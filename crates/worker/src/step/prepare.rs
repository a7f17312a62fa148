//! Everything that can be refused before the first step starts.

use super::engine::StepExecutor;
use super::environment::{self, Variables};
use super::folder::RunFolder;
use crate::executor::{Job, Outcome};
use crate::mask::{MIN_SECRET_BYTES, MaskError, Masker};
use ops_core::status::EndStatus;
use ops_runbook::Step;

pub(super) struct Prepared {
    pub(super) steps: Vec<Step>,
    pub(super) masker: Masker,
    pub(super) folder: RunFolder,
    pub(super) variables: Variables,
}

pub(super) fn prepare(executor: &StepExecutor, job: &Job) -> Result<Prepared, Outcome> {
    let failed = |reason: &str, error: String| {
        Outcome::ended(EndStatus::Failed)
            .because(reason)
            .with_error(error)
    };
    let steps: Vec<Step> = serde_json::from_value(job.run.steps.clone()).map_err(|error| {
        let error = format!("this worker does not understand the run's steps: {error}");
        failed("steps_unreadable", error)
    })?;
    let secrets =
        environment::secrets(&executor.environment, &job.run.secrets).map_err(|missing| {
            let names = missing.join(", ");
            let error = format!("the worker's environment has no value for the secrets {names}");
            failed("secret_missing", error)
        })?;
    let masker =
        masker(executor, &secrets).map_err(|error| failed("secret_refused", error.to_string()))?;
    let folder = RunFolder::create(&executor.runs_dir, &job.run.run_id, job.run.attempt)
        .map_err(|error| hand_back("the run's folder", &error))?;
    let variables = environment::of_run(
        &executor.environment,
        &job.run,
        &secrets,
        &job.worker_id,
        &folder,
        &executor.workspace,
    );
    Ok(Prepared {
        steps,
        masker,
        folder,
        variables,
    })
}

/// The worker's own token is looked for too: a step could read it from the worker's process.
fn masker(executor: &StepExecutor, secrets: &Variables) -> Result<Masker, MaskError> {
    let token = executor.token.get();
    let token =
        Some(("OPS_TOKEN", &*token)).filter(|(_, token)| token.trim().len() >= MIN_SECRET_BYTES);
    let named = secrets
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Masker::new(named.chain(token))
}

/// A trouble of this machine: another worker may do better.
pub(super) fn hand_back(what: &str, error: &std::io::Error) -> Outcome {
    let reason = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "disk_full",
        _ => "worker_trouble",
    };
    Outcome::released(reason).with_error(format!("{what}: {error}"))
}
