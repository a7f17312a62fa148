//! Requests in, answers out: GitHub's examples with this one's state in them.

use super::schema::Operation;
use super::state::{Job, Run, State, Trouble};
use crate::harness::issuer;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub struct Request<'a> {
    pub base: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// Status and body.
type Answer = (u16, Option<Value>);

impl Request<'_> {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    fn bearer(&self) -> &str {
        self.header("authorization").trim_start_matches("Bearer ")
    }
}

fn refused(status: u16, message: impl Into<String>) -> Answer {
    let body = json!({
        "message": message.into(),
        "documentation_url": "https://docs.github.com/rest",
        "status": status.to_string(),
    });
    (status, Some(body))
}

pub fn answer(state: &mut State, request: &Request<'_>) -> Response {
    let (method, path) = (request.method, request.path);
    state.asked.push(format!("{method} {path}"));
    check_manners(state, request);
    let trouble = state.troubles.pop_front();
    if let Some(limited) = trouble.as_ref().and_then(limit) {
        return limited;
    }
    match trouble {
        Some(Trouble::MovesTo(there)) => {
            let answer = response(refused(301, "Moved Permanently"));
            return ([("location", there)], answer).into_response();
        }
        Some(Trouble::Fails(status)) => return response(refused(status, "Server Error")),
        Some(Trouble::DoneButFails(status)) => {
            route(state, request);
            return response(refused(status, "Server Error"));
        }
        Some(Trouble::DoneButSilent) => {
            route(state, request);
            return silence();
        }
        _ => {}
    }
    if let Some(there) = moved(state, request) {
        let body = json!({ "message": "Moved Permanently", "url": there });
        return ([("location", there)], response((301, Some(body)))).into_response();
    }
    let (status, body) = route(state, request);
    if let Some(operation) = Operation::of(method, &canonical(state, path)) {
        let faults = operation.answer_faults(status, body.as_ref());
        let named = faults
            .iter()
            .map(|fault| format!("answer to {method} {path}: {fault}"));
        state.faults.extend(named);
    }
    response((status, body))
}

fn response((status, body): Answer) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    match body {
        Some(body) => (status, axum::Json(body)).into_response(),
        None => status.into_response(),
    }
}

/// Headers, and then the connection is cut.
fn silence() -> Response {
    let cut = futures_util::stream::once(async { Err::<String, _>(std::io::Error::other("cut")) });
    Body::from_stream(cut).into_response()
}

/// What GitHub asks of everybody.
fn check_manners(state: &mut State, request: &Request<'_>) {
    let is_fine = [
        request.header("user-agent").starts_with("ops/"),
        request.header("accept") == "application/vnd.github+json",
        request.header("x-github-api-version") == "2022-11-28",
        request.header("authorization").starts_with("Bearer "),
    ];
    if is_fine.contains(&false) {
        state.faults.push(format!("headers: {:?}", request.headers));
    }
}

fn limit(trouble: &Trouble) -> Option<Response> {
    let words = "You have exceeded a secondary rate limit. Please wait a few minutes.";
    let (status, words, headers) = match trouble {
        Trouble::PrimaryLimit { reset } => {
            let headers = vec![
                ("x-ratelimit-limit", "5000".to_string()),
                ("x-ratelimit-remaining", "0".to_string()),
                ("x-ratelimit-reset", reset.to_string()),
            ];
            (403, "API rate limit exceeded for user ID 1.", headers)
        }
        Trouble::SecondaryLimit { retry_after } => {
            (403, words, vec![("retry-after", retry_after.to_string())])
        }
        Trouble::SecondaryLimitWithoutHeader => (403, words, Vec::new()),
        Trouble::TooMany { retry_after } => {
            (429, words, vec![("retry-after", retry_after.to_string())])
        }
        _ => return None,
    };
    let mut response = response(refused(status, words));
    for (name, value) in headers {
        let value = value.parse().expect("a header");
        response.headers_mut().insert(name, value);
    }
    Some(response)
}

/// Where a renamed repository is now, by its id as GitHub does it.
fn moved(state: &State, request: &Request<'_>) -> Option<String> {
    let rest = request.path.strip_prefix("/repos/")?;
    let mut parts = rest.splitn(3, '/');
    let name = format!("{}/{}", parts.next()?, parts.next()?);
    let to = state.moved.get(&name)?;
    let id = state.repository(to)?.id;
    let more = parts.next().map(|more| format!("/{more}"));
    let more = more.unwrap_or_default();
    Some(format!("{}/repositories/{id}{more}", request.base))
}

/// `/repositories/ID/…` is `/repos/owner/name/…`.
fn canonical(state: &State, path: &str) -> String {
    let Some(rest) = path.strip_prefix("/repositories/") else {
        return path.into();
    };
    let (id, more) = rest.split_once('/').unwrap_or((rest, ""));
    let id = id.parse().expect("an id");
    let path = format!("/repos/{}/{more}", state.name_of(id));
    path.trim_end_matches('/').into()
}

fn route(state: &mut State, request: &Request<'_>) -> Answer {
    let path = canonical(state, request.path);
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (request.method, parts.as_slice()) {
        ("GET", ["repos", owner, name, "installation"]) => {
            installation(state, request, &format!("{owner}/{name}"))
        }
        ("POST", ["app", "installations", id, "access_tokens"]) => access_token(state, request, id),
        (_, ["repos", owner, name, more @ ..]) => {
            if !state.tokens.iter().any(|token| token == request.bearer()) {
                return refused(401, "Bad credentials");
            }
            in_repository(state, request, &format!("{owner}/{name}"), more)
        }
        _ => refused(404, "Not Found"),
    }
}

fn in_repository(state: &mut State, request: &Request<'_>, name: &str, more: &[&str]) -> Answer {
    let Some(repo) = state.repository(name) else {
        return refused(404, "Not Found");
    };
    let (id, full_name) = (repo.id, repo.full_name.clone());
    let run = |state: &State, run: &str| {
        let run = run.parse::<u64>().ok();
        let mut runs = state.runs.iter();
        runs.find(|own| Some(own.id) == run && own.repository_id == id)
            .cloned()
    };
    match (request.method, more) {
        ("GET", []) => repository(state, name),
        ("POST", ["actions", "workflows", file, "dispatches"]) => {
            dispatch(state, request, &full_name, file)
        }
        ("GET", ["actions", "runs", run_id]) => match run(state, run_id) {
            Some(run) => workflow_run(&run, &full_name),
            None => refused(404, "Not Found"),
        },
        ("GET", ["actions", "runs", run_id, "jobs"]) => match run(state, run_id) {
            Some(run) => jobs(&run, &full_name),
            None => refused(404, "Not Found"),
        },
        ("POST", ["actions", "runs", run_id, "cancel"]) => match run(state, run_id) {
            Some(run) if run.status == "completed" => {
                refused(409, "Cannot cancel a workflow run that is completed.")
            }
            Some(run) => {
                state.run(run.id).is_cancelling = true;
                (202, Some(json!({})))
            }
            None => refused(404, "Not Found"),
        },
        _ => refused(404, "Not Found"),
    }
}

fn example(method: &str, path: &str, status: u16) -> Value {
    let operation = Operation::of(method, path).expect("a described operation");
    operation.example(status)
}

fn repository(state: &State, name: &str) -> Answer {
    let repo = state.repository(name).expect("a repository");
    let (owner, short) = repo.full_name.split_once('/').expect("owner/name");
    let mut body = example("GET", "/repos/o/n", 200);
    body["id"] = json!(repo.id);
    body["name"] = json!(short);
    body["full_name"] = json!(repo.full_name);
    body["owner"]["login"] = json!(owner);
    body["owner"]["id"] = json!(repo.owner_id);
    body["default_branch"] = json!(repo.default_branch);
    (200, Some(body))
}

fn html_url(repo: &str, run: u64) -> String {
    format!("https://github.com/{repo}/actions/runs/{run}")
}

fn dispatch(state: &mut State, request: &Request<'_>, repo: &str, file: &str) -> Answer {
    let Ok(body) = serde_json::from_slice::<Value>(request.body) else {
        return refused(400, "Problems parsing JSON");
    };
    let operation = Operation::of("POST", "/repos/o/n/actions/workflows/w/dispatches");
    let wrong = operation.expect("described").request_faults(&body);
    let wishes = body["return_run_details"] == true;
    if state.is_old && body.get("return_run_details").is_some() {
        return refused(400, "Invalid input: return_run_details");
    }
    let found = state.repository(repo).expect("a repository");
    let Some(workflow) = found.workflows.iter().find(|own| own.file == file) else {
        return refused(404, "Not Found");
    };
    if let Some(first) = wrong.first() {
        return refused(422, format!("Invalid request: {first}"));
    }
    if let Some(refusal) = State::refusal(workflow, found, &body) {
        return refused(422, refusal);
    }
    let run = state.start(repo, file, &body);
    if !wishes {
        return (204, None);
    }
    let body = json!({
        "workflow_run_id": run,
        "run_url": format!("https://api.github.com/repos/{repo}/actions/runs/{run}"),
        "html_url": html_url(repo, run),
    });
    (200, Some(body))
}

fn workflow_run(run: &Run, repo: &str) -> Answer {
    let mut body = example("GET", "/repos/o/n/actions/runs/1", 200);
    body["id"] = json!(run.id);
    body["path"] = json!(format!(
        ".github/workflows/{}@{}",
        run.workflow, run.git_ref
    ));
    body["event"] = json!("workflow_dispatch");
    body["head_branch"] = json!(run.git_ref.trim_start_matches("refs/heads/"));
    body["status"] = json!(run.status);
    body["conclusion"] = json!(run.conclusion);
    body["html_url"] = json!(html_url(repo, run.id));
    (200, Some(body))
}

fn jobs(run: &Run, repo: &str) -> Answer {
    let example = example("GET", "/repos/o/n/actions/runs/1/jobs", 200)["jobs"][0].clone();
    let job = |job: &Job| {
        let mut body = example.clone();
        body["id"] = json!(job.id);
        body["run_id"] = json!(run.id);
        body["name"] = json!(job.name);
        body["status"] = json!(job.status);
        body["conclusion"] = json!(job.conclusion);
        body["steps"] = json!([]);
        body["html_url"] = json!(format!("{}/job/{}", html_url(repo, run.id), job.id));
        if job.status != "completed" {
            body["completed_at"] = Value::Null;
        }
        if job.status == "queued" {
            body["runner_name"] = Value::Null;
        }
        body
    };
    let jobs: Vec<Value> = run.jobs.iter().map(job).collect();
    let body = json!({ "total_count": jobs.len(), "jobs": jobs });
    (200, Some(body))
}

/// The app that signed this request, by its place.
fn app(state: &State, request: &Request<'_>) -> Option<usize> {
    let claims = issuer::verified(request.bearer())?;
    let seconds = claims["exp"].as_i64()? - claims["iat"].as_i64()?;
    let mut apps = state.apps.iter();
    let found = apps.position(|app| claims["iss"] == app.id);
    found.filter(|_| (1..=660).contains(&seconds))
}

fn installation(state: &State, request: &Request<'_>, repo: &str) -> Answer {
    let Some(place) = app(state, request) else {
        return refused(401, "A JSON web token could not be decoded");
    };
    let app = &state.apps[place];
    if !app.repositories.iter().any(|own| own == repo) {
        return refused(404, "Not Found");
    }
    let mut body = example("GET", "/repos/o/n/installation", 200);
    body["id"] = json!(app.installation);
    (200, Some(body))
}

fn access_token(state: &mut State, request: &Request<'_>, installation: &str) -> Answer {
    let Some(place) = app(state, request) else {
        return refused(401, "A JSON web token could not be decoded");
    };
    let wish: Value = serde_json::from_slice(request.body).unwrap_or_default();
    let operation = Operation::of("POST", "/app/installations/1/access_tokens");
    let wrong = operation.expect("described").request_faults(&wish);
    let app = &mut state.apps[place];
    let is_for = |name: &str| app.repositories.iter().any(|own| own.ends_with(name));
    let names = wish["repositories"].as_array().into_iter().flatten();
    let are_fine = names
        .filter_map(Value::as_str)
        .all(|name| is_for(&format!("/{name}")));
    if app.installation.to_string() != installation {
        return refused(404, "Not Found");
    }
    if !wrong.is_empty() || !are_fine {
        return refused(422, "There is at least one repository that does not exist");
    }
    app.given += 1;
    let token = format!("of-{}-{}", app.id, app.given);
    let claims = issuer::verified(request.bearer()).expect("verified before");
    // An hour after the app's own clock, which is a minute slow on purpose.
    let end = claims["iat"].as_i64().expect("a time") + 60 + 3_600;
    state.tokens.push(token.clone());
    let mut body = example("POST", "/app/installations/1/access_tokens", 201);
    body["token"] = json!(token);
    body["expires_at"] = json!(issuer::rfc3339(end));
    body["permissions"] = wish["permissions"].clone();
    (201, Some(body))
}
