//! One handler per verb. A handler reads the request, makes one call, shapes the answer.

pub(crate) mod artifacts;
mod audit;
pub(crate) mod bulk;
mod claim;
pub(crate) mod create;
pub(crate) mod dispatch;
mod events;
mod exchange;
mod lanes;
mod metrics;
mod multipart;
mod openapi;
mod prepare;
pub(crate) mod runs;
mod sessions;
pub(crate) mod spec;
pub(crate) mod templates;
mod tokens;
pub(crate) mod trust;
mod worker;
mod workflow;

use crate::app::App;
use crate::body;
use crate::call;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::wrong::Wrong;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use ops_core::{BASE_PATH, Code, Problem, limits};
use serde_json::{Map, Value, json};

pub type Answer = Result<Response, Refusal>;

/// Every verb; docs/openapi.json has the same, and a test compares.
fn verbs() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("runs.create", post(create::create)),
        ("runs.claim", post(claim::claim)),
        ("runs.start", post(worker::start)),
        ("runs.heartbeat", post(worker::heartbeat)),
        ("runs.finish", post(worker::finish)),
        ("runs.cancel", post(runs::cancel)),
        ("runs.retry", post(runs::retry)),
        ("runs.sweep", post(runs::sweep)),
        ("runs.get", get(runs::read)),
        ("runs.list", get(runs::list)),
        ("events.append", post(events::append)),
        ("events.list", get(events::list)),
        ("artifacts.begin", post(artifacts::begin)),
        ("artifacts.upload", post(artifacts::upload)),
        ("artifacts.put", post(artifacts::put)),
        ("artifacts.get", get(artifacts::read)),
        ("artifacts.list", get(artifacts::list)),
        ("sessions.create", post(sessions::create)),
        ("sessions.get", get(sessions::read)),
        ("sessions.list", get(sessions::list)),
        ("sessions.update", post(sessions::update)),
        ("sessions.archive", post(sessions::archive)),
        ("sessions.delete", post(sessions::delete)),
        ("templates.create", post(templates::create)),
        ("templates.validate", post(templates::validate)),
        ("templates.update", post(templates::update)),
        ("templates.delete", post(templates::delete)),
        ("templates.get", get(templates::read)),
        ("templates.list", get(templates::list)),
        ("lanes.list", get(lanes::list)),
        ("lanes.update", post(lanes::update)),
        ("workers.list", get(lanes::workers)),
        ("workers.drain", post(lanes::drain)),
        ("metrics.get", get(metrics::read)),
        ("audit.list", get(audit::list)),
        ("tokens.create", post(tokens::create)),
        ("tokens.list", get(tokens::list)),
        ("tokens.revoke", post(tokens::revoke)),
        ("workers.exchange", post(exchange::exchange)),
        ("trust.add", post(trust::add)),
        ("trust.list", get(trust::list)),
        ("trust.remove", post(trust::remove)),
        ("dispatch.create", post(dispatch::create)),
        ("dispatch.get", get(dispatch::read)),
        ("dispatch.list", get(dispatch::list)),
        ("dispatch.cancel", post(workflow::cancel)),
        ("spec.generate", post(spec::generate)),
        ("spec.validate", post(spec::validate)),
        ("spec.put", post(spec::put)),
        ("spec.get", get(spec::read)),
        ("spec.list", get(spec::list)),
        ("health", get(health)),
        ("openapi.json", get(openapi::read)),
    ]
}

pub fn routes(app: App) -> Router {
    let bare = get(health);
    let mut router = Router::new()
        .route(BASE_PATH, bare.clone())
        .route(&format!("{BASE_PATH}/"), bare);
    for (verb, method) in verbs() {
        router = router.route(&format!("{BASE_PATH}/{verb}"), method);
    }
    as_api(router.fallback(unknown_verb)).with_state(app)
}

/// Two verbs of all, and no pages.
#[cfg(feature = "spec-kit")]
pub fn spec_kit_routes(app: App) -> Router {
    let router = Router::new()
        .route(&format!("{BASE_PATH}/spec.generate"), post(spec::generate))
        .route(&format!("{BASE_PATH}/spec.validate"), post(spec::validate))
        .fallback(async |request: Request| unknown(&request));
    as_api(router).with_state(app)
}

fn as_api(router: Router<App>) -> Router<App> {
    router
        .method_not_allowed_fallback(wrong_method)
        // Bodies are limited where they are read, multipart ones too.
        .layer(DefaultBodyLimit::disable())
        .layer(map_response(with_safe_headers))
}

async fn unknown_verb(request: Request) -> Response {
    if crate::ui::is_for_people(&request) {
        return crate::ui::not_found(&request);
    }
    unknown(&request).into_response()
}

fn unknown(request: &Request) -> Refusal {
    Problem::new(Code::UnknownVerb, format!("`{}`", request.uri().path())).into()
}

async fn wrong_method(request: Request) -> Refusal {
    Problem::new(
        Code::MethodNotAllowed,
        format!("{} is not for `{}`", request.method(), request.uri().path()),
    )
    .into()
}

/// Answers carry other people's text: no sniffing, no caching.
async fn with_safe_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("ops-protocol"),
        HeaderValue::from(ops_core::PROTOCOL_VERSION),
    );
    response
}

/// Whether the database answers, without a token.
async fn health(State(app): State<App>) -> Answer {
    let facts = app.call("ops_health", &Value::Null, json!({})).await?;
    ok(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "database": facts }))
}

pub(crate) fn ok(value: impl Into<Value>) -> Answer {
    with_status(StatusCode::OK, value)
}

pub(crate) fn created(value: impl Into<Value>) -> Answer {
    with_status(StatusCode::CREATED, value)
}

fn with_status(status: StatusCode, value: impl Into<Value>) -> Answer {
    Ok((status, axum::Json(value.into())).into_response())
}

/// Caller and body of a verb that sees to U+0000 itself.
pub(crate) async fn write_call(request: Request) -> Result<(Value, Value), Refusal> {
    let (parts, bytes) = body::read(request, limits::BODY_BYTES).await?;
    let auth = call::authenticate(&parts)?;
    Ok((auth, body::json(&parts.headers, &bytes)?))
}

/// Caller and body of an operator verb: U+0000 is refused.
pub(crate) async fn operator_call(request: Request) -> Result<(Value, Value), Refusal> {
    let (auth, value) = write_call(request).await?;
    body::refuse_nul(&value)?;
    Ok((auth, value))
}

/// Caller and body of a worker verb: U+0000 is replaced.
pub(crate) async fn worker_call(request: Request) -> Result<(Value, Value), Refusal> {
    let (auth, mut value) = write_call(request).await?;
    body::replace_nul(&mut value);
    Ok((auth, value))
}

/// Caller and query of a read.
pub(crate) fn read_call(request: Request, known: &[&str]) -> Result<(Value, Query), Refusal> {
    let (parts, _) = request.into_parts();
    let auth = call::authenticate(&parts)?;
    Ok((auth, Query::of(&parts, known)?))
}

/// A body of exactly one id, for verbs such as `tokens.revoke`.
pub(crate) fn only_id<'a>(
    value: &'a Value,
    name: &str,
    also: &[&str],
) -> Result<&'a Map<String, Value>, Refusal> {
    let mut wrong = Wrong::default();
    let Some(fields) = value.as_object() else {
        return Err(Problem::invalid("", "the body must be an object").into());
    };
    for (field, value) in fields {
        let known = field == name || also.contains(&field.as_str());
        wrong.unless(known, format!("/{field}"), "unknown field");
        wrong.unless(
            !known || value.is_string(),
            format!("/{field}"),
            "must be text",
        );
    }
    wrong.unless(fields.contains_key(name), format!("/{name}"), "is missing");
    wrong.uuid(fields.get(name).and_then(Value::as_str), format!("/{name}"));
    wrong.done()?;
    Ok(fields)
}
