//! Steps of kind `workflow`: the control room starts a workflow at GitHub, once for all attempts of a run.
//! This asks for it and has it followed; nothing of it lives on this machine.

use super::attempt::Attempt;
use super::step_end::StepEnd;
use crate::backoff::Backoff;
use crate::clock::Moment;
use crate::control::Stop;
use ops_client::ClientError;
use ops_core::Code;
use ops_core::api::{Dispatch, DispatchStatus, Level, StepDispatch};
use ops_runbook::{InterpolateError, Step, WorkflowCall};
use std::time::Duration;

/// Between two looks at a dispatch that somebody else is sending just now.
const SENDING: Duration = Duration::from_secs(1);

/// Why a step ends before its workflow run does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Interrupt {
    Stopped(Stop),
    TimedOut,
}

/// What to do after a call that did not go through.
pub(super) enum Trouble {
    AskAgain,
    Ends(Box<StepEnd>),
}

impl Attempt<'_> {
    pub(super) async fn run_workflow(&self, step: &Step, call: &WorkflowCall) -> StepEnd {
        let seconds = step.timeout_seconds;
        let over = seconds.map(|seconds| Moment::now().after(Duration::from_secs(seconds.into())));
        let wanted = match self.wanted_workflow(step, call) {
            Ok(wanted) => wanted,
            Err(error) => return failed(step, &error),
        };
        match self.dispatched(step, &wanted, over).await {
            Ok(dispatch) => self.follow(step, dispatch, over).await,
            Err(end) => *end,
        }
    }

    fn wanted_workflow(
        &self,
        step: &Step,
        call: &WorkflowCall,
    ) -> Result<StepDispatch, InterpolateError> {
        let filled = |text: &str| ops_runbook::interpolate(text, &self.values);
        let mut wanted = StepDispatch {
            run_id: self.job.run.run_id.clone(),
            worker_id: self.job.worker_id.to_string(),
            attempt: self.job.run.attempt,
            step: step.id.clone(),
            repository: call.repository.clone(),
            workflow: call.workflow.clone(),
            git_ref: filled(&call.git_ref)?.trim().into(),
            inputs: Default::default(),
        };
        for (name, text) in &call.inputs {
            wanted.inputs.insert(name.clone(), filled(text)?);
        }
        Ok(wanted)
    }

    /// Asks until it is known what became of it. Asking again starts nothing again. What is left behind
    /// unanswered is found by the next attempt, or by a sweep when the run is over.
    async fn dispatched(
        &self,
        step: &Step,
        wanted: &StepDispatch,
        over: Option<Moment>,
    ) -> Result<Dispatch, Box<StepEnd>> {
        let client = &self.job.client;
        let mut backoff = Backoff::usual();
        loop {
            let answer = tokio::select! {
                biased;
                interrupt = self.interrupted(over) => return Err(Box::new(interrupt.end(step))),
                answer = client.dispatch_create_of_step(wanted) => answer,
            };
            let wait = match answer {
                Ok(dispatch) => match self.judge_dispatch(step, dispatch).await? {
                    Known::Started(dispatch) => return Ok(*dispatch),
                    Known::After(wait) => wait,
                },
                Err(error) => match self.judge_refusal(step, "dispatch.create", &error) {
                    Trouble::AskAgain => backoff.next_wait(),
                    Trouble::Ends(end) => return Err(end),
                },
            };
            tokio::select! {
                interrupt = self.interrupted(over) => return Err(Box::new(interrupt.end(step))),
                () = Moment::now().after(wait).reached() => {}
            }
        }
    }

    async fn judge_dispatch(&self, step: &Step, dispatch: Dispatch) -> Result<Known, Box<StepEnd>> {
        let why = dispatch.error.clone().unwrap_or_default();
        match (dispatch.status, dispatch.retry_after_seconds) {
            (DispatchStatus::Sending, _) => Ok(Known::After(SENDING)),
            (DispatchStatus::Refused, Some(seconds)) => {
                let told = format!("not dispatched yet: {why}");
                self.note(Level::Warn, &step.id, &told).await;
                Ok(Known::After(Duration::from_secs(seconds.into())))
            }
            (DispatchStatus::Refused, None) => Err(Box::new(failed(step, &why))),
            (DispatchStatus::Unknown, _) => Err(Box::new(unknown(step, &dispatch, &why))),
            _ if dispatch.github_run_id.is_none() => {
                let why = "GitHub took the dispatch and did not say which run it is";
                Err(Box::new(unknown(step, &dispatch, why)))
            }
            _ => Ok(Known::Started(Box::new(dispatch))),
        }
    }

    /// Of a call to the control room that was not answered well.
    pub(super) fn judge_refusal(&self, step: &Step, call: &str, error: &ClientError) -> Trouble {
        if error.is_transient() {
            self.job.observer.retrying(call, &error.to_string());
            return Trouble::AskAgain;
        }
        if matches!(error.code(), Some(Code::LeaseLost | Code::AlreadyFinished)) {
            self.job.control.stop(Stop::LeaseLost);
            return Trouble::Ends(Box::new(StepEnd::stopped(Stop::LeaseLost)));
        }
        Trouble::Ends(Box::new(failed(step, error)))
    }

    pub(super) async fn interrupted(&self, over: Option<Moment>) -> Interrupt {
        let timed_out = async {
            match over {
                Some(over) => over.reached().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            stop = self.job.control.when_stopped() => Interrupt::Stopped(stop),
            () = timed_out => Interrupt::TimedOut,
        }
    }
}

enum Known {
    Started(Box<Dispatch>),
    After(Duration),
}

impl Interrupt {
    /// Whether the workflow run is cancelled too. A run that goes back to the queue is followed by the next
    /// attempt; one whose lease is lost may be followed by another already.
    pub(super) fn ends_the_workflow(self) -> bool {
        match self {
            Interrupt::TimedOut => true,
            Interrupt::Stopped(stop) => {
                matches!(stop, Stop::Cancelled | Stop::TimedOut | Stop::LogRefused)
            }
        }
    }

    pub(super) fn end(self, step: &Step) -> StepEnd {
        match self {
            Interrupt::Stopped(stop) => StepEnd::stopped(stop),
            Interrupt::TimedOut => {
                let seconds = step.timeout_seconds.unwrap_or_default();
                StepEnd::timed_out(format!("step {} took longer than {seconds} s", step.id))
            }
        }
    }
}

pub(super) fn failed(step: &Step, error: &dyn std::fmt::Display) -> StepEnd {
    StepEnd::failed("step_failed", format!("step {}: {error}", step.id))
}

fn unknown(step: &Step, dispatch: &Dispatch, why: &str) -> StepEnd {
    let error = format!(
        "step {}: nobody knows whether `{}` of {} was started, and it is not started again: {why}. Look at \
         its runs at GitHub; a retry of this run starts it anew",
        step.id, dispatch.workflow, dispatch.repository
    );
    StepEnd::failed("unknown_outcome", error)
}
