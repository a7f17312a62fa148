//! The steps of one attempt, one after another.

use super::answer::beginning;
use super::conclude::event;
use super::engine::StepExecutor;
use super::environment::{self, Variables};
use super::folder::RunFolder;
use super::once::told_status;
use super::prepare::Prepared;
use super::step_end::{StepEnd, stopped_outcome};
use crate::executor::{Job, Outcome};
use crate::log::Log;
use crate::mask::Masker;
use ops_core::StepStatus;
use ops_core::api::{Level, Object, StepUpdate};
use ops_runbook::{Context, JobState, Step, Workdir};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Longest message that the worker itself writes.
const MESSAGE_CHARS: usize = 8_000;

pub(super) struct Attempt<'a> {
    pub(super) executor: &'a StepExecutor,
    pub(super) job: &'a Job,
    pub(super) log: &'a Log,
    steps: Vec<Step>,
    pub(super) masker: Masker,
    pub(super) folder: RunFolder,
    pub(super) variables: Variables,
    /// What expressions and texts can see.
    pub(super) values: Value,
    outputs: Object,
    failure: Option<Outcome>,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(
        executor: &'a StepExecutor,
        job: &'a Job,
        log: &'a Log,
        prepared: Prepared,
    ) -> Self {
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

    pub(super) async fn run(mut self) -> Outcome {
        for (place, step) in std::mem::take(&mut self.steps).into_iter().enumerate() {
            if let Some(stop) = self.job.control.stopped() {
                return stopped_outcome(stop);
            }
            if let Some(ended) = self.ended_before(&step) {
                self.keep_end(&step, ended).await;
                continue;
            }
            match self.is_wanted(&step) {
                Ok(true) => {}
                Ok(false) => {
                    self.values["steps"][&step.id] = json!({
                        "status": "skipped", "exit_code": null, "outputs": {},
                    });
                    self.tell(&step.id, StepStatus::Skipped, None, Object::new());
                    continue;
                }
                Err(error) => {
                    let error = format!("step {}: `if` cannot be read: {error}", step.id);
                    self.settle(&step, StepEnd::failed("step_failed", error))
                        .await;
                    continue;
                }
            }
            let end = self.begin(place, &step).await;
            let is_last = end.is_last;
            self.settle(&step, end).await;
            if is_last {
                break;
            }
            if step.once {
                // Its end is known before anything else begins; what stops the run is seen above.
                let _ = self.until_told().await;
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
        let outcome = self.failure.take().unwrap_or_else(Outcome::succeeded);
        Outcome {
            error: outcome.error.as_deref().map(|error| self.shown(error)),
            result,
            ..outcome
        }
    }

    async fn begin(&mut self, place: usize, step: &Step) -> StepEnd {
        self.tell(&step.id, StepStatus::Running, None, Object::new());
        if step.once
            && let Err(end) = self.until_told().await
        {
            return end;
        }
        self.job.control.set_step(Some(&step.id));
        let mut end = self.run_step(place, step).await;
        if !end.is_last {
            self.keep_files(step, &mut end).await;
        }
        self.job.control.set_step(None);
        end
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

    pub(super) async fn note(&self, level: Level, step: &str, text: &str) {
        let text = self.shown(text);
        self.log.push(event(level, Some(step), text)).await;
    }

    /// Masked as a whole, then cut: a message may quote whatever came from outside.
    fn shown(&self, text: &str) -> String {
        beginning(&self.masker.text(text), MESSAGE_CHARS)
    }

    /// Records a step's end for later steps and for the control room.
    pub(super) async fn settle(&mut self, step: &Step, end: StepEnd) {
        let goes_on = step.continue_on_error && !end.is_last;
        let told_status = told_status(step, &end);
        let step = step.id.as_str();
        if let Some(outcome) = end.outcome {
            match &outcome.error {
                Some(error) if goes_on => {
                    let told = format!("{error}; the run goes on (continue_on_error)");
                    self.note(Level::Warn, step, &told).await;
                }
                Some(error) if !end.is_last => self.note(Level::Error, step, error).await,
                _ => {}
            }
            let replaces = self.failure.is_none() || end.is_last;
            if replaces && !goes_on {
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
        if let Some(status) = told_status {
            self.tell(step, status, end.exit_code, masked);
        }
    }

    pub(super) fn workdir(&self, step: &Step) -> PathBuf {
        match &step.workdir {
            Workdir::Run => self.folder.path().to_path_buf(),
            Workdir::Workspace => self.executor.workspace.clone(),
            Workdir::Below(path) => self.folder.path().join(path),
        }
    }
}
