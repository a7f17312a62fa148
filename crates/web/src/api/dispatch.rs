//! Workflows that GitHub starts for us.

use super::{Answer, created, ok, read_call, workflow, write_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::{DISPATCH_INPUTS, DispatchRule, NewDispatch};
use ops_core::{Code, Problem, text};
use ops_github::rest::{GitRef, RepoName, WorkflowName};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub async fn create(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = write_call(request).await?;
    if body.get("run_id").is_some() {
        return workflow::create(&app, &auth, body).await;
    }
    body::refuse_nul(&body)?;
    let new: NewDispatch = body::typed(body, "")?;
    created(json!({ "dispatch": ask(&app, &auth, &new).await? }))
}

/// Of the verb and of the page.
pub(crate) async fn ask(app: &App, auth: &Value, new: &NewDispatch) -> Result<Value, Refusal> {
    check(new)?;
    app.may_ask_github()
        .map_err(|why| Problem::new(Code::NotConfigured, why))?;
    let p = serde_json::to_value(new)
        .map_err(|e| Refusal::internal("dispatch.create", &e.to_string()))?;
    let mut answer = app.call("dispatch_create", auth, p).await?;
    let asked = answer.remove("dispatch").unwrap_or_default();
    Ok(app.dispatch(&asked).await.unwrap_or(asked))
}

pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let names = ["dispatch_id", "run_id", "worker_id", "attempt"];
    let (auth, query) = read_call(request, &names)?;
    query.require("dispatch_id")?;
    let id = query.uuid("dispatch_id")?;
    if query.get("run_id").is_some() {
        return workflow::read(&app, &auth, &query).await;
    }
    ok(app
        .call("dispatch_get", &auth, json!({ "dispatch_id": id }))
        .await?)
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["lane", "limit"])?;
    let p = json!({ "lane": query.get("lane"), "limit": query.limit()? });
    ok(app.call("dispatch_list", &auth, p).await?)
}

fn check(new: &NewDispatch) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    let by_name = new.repository.is_some() || new.workflow.is_some() || new.git_ref.is_some();
    wrong.unless(
        new.lane.is_some() != by_name,
        "/lane",
        "give a lane that has a rule, or a repository and its workflow",
    );
    wrong.unless(
        new.lane.as_deref().is_none_or(text::is_lane),
        "/lane",
        "this is no name of a lane",
    );
    wrong.unless(
        !by_name || new.repository.is_some() && new.workflow.is_some(),
        "/workflow",
        "a repository and its workflow go together",
    );
    target(
        &mut wrong,
        "",
        [&new.repository, &new.workflow, &new.git_ref],
    );
    // One is ours: `lanes`.
    inputs(&mut wrong, "", &new.inputs, DISPATCH_INPUTS - 1);
    wrong.done()
}

/// The rule of a lane, as `lanes.update` takes it.
pub fn check_rule(wrong: &mut Wrong, rule: &DispatchRule) {
    if rule.is_empty() {
        return;
    }
    for (field, value) in [
        ("repository", &rule.repository),
        ("workflow", &rule.workflow),
    ] {
        wrong.unless(value.is_some(), format!("/dispatch/{field}"), "is missing");
    }
    target(
        wrong,
        "/dispatch",
        [&rule.repository, &rule.workflow, &rule.git_ref],
    );
    wrong.unless(
        rule.per_hour.is_none_or(|n| (1..=100).contains(&n)),
        "/dispatch/per_hour",
        "must be 1 to 100",
    );
    inputs(wrong, "/dispatch", &rule.inputs, DISPATCH_INPUTS - 1);
}

pub(super) fn target(
    wrong: &mut Wrong,
    at: &str,
    [repository, workflow, git_ref]: [&Option<String>; 3],
) {
    wrong.unless(
        repository
            .as_deref()
            .is_none_or(|text| RepoName::parse(text).is_ok()),
        format!("{at}/repository"),
        "must be `owner/name`",
    );
    wrong.unless(
        workflow
            .as_deref()
            .is_none_or(|text| WorkflowName::parse(text).is_ok()),
        format!("{at}/workflow"),
        "must be the name of a file in `.github/workflows`, such as `worker.yml`",
    );
    wrong.unless(
        git_ref
            .as_deref()
            .is_none_or(|text| GitRef::parse(text).is_ok()),
        format!("{at}/ref"),
        "must be a branch or a tag",
    );
}

pub(super) fn inputs(wrong: &mut Wrong, at: &str, inputs: &BTreeMap<String, String>, most: usize) {
    wrong.unless(
        inputs.len() <= most,
        format!("{at}/inputs"),
        format!("at most {most} inputs"),
    );
    for (name, value) in inputs {
        wrong.unless(
            text::is_lane(name) && value.len() <= 4_096,
            format!("{at}/inputs/{name}"),
            "a name of at most 64 letters, digits, `-`, `_` and `.`; a value of at most 4096 bytes",
        );
    }
}
