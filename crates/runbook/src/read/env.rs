//! `env:` of a step.

use super::scope::Scope;
use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::names::{is_env_name, reserved_prefix};
use crate::node::Field;
use crate::report::Report;
use std::collections::BTreeMap;

pub(super) fn read(
    step: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let Some(map) = values::optional(step, "env") else {
        return variables;
    };
    if !values::expect_map(&map, "`env`", report) {
        return variables;
    }
    for (entry, field) in map.entries() {
        let name = &entry.key;
        if let Some((code, message, hint)) = name_problem(name, scope.secrets) {
            report.add(entry.key_span, &field.path, code, message, hint);
        }
        // An empty value is an empty text here: `DEBUG:` sets the variable to nothing.
        let text = match field.node.is_null() {
            true => Some(String::new()),
            false => values::text(&field, report),
        };
        if let Some(text) = text {
            scope.check_text(&field, &text, report);
            variables.insert(name.clone(), text);
        }
    }
    variables
}

fn name_problem(name: &str, secrets: &[String]) -> Option<(Code, String, &'static str)> {
    if !is_env_name(name) {
        return Some((
            Code::BadValue,
            format!("`{name}` is no name of a variable"),
            "letters, digits and `_`, not beginning with a digit",
        ));
    }
    if let Some(prefix) = reserved_prefix(name) {
        return Some((
            Code::ReservedName,
            format!("variables that begin with `{prefix}` are set by the worker"),
            "choose another name",
        ));
    }
    if secrets.iter().any(|secret| secret == name) {
        return Some((
            Code::NameTaken,
            format!("`{name}` is a secret of this runbook already"),
            "remove it here, or from `secrets:`",
        ));
    }
    None
}
