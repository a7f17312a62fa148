//! The wizard in a page: it reaches the store, watches until somebody has pasted the schema, and
//! verifies for operators. It installs nothing itself: a store runs functions, not DDL.

use super::ask::{Ask, theme};
use super::halt::{Halt, Shown, see_other};
use super::html;
use super::view_setup::{self, Facts};
use crate::app::App;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ops_core::Code;
use ops_render::view::{Layout, SetupPage, Theme};
use ops_schema::{Check, SQL_TO_PASTE_GZIP, lived, unread, verify};
use serde_json::{Map, Value, json};

pub async fn page(State(app): State<App>, headers: HeaderMap, ask: Result<Ask, Halt>) -> Shown {
    let facts = health(&app).await;
    let layout = layout(theme(&headers));
    if facts.is_err() {
        let view = view_setup::watching(&facts);
        return Ok(html::bare_page(
            StatusCode::OK,
            &layout,
            html::Body::Setup(&view),
        ));
    }
    match ask {
        Ok(ask) => {
            let view = verified(&app, &ask, &facts).await?;
            Ok(html::page(&ask, &layout, html::Body::Setup(&view)))
        }
        // Whoever waited for the schema goes on; what is installed is an operator's affair.
        Err(Halt::Nobody { .. }) => Ok(see_other("/runboard")),
        Err(halt) => Err(halt),
    }
}

pub async fn region(State(app): State<App>) -> Shown {
    let layout = Layout {
        here: "/setup".into(),
        ..Layout::default()
    };
    let view = view_setup::watching(&health(&app).await);
    Ok(html::region(&layout, html::Region::Setup(&view)))
}

/// What a person pastes. It is the same for everybody and holds no secret. It is there packed alone,
/// which browsers take without a word; `curl` wants `--compressed`.
pub async fn sql(headers: HeaderMap) -> Response {
    let takes = headers.get(header::ACCEPT_ENCODING);
    let takes = takes.and_then(|value| value.to_str().ok());
    if !takes.is_some_and(|takes| takes.contains("gzip")) {
        let why = "only with Accept-Encoding: gzip, such as curl --compressed; `ops setup --print-sql` prints the same\n";
        return (StatusCode::NOT_ACCEPTABLE, why).into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_ENCODING, "gzip"),
        (header::VARY, "accept-encoding"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"ops-schema.sql\"",
        ),
    ];
    (headers, SQL_TO_PASTE_GZIP).into_response()
}

/// In place of any other page.
pub fn not_installed(asked: &Layout) -> Response {
    let view = view_setup::watching(&Err(Code::NotInstalled));
    html::drawn(StatusCode::SERVICE_UNAVAILABLE, |pages| {
        pages.setup(&layout(asked.theme), &view)
    })
}

fn layout(theme: Theme) -> Layout {
    Layout {
        title: "Setup".into(),
        theme,
        ..Layout::default()
    }
}

async fn health(app: &App) -> Facts {
    let found = app.call("ops_health", &Value::Null, json!({})).await;
    found.map_err(|refusal| refusal.into_problem().code)
}

async fn verified(app: &App, ask: &Ask, facts: &Facts) -> Result<SetupPage, Halt> {
    let refused = |refusal| Halt::refused(refusal, self::layout(ask.theme));
    // A verb of operators says whether this is one.
    app.call("tokens_list", &ask.auth, json!({}))
        .await
        .map_err(refused)?;
    let mut checks = match asked(app, ask, "ops_catalog").await {
        Ok(catalog) => match serde_json::from_value(catalog) {
            Ok(catalog) => verify(&catalog),
            Err(error) => vec![unread(error.to_string())],
        },
        Err(why) => vec![unread(why)],
    };
    // As the command line has it: a run says nothing new where parts are missing.
    if checks.iter().all(Check::is_fine) {
        checks.push(lived(asked(app, ask, "ops_self_test").await));
    }
    Ok(view_setup::verified(facts, &checks))
}

async fn asked(app: &App, ask: &Ask, function: &'static str) -> Result<Value, String> {
    let answer: Result<Map<String, Value>, _> = app.answer(function, &ask.auth, json!({})).await;
    answer
        .map(Value::Object)
        .map_err(|refusal| refusal.into_problem().detail)
}
