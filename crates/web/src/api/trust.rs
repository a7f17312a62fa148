use super::{Answer, created, ok, only_id, operator_call, read_call};
use crate::app::App;
use crate::body;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::extract::{Request, State};
use ops_core::api::{NewTrustRule, TRUSTED_EVENTS};
use ops_core::{Code, Problem, text};
use ops_github::is_base;
use ops_github::oidc::GITHUB_ISSUER;
use ops_github::rest::{GitHubError, RepoName};
use serde_json::{Map, Value, json};

pub async fn add(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    created(add_rule(&app, &auth, body::typed(body, "")?).await?)
}

/// Of the verb and of the page.
pub(crate) async fn add_rule(
    app: &App,
    auth: &Value,
    mut new: NewTrustRule,
) -> Result<Map<String, Value>, Refusal> {
    check(&new)?;
    if new.repository_id.is_none() {
        look_up(app, &mut new).await?;
    }
    new.issuer.get_or_insert_with(|| GITHUB_ISSUER.into());
    if new.events.is_empty() {
        new.events = TRUSTED_EVENTS.map(String::from).into();
    }
    let p =
        serde_json::to_value(new).map_err(|e| Refusal::internal("trust.add", &e.to_string()))?;
    app.call("trust_add", auth, p).await
}

pub async fn list(State(app): State<App>, request: Request) -> Answer {
    let (auth, _) = read_call(request, &[])?;
    ok(app.call("trust_list", &auth, json!({})).await?)
}

pub async fn remove(State(app): State<App>, request: Request) -> Answer {
    let (auth, body) = operator_call(request).await?;
    let fields = only_id(&body, "rule_id", &[])?.clone();
    ok(app.call("trust_remove", &auth, fields.into()).await?)
}

fn check(new: &NewTrustRule) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    wrong.unless(
        is_repository(&new.repository),
        "/repository",
        "must be `owner/name`",
    );
    let ids = [&new.repository_id, &new.repository_owner_id];
    wrong.unless(
        ids.iter().all(|id| id.is_some()) || ids.iter().all(|id| id.is_none()),
        "/repository_owner_id",
        "goes with `repository_id`: both or neither",
    );
    for (field, id) in ["repository_id", "repository_owner_id"].iter().zip(ids) {
        let digits =
            |id: &String| (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        wrong.unless(
            id.as_ref().is_none_or(digits),
            format!("/{field}"),
            "must be digits",
        );
    }
    let is_path = |path: &str| {
        let file = path.split_once(".github/workflows/").map(|(_, file)| file);
        file.is_some_and(|file| !file.is_empty() && !file.contains(['/', '@']))
    };
    wrong.unless(
        new.workflow
            .as_deref()
            .is_none_or(|path| path.starts_with(".github/") && is_path(path)),
        "/workflow",
        "must be a path such as `.github/workflows/worker.yml`",
    );
    wrong.unless(
        new.job_workflow.as_deref().is_none_or(|path| {
            is_path(path)
                && path
                    .split_once("/.github/")
                    .is_some_and(|(repository, _)| is_repository(repository))
        }),
        "/job_workflow",
        "must be such as `octo/shared/.github/workflows/worker.yml`",
    );
    wrong.unless(
        new.git_ref
            .as_deref()
            .is_none_or(|name| name.starts_with("refs/") && name.len() <= 300),
        "/ref",
        "must be whole, such as `refs/heads/main`",
    );
    wrong.unless(
        new.environment
            .as_ref()
            .is_none_or(|name| (1..=255).contains(&name.len())),
        "/environment",
        "must be 1 to 255 bytes",
    );
    wrong.unless(
        new.issuer
            .as_ref()
            .is_none_or(|url| is_base(url) && url.len() <= 300),
        "/issuer",
        "must be an https address without a slash at the end",
    );
    for (i, event) in new.events.iter().enumerate() {
        let field = format!("/events/{i}");
        wrong.unless(
            !["pull_request_target", "workflow_run"].contains(&event.as_str()),
            field.clone(),
            "is never trusted: a stranger's code may run with the repository's rights",
        );
        wrong.unless(text::is_lane(event), field, "this is no name of an event");
    }
    for (i, lane) in new.lanes.iter().enumerate() {
        wrong.unless(
            text::is_lane(lane),
            format!("/lanes/{i}"),
            "this is no name of a lane",
        );
    }
    wrong.done()
}

/// Names can be taken over by others; ids cannot.
async fn look_up(app: &App, new: &mut NewTrustRule) -> Result<(), Refusal> {
    let github = app.may_ask_github().map_err(|why| {
        let detail = format!(
            "{why}; give its ids: `repository_id` and `repository_owner_id`, in the command line --repository-id and --owner-id"
        );
        Problem::new(Code::NotConfigured, detail)
    })?;
    let name = RepoName::parse(&new.repository)
        .map_err(|wrong| Problem::invalid("/repository", wrong.to_string()))?;
    let repository = github.repository(&name).await.map_err(unreadable)?;
    new.repository = repository.full_name;
    new.repository_id = Some(repository.id.to_string());
    new.repository_owner_id = Some(repository.owner_id.to_string());
    Ok(())
}

fn unreadable(error: GitHubError) -> Refusal {
    let seconds = match &error {
        GitHubError::RateLimited {
            retry_after_seconds,
        } => *retry_after_seconds,
        other if other.is_passing() => 5,
        other => return Problem::invalid("/repository", other.to_string()).into(),
    };
    Refusal::retry_after(Problem::new(Code::Unavailable, error.to_string()), seconds)
}

fn is_repository(text: &str) -> bool {
    RepoName::parse(text).is_ok()
}
