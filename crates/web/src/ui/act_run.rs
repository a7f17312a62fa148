//! What an operator does to runs: queue, cancel, try again; one or many.

use super::ask::Sent;
use super::flash;
use super::halt::{Shown, see_other};
use super::json::{list, number, text};
use super::templates::{Typed, page_of};
use super::words::short_id;
use crate::api::create::create_one;
use crate::app::App;
use crate::refusal::Refusal;
use axum::extract::State;
use ops_core::api::NewRun;
use ops_core::{Code, FieldError, Problem, limits, text::is_uuid};
use ops_render::words::counted;
use ops_render::{Href, form};
use serde_json::{Value, json};

/// A verb on runs that are there.
#[derive(Clone, Copy)]
struct Verb {
    function: &'static str,
    /// `cancelled`
    done: &'static str,
}

pub async fn cancel(State(app): State<App>, sent: Sent) -> Shown {
    act(
        &app,
        &sent,
        Verb {
            function: "runs_cancel",
            done: "cancelled",
        },
    )
    .await
}

pub async fn retry(State(app): State<App>, sent: Sent) -> Shown {
    act(
        &app,
        &sent,
        Verb {
            function: "runs_retry",
            done: "queued again",
        },
    )
    .await
}

/// The button of one row says `one`; else all that are chosen are meant.
async fn act(app: &App, sent: &Sent, verb: Verb) -> Shown {
    let ids: Vec<&str> = match sent.get("one") {
        Some(one) => vec![one],
        None => sent.all("run_id").collect(),
    };
    let back = sent.back();
    if ids.is_empty() || ids.len() > limits::BULK_RUNS || !ids.iter().all(|id| is_uuid(id)) {
        let words = Problem::new(Code::Invalid, "Choose at least one run, and at most 1,000.");
        return flash::failed(app, sent, back, words.into());
    }
    let mut p = match ids.as_slice() {
        [id] => json!({ "run_id": id }),
        ids => json!({ "run_ids": ids }),
    };
    if let Some(reason) = sent.get("reason").filter(|reason| reason.len() <= 2_000) {
        p["reason"] = reason.into();
    }
    let answer = match app.call(verb.function, &sent.ask.auth, p).await {
        Ok(answer) => Value::Object(answer),
        Err(refusal) => return flash::failed(app, sent, back, refusal),
    };
    ids.iter().for_each(|id| app.wake.log(id));
    if let [id] = ids.as_slice() {
        // A run that is tried again goes on as a new one.
        let new = answer["runs"][0]["run_id"].as_str().filter(|new| new != id);
        let stands_at_old = back.starts_with(&format!("/runs/{id}"));
        let to = match new.filter(|_| stands_at_old) {
            Some(new) => Href::path(&["runs", new])
                .with("session", sent.ask.session_or_none())
                .as_str()
                .to_string(),
            None => back.into(),
        };
        return Ok(flash::done(
            sent,
            &to,
            &format!("Run {} was {}.", short_id(id), verb.done),
        ));
    }
    let refused = list(&answer, "runs")
        .iter()
        .filter(|one| one.get("code").is_some())
        .count() as u64;
    let fine = number(&answer, "count").saturating_sub(refused);
    let mut words = format!("{} {}.", counted(fine, "run was", "runs were"), verb.done);
    if refused > 0 {
        words.push_str(&format!(
            " {} left as they are: their state does not allow it.",
            counted(refused, "was", "were")
        ));
    }
    Ok(flash::done(sent, back, &words))
}

/// The form of a template: its fields become parameters by the schema. What is wrong is said beside the
/// fields, and what was typed stays.
pub async fn create(State(app): State<App>, sent: Sent) -> Shown {
    let slug = sent.get("template").unwrap_or_default();
    let reads = json!({ "template": { "of": "templates_get", "slug": slug } });
    let mut read = sent.ask.read(&app, reads).await?;
    let answer = read.take("template")?;
    let template = &answer["template"];
    let mut errors = Vec::new();
    let params = match form::read_form(&template["runbook"]["params"], &sent.fields) {
        Ok(params) => params,
        Err(unreadable) => {
            errors = unreadable;
            Default::default()
        }
    };
    let priority = match sent.get("priority").map(str::parse::<i32>) {
        None => None,
        Some(Ok(number)) => Some(number),
        Some(Err(_)) => {
            errors.push(FieldError {
                field: String::new(),
                message: "priority must be a whole number".into(),
            });
            None
        }
    };
    let some = |name: &str| sent.get(name).map(str::to_string);
    let run = NewRun {
        template: Some(slug.into()),
        session_id: some("session_id"),
        lane: some("lane"),
        priority,
        params,
        intent: some("intent"),
        idempotency_key: some("idempotency_key"),
        ..NewRun::default()
    };
    let refused = match errors.is_empty() {
        false => Problem::new(Code::Invalid, "").with_errors(errors),
        true => match create_one(&app, &sent.ask.auth, run).await {
            Ok(made) => return Ok(queued(&sent, text(&made, "run_id"))),
            Err(refusal) => refusal.into_problem(),
        },
    };
    if refused.code != Code::Invalid {
        return flash::failed(
            &app,
            &sent,
            Href::path(&["templates", slug])
                .with("session", sent.ask.session_or_none())
                .as_str(),
            Refusal::from(refused),
        );
    }
    Ok(page_of(
        &read,
        &sent.ask,
        template,
        Typed {
            fields: &sent.fields,
            errors: refused.errors,
        },
    ))
}

fn queued(sent: &Sent, run_id: &str) -> axum::response::Response {
    match is_uuid(run_id) {
        true => {
            let page = Href::path(&["runs", run_id]).with("session", sent.ask.session_or_none());
            flash::done(sent, page.as_str(), "The run is queued.")
        }
        false => see_other("/runs"),
    }
}
