//! The keys of a runbook itself.

use super::{steps, values, whole};
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::RUNBOOK;
use crate::limits::{MAX_ATTEMPTS, MAX_TITLE_CHARS};
use crate::model::Runbook;
use crate::names::{is_env_name, is_lane, is_slug, reserved_prefix};
use crate::node::Field;
use crate::report::Report;
use crate::schema;
use ops_core::limits::LEASE_SECONDS;

const SLUG_SHAPE: &str = "lower-case letters, digits and `-`, at most 64, as in `deploy-web`";
const LANE_SHAPE: &str = "letters, digits, `_`, `.` and `-`, at most 64, as in `A` or `gpu`";
const ENV_SHAPE: &str = "letters, digits and `_`, not beginning with a digit, as in `API_TOKEN`";

pub(super) fn read(root: &Field<'_>, report: &mut Report<'_>) -> Option<Runbook> {
    if !values::expect_map(root, "a runbook", report) {
        return None;
    }
    values::refuse_unknown(root, "a runbook", &RUNBOOK, report);
    let version = version(root, report);
    let slug = values::required(root, "slug", "a runbook", SLUG_SHAPE, report)
        .and_then(|field| values::name(&field, "slug", SLUG_SHAPE, is_slug, report));
    let title = values::required(root, "title", "a runbook", "a line for people", report)
        .and_then(|field| values::line(&field, MAX_TITLE_CHARS, report));
    let description =
        values::optional(root, "description").and_then(|field| values::text(&field, report));
    let default_lane = values::optional(root, "default_lane")
        .and_then(|field| values::name(&field, "lane", LANE_SHAPE, is_lane, report));
    let timeout_seconds =
        values::optional(root, "timeout").and_then(|field| values::seconds(&field, report));
    let max_attempts =
        values::optional(root, "max_attempts").and_then(|field| max_attempts(&field, report));
    let lease_seconds = values::optional(root, "lease").and_then(|field| lease(&field, report));
    let on_interrupt = whole::on_interrupt(root, report);
    let concurrency = whole::concurrency(root, report);
    let params = schema::read(root.get("params"), report);
    let secrets = secrets(root, report);
    let steps = steps::read(root, &params, &secrets, report);
    Some(Runbook {
        version: version?,
        slug: slug?,
        title: title?,
        description: description.unwrap_or_default(),
        default_lane,
        timeout_seconds,
        max_attempts,
        lease_seconds,
        on_interrupt,
        concurrency,
        params,
        secrets,
        steps: steps?,
    })
}

fn version(root: &Field<'_>, report: &mut Report<'_>) -> Option<u32> {
    let hint = "write `version: 1`";
    let field = values::required(root, "version", "a runbook", hint, report)?;
    if values::whole_number(&field, report)? == 1 {
        return Some(1);
    }
    let message = "this version of the format is unknown";
    report.at(&field, Code::BadValue, message, hint);
    None
}

fn max_attempts(field: &Field<'_>, report: &mut Report<'_>) -> Option<u32> {
    let attempts = values::whole_number(field, report)?;
    if MAX_ATTEMPTS.contains(&attempts) {
        return u32::try_from(attempts).ok();
    }
    let (least, most) = (MAX_ATTEMPTS.start(), MAX_ATTEMPTS.end());
    let message = format!("`max_attempts` is {attempts}; from {least} to {most} are allowed");
    report.at(field, Code::BadValue, message, "");
    None
}

fn lease(field: &Field<'_>, report: &mut Report<'_>) -> Option<u32> {
    let seconds = values::seconds(field, report)?;
    if LEASE_SECONDS.contains(&seconds) {
        return Some(seconds);
    }
    let (least, most) = (LEASE_SECONDS.start(), LEASE_SECONDS.end());
    let message = format!("`lease` is {seconds} seconds; from {least} to {most} are allowed");
    let hint = "a lease is kept alive by heartbeats; how long a run may take is `timeout`";
    report.at(field, Code::BadValue, message, hint);
    None
}

fn secrets(root: &Field<'_>, report: &mut Report<'_>) -> Vec<String> {
    let mut secrets: Vec<String> = Vec::new();
    let Some(list) = values::optional(root, "secrets") else {
        return secrets;
    };
    if !values::expect_list(&list, "`secrets`", report) {
        return secrets;
    }
    for item in list.items() {
        let name = values::name(&item, "name of a variable", ENV_SHAPE, is_env_name, report);
        let Some(name) = name else { continue };
        if let Some(prefix) = reserved_prefix(&name) {
            let message = format!("variables that begin with `{prefix}` are set by the worker");
            let hint = "give the secret another name in the worker's environment";
            report.at(&item, Code::ReservedName, message, hint);
        } else if secrets.contains(&name) {
            let message = format!("the secret `{name}` is listed twice");
            report.at(&item, Code::NameTaken, message, "remove one of the two");
        } else {
            secrets.push(name);
        }
    }
    secrets
}
