//! A workflow job's identity token for a worker's token: nothing has to be stored in the repository.

use super::tokens::new_token;
use super::{Answer, ok};
use crate::app::App;
use crate::call::sha256_hex;
use crate::clock::unix_seconds;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use crate::{body, call};
use axum::extract::{Request, State};
use ops_core::api::Exchange;
use ops_core::{Code, Problem, text};
use ops_github::oidc::{Claims, LEEWAY_SECONDS};
use serde_json::{Value, json};

/// An identity token is at most 16 KiB.
const BODY_BYTES: usize = 64 * 1024;

pub async fn exchange(State(app): State<App>, request: Request) -> Answer {
    let (parts, bytes) = body::read(request, BODY_BYTES).await?;
    let auth = call::stranger(&parts)?;
    let mut value = body::json(&parts.headers, &bytes)?;
    body::replace_nul(&mut value);
    let exchange: Exchange = body::typed(value, "")?;
    check(&exchange)?;
    let token = new_token("workers.exchange")?;
    let p = parameters(&app, &exchange, &token);
    let mut answer = app.call_of_stranger("workers_exchange", &auth, p).await?;
    answer.insert("token".into(), token.into());
    ok(answer)
}

fn check(exchange: &Exchange) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    for (i, lane) in exchange.lanes.iter().enumerate() {
        wrong.unless(
            text::is_lane(lane),
            format!("/lanes/{i}"),
            "this is no name of a lane",
        );
    }
    wrong.unless(
        exchange
            .name
            .as_ref()
            .is_none_or(|name| text::is_lane(name)),
        "/name",
        "must be 1 to 64 letters, digits, `-`, `_` and `.`, a letter or digit first",
    );
    wrong.done()
}

/// A token that is not believed goes on too: the audit trail has the reason.
async fn parameters(app: &App, exchange: &Exchange, token: &str) -> Result<Value, Refusal> {
    let missing = |why: &str| Problem::new(Code::NotConfigured, why);
    let Some(github) = &app.github else {
        return Err(missing("this host does not speak with GitHub").into());
    };
    let verifier = github.verifier().map_err(missing)?;
    let lives_seconds = github.token_seconds().map_err(missing)?;
    let claims = match verifier.verify(&exchange.oidc_token, unix_seconds()).await {
        Ok(claims) => claims,
        Err(refused) if refused.is_passing() => {
            let problem = Problem::new(
                Code::Unavailable,
                "the issuer's keys cannot be read just now",
            );
            crate::journal::failure("workers.exchange", &refused);
            return Err(Refusal::retry_after(problem, 5));
        }
        Err(refused) => return Ok(json!({ "refused": refused.to_string() })),
    };
    Ok(json!({
        "claims": told(&claims), "lanes": exchange.lanes, "token_sha256": sha256_hex(token.as_bytes()),
        "worker_id": worker_id(exchange, &claims)?, "lives_seconds": lives_seconds,
    }))
}

/// What rules look at and people see.
fn told(claims: &Claims) -> Value {
    json!({
        "issuer": claims.iss, "jti": claims.jti, "good_until": claims.exp + LEEWAY_SECONDS,
        "repository": claims.repository, "repository_id": claims.repository_id.to_string(),
        "repository_owner_id": claims.repository_owner_id.to_string(),
        // `octo/infra/.github/workflows/worker.yml@refs/heads/main`: its own repository is told already.
        "workflow": path(&claims.workflow_ref).splitn(3, '/').nth(2),
        "job_workflow": claims.job_workflow_ref.as_deref().map(path), "ref": claims.git_ref, "sha": claims.sha,
        "environment": claims.environment, "event": claims.event_name, "runner": claims.runner_environment,
        "run_id": claims.run_id.to_string(), "run_attempt": claims.run_attempt.to_string(), "actor": claims.actor,
        "url": page(claims),
    })
}

fn path(workflow: &str) -> &str {
    workflow.split_once('@').map_or(workflow, |(path, _)| path)
}

/// The page of the workflow run. An enterprise server issues below its own address.
fn page(claims: &Claims) -> String {
    let server = claims.iss.strip_suffix("/_services/token");
    let server = server.unwrap_or("https://github.com");
    let (run, attempt) = (claims.run_id, claims.run_attempt);
    format!(
        "{server}/{}/actions/runs/{run}/attempts/{attempt}",
        claims.repository
    )
}

/// Jobs of one matrix have the same claims, so each gets a suffix of its own.
fn worker_id(exchange: &Exchange, claims: &Claims) -> Result<String, Refusal> {
    let mut random = [0; 4];
    getrandom::fill(&mut random)
        .map_err(|e| Refusal::internal("workers.exchange", &e.to_string()))?;
    let (_, repository) = claims.repository.split_once('/').unwrap_or_default();
    let name = exchange.name.as_deref().unwrap_or(repository);
    let suffix = u32::from_be_bytes(random);
    Ok(format!("{name}-{}-{suffix:08x}", claims.run_id))
}
