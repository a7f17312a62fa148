//! Which parameters and steps a place may read.

use crate::diagnostic::DiagnosticCode as Code;
use crate::expr::{Expr, PathRef};
use crate::interpolate::{InterpolateError, Piece, pieces};
use crate::node::{Field, Span};
use crate::report::Report;
use crate::suggest;
use serde_json::Value;

const RUN_KEYS: [&str; 5] = ["id", "attempt", "lane", "env", "repo"];
const STEP_KEYS: [&str; 3] = ["status", "exit_code", "outputs"];

pub(super) struct Scope<'r> {
    pub params: Vec<&'r str>,
    /// Parameters that are not declared are allowed too.
    pub is_open: bool,
    /// Variables that the runbook names under `secrets`.
    pub secrets: &'r [String],
    /// Ids of all steps, in order.
    pub steps: Vec<String>,
    /// How many of them come before this one.
    pub earlier: usize,
}

/// Whether a text may hold the values of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Readable,
    Hidden,
}

impl<'r> Scope<'r> {
    pub fn new(schema: &'r Value, secrets: &'r [String], steps: Vec<String>) -> Scope<'r> {
        let properties = schema.get("properties").and_then(Value::as_object);
        Scope {
            params: properties
                .map(|map| map.keys().map(String::as_str).collect())
                .unwrap_or_default(),
            is_open: schema.get("additionalProperties") != Some(&Value::Bool(false)),
            secrets,
            steps,
            earlier: 0,
        }
    }

    /// Checks an `if`.
    pub fn check_condition(&self, field: &Field<'_>, source: &str, report: &mut Report<'_>) {
        match Expr::parse(source) {
            Ok(expr) => {
                for path in expr.paths() {
                    if let Some((message, hint)) = self.path_problem(path, Secrets::Hidden) {
                        let at = place_in(field, source, path.column, report);
                        report.add(at, &field.path, Code::UnknownReference, message, hint);
                    }
                }
            }
            Err(error) => {
                let message = format!("the condition cannot be read: {}", error.message);
                let at = place_in(field, source, error.column, report);
                report.add(at, &field.path, Code::BadExpression, message, error.hint);
            }
        }
    }

    /// Checks the `{{ … }}` of a text that no shell reads.
    pub fn check_text(&self, field: &Field<'_>, text: &str, report: &mut Report<'_>) {
        self.check(field, text, Secrets::Hidden, report);
    }

    /// The same where `{{ secrets.NAME }}` may stand too: what is sent, and nowhere shown.
    pub fn check_sent(&self, field: &Field<'_>, text: &str, report: &mut Report<'_>) {
        self.check(field, text, Secrets::Readable, report);
    }

    fn check(&self, field: &Field<'_>, text: &str, secrets: Secrets, report: &mut Report<'_>) {
        let span = field.node.span;
        match pieces(text) {
            Ok(pieces) => {
                for piece in pieces {
                    if let Piece::Path { path, nth } = piece {
                        let Some((message, hint)) = self.path_problem(&path, secrets) else {
                            continue;
                        };
                        if report.is_full() {
                            return;
                        }
                        let at = report.locate(span, "{{", nth);
                        report.add(at, &field.path, Code::UnknownReference, message, hint);
                    }
                }
            }
            Err(error) => {
                let nth = match error {
                    InterpolateError::NotClosed { nth }
                    | InterpolateError::Expression { nth, .. } => nth,
                    InterpolateError::TooLarge => 0,
                };
                let at = report.locate(span, "{{", nth);
                let hint = match &error {
                    InterpolateError::Expression { error, .. } if !error.hint.is_empty() => {
                        error.hint.clone()
                    }
                    _ => "write `{{ '{{' }}` for the two braces themselves".to_string(),
                };
                report.add(
                    at,
                    &field.path,
                    Code::BadExpression,
                    error.to_string(),
                    hint,
                );
            }
        }
    }

    /// What is wrong with a path, and how to mend it.
    fn path_problem(&self, path: &PathRef, secrets: Secrets) -> Option<(String, String)> {
        match path.key(0) {
            Some("secrets") => self.secret_problem(path, secrets),
            Some("params") => path.key(1).and_then(|name| self.param_problem(name)),
            Some("steps") => self.step_problem(path),
            _ => key_problem(path, 1, &RUN_KEYS, "a run"),
        }
    }

    fn secret_problem(&self, path: &PathRef, secrets: Secrets) -> Option<(String, String)> {
        let Some(name) = path.key(1).filter(|_| path.segments.len() == 2) else {
            let message = format!("`{path}` is no secret");
            return Some((message, "write for example `secrets.API_TOKEN`".into()));
        };
        if secrets == Secrets::Hidden {
            let message = "a secret cannot be read here, where people would see it";
            let hint = format!(
                "`headers`, `body` and `json` of `http` may; a shell has it as \"${name}\""
            );
            return Some((message.into(), hint));
        }
        if self.secrets.iter().any(|secret| secret == name) {
            return None;
        }
        let known: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        let hint = match suggest::nearest(name, known.iter().copied()) {
            Some(right) => format!("did you mean `{right}`?"),
            None => format!("list it, as in `secrets: [{name}]`"),
        };
        Some((format!("the runbook has no secret `{name}`"), hint))
    }

    fn param_problem(&self, name: &str) -> Option<(String, String)> {
        if self.is_open || self.params.contains(&name) {
            return None;
        }
        Some((
            format!("there is no parameter `{name}`"),
            suggest::hint(name, &self.params, "parameters"),
        ))
    }

    fn step_problem(&self, path: &PathRef) -> Option<(String, String)> {
        let Some(id) = path.key(1) else {
            return Some((
                "`steps` needs the id of a step".into(),
                "write for example `steps.build.status`".into(),
            ));
        };
        let earlier: Vec<&str> = self.steps[..self.earlier]
            .iter()
            .map(String::as_str)
            .collect();
        match self.steps.iter().position(|step| step == id) {
            Some(place) if place < self.earlier => key_problem(path, 2, &STEP_KEYS, "a step"),
            Some(place) if place == self.earlier => {
                Some((format!("the step `{id}` cannot read itself"), String::new()))
            }
            Some(_) => Some((
                format!("the step `{id}` runs later"),
                "only what earlier steps left can be read; change the order".into(),
            )),
            None => Some((
                format!("there is no step `{id}`"),
                suggest::hint(id, &earlier, "earlier steps"),
            )),
        }
    }
}

/// Where the character at `column` (from 1) of a scalar's text stands. Its line is looked up in
/// the source; where folding or escapes hide it, the scalar's own place has to do.
fn place_in(field: &Field<'_>, text: &str, column: usize, report: &Report<'_>) -> Span {
    let mut before = column.saturating_sub(1);
    let own = field.node.span;
    for line in text.split('\n') {
        let length = line.chars().count();
        if before <= length {
            let Some(start) = report.find(own, line) else {
                return own;
            };
            return Span {
                line: start.line,
                column: start.column + before as u32,
            };
        }
        before -= length + 1;
    }
    own
}

fn key_problem(
    path: &PathRef,
    place: usize,
    known: &[&str],
    owner: &str,
) -> Option<(String, String)> {
    let Some(key) = path.key(place) else {
        return Some((
            format!("`{path}` is no single value"),
            format!("add one of {}", known.join(", ")),
        ));
    };
    if known.contains(&key) {
        return None;
    }
    let message = format!("{owner} has no `{key}`");
    Some((message, suggest::hint(key, known, "known")))
}
