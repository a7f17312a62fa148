//! The end of a run's execution: last words, the rest of the log, and what both mean.

use crate::clock;
use crate::control::RunControl;
use crate::executor::Outcome;
use crate::log::Log;
use ops_core::api::{Level, NewEvent};
use ops_core::status::EndStatus;
use std::time::Duration;

/// How long a run that must end may still send its log.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// A log is sent as long as the lease holds, which ends the waiting long before this.
const PATIENCE: Duration = Duration::from_secs(366 * 86_400);

/// The last event, the rest of the log, and what the end is in view of both.
pub(super) async fn conclude(control: &RunControl, log: Log, mut outcome: Outcome) -> Outcome {
    let said = outcome.end == Some(EndStatus::Succeeded) || is_told_by_a_step(&outcome);
    if !said && !control.is_silent() {
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

/// The failure of a step is an event of that step already.
fn is_told_by_a_step(outcome: &Outcome) -> bool {
    matches!(
        outcome.reason.as_deref(),
        Some("step_failed" | "step_timed_out" | "unknown_outcome")
    )
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

pub(super) fn event(level: Level, step: Option<&str>, message: String) -> NewEvent {
    NewEvent {
        level,
        message,
        source: Some("worker".into()),
        step: step.map(str::to_string),
        ts: Some(clock::wall_time()),
        ..NewEvent::default()
    }
}
