//! Shell text: values reach it only as environment variables, never as text, because a value
//! that is put into a script can run as code.

use super::scope::Scope;
use crate::diagnostic::DiagnosticCode as Code;
use crate::env::{param_env_name, step_env_name};
use crate::expr::{Operand, PathRef, parse_operand};
use crate::node::Field;
use crate::report::Report;
use crate::suggest;

/// Roots that are meant as interpolation also without a `$` before them; `{{ .State }}` of
/// `docker inspect` is not.
const ROOTS: [&str; 6] = ["params", "steps", "run", "secrets", "env", "inputs"];

pub(super) fn check(field: &Field<'_>, text: &str, scope: &Scope<'_>, report: &mut Report<'_>) {
    refuse_interpolation(field, text, report);
    if !scope.is_open {
        check_variables(field, text, scope, report);
    }
}

fn refuse_interpolation(field: &Field<'_>, text: &str, report: &mut Report<'_>) {
    for (nth, (at, _)) in text.match_indices("{{").enumerate() {
        let inner = &text[at + 2..];
        let is_github_style = text[..at].ends_with('$');
        if !is_github_style && !names_a_root(inner) {
            continue;
        }
        // Looking up each place costs a walk through the text.
        if report.is_full() {
            return;
        }
        let inner = inner.find("}}").map_or("", |end| inner[..end].trim());
        let place = report.locate(field.node.span, "{{", nth);
        let message = format!("`{{{{ {inner} }}}}` in shell text could run a value as code");
        report.add(
            place,
            &field.path,
            Code::ShellInterpolation,
            message,
            fix(inner),
        );
    }
}

fn names_a_root(inner: &str) -> bool {
    let inner = inner.trim_start();
    ROOTS.iter().any(|root| {
        inner
            .strip_prefix(root)
            .is_some_and(|rest| rest.starts_with(['.', '[']))
    })
}

fn fix(inner: &str) -> String {
    if let Some(name) = inner.strip_prefix("secrets.") {
        return format!("list `{name}` under `secrets:` and use \"${name}\"");
    }
    if let Some(name) = inner.strip_prefix("env.") {
        return format!("use \"${name}\"");
    }
    if let Some(name) = inner.strip_prefix("inputs.") {
        return format!("use \"${}\"", param_env_name(name));
    }
    let path = match parse_operand(inner) {
        Ok(Operand::Path(path)) => path,
        _ => return "give the value to the step by `env:` and use the variable".into(),
    };
    match variable(&path) {
        Some(variable) => format!("use \"${variable}\""),
        None => format!(
            "give it to the step, as in `env: {{VALUE: \"{{{{ {path} }}}}\"}}`, and use \"$VALUE\""
        ),
    }
}

/// The variable that already holds the value of a path.
fn variable(path: &PathRef) -> Option<String> {
    let keys: Vec<Option<&str>> = (0..path.segments.len())
        .map(|place| path.key(place))
        .collect();
    match keys.as_slice() {
        [Some("params"), Some(name)] => Some(param_env_name(name)),
        [Some("steps"), Some(step), Some("outputs"), Some(key)] => Some(step_env_name(step, key)),
        [Some("run"), Some("id")] => Some("OPS_RUN_ID".into()),
        [Some("run"), Some("attempt")] => Some("OPS_ATTEMPT".into()),
        [Some("run"), Some("lane")] => Some("OPS_LANE".into()),
        [Some("run"), Some("env")] => Some("OPS_ENV".into()),
        [Some("run"), Some("repo")] => Some("OPS_REPO".into()),
        _ => None,
    }
}

/// `$PARAM_nmae` would fail the step when it runs, or be empty; here it is still cheap.
fn check_variables(field: &Field<'_>, text: &str, scope: &Scope<'_>, report: &mut Report<'_>) {
    let known: Vec<String> = scope
        .params
        .iter()
        .map(|name| param_env_name(name))
        .collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for opening in ["$PARAM_", "${PARAM_"] {
        for (nth, (at, _)) in text.match_indices(opening).enumerate() {
            let from = at + opening.len() - "PARAM_".len();
            let length = text[from..]
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
                .count();
            let name = &text[from..from + length];
            if known.contains(&name) || text[..at].ends_with('\\') {
                continue;
            }
            if report.is_full() {
                return;
            }
            let place = report.locate(field.node.span, opening, nth);
            let message = format!("no parameter gives the variable `{name}`");
            let hint = suggest::hint(name, &known, "variables of parameters");
            report.add(place, &field.path, Code::UnknownReference, message, hint);
        }
    }
}
