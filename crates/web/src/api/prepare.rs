//! One run of `runs.create`, judged and made into what the database takes.

use crate::app::App;
use crate::wrong::Wrong;

use crate::call::sha256_hex;
use ops_core::api::NewRun;
use ops_core::{limits, text};
use ops_runbook::{check_params, parse_json};
use serde_json::{Value, json};

pub fn prepare(app: &App, run: &NewRun, at: &str, wrong: &mut Wrong) -> Value {
    check_fields(run, at, wrong);
    let mut row = json!({ "body_sha256": body_digest(run), "params": run.params });
    let fields = json!({
        "session_id": run.session_id, "lane": run.lane, "priority": run.priority, "intent": run.intent, "env": run.env,
        "repo": run.repo, "max_attempts": run.max_attempts, "lease_seconds": run.lease_seconds,
        "timeout_seconds": run.timeout_seconds, "start_within_seconds": run.start_within_seconds,
        "not_before": run.not_before, "idempotency_key": run.idempotency_key, "template": run.template,
    });
    for (name, value) in fields
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
    {
        row[name] = value.clone();
    }
    if !run.depends_on.is_empty() {
        row["depends_on"] = json!(run.depends_on);
    }
    let schema = match (&run.template, &run.runbook) {
        (Some(slug), None) => match app.templates.get(slug) {
            // Unknown to this process: the database answers with the newest.
            None => return row,
            Some(known) => {
                row["template_version"] = known.version.into();
                known.runbook.params.clone()
            }
        },
        (None, Some(runbook)) => match parse_json(runbook) {
            Ok(runbook) => {
                let schema = runbook.params.clone();
                row["runbook"] = serde_json::to_value(runbook).unwrap_or_default();
                schema
            }
            Err(diagnostics) => {
                wrong.extend(
                    diagnostics
                        .iter()
                        .map(|d| d.to_field_error(&format!("{at}/runbook"))),
                );
                return row;
            }
        },
        _ => {
            wrong.unless(
                false,
                format!("{at}/template"),
                "give exactly one of `template` (a slug) and `runbook` (an inline one)",
            );
            return row;
        }
    };
    match check_params(&schema, &run.params) {
        Ok(params) => row["params"] = params.into(),
        Err(errors) => wrong.extend(errors.into_iter().map(|mut e| {
            e.field = format!("{at}{}", e.field);
            e
        })),
    }
    row
}

fn check_fields(run: &NewRun, at: &str, wrong: &mut Wrong) {
    let within = |value: Option<u32>, range: std::ops::RangeInclusive<u32>| {
        value.is_none_or(|v| range.contains(&v))
    };
    wrong.uuid(run.session_id.as_deref(), format!("{at}/session_id"));
    wrong.unless(
        run.lane.as_deref().is_none_or(text::is_lane),
        format!("{at}/lane"),
        "this is no name of a lane",
    );
    wrong.unless(
        within(run.max_attempts, 1..=20),
        format!("{at}/max_attempts"),
        "must be from 1 to 20",
    );
    wrong.unless(
        within(run.lease_seconds, limits::LEASE_SECONDS),
        format!("{at}/lease_seconds"),
        "must be from 5 to 3600",
    );
    wrong.unless(
        within(run.timeout_seconds, 1..=604_800),
        format!("{at}/timeout_seconds"),
        "must be from 1 to 604800 (a week)",
    );
    wrong.unless(
        within(run.start_within_seconds, 1..=31_622_400),
        format!("{at}/start_within_seconds"),
        "must be from 1 to 31622400 (a year)",
    );
    wrong.unless(
        run.not_before.as_deref().is_none_or(text::is_timestamp),
        format!("{at}/not_before"),
        "must be a time such as 2026-11-24T22:30:00Z",
    );
    wrong.unless(
        run.depends_on.len() <= limits::DEPENDENCIES,
        format!("{at}/depends_on"),
        format!("names at most {} runs", limits::DEPENDENCIES),
    );
    wrong.unless(
        run.depends_on.iter().all(|name| is_run_named(name)),
        format!("{at}/depends_on"),
        "must be ids of runs, or `#i`, an earlier entry of the same call",
    );
    for (name, value, most) in [
        ("intent", &run.intent, 2_000),
        ("env", &run.env, 200),
        ("repo", &run.repo, 300),
        ("idempotency_key", &run.idempotency_key, 200),
    ] {
        let fine = value
            .as_ref()
            .is_none_or(|v| !v.is_empty() && v.len() <= most);
        wrong.unless(
            fine,
            format!("{at}/{name}"),
            format!("must be 1 to {most} bytes"),
        );
    }
}

/// An id, or a place in the same call, which has at most a thousand.
fn is_run_named(name: &str) -> bool {
    match name.strip_prefix('#') {
        Some(place) => {
            (1..=3).contains(&place.len()) && place.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => text::is_uuid(name),
    }
}

/// Of the run as it was sent, key apart: objects are sorted by name, so the order of fields is no difference.
pub fn body_digest(run: &NewRun) -> String {
    let mut body = serde_json::to_value(run).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("idempotency_key");
    }
    sha256_hex(body.to_string().as_bytes())
}
