//! What a runbook says about its runs as a whole: `on_interrupt` and `concurrency`.

use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::{CONCURRENCY, INTERRUPTS};
use crate::limits::{GROUP_LIMITS, MAX_GROUP_BYTES};
use crate::model::{Concurrency, OnInterrupt};
use crate::node::{Field, Kind};
use crate::report::Report;
use crate::suggest;

const SHAPE: &str = "write `concurrency: {group: deploy-web, limit: 1}`";

pub(super) fn on_interrupt(root: &Field<'_>, report: &mut Report<'_>) -> OnInterrupt {
    let Some(field) = values::optional(root, "on_interrupt") else {
        return OnInterrupt::default();
    };
    match values::text(&field, report).as_deref() {
        Some("rerun") | None => {}
        Some("fail") => return OnInterrupt::Fail,
        Some(other) => {
            let message = format!("`on_interrupt` is `rerun` or `fail`, not `{other}`");
            let hint = suggest::hint(other, &INTERRUPTS, "known");
            report.at(&field, Code::BadValue, message, hint);
        }
    }
    OnInterrupt::default()
}

pub(super) fn concurrency(root: &Field<'_>, report: &mut Report<'_>) -> Option<Concurrency> {
    let field = values::optional(root, "concurrency")?;
    if !matches!(field.node.kind, Kind::Map(_)) {
        let word = field.node.type_word();
        let message = format!("`concurrency` has to be a map, not {word}");
        report.at(&field, Code::WrongType, message, SHAPE);
        return None;
    }
    values::refuse_unknown(&field, "`concurrency`", &CONCURRENCY, report);
    let group = values::required(&field, "group", "`concurrency`", SHAPE, report)
        .and_then(|field| group(&field, report));
    let limit = match values::optional(&field, "limit") {
        Some(field) => values::whole_within(&field, &GROUP_LIMITS, report)
            .and_then(|limit| u32::try_from(limit).ok()),
        None => Some(1),
    };
    Some(Concurrency {
        group: group?,
        limit: limit?,
    })
}

fn group(field: &Field<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = values::text(field, report)?;
    let (message, hint) = if text.trim().is_empty() {
        ("the name of a group is empty".to_string(), SHAPE)
    } else if text.len() > MAX_GROUP_BYTES {
        let message = format!("the name of a group has at most {MAX_GROUP_BYTES} bytes");
        (message, "shorten it")
    } else if text.chars().any(char::is_control) {
        let message = "the name of a group is one line without control characters";
        (message.to_string(), "write it in one line")
    } else if text.contains("{{") {
        let message = "the name of a group is the same for all runs: nothing is filled in";
        (
            message.to_string(),
            "make a runbook of each, with a group of its own",
        )
    } else {
        return Some(text);
    };
    report.at(field, Code::BadValue, message, hint);
    None
}
