use super::runs::without_nulls;
use super::{Answer, created, ok, operator_call, read_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::{TemplateDelete, TemplateSource, TemplateUpdate};
use ops_runbook::{Runbook, parse};
use serde_json::{Value, json};

/// Name under which diagnostics speak of a text that came without a file.
const FILE: &str = "runbook.yaml";

pub async fn create(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let source: TemplateSource = body::typed(body, "")?;
    let runbook = read_source(&source.source)?;
    created(
        app.call(
            "templates_create",
            &auth,
            json!({ "source": source.source, "runbook": runbook }),
        )
        .await?,
    )
}

/// 200 in any case: a faulty text is what this verb is for.
pub async fn validate(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let source: TemplateSource = body::typed(body, "")?;
    app.call("templates_list", &auth, json!({ "limit": 1 }))
        .await?;
    match parse(&source.source, FILE) {
        Ok(runbook) => ok(json!({ "valid": true, "runbook": runbook, "diagnostics": [] })),
        Err(diagnostics) => ok(json!({ "valid": false, "diagnostics": diagnostics })),
    }
}

fn read_source(source: &str) -> Result<Runbook, Refusal> {
    parse(source, FILE).or_else(|diagnostics| {
        let mut wrong = Wrong::default();
        wrong.extend(diagnostics.iter().map(|d| d.to_field_error("/source")));
        wrong.done()?;
        // Only here: making it writes to our log.
        Err(Refusal::internal(
            "templates.create",
            "refused without a reason",
        ))
    })
}

pub async fn update(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let update: TemplateUpdate = body::typed(body, "")?;
    let mut wrong = Wrong::default();
    let version = update.expected_version;
    wrong.unless(
        version.is_none_or(|n| i32::try_from(n).is_ok()),
        "/expected_version",
        "this is no version",
    );
    wrong.done()?;
    let runbook = read_source(&update.source)?;
    let p = json!({ "source": update.source, "expected_version": update.expected_version, "runbook": runbook });
    ok(app
        .call("templates_update", &auth, without_nulls(p))
        .await?)
}

pub async fn delete(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let delete: TemplateDelete = body::typed(body, "")?;
    let answer = app.call("templates_delete", &auth, json!(delete)).await?;
    app.templates.forget(&delete.slug);
    ok(answer)
}

pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["slug", "version"])?;
    let p = json!({ "slug": query.require("slug")?, "version": query.number("version", 1..=i64::from(i32::MAX))? });
    ok(app.call("templates_get", &auth, without_nulls(p)).await?)
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["after", "limit"])?;
    let p: Value = json!({ "after": query.get("after"), "limit": query.limit()? });
    ok(app.call("templates_list", &auth, without_nulls(p)).await?)
}
