//! The page of workers at GitHub, and its forms.

use super::ask::{Ask, Sent};
use super::halt::Shown;
use super::read::Title;
use super::view_github::{dispatches, rules, starts};
use super::{flash, html};
use crate::api;
use crate::app::App;
use axum::extract::State;
use ops_core::api::{NewDispatch, NewTrustRule};
use ops_render::view::{GitHubPage, Tab};
use serde_json::json;

pub async fn page(State(app): State<App>, ask: Ask) -> Shown {
    let reads = json!({
        "lanes": { "of": "lanes_list" }, "dispatches": { "of": "dispatch_list", "limit": 20 },
        "rules": { "of": "trust_list" },
    });
    let mut read = ask.read(&app, reads).await?;
    let lanes = read.take("lanes")?;
    let started = read.take("dispatches")?;
    let trusted = read.take_if_any("rules");
    let page = GitHubPage {
        lanes: starts(&lanes),
        dispatches: dispatches(&started),
        rules: trusted.as_ref().map(rules).unwrap_or_default(),
        shows_rules: trusted.is_some(),
        can_act: read.may_act,
    };
    let layout = read.layout(&Title::of("GitHub", Tab::Runs));
    Ok(html::page(&ask, &layout, html::Body::GitHub(&page)))
}

pub async fn dispatch(State(app): State<App>, sent: Sent) -> Shown {
    let new = NewDispatch {
        lane: sent.get("lane").map(str::to_string),
        ..NewDispatch::default()
    };
    let told = match api::dispatch::ask(&app, &sent.ask.auth, &new).await {
        Ok(told) => told,
        Err(refusal) => return flash::failed(&app, &sent, sent.back(), refusal),
    };
    let text = match told["error"].as_str() {
        Some(error) => format!("GitHub did not start it: {error}"),
        None => "GitHub starts a worker; its run stands below.".into(),
    };
    Ok(flash::done(&sent, sent.back(), &text))
}

pub async fn trust(State(app): State<App>, sent: Sent) -> Shown {
    let some = |name: &str| {
        let value = sent.get(name).map(str::trim);
        value.filter(|value| !value.is_empty()).map(str::to_string)
    };
    let lanes = some("lanes").unwrap_or_default();
    let new = NewTrustRule {
        repository: some("repository").unwrap_or_default(),
        workflow: some("workflow"),
        git_ref: some("ref"),
        environment: some("environment"),
        lanes: lanes
            .split([',', ' '])
            .filter(|lane| !lane.is_empty())
            .map(str::to_string)
            .collect(),
        ..NewTrustRule::default()
    };
    match api::trust::add_rule(&app, &sent.ask.auth, new).await {
        Ok(answer) => {
            let repository = answer["rule"]["repository"].as_str().unwrap_or_default();
            let words = format!("Jobs of {repository} are trusted now.");
            Ok(flash::done(&sent, sent.back(), &words))
        }
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}

pub async fn distrust(State(app): State<App>, sent: Sent) -> Shown {
    let rule = sent.get("rule_id").unwrap_or_default();
    if !ops_core::text::is_uuid(rule) {
        let wrong = ops_core::Problem::invalid("/rule_id", "this is no id");
        return flash::failed(&app, &sent, sent.back(), wrong.into());
    }
    let p = json!({ "rule_id": rule });
    match app.call("trust_remove", &sent.ask.auth, p).await {
        Ok(answer) => {
            let revoked = answer.get("revoked").and_then(serde_json::Value::as_u64);
            let words = format!(
                "The rule has ended, and {} tokens with it.",
                revoked.unwrap_or(0)
            );
            Ok(flash::done(&sent, sent.back(), &words))
        }
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}
