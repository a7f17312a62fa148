//! What an operator does to templates.

use super::ask::Sent;
use super::flash;
use super::halt::{Halt, Shown};
use super::html;
use super::read::Title;
use super::templates::{Edited, editor};
use super::view_templates::validation;
use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;
use ops_core::{Code, Problem};
use ops_render::view::{Flash, Tab};
use ops_runbook::Runbook;
use serde_json::{Value, json};

/// What is wrong with a text, and the form that it would give; nothing is stored.
pub async fn check(State(app): State<App>, sent: Sent) -> Shown {
    let read = sent.ask.read(&app, json!({})).await?;
    let layout = read.layout(&Title::of("", Tab::Templates));
    let found = validation(source(&sent).as_str(), &read.lanes());
    Ok(html::region(&layout, html::Region::Validation(&found)))
}

pub async fn create(State(app): State<App>, sent: Sent) -> Shown {
    save(&app, &sent, "templates_create", None).await
}

pub async fn update(State(app): State<App>, sent: Sent) -> Shown {
    let version = sent
        .get("expected_version")
        .or(sent.get("version"))
        .and_then(|text| text.parse().ok());
    save(&app, &sent, "templates_update", version).await
}

/// Browsers send line ends as CRLF.
fn source(sent: &Sent) -> String {
    sent.get("source").unwrap_or_default().replace("\r\n", "\n")
}

async fn save(app: &App, sent: &Sent, function: &'static str, version: Option<u32>) -> Shown {
    let source = source(sent);
    let slug = sent.get("slug").unwrap_or_default();
    let parsed = ops_runbook::parse(&source, "runbook.yaml");
    let is_only_checked = sent.get("check").is_some();
    let problem = match parsed {
        _ if is_only_checked => None,
        Ok(runbook) if !slug.is_empty() && runbook.slug != slug => Some(Problem::new(
            Code::Invalid,
            format!(
                "The slug is `{}` in the text and `{slug}` here; a template keeps its slug.",
                runbook.slug
            ),
        )),
        Ok(runbook) => match store(app, sent, function, version, &source, &runbook).await {
            Ok(()) => {
                let words = format!("Template “{}” is saved.", runbook.title);
                return Ok(flash::done(
                    sent,
                    &format!("/templates/{}", runbook.slug),
                    &words,
                ));
            }
            Err(problem) => Some(problem),
        },
        Err(_) => None,
    };
    if let Some(problem) = problem
        .as_ref()
        .filter(|p| matches!(p.code, Code::Forbidden | Code::Unauthenticated))
    {
        return Err(Halt::refused(
            problem.clone().into(),
            sent.ask.bare_layout(app),
        ));
    }
    // Whatever was typed stays, with what is wrong beside it.
    let mut read = sent.ask.read(app, json!({})).await?;
    if !is_only_checked {
        let text = problem.as_ref().map(flash::in_words);
        let text = text.unwrap_or_else(|| "The text is not valid yet; nothing was saved.".into());
        read.say(Flash {
            is_error: true,
            text,
        });
    }
    let title = if slug.is_empty() {
        "New template"
    } else {
        slug
    };
    let edited = Edited {
        slug,
        title,
        version: version.unwrap_or(0),
        source: &source,
    };
    editor(&read, &sent.ask, edited, StatusCode::UNPROCESSABLE_ENTITY)
}

async fn store(
    app: &App,
    sent: &Sent,
    function: &'static str,
    version: Option<u32>,
    source: &str,
    runbook: &Runbook,
) -> Result<(), Problem> {
    let mut p = json!({ "source": source, "runbook": runbook });
    if let Some(version) = version {
        p["expected_version"] = Value::from(version);
    }
    let stored = app.call(function, &sent.ask.auth, p).await;
    stored.map(drop).map_err(|refusal| refusal.into_problem())
}

pub async fn delete(State(app): State<App>, sent: Sent) -> Shown {
    let slug = sent.get("slug").unwrap_or_default();
    match app
        .call("templates_delete", &sent.ask.auth, json!({ "slug": slug }))
        .await
    {
        Ok(_) => Ok(flash::done(
            &sent,
            "/templates",
            &format!("Template `{slug}` is gone; its runs stay."),
        )),
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}
