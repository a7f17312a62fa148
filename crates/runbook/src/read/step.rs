//! One step.

use super::scope::Scope;
use super::{artifact, env, fit, http, not_built, shell, spec_kit, tries, values, workflow};
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::{STEP, STEP_KINDS};
use crate::limits::MAX_TITLE_CHARS;
use crate::model::{Step, StepKind, Workdir};
use crate::names::is_step_id;
use crate::node::Field;
use crate::report::Report;

const ID_SHAPE: &str =
    "lower-case letters, digits, `_` and `-`, beginning with a letter, at most 64";

pub(super) fn read(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<Step> {
    if !values::expect_map(field, "a step", report) {
        return None;
    }
    values::refuse_unknown(field, "a step", &STEP, report);
    not_built::in_step(field, report);
    let id = values::required(field, "id", "a step", ID_SHAPE, report)
        .and_then(|id| values::name(&id, "id of a step", ID_SHAPE, is_step_id, report));
    let title = values::optional(field, "title")
        .and_then(|title| values::line(&title, MAX_TITLE_CHARS, report));
    let condition = condition(field, scope, report);
    let timeout_seconds =
        values::optional(field, "timeout").and_then(|field| values::seconds(&field, report));
    let env = env::read(field, scope, report);
    let workdir = workdir(field, report);
    let artifacts = artifact::files(field, report);
    let retry = tries::retry(field, scope, report);
    let continue_on_error = values::optional(field, "continue_on_error")
        .and_then(|field| values::boolean(&field, report));
    let once = tries::once(field, report);
    let kind = kind(field, scope, report);
    if let Some(kind) = &kind {
        fit::check(field, kind, report);
    }
    Some(Step {
        id: id?,
        title,
        condition,
        timeout_seconds,
        env,
        workdir,
        artifacts,
        retry,
        continue_on_error: continue_on_error.unwrap_or_default(),
        once,
        kind: kind?,
    })
}

fn condition(step: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<String> {
    let field = values::optional(step, "if")?;
    let source = values::text(&field, report)?;
    scope.check_condition(&field, &source, report);
    Some(source)
}

fn workdir(step: &Field<'_>, report: &mut Report<'_>) -> Workdir {
    let Some(field) = values::optional(step, "workdir") else {
        return Workdir::Run;
    };
    let Some(text) = values::text(&field, report) else {
        return Workdir::Run;
    };
    Workdir::try_from(text).unwrap_or_else(|error| {
        let hint = "write `run`, `workspace`, or a relative path without `..`";
        report.at(&field, Code::BadValue, error.to_string(), hint);
        Workdir::Run
    })
}

/// Exactly one key says what the step does.
fn kind(step: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<StepKind> {
    let not_built = not_built::KINDS.iter().map(|(kind, _)| *kind);
    let given: Vec<&str> = STEP_KINDS
        .into_iter()
        .chain(not_built)
        .filter(|kind| step.node.get(kind).is_some())
        .collect();
    match given.as_slice() {
        ["run"] => run(&step.get("run")?, scope, report).map(StepKind::Run),
        ["artifact"] => {
            artifact::spec(&step.get("artifact")?, scope, report).map(StepKind::Artifact)
        }
        ["http"] => {
            http::read(&step.get("http")?, scope, report).map(|call| StepKind::Http(Box::new(call)))
        }
        ["wait_for"] => {
            tries::wait_for(&step.get("wait_for")?, scope, report).map(StepKind::WaitFor)
        }
        ["workflow"] => {
            workflow::read(&step.get("workflow")?, scope, report).map(StepKind::Workflow)
        }
        ["spec_kit"] => {
            spec_kit::read(&step.get("spec_kit")?, scope, report).map(StepKind::SpecKit)
        }
        // Reported as not built.
        [_] => None,
        [] => {
            let message = "a step needs a key that says what it does";
            let hint = "write `run: |` with shell text below, `http: {url: …}`, `wait_for: {…}`, `workflow: {…}`, `spec_kit: {…}`, or `artifact: {…}`";
            report.at(step, Code::MissingKey, message, hint);
            None
        }
        many => {
            let message = format!("a step does one thing, here are {}", quoted(many));
            report.at(step, Code::BadValue, message, "make a step of each");
            None
        }
    }
}

pub(super) fn run(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<String> {
    let hint = "write `run: |` and the shell text indented below";
    if field.node.is_null() {
        report.at(field, Code::BadValue, "`run` is empty", hint);
        return None;
    }
    let text = values::text(field, report)?;
    if text.trim().is_empty() {
        report.at(field, Code::BadValue, "`run` is empty", hint);
        return None;
    }
    shell::check(field, &text, scope, report);
    Some(text)
}

fn quoted(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(" and ")
}
