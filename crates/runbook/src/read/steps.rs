//! The list of steps.

use super::scope::Scope;
use super::{step, values};
use crate::diagnostic::DiagnosticCode as Code;
use crate::limits::MAX_STEPS;
use crate::model::Step;
use crate::node::{Field, Kind};
use crate::report::Report;
use serde_json::Value;

pub(super) fn read(
    root: &Field<'_>,
    params: &Value,
    secrets: &[String],
    report: &mut Report<'_>,
) -> Option<Vec<Step>> {
    let hint = "write for example `steps: [{id: hello, run: echo hello}]`";
    let list = values::required(root, "steps", "a runbook", hint, report)?;
    if !values::expect_list(&list, "`steps`", report) {
        return None;
    }
    let count = list.node.items().len();
    if count == 0 {
        report.at(
            &list,
            Code::MissingKey,
            "a runbook needs at least one step",
            hint,
        );
        return None;
    }
    if count > MAX_STEPS {
        let message = format!("there are {count} steps; {MAX_STEPS} are allowed");
        let hint = "put several commands into one step, or make two runbooks";
        report.at(&list, Code::TooLarge, message, hint);
        return None;
    }
    let ids = list.items().map(|step| id_of(&step)).collect();
    let mut scope = Scope::new(params, secrets, ids);
    let mut steps = Vec::with_capacity(count);
    for (place, field) in list.items().enumerate() {
        scope.earlier = place;
        refuse_taken_id(&field, &scope, report);
        steps.extend(step::read(&field, &scope, report));
        if report.is_full() {
            break;
        }
    }
    Some(steps)
}

/// The id as it is written; empty where there is none, which is reported with the step.
fn id_of(step: &Field<'_>) -> String {
    match step.node.get("id").map(|node| &node.kind) {
        Some(Kind::Scalar { text, .. }) => text.clone(),
        _ => String::new(),
    }
}

/// `a-b` and `a_b` would give the same `STEP_a_b_…` to later steps.
fn refuse_taken_id(step: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) {
    let Some(id) = step.get("id") else { return };
    let own = &scope.steps[scope.earlier];
    let as_variable = |id: &str| id.replace('-', "_");
    let taken = scope.steps[..scope.earlier]
        .iter()
        .find(|earlier| !own.is_empty() && as_variable(earlier) == as_variable(own));
    if let Some(earlier) = taken {
        let message = match earlier == own {
            true => format!("two steps have the id `{own}`"),
            false => format!("`{earlier}` and `{own}` are the same id as environment variables"),
        };
        report.at(&id, Code::NameTaken, message, "rename one of the two");
    }
}
