//! `retry:` of a step, and the step kind `wait_for`.

use super::scope::Scope;
use super::{http, step, values};
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::{PROBES, RETRY, WAIT_FOR};
use crate::limits::{BACKOFF_FACTORS, MAX_TRIES};
use crate::model::{Count, Pause, Probe, Retry, WaitFor};
use crate::node::{Field, Kind};
use crate::report::Report;

pub(super) fn retry(step: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<Retry> {
    // `false` asks for what happens anyway.
    let field = values::optional(step, "retry").filter(|field| !values::is_false(field))?;
    if !matches!(field.node.kind, Kind::Map(_)) {
        let message = format!("`retry` has to be a map, not {}", field.node.type_word());
        report.at(
            &field,
            Code::WrongType,
            message,
            "write `retry: {attempts: 3}`",
        );
        return None;
    }
    values::refuse_unknown(&field, "`retry`", &RETRY, report);
    let attempts = match values::optional(&field, "attempts") {
        Some(field) => count(&field, scope, report),
        None => Some(Count::default()),
    };
    let backoff = or_usual(&field, "backoff", Retry::usual_backoff(), report);
    let factor = match values::optional(&field, "factor") {
        Some(field) => values::fraction(&field, &BACKOFF_FACTORS, report),
        None => Some(Retry::usual_factor()),
    };
    let max = longest(&field, "max", backoff, Retry::usual_max(), report);
    Some(Retry {
        attempts: attempts?,
        backoff: backoff?,
        factor: factor?,
        max: max?,
    })
}

/// `once`, which `retry` would contradict: each of its tries starts the step again.
pub(super) fn once(step: &Field<'_>, report: &mut Report<'_>) -> bool {
    let Some(field) = values::optional(step, "once") else {
        return false;
    };
    let once = values::boolean(&field, report).unwrap_or_default();
    let retry = values::optional(step, "retry").filter(|retry| !values::is_false(retry));
    if once && retry.is_some() {
        let message = "`once` and `retry` contradict each other: a retry starts the step again";
        let hint = "remove `retry`, or split what may be repeated into a step of its own before";
        report.at(&field, Code::BadValue, message, hint);
    }
    once
}

fn count(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<Count> {
    if let Kind::Scalar { text, .. } = &field.node.kind
        && text.contains("{{")
    {
        scope.check_text(field, text, report);
        return Some(Count::Late(text.clone()));
    }
    let number = values::whole_within(field, &MAX_TRIES, report)?;
    u32::try_from(number).ok().map(Count::Fixed)
}

pub(super) fn wait_for(
    field: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> Option<WaitFor> {
    if !matches!(field.node.kind, Kind::Map(_)) {
        let message = format!("`wait_for` has to be a map, not {}", field.node.type_word());
        report.at(field, Code::WrongType, message, WAIT_SHAPE);
        return None;
    }
    values::refuse_unknown(field, "`wait_for`", &WAIT_FOR, report);
    let probe = probe(field, scope, report);
    let every = or_usual(field, "every", WaitFor::usual_every(), report);
    let timeout_seconds = match values::optional(field, "timeout") {
        Some(field) => values::seconds(&field, report),
        None => Some(WaitFor::usual_timeout()),
    };
    let backoff = match values::optional(field, "backoff") {
        Some(field) => values::fraction(&field, &BACKOFF_FACTORS, report),
        None => Some(WaitFor::usual_backoff()),
    };
    let max_every = longest(field, "max_every", every, WaitFor::usual_max(), report);
    Some(WaitFor {
        probe: probe?,
        every: every?,
        timeout_seconds: timeout_seconds?,
        backoff: backoff?,
        max_every: max_every?,
    })
}

const WAIT_SHAPE: &str =
    "write `wait_for: {http: {url: …}}`, or `wait_for: {run: …}` with shell text that ends with 0";

fn probe(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<Probe> {
    let given: Vec<(&str, Field<'_>)> = PROBES
        .into_iter()
        .filter_map(|key| Some((key, field.get(key)?)))
        .collect();
    match given.as_slice() {
        [("run", script)] => step::run(script, scope, report).map(Probe::Run),
        [(_, call)] => http::read(call, scope, report).map(|call| Probe::Http(Box::new(call))),
        _ => {
            let message = "`wait_for` asks exactly one of `run` and `http`";
            report.at(field, Code::BadValue, message, WAIT_SHAPE);
            None
        }
    }
}

fn or_usual(field: &Field<'_>, key: &str, usual: Pause, report: &mut Report<'_>) -> Option<Pause> {
    match values::optional(field, key) {
        Some(field) => values::pause(&field, report),
        None => Some(usual),
    }
}

/// The longest pause, which is not shorter than the first.
fn longest(
    field: &Field<'_>,
    key: &str,
    first: Option<Pause>,
    usual: Pause,
    report: &mut Report<'_>,
) -> Option<Pause> {
    let Some(field) = values::optional(field, key) else {
        return Some(first.map_or(usual, |first| first.max(usual)));
    };
    let longest = values::pause(&field, report)?;
    if first.is_some_and(|first| longest < first) {
        let message = format!("`{key}` is shorter than the first pause");
        report.at(
            &field,
            Code::BadValue,
            message,
            "make it longer, or remove it",
        );
        return None;
    }
    Some(longest)
}
