//! A step that ends before its workflow run does: whether that is cancelled, and how long it is waited for.

use super::attempt::Attempt;
use super::follow::{FIRST_LOOK, with};
use super::step_end::StepEnd;
use super::workflow::Interrupt;
use crate::backoff::Backoff;
use crate::clock::Moment;
use ops_core::api::{Dispatch, Followed, HeldDispatch, Level, WorkflowRun};
use ops_core::limits::KILL_GRACE_SECONDS;
use ops_runbook::Step;
use std::time::Duration;

/// As long as a shell has to end.
const GRACE: Duration = Duration::from_secs(KILL_GRACE_SECONDS);

impl Attempt<'_> {
    /// Ends the step before its workflow run is over.
    pub(super) async fn leave(
        &self,
        step: &Step,
        held: &HeldDispatch,
        dispatch: &Dispatch,
        interrupt: Interrupt,
    ) -> StepEnd {
        let end = interrupt.end(step);
        if !interrupt.ends_the_workflow() {
            return with(end, dispatch, None);
        }
        let by = Moment::now().after(GRACE);
        let asked = tokio::select! {
            asked = self.ask_to_cancel(held) => asked,
            () = by.reached() => Err("no answer in time".into()),
            _ = self.job.control.when_hard() => return with(end, dispatch, None),
        };
        let (level, told) = match &asked {
            Ok(()) => (Level::Info, "GitHub cancels the workflow run".into()),
            // A sweep tries on when the run is over.
            Err(why) => (
                Level::Warn,
                format!("the workflow run could not be cancelled yet: {why}"),
            ),
        };
        self.note(level, &step.id, &told).await;
        if asked.is_err() {
            return with(end, dispatch, None);
        }
        let seen = tokio::select! {
            run = self.until_over(held) => Some(run),
            () = by.reached() => None,
            _ = self.job.control.when_hard() => None,
        };
        with(end, dispatch, seen.as_ref())
    }

    async fn ask_to_cancel(&self, held: &HeldDispatch) -> Result<(), String> {
        let mut backoff = Backoff::usual();
        loop {
            match self.job.client.dispatch_cancel_held(held).await {
                Ok(Followed { trouble: None, .. }) => return Ok(()),
                Ok(Followed {
                    trouble: Some(why),
                    retry_after_seconds: None,
                    ..
                }) => return Err(why),
                Ok(_) => {}
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error.to_string()),
            }
            tokio::time::sleep(backoff.next_wait()).await;
        }
    }

    async fn until_over(&self, held: &HeldDispatch) -> WorkflowRun {
        let mut backoff = Backoff::new(Duration::from_millis(500), FIRST_LOOK);
        loop {
            if let Ok(answer) = self.job.client.dispatch_get_held(held).await
                && let Some(run) = answer.workflow_run.filter(WorkflowRun::is_over)
            {
                return run;
            }
            tokio::time::sleep(backoff.next_wait()).await;
        }
    }
}
