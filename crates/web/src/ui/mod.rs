//! The pages: HTML for people, drawn by `ops-render` from the same SQL calls that the API makes.
//! A page makes one call. A form is answered by a redirect. Regions of a page are asked for again
//! when something may have changed, and are not sent where nothing has.

mod act_lane;
mod act_run;
mod act_session;
#[cfg(feature = "spec-kit")]
mod act_spec;
mod act_template;
mod artifact;
mod ask;
mod assets;
mod board;
mod chat;
mod cookie;
mod csrf;
mod events;
mod export;
mod flash;
mod github;
mod halt;
mod headers;
mod html;
mod json;
mod local;
mod log;
mod multipart;
mod read;
mod run;
mod runs;
mod setup;
mod sign_in;
#[cfg_attr(not(feature = "spec-kit"), path = "spec_absent.rs")]
mod spec;
mod tag;
mod templates;
mod view_artifact;
mod view_board;
mod view_github;
mod view_log;
mod view_run;
mod view_runs;
mod view_setup;
#[cfg(feature = "spec-kit")]
mod view_spec;
mod view_templates;
mod words;

use crate::app::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use ops_core::{BASE_PATH, Code, Problem};
use ops_render::view::Layout;

pub fn routes(app: App) -> Router {
    let router = Router::new()
        .merge(pages())
        .merge(regions())
        .merge(actions())
        .merge(spec_kit())
        .route("/assets/{name}", get(assets::one))
        .route("/favicon.ico", get(assets::icon));
    as_pages(router).with_state(app)
}

/// One tab of all: what it loads, and where its other links lead, another part of the origin has.
#[cfg(feature = "spec-kit")]
pub fn spec_kit_routes(app: App) -> Router {
    as_pages(spec_kit()).with_state(app)
}

fn as_pages(router: Router<App>) -> Router<App> {
    router
        .layer(DefaultBodyLimit::disable())
        .layer(map_response(headers::with_page_headers))
}

/// The Spec Kit tab, page and forms.
fn spec_kit() -> Router<App> {
    let pages = Router::new()
        .route("/spec-kit", get(spec::page))
        .route("/spec-kit/{*slug}", get(spec::page_of));
    #[cfg(feature = "spec-kit")]
    let pages = pages
        .route("/actions/spec.generate", post(act_spec::generate))
        .route("/actions/spec.validate", post(act_spec::validate));
    pages
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(board::page))
        .route("/runboard", get(board::page))
        .route("/runs", get(runs::page))
        .route("/runs.csv", get(export::csv))
        .route("/runs.json", get(export::json))
        .route("/runs/{id}", get(run::page))
        .route("/runs/{id}/attempts/{attempt}", get(run::attempt))
        .route("/runs/{id}/log.txt", get(log::raw))
        .route("/artifacts/{id}", get(artifact::page))
        .route("/artifacts/{id}/raw", get(artifact::raw))
        .route("/artifacts/{id}/image", get(artifact::image))
        .route("/templates", get(templates::list_page))
        .route("/templates/new", get(templates::new))
        .route("/templates/{slug}", get(templates::page))
        .route("/templates/{slug}/edit", get(templates::edit))
        .route("/chat", get(chat::page))
        .route("/github", get(github::page))
        .route("/setup", get(setup::page))
        .route("/setup/schema.sql", get(setup::sql))
        .route("/sign-in", get(sign_in::page).post(sign_in::enter))
}

/// Parts of pages, asked for by the script.
fn regions() -> Router<App> {
    Router::new()
        .route("/ui/board", get(board::region))
        .route("/ui/runs", get(runs::region))
        .route("/ui/runs/{id}", get(run::region))
        .route("/ui/runs/{id}/log", get(log::part))
        .route("/ui/runs/{id}/log/hits", get(log::search))
        .route("/ui/templates/check", post(act_template::check))
        .route("/ui/chat", get(chat::answers))
        .route("/ui/chat/preview", get(chat::preview))
        .route("/ui/chat/{session}/preview", get(chat::preview_in))
        .route("/ui/setup", get(setup::region))
        .route("/ui/events", get(events::signals))
}

/// Forms, named like the verbs of the API.
fn actions() -> Router<App> {
    Router::new()
        .route("/actions/runs.create", post(act_run::create))
        .route("/actions/runs.cancel", post(act_run::cancel))
        .route("/actions/runs.retry", post(act_run::retry))
        .route("/actions/lanes.update", post(act_lane::update))
        .route("/actions/workers.drain", post(act_lane::drain_worker))
        .route("/actions/dispatch.create", post(github::dispatch))
        .route("/actions/trust.add", post(github::trust))
        .route("/actions/trust.remove", post(github::distrust))
        .route("/actions/sessions.create", post(act_session::create))
        .route("/actions/sessions.update", post(act_session::update))
        .route("/actions/sessions.archive", post(act_session::archive))
        .route("/actions/templates.create", post(act_template::create))
        .route("/actions/templates.update", post(act_template::update))
        .route("/actions/templates.delete", post(act_template::delete))
        .route("/actions/chat", post(chat::send))
        .route("/actions/theme", post(sign_in::theme))
        .route("/actions/sign-out", post(sign_in::leave))
}

/// Whether the answer to an unknown address should be a page.
pub fn is_for_people(request: &Request) -> bool {
    let accepts = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let is_api = request.uri().path().starts_with(BASE_PATH);
    request.method() == Method::GET
        && !is_api
        && accepts.is_some_and(|kinds| kinds.contains("text/html"))
}

pub fn not_found(request: &Request) -> Response {
    let problem = Problem::new(
        Code::NotFound,
        format!("there is no page `{}`", request.uri().path()),
    );
    let layout = Layout {
        theme: ask::theme(request.headers()),
        ..Layout::default()
    };
    headers::set(html::problem(&layout, &problem))
}
