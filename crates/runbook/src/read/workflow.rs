//! The step kind `workflow`.

use super::scope::Scope;
use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::WORKFLOW;
use crate::model::WorkflowCall;
use crate::names::{is_input_name, is_repository, is_workflow_file};
use crate::node::{Field, Kind};
use crate::report::Report;
use ops_core::api::DISPATCH_INPUTS;
use std::collections::BTreeMap;

const HINT: &str = "write for example `workflow: {repository: owner/name, workflow: deploy.yml}`";

pub(super) fn read(
    field: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> Option<WorkflowCall> {
    if !matches!(field.node.kind, Kind::Map(_)) {
        let message = format!("`workflow` has to be a map, not {}", field.node.type_word());
        report.at(field, Code::WrongType, message, HINT);
        return None;
    }
    values::refuse_unknown(field, "`workflow`", &WORKFLOW, report);
    let repository = literal(field, "repository", report).and_then(|field| {
        let shape = "`owner/name`, as in the address of its page";
        values::name(&field, "repository", shape, is_repository, report)
    });
    let workflow = literal(field, "workflow", report).and_then(|field| {
        let shape = "the name of a file in `.github/workflows`, such as `deploy.yml`";
        values::name(
            &field,
            "file of a workflow",
            shape,
            is_workflow_file,
            report,
        )
    });
    let git_ref = match values::optional(field, "ref") {
        Some(field) => git_ref(&field, scope, report),
        None => Some(WorkflowCall::REF.into()),
    };
    let inputs = inputs(field, scope, report);
    Some(WorkflowCall {
        repository: repository?,
        workflow: workflow?,
        git_ref: git_ref?,
        inputs,
    })
}

/// What a run may start is not for a parameter to say.
fn literal<'n>(call: &Field<'n>, key: &str, report: &mut Report<'_>) -> Option<Field<'n>> {
    let field = values::required(call, key, "`workflow`", HINT, report)?;
    let is_late = matches!(&field.node.kind, Kind::Scalar { text, .. } if text.contains("{{"));
    if is_late {
        let message = format!("`{key}` is written out: readers see what the runbook may start");
        let hint = "`ref` and `inputs` may hold `{{ … }}`; make a step of each, with an `if`";
        report.at(&field, Code::BadValue, message, hint);
        return None;
    }
    Some(field)
}

fn git_ref(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = values::text(field, report)?.trim().to_string();
    scope.check_text(field, &text, report);
    let is_fine = text.contains("{{")
        || !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if !is_fine {
        let hint = "write a branch or a tag, such as `main` or `v1.2`";
        report.at(field, Code::BadValue, format!("`{text}` is no ref"), hint);
    }
    is_fine.then_some(text)
}

fn inputs(
    call: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let mut inputs = BTreeMap::new();
    let Some(map) = values::optional(call, "inputs") else {
        return inputs;
    };
    if !values::expect_map(&map, "`inputs`", report) {
        return inputs;
    }
    for (entry, field) in map.entries() {
        if !is_input_name(&entry.key) {
            let message = format!("`{}` is no name of an input here", entry.key);
            let hint = "at most 64 letters, digits, `-`, `_` and `.`";
            report.add(entry.key_span, &field.path, Code::BadValue, message, hint);
        }
        let text = match field.node.is_null() {
            true => Some(String::new()),
            false => values::text(&field, report),
        };
        let Some(text) = text else { continue };
        scope.check_text(&field, &text, report);
        inputs.insert(entry.key.clone(), text);
    }
    if inputs.len() > DISPATCH_INPUTS {
        let message = format!("{} inputs; GitHub takes {DISPATCH_INPUTS}", inputs.len());
        report.at(
            &map,
            Code::BadValue,
            message,
            "put several into one, as JSON",
        );
    }
    inputs
}
