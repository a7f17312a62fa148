use super::{Answer, created, ok, operator_call};
use crate::app::App;
use crate::body::{self, Wrong};
use crate::call::sha256_hex;
use crate::refusal::Refusal;
use crate::templates::Known;
use axum::extract::{Request, State};
use ops_core::api::NewRun;
use ops_core::{Code, Problem, limits, text};
use ops_runbook::{check_params, parse_json};
use serde_json::{Value, json};

/// The newest template may change between two tries; more often than this it is a fault.
const TRIES: usize = 4;

pub async fn create(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let batch = Batch::read(body)?;
    for _ in 0..TRIES {
        let p = json!({ "runs": batch.prepare(&app)?, "lease_seconds": app.host.lease_seconds });
        let mut answer = app.answer("runs_create", &auth, p).await?;
        match answer
            .get("code")
            .and_then(Value::as_str)
            .and_then(Code::parse)
        {
            None => return batch.answer(answer.remove("runs")),
            Some(Code::TemplateChanged) => remember(&app, answer.remove("templates"))?,
            Some(_) => return Err(Refusal::from_answer(batch.with_places(answer))),
        }
    }
    Err(Problem::new(Code::TemplateChanged, "").into())
}

/// A single form is a batch of one.
struct Batch {
    runs: Vec<NewRun>,
    bulk: bool,
}

impl Batch {
    fn read(mut body: Value) -> Result<Self, Refusal> {
        let Some(list) = body
            .as_object_mut()
            .and_then(|fields| fields.remove("runs"))
        else {
            return Ok(Batch {
                runs: vec![body::typed(body, "")?],
                bulk: false,
            });
        };
        let mut wrong = Wrong::default();
        for field in body
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.keys())
        {
            wrong.unless(
                false,
                format!("/{field}"),
                "stands beside `runs`; send one run or a list, not both",
            );
        }
        let count = list.as_array().map(Vec::len);
        wrong.unless(
            count.is_some_and(|n| n > 0),
            "/runs",
            "must be a list of at least one run",
        );
        wrong.unless(
            count.is_none_or(|n| n <= limits::BULK_RUNS),
            "/runs",
            format!("at most {} runs at once", limits::BULK_RUNS),
        );
        wrong.done()?;
        Ok(Batch {
            runs: body::typed(list, "/runs")?,
            bulk: true,
        })
    }

    fn place(&self, index: usize) -> String {
        if self.bulk {
            format!("/runs/{index}")
        } else {
            String::new()
        }
    }

    /// Checks every run and freezes what needs no database. Tells all that is wrong at once.
    fn prepare(&self, app: &App) -> Result<Vec<Value>, Refusal> {
        let mut wrong = Wrong::default();
        let rows = self
            .runs
            .iter()
            .enumerate()
            .map(|(i, run)| prepare(app, run, &self.place(i), &mut wrong))
            .collect();
        wrong.done()?;
        Ok(rows)
    }

    fn answer(&self, runs: Option<Value>) -> Answer {
        let Some(Value::Array(mut runs)) = runs else {
            return Err(Refusal::internal("runs_create", "no runs in the answer"));
        };
        if self.bulk {
            return created(json!({ "runs": runs }));
        }
        let Some(mut run) = runs.pop() else {
            return Err(Refusal::internal("runs_create", "no run in the answer"));
        };
        let seen = run
            .as_object_mut()
            .and_then(|fields| fields.remove("seen"))
            .is_some();
        if seen { ok(run) } else { created(run) }
    }

    /// The database counts entries; callers read JSON pointers.
    fn with_places(
        &self,
        mut answer: serde_json::Map<String, Value>,
    ) -> serde_json::Map<String, Value> {
        let place = |at: &Value| self.place(at.as_u64().unwrap_or(0) as usize);
        if let Some(Value::Array(errors)) = answer.get_mut("errors") {
            for error in errors {
                let field = format!(
                    "{}/{}",
                    place(&error["at"]),
                    error["field"].as_str().unwrap_or_default()
                );
                error["field"] = field.into();
            }
        }
        if let Some(Value::Array(at)) = answer.remove("at") {
            let errors = at.iter().map(|at| json!({ "field": format!("{}/idempotency_key", place(at)), "message": "was used with another body" }));
            answer.insert("errors".into(), errors.collect());
        }
        answer
    }
}

fn prepare(app: &App, run: &NewRun, at: &str, wrong: &mut Wrong) -> Value {
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

/// Of the run as it was sent, key apart: objects are sorted by name, so the order of fields is no difference.
fn body_digest(run: &NewRun) -> String {
    let mut body = serde_json::to_value(run).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("idempotency_key");
    }
    sha256_hex(body.to_string().as_bytes())
}

fn remember(app: &App, templates: Option<Value>) -> Result<(), Refusal> {
    for template in templates.iter().filter_map(Value::as_array).flatten() {
        let runbook = serde_json::from_value(template["runbook"].clone()).map_err(|e| {
            Refusal::internal(
                "runs_create",
                &format!("a stored runbook cannot be read: {e}"),
            )
        })?;
        let version = template["version"].as_i64().unwrap_or_default();
        app.templates.put(
            template["slug"].as_str().unwrap_or_default(),
            Known { version, runbook },
        );
    }
    Ok(())
}
