//! Attempts that did not end by themselves: steps marked `once`, and `on_interrupt`.

use super::state::Run;
use ops_core::StepStatus;
use serde_json::{Map, Value, json};

fn is_once(run: &Run, step: &str) -> bool {
    let steps = run.frozen.runbook["steps"].as_array();
    steps.is_some_and(|steps| (steps.iter()).any(|said| said["id"] == step && said["once"] == true))
}

/// A step marked `once` began in the newest attempt, and its end is not known.
pub fn is_unknown(run: &Run) -> bool {
    let open = [StepStatus::Running, StepStatus::Cancelled, StepStatus::Lost];
    (run.steps.iter())
        .filter(|step| step.attempt == run.attempt() && open.contains(&step.is.status))
        .any(|step| is_once(run, &step.is.step))
}

pub fn fails(run: &Run) -> bool {
    run.frozen.runbook["on_interrupt"] == "fail"
}

/// A step of the newest attempt began.
pub fn has_begun(run: &Run) -> bool {
    (run.steps.iter())
        .any(|step| step.attempt == run.attempt() && step.is.status != StepStatus::Skipped)
}

/// What earlier attempts left of steps marked `once`.
pub fn once_ended(run: &Run) -> Value {
    let ends = [
        StepStatus::Succeeded,
        StepStatus::Failed,
        StepStatus::TimedOut,
    ];
    let mut ended = Map::new();
    for attempt in 1..run.attempt() {
        for step in (run.steps.iter()).filter(|step| step.attempt == attempt) {
            if ends.contains(&step.is.status) && is_once(run, &step.is.step) {
                let end = json!({
                    "status": step.is.status, "exit_code": step.is.exit_code, "outputs": step.is.outputs,
                    "attempt": attempt,
                });
                ended.insert(step.is.step.clone(), end);
            }
        }
    }
    match ended.is_empty() {
        true => Value::Null,
        false => ended.into(),
    }
}
