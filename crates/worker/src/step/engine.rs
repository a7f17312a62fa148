//! Executes the frozen steps of a run, one after another.

use super::artifacts::{self, ArtifactError, Content, NewArtifact};
use super::environment::{self, Variables};
use super::folder::RunFolder;
use super::run_step::{self, ShellEnd, ShellReport, ShellStep, Surroundings};
use crate::clock::{self, Moment};
use crate::config::WorkerConfig;
use crate::control::{RunControl, Stop};
use crate::executor::{Executor, Job, Outcome};
use crate::log::Log;
use crate::mask::Masker;
use ops_core::StepStatus;
use ops_core::api::{Level, NewEvent, Object, StepUpdate};
use ops_core::port::BoxFuture;
use ops_core::status::EndStatus;
use ops_runbook::{ArtifactSource, ArtifactSpec, Context, JobState, Step, StepKind, Workdir};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a run that must end may still send its log.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// A log is sent as long as the lease holds, which ends the waiting long before this.
const PATIENCE: Duration = Duration::from_secs(366 * 86_400);

/// The real executor: shells under supervisors.
pub struct StepExecutor {
    supervisor: Vec<OsString>,
    runs_dir: PathBuf,
    workspace: PathBuf,
    environment: HashMap<String, String>,
    token: String,
}

impl StepExecutor {
    pub fn new(config: &WorkerConfig) -> Self {
        StepExecutor {
            supervisor: config.supervisor.clone(),
            runs_dir: config.runs_dir.clone(),
            workspace: config.workspace.clone(),
            environment: config.environment.clone(),
            token: config.token.clone(),
        }
    }
}

impl Executor for StepExecutor {
    fn execute(self: Arc<Self>, job: Job) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            let log = Log::new(
                job.client.clone(),
                job.worker_id.clone(),
                job.control.clone(),
                job.observer.clone(),
            );
            let _timeout = Timeout::start(&job);
            let outcome = match prepare(&self, &job) {
                Ok(prepared) => Attempt::new(&self, &job, &log, prepared).run().await,
                Err(outcome) => outcome,
            };
            conclude(&job.control, log, outcome).await
        })
    }
}

/// Stops the run when the attempt's time is over; forgotten when the run ends before.
struct Timeout(tokio::task::AbortHandle);

impl Timeout {
    fn start(job: &Job) -> Self {
        let control = job.control.clone();
        let end = Moment::now().after(Duration::from_secs(job.run.timeout_seconds));
        let task = tokio::spawn(async move {
            end.reached().await;
            control.stop(Stop::TimedOut);
        });
        Timeout(task.abort_handle())
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The last event, the rest of the log, and what the end is in view of both.
async fn conclude(control: &RunControl, log: Log, mut outcome: Outcome) -> Outcome {
    let failed = outcome.end != Some(EndStatus::Succeeded);
    if failed && !control.is_silent() {
        let level = match outcome.end {
            Some(EndStatus::Failed | EndStatus::TimedOut) => Level::Error,
            _ => Level::Warn,
        };
        log.push(event(level, None, last_words(&outcome))).await;
    }
    let complete = match outcome.end {
        Some(EndStatus::Released) => log.drain(LAST_WORDS).await,
        _ => tokio::select! {
            complete = log.drain(PATIENCE) => complete,
            _ = control.when_hard() => log.drain(LAST_WORDS).await,
        },
    };
    if let Some(refusal) = log.refusal() {
        outcome = Outcome::ended(EndStatus::Failed)
            .because("log_refused")
            .with_error(refusal);
    } else if !complete && outcome.end != Some(EndStatus::Released) {
        // Lines that nobody has taken would be lost behind an end that was taken.
        outcome = Outcome::released("lease_ran_out");
    }
    outcome.log = Some(log);
    outcome
}

fn last_words(outcome: &Outcome) -> String {
    let reason = outcome.reason.as_deref().unwrap_or_default();
    match (outcome.end, &outcome.error) {
        (_, Some(error)) => error.clone(),
        (Some(EndStatus::Released), _) => format!("the run is handed back: {reason}"),
        (Some(EndStatus::Cancelled), _) => "the run was cancelled".to_string(),
        (Some(EndStatus::TimedOut), _) => "the run took longer than it may".to_string(),
        _ => format!("the run failed: {reason}"),
    }
}

fn event(level: Level, step: Option<&str>, message: String) -> NewEvent {
    NewEvent {
        level,
        message,
        source: Some("worker".into()),
        step: step.map(str::to_string),
        ts: Some(clock::wall_time()),
        ..NewEvent::default()
    }
}

struct Prepared {
    steps: Vec<Step>,
    masker: Masker,
    folder: RunFolder,
    variables: Variables,
}

/// Everything that can be refused before the first step starts.
fn prepare(executor: &StepExecutor, job: &Job) -> Result<Prepared, Outcome> {
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
fn masker(executor: &StepExecutor, secrets: &Variables) -> Result<Masker, crate::mask::MaskError> {
    let token = Some(("OPS_TOKEN", executor.token.as_str()))
        .filter(|(_, token)| token.trim().len() >= crate::mask::MIN_SECRET_BYTES);
    let named = secrets
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Masker::new(named.chain(token))
}

/// A trouble of this machine: another worker may do better.
fn hand_back(what: &str, error: &std::io::Error) -> Outcome {
    let reason = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "disk_full",
        _ => "worker_trouble",
    };
    Outcome::released(reason).with_error(format!("{what}: {error}"))
}

struct Attempt<'a> {
    executor: &'a StepExecutor,
    job: &'a Job,
    log: &'a Log,
    steps: Vec<Step>,
    masker: Masker,
    folder: RunFolder,
    variables: Variables,
    /// What expressions and texts can see.
    values: Value,
    outputs: Object,
    failure: Option<Outcome>,
}

/// How one step ended.
struct StepEnd {
    status: StepStatus,
    exit_code: Option<i32>,
    outputs: Object,
    /// Where it did not succeed: what the run ends with.
    outcome: Option<Outcome>,
    /// Nothing more of this run is done, whatever later steps ask for.
    is_last: bool,
}

impl StepEnd {
    fn succeeded() -> Self {
        StepEnd {
            status: StepStatus::Succeeded,
            exit_code: None,
            outputs: Object::new(),
            outcome: None,
            is_last: false,
        }
    }

    fn failed(reason: &str, error: String) -> Self {
        StepEnd {
            status: StepStatus::Failed,
            outcome: Some(
                Outcome::ended(EndStatus::Failed)
                    .because(reason)
                    .with_error(error),
            ),
            ..StepEnd::succeeded()
        }
    }

    fn last(status: StepStatus, outcome: Outcome) -> Self {
        StepEnd {
            status,
            outcome: Some(outcome),
            is_last: true,
            ..StepEnd::succeeded()
        }
    }
}

impl<'a> Attempt<'a> {
    fn new(executor: &'a StepExecutor, job: &'a Job, log: &'a Log, prepared: Prepared) -> Self {
        let run = &job.run;
        Attempt {
            executor,
            job,
            log,
            steps: prepared.steps,
            masker: prepared.masker,
            folder: prepared.folder,
            variables: prepared.variables,
            values: json!({
                "params": run.params,
                "steps": {},
                "run": {
                    "id": run.run_id, "attempt": run.attempt, "lane": run.lane,
                    "env": run.env, "repo": run.repo,
                },
            }),
            outputs: Object::new(),
            failure: None,
        }
    }

    async fn run(mut self) -> Outcome {
        for (place, step) in std::mem::take(&mut self.steps).into_iter().enumerate() {
            if let Some(stop) = self.job.control.stopped() {
                return stopped_outcome(stop);
            }
            match self.is_wanted(&step) {
                Ok(true) => {}
                Ok(false) => {
                    self.tell(&step.id, StepStatus::Skipped, None, Object::new());
                    continue;
                }
                Err(error) => {
                    let error = format!("step {}: `if` cannot be read: {error}", step.id);
                    self.settle(&step.id, StepEnd::failed("step_failed", error))
                        .await;
                    continue;
                }
            }
            self.tell(&step.id, StepStatus::Running, None, Object::new());
            self.job.control.set_step(Some(&step.id));
            let mut end = match &step.kind {
                StepKind::Run(script) => self.run_shell(place, &step, script).await,
                StepKind::Artifact(artifact) => self.leave_artifact(&step, artifact).await,
            };
            if !end.is_last {
                self.keep_files(&step, &mut end).await;
            }
            self.job.control.set_step(None);
            let is_last = end.is_last;
            self.settle(&step.id, end).await;
            if is_last {
                break;
            }
        }
        if let Some(stop) = self.job.control.stopped()
            && self.failure.is_none()
        {
            return stopped_outcome(stop);
        }
        let result = match self.outputs.is_empty() {
            true => Value::Null,
            false => json!({ "outputs": self.outputs }),
        };
        let outcome = self.failure.unwrap_or_else(Outcome::succeeded);
        Outcome {
            error: outcome.error.map(|error| self.masker.text(&error)),
            result,
            ..outcome
        }
    }

    fn is_wanted(&self, step: &Step) -> Result<bool, ops_runbook::ExprError> {
        let state = match self.failure {
            Some(_) => JobState::Failed,
            None => JobState::Ok,
        };
        let context = Context {
            values: &self.values,
            state,
        };
        ops_runbook::should_run(step.condition.as_deref(), &context)
    }

    fn tell(&self, step: &str, status: StepStatus, exit_code: Option<i32>, outputs: Object) {
        self.log.step(StepUpdate {
            step: step.to_string(),
            status,
            exit_code,
            outputs,
        });
    }

    async fn note(&self, level: Level, step: &str, text: &str) {
        let text = self.masker.text(text);
        self.log.push(event(level, Some(step), text)).await;
    }

    /// Records a step's end for later steps and for the control room.
    async fn settle(&mut self, step: &str, end: StepEnd) {
        if let Some(outcome) = end.outcome {
            if let (StepStatus::Failed | StepStatus::TimedOut, Some(error)) =
                (end.status, &outcome.error)
                && self.failure.is_some()
            {
                // The first failure is the run's own and is its last event.
                self.note(Level::Error, step, error).await;
            }
            let replaces = self.failure.is_none() || end.is_last;
            if replaces {
                self.failure = Some(outcome);
            }
        }
        let name = serde_json::to_value(end.status).unwrap_or_default();
        self.values["steps"][step] = json!({
            "status": name, "exit_code": end.exit_code, "outputs": end.outputs,
        });
        environment::add_outputs(&mut self.variables, step, &end.outputs);
        if !end.outputs.is_empty() {
            let masked = self.masker.value(&Value::Object(end.outputs.clone()));
            self.outputs.insert(step.to_string(), masked);
        }
        let masked = match self.masker.value(&Value::Object(end.outputs)) {
            Value::Object(outputs) => outputs,
            _ => Object::new(),
        };
        self.tell(step, end.status, end.exit_code, masked);
    }

    async fn run_shell(&mut self, place: usize, step: &Step, script: &str) -> StepEnd {
        let shell = match self.shell_step(place, step, script) {
            Ok(shell) => shell,
            Err(end) => return end,
        };
        let around = Surroundings {
            supervisor: &self.executor.supervisor,
            control: &self.job.control,
            log: self.log,
            masker: &self.masker,
        };
        let report = run_step::run(shell, &around).await;
        for note in &report.notes {
            self.note(Level::Warn, &step.id, note).await;
        }
        let mut end = self.judge(step, &report);
        match self.read_outputs(place) {
            Ok(outputs) => end.outputs = outputs,
            Err(error) if end.outcome.is_none() => {
                let error = format!("step {}: {error}", step.id);
                end = StepEnd {
                    exit_code: end.exit_code,
                    ..StepEnd::failed("step_failed", error)
                };
            }
            Err(error) => self.note(Level::Warn, &step.id, &error).await,
        }
        if report.tree_left {
            // What cannot be killed must not run beside the next attempt.
            self.job.control.deadline().reached().await;
        }
        end
    }

    fn shell_step(&self, place: usize, step: &Step, script: &str) -> Result<ShellStep, StepEnd> {
        let trouble = |error: std::io::Error| {
            StepEnd::last(
                StepStatus::Cancelled,
                hand_back(&format!("step {}", step.id), &error),
            )
        };
        let mut variables = self.variables.clone();
        for (name, text) in &step.env {
            let value = ops_runbook::interpolate(text, &self.values).map_err(|error| {
                let error = format!("step {}: env {name}: {error}", step.id);
                StepEnd::failed("step_failed", error)
            })?;
            variables.insert(name.clone(), value);
        }
        let outputs = self.folder.outputs(place);
        variables.insert("OPS_STEP".into(), step.id.clone());
        variables.insert("OPS_OUTPUT".into(), outputs.to_string_lossy().into_owned());
        let workdir = self.workdir(step);
        if matches!(step.workdir, Workdir::Below(_)) {
            std::fs::create_dir_all(&workdir).map_err(trouble)?;
        }
        std::fs::write(&outputs, "").map_err(trouble)?;
        let path = self.folder.script(place);
        std::fs::write(&path, script).map_err(trouble)?;
        Ok(ShellStep {
            id: step.id.clone(),
            script: path,
            workdir,
            env: environment::to_list(variables),
            timeout: step
                .timeout_seconds
                .map(|seconds| Duration::from_secs(seconds.into())),
        })
    }

    fn judge(&self, step: &Step, report: &ShellReport) -> StepEnd {
        let id = &step.id;
        match &report.end {
            ShellEnd::Exited(exit) if exit.code() == 0 => StepEnd {
                exit_code: Some(0),
                ..StepEnd::succeeded()
            },
            ShellEnd::Exited(exit) => StepEnd {
                exit_code: Some(exit.code()),
                ..StepEnd::failed("step_failed", format!("step {id} {exit}"))
            },
            ShellEnd::TimedOut => StepEnd {
                status: StepStatus::TimedOut,
                ..StepEnd::failed(
                    "step_timed_out",
                    format!(
                        "step {id} took longer than {} s",
                        step.timeout_seconds.unwrap_or_default()
                    ),
                )
            },
            ShellEnd::Stopped(stop) => {
                let status = match stop {
                    Stop::TimedOut => StepStatus::TimedOut,
                    _ => StepStatus::Cancelled,
                };
                StepEnd::last(status, stopped_outcome(*stop))
            }
            ShellEnd::NotStarted(why) => {
                StepEnd::failed("step_failed", format!("step {id} could not start: {why}"))
            }
            ShellEnd::SupervisorLost => StepEnd::last(
                StepStatus::Cancelled,
                Outcome::released("supervisor_lost").with_error(format!(
                    "the supervisor of step {id} ended or hung; its processes were killed"
                )),
            ),
        }
    }

    fn read_outputs(&self, place: usize) -> Result<Object, String> {
        use std::io::Read;
        let limit = ops_runbook::MAX_OUTPUT_BYTES as u64 + 1;
        let mut bytes = Vec::new();
        match std::fs::File::open(self.folder.outputs(place)) {
            Ok(file) => file
                .take(limit)
                .read_to_end(&mut bytes)
                .map_err(|error| format!("the outputs cannot be read: {error}"))?,
            Err(_) => 0,
        };
        ops_runbook::parse_outputs(&bytes).map_err(|error| error.to_string())
    }

    fn workdir(&self, step: &Step) -> PathBuf {
        match &step.workdir {
            Workdir::Run => self.folder.path().to_path_buf(),
            Workdir::Workspace => self.executor.workspace.clone(),
            Workdir::Below(path) => self.folder.path().join(path),
        }
    }

    /// The step's `artifacts`, also after a failure: they may tell why.
    async fn keep_files(&self, step: &Step, end: &mut StepEnd) {
        for file in &step.artifacts {
            let kept = match self.read(step, &file.path) {
                Ok(bytes) => {
                    let artifact = NewArtifact {
                        name: file.name.clone(),
                        kind: file.kind,
                        mime: file.mime.clone(),
                        content: Content::Bytes(bytes),
                    };
                    artifacts::put(self.job, &self.masker, artifact).await
                }
                Err(error) => Err(error),
            };
            let Err(error) = kept else { continue };
            self.note(Level::Warn, &step.id, &error.to_string()).await;
            if error.fails_the_step() && end.outcome.is_none() {
                let failed = StepEnd::failed("step_failed", format!("step {}: {error}", step.id));
                (end.status, end.outcome) = (failed.status, failed.outcome);
            }
        }
    }

    async fn leave_artifact(&self, step: &Step, spec: &ArtifactSpec) -> StepEnd {
        let failed = |error: &dyn std::fmt::Display| {
            StepEnd::failed("step_failed", format!("step {}: {error}", step.id))
        };
        let text = |text: &str| ops_runbook::interpolate(text, &self.values);
        let content = match &spec.source {
            ArtifactSource::Content(source) => match text(source) {
                Ok(content) => Content::Bytes(content.into_bytes()),
                Err(error) => return failed(&error),
            },
            ArtifactSource::Path(path) => match self.read(step, path) {
                Ok(bytes) => Content::Bytes(bytes),
                Err(error) => return failed(&error),
            },
            ArtifactSource::Url(source) => match text(source) {
                Ok(url) if ops_runbook::is_web_url(&url) => Content::Url(url),
                Ok(url) => return failed(&format!("`{url}` is no web address")),
                Err(error) => return failed(&error),
            },
        };
        let name = match text(&spec.name) {
            Ok(name) => name,
            Err(error) => return failed(&error),
        };
        let artifact = NewArtifact {
            name,
            kind: spec.kind,
            mime: spec.mime.clone(),
            content,
        };
        match artifacts::put(self.job, &self.masker, artifact).await {
            Ok(()) => StepEnd::succeeded(),
            Err(ArtifactError::Stopped) => {
                let stop = self.job.control.stopped().unwrap_or(Stop::Now);
                StepEnd::last(StepStatus::Cancelled, stopped_outcome(stop))
            }
            Err(error) => failed(&error),
        }
    }

    fn read(&self, step: &Step, path: &str) -> Result<Vec<u8>, ArtifactError> {
        let allowed: [&Path; 2] = [self.folder.path(), &self.executor.workspace];
        artifacts::read(&self.workdir(step), path, &allowed)
    }
}

fn stopped_outcome(stop: Stop) -> Outcome {
    match stop {
        Stop::Cancelled => Outcome::ended(EndStatus::Cancelled),
        Stop::TimedOut => Outcome::ended(EndStatus::TimedOut).because("timed_out"),
        Stop::LogRefused => Outcome::ended(EndStatus::Failed).because("log_refused"),
        Stop::LeaseOver => Outcome::released("lease_ran_out"),
        // The claim loop drops the last two without a word.
        Stop::Shutdown | Stop::LeaseLost | Stop::Now => Outcome::released("worker_shutdown"),
    }
}
