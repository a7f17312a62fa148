//! Steps of kind `run`: what the shell gets, and what its end means.

use super::artifacts::open_regular;
use super::attempt::Attempt;
use super::environment;
use super::prepare::hand_back;
use super::run_step::{self, ShellEnd, ShellReport, ShellStep, Surroundings};
use super::step_end::StepEnd;
use super::tries::shown;
use crate::executor::Outcome;
use ops_core::StepStatus;
use ops_core::api::{Level, Object};
use ops_runbook::{Step, Workdir};
use std::io::Read;
use std::time::Duration;

impl Attempt<'_> {
    pub(super) async fn run_shell(
        &mut self,
        place: usize,
        step: &Step,
        script: &str,
        timeout: Option<Duration>,
    ) -> StepEnd {
        let shell = match self.shell_step(place, step, script, timeout) {
            Ok(shell) => shell,
            Err(end) => return *end,
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
        let mut end = self.judge(step, &report, timeout.unwrap_or_default());
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
        end
    }

    fn shell_step(
        &self,
        place: usize,
        step: &Step,
        script: &str,
        timeout: Option<Duration>,
    ) -> Result<ShellStep, Box<StepEnd>> {
        let trouble = |error: std::io::Error| {
            let outcome = hand_back(&format!("step {}", step.id), &error);
            Box::new(StepEnd {
                has_begun: false,
                ..StepEnd::last(StepStatus::Cancelled, outcome)
            })
        };
        let mut variables = self.variables.clone();
        for (name, text) in &step.env {
            let value = ops_runbook::interpolate(text, &self.values).map_err(|error| {
                let error = format!("step {}: env {name}: {error}", step.id);
                Box::new(StepEnd::failed("step_failed", error))
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
            timeout,
        })
    }

    fn judge(&self, step: &Step, report: &ShellReport, timeout: Duration) -> StepEnd {
        let id = &step.id;
        match &report.end {
            ShellEnd::Exited(exit) if exit.code() == 0 => StepEnd {
                exit_code: Some(0),
                ..StepEnd::succeeded()
            },
            ShellEnd::Exited(exit) => StepEnd {
                exit_code: Some(exit.code()),
                ..StepEnd::failed("step_failed", format!("step {id} {exit}")).retryable()
            },
            ShellEnd::TimedOut => {
                let timeout = shown(timeout);
                StepEnd::timed_out(format!("step {id} took longer than {timeout}")).retryable()
            }
            ShellEnd::Stopped(stop) => StepEnd::stopped(*stop),
            ShellEnd::NotStarted(why) => {
                StepEnd::failed("step_failed", format!("step {id} could not start: {why}"))
            }
            // Without a whole order no supervisor starts anything.
            ShellEnd::Trouble(error) => StepEnd {
                has_begun: false,
                ..StepEnd::last(
                    StepStatus::Cancelled,
                    hand_back(&format!("the supervisor of step {id}"), error),
                )
            },
            ShellEnd::SupervisorLost => StepEnd::last(
                StepStatus::Cancelled,
                Outcome::released("supervisor_lost").with_error(format!(
                    "the supervisor of step {id} ended or hung; its processes were killed"
                )),
            ),
        }
    }

    fn read_outputs(&self, place: usize) -> Result<Object, String> {
        let limit = ops_runbook::MAX_OUTPUT_BYTES as u64 + 1;
        let mut bytes = Vec::new();
        match open_regular(&self.folder.outputs(place)) {
            Ok(file) => file.take(limit).read_to_end(&mut bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
        .map_err(|error| format!("the outputs cannot be read: {error}"))?;
        ops_runbook::parse_outputs(&bytes).map_err(|error| error.to_string())
    }
}
