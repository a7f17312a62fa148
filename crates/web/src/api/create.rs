use super::prepare::{body_digest, prepare};
use super::{Answer, created, ok, operator_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::templates::Known;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::NewRun;
use ops_core::{Code, Problem, limits};
use serde_json::{Value, json};

/// The newest template may change between two tries; more often than this it is a fault.
const TRIES: usize = 4;

pub async fn create(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let batch = Batch::read(body)?;
    let runs = batch.make(&app, &auth).await?;
    batch.answer(runs)
}

/// One run of a page: the same checks, the same call.
pub(crate) async fn create_one(app: &App, auth: &Value, run: NewRun) -> Result<Value, Refusal> {
    let batch = Batch {
        runs: vec![run],
        bulk: false,
    };
    let made = batch.make(app, auth).await?;
    Ok(made.into_iter().next().unwrap_or_default())
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

    async fn make(&self, app: &App, auth: &Value) -> Result<Vec<Value>, Refusal> {
        let mut newest_known = !self.names_templates();
        for _ in 0..TRIES {
            let runs = match self.prepare(app) {
                Ok(runs) => runs,
                // Judged by a template as this process last saw it: the newest may say otherwise.
                Err(_) if !newest_known => self.only_templates(),
                Err(refusal) => return Err(refusal),
            };
            let p = json!({ "runs": runs, "lease_seconds": app.host.lease_seconds });
            let mut answer = app.answer("runs_create", auth, p).await?;
            match answer
                .get("code")
                .and_then(Value::as_str)
                .and_then(Code::parse)
            {
                None => {
                    let Some(Value::Array(runs)) = answer.remove("runs") else {
                        return Err(Refusal::internal("runs_create", "no runs in the answer"));
                    };
                    return Ok(runs);
                }
                Some(Code::TemplateChanged) => {
                    remember(app, answer.remove("templates"))?;
                    newest_known = true;
                }
                Some(_) => return Err(Refusal::from_answer(self.with_places(answer))),
            }
        }
        Err(Problem::new(Code::TemplateChanged, "").into())
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

    fn names_templates(&self) -> bool {
        self.runs.iter().any(|run| run.template.is_some())
    }

    /// Makes no run: a template without a version is answered with the newest, and a key that was
    /// used before with its run.
    fn only_templates(&self) -> Vec<Value> {
        let bare = |run: &NewRun| {
            json!({
                "template": run.template, "idempotency_key": run.idempotency_key, "body_sha256": body_digest(run),
            })
        };
        self.runs.iter().map(bare).collect()
    }

    fn answer(&self, mut runs: Vec<Value>) -> Answer {
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
