//! Steps marked `once`. Nobody can promise that the outside effect of a step happened once; what can be
//! promised is that it is not begun again: its start is acknowledged before it begins, and without an
//! end that was told, no attempt follows.

use super::attempt::Attempt;
use super::step_end::{StepEnd, stopped_outcome};
use ops_core::StepStatus;
use ops_core::api::{Level, OnceEnded};
use ops_core::status::EndStatus;
use ops_runbook::Step;
use std::time::Duration;

/// As long as the lease holds, which ends the waiting long before this.
const PATIENCE: Duration = Duration::from_secs(366 * 86_400);

impl Attempt<'_> {
    /// How an earlier attempt ended this step, where it did.
    pub(super) fn ended_before(&self, step: &Step) -> Option<OnceEnded> {
        let ended = self.job.run.once.as_ref()?;
        ended.get(&step.id).filter(|_| step.once).cloned()
    }

    /// Takes what an earlier attempt left, instead of beginning the step again.
    pub(super) async fn keep_end(&mut self, step: &Step, ended: OnceEnded) {
        let (id, attempt) = (&step.id, ended.attempt);
        let told = format!("not begun again: attempt {attempt} ended this step (once)");
        self.note(Level::Info, id, &told).await;
        let end = match ended.status {
            StepStatus::Succeeded => StepEnd::succeeded(),
            StepStatus::TimedOut => {
                StepEnd::timed_out(format!("step {id} took too long in attempt {attempt}"))
            }
            _ => {
                let how = ended.exit_code.map(|code| format!(" with {code}"));
                let how = how.unwrap_or_default();
                let error = format!("step {id} failed{how} in attempt {attempt}");
                StepEnd::failed("step_failed", error)
            }
        };
        let end = StepEnd {
            exit_code: ended.exit_code,
            outputs: ended.outputs,
            ..end
        };
        self.settle(step, end).await;
    }

    /// Waits until the control room has taken what was told so far, or the run has to stop: then the
    /// end of a step that did not begin.
    pub(super) async fn until_told(&self) -> Result<(), StepEnd> {
        let control = &self.job.control;
        let stop = tokio::select! {
            // A reason to stop wins, however soon the answer comes.
            biased;
            stop = control.when_stopped() => stop,
            told = self.log.drain(PATIENCE) => match (told, control.stopped()) {
                (true, None) => return Ok(()),
                (_, Some(stop)) => stop,
                // Whoever breaks a log stops its run.
                (false, None) => control.when_stopped().await,
            },
        };
        Err(StepEnd {
            has_begun: false,
            ..StepEnd::last(StepStatus::Skipped, stopped_outcome(stop))
        })
    }
}

/// What the control room is told of a step that ended; nothing where a step marked `once` was stopped in
/// the middle and its run goes back: an end that nobody knows must not look like one.
pub(super) fn told_status(step: &Step, end: &StepEnd) -> Option<StepStatus> {
    let is_handed_back =
        (end.outcome.as_ref()).is_some_and(|outcome| outcome.end == Some(EndStatus::Released));
    match step.once && end.is_last && is_handed_back {
        true if end.has_begun => None,
        true => Some(StepStatus::Skipped),
        false => Some(end.status),
    }
}
