//! Keys of a step that mean nothing beside its kind. Ignoring them would hide a mistake.

use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::model::{Probe, StepKind};
use crate::node::Field;
use crate::report::Report;

pub(super) fn check(step: &Field<'_>, kind: &StepKind, report: &mut Report<'_>) {
    let mut refuse = |key: &str, hint: &str| {
        if let Some(field) = values::optional(step, key).filter(|field| !values::is_false(field)) {
            let message = format!(
                "`{key}` means nothing in a step of kind `{}`",
                kind.as_str()
            );
            report.at(&field, Code::BadValue, message, hint);
        }
    };
    let is_waiting = matches!(kind, StepKind::WaitFor(_));
    let sends = match kind {
        StepKind::Http(_) => true,
        StepKind::WaitFor(wait) => matches!(wait.probe, Probe::Http(_)),
        StepKind::Run(_) | StepKind::Artifact(_) | StepKind::Workflow(_) | StepKind::SpecKit(_) => {
            false
        }
    };
    if sends {
        refuse(
            "env",
            "no shell is started; write `{{ … }}` into the request",
        );
        refuse("workdir", "no shell is started; remove it");
        refuse(
            "artifacts",
            "the answer is the output `body`; leave it by an `artifact` step",
        );
    }
    if is_waiting {
        refuse(
            "timeout",
            "write it inside, as in `wait_for: {timeout: 10m, …}`",
        );
        refuse("retry", "it tries again by itself, until its `timeout`");
    }
    if matches!(kind, StepKind::Workflow(_)) {
        refuse("env", "no shell is started; give the workflow its `inputs`");
        refuse("workdir", "no shell is started; remove it");
        refuse(
            "artifacts",
            "nothing is done on this machine; the workflow keeps its own artifacts",
        );
        refuse("retry", "only `run` and `http` can be tried again");
        refuse(
            "once",
            "it is dispatched once anyway, and a later attempt follows the same workflow run",
        );
    }
    if matches!(kind, StepKind::SpecKit(_)) {
        refuse("env", "no shell is started; write `{{ … }}` into the texts");
    }
    if matches!(kind, StepKind::Artifact(_) | StepKind::SpecKit(_)) {
        refuse("retry", "only `run` and `http` can be tried again");
    }
}
