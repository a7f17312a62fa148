//! What an operator does to lanes and workers.

use super::ask::Sent;
use super::flash;
use super::halt::Shown;
use crate::app::App;
use axum::extract::State;
use ops_core::{Problem, text::is_lane};
use serde_json::json;

/// Fields that the form has are changed, the others stay.
pub async fn update(State(app): State<App>, sent: Sent) -> Shown {
    let back = sent.back();
    let name = sent.get("name").unwrap_or_default();
    if !is_lane(name) {
        return flash::failed(
            &app,
            &sent,
            back,
            Problem::invalid("/name", "this is no name of a lane").into(),
        );
    }
    let mut p = json!({ "name": name });
    let mut words = Vec::new();
    match sent.get("paused") {
        Some("true") => {
            p["paused"] = true.into();
            if let Some(reason) = sent.get("reason").filter(|reason| reason.len() <= 2_000) {
                p["reason"] = reason.into();
            }
            words.push("paused: nothing new is claimed");
        }
        Some(_) => {
            p["paused"] = false.into();
            words.push("open again");
        }
        None => {}
    }
    match sent.get("draining") {
        Some("true") => {
            p["draining"] = true.into();
            words.push("draining: its workers end when they are done");
        }
        Some(_) => {
            p["draining"] = false.into();
            words.push("no longer draining");
        }
        None => {}
    }
    // An emptied field takes the limit away.
    if let Some((_, limit)) = sent
        .fields
        .iter()
        .find(|(field, _)| field == "concurrency_limit")
    {
        let limit = if limit.trim().is_empty() {
            Ok(0)
        } else {
            limit.trim().parse::<u32>()
        };
        match limit {
            Ok(limit @ 0..=10_000) => p["concurrency_limit"] = limit.into(),
            _ => {
                let problem = Problem::invalid(
                    "/concurrency_limit",
                    "must be a number up to 10000, or empty for no limit",
                );
                return flash::failed(&app, &sent, back, problem.into());
            }
        }
        words.push("limited anew");
    }
    match app.call("lanes_update", &sent.ask.auth, p).await {
        Ok(_) => Ok(flash::done(
            &sent,
            back,
            &format!("Lane {name} is {}.", words.join(", ")),
        )),
        Err(refusal) => flash::failed(&app, &sent, back, refusal),
    }
}

pub async fn drain_worker(State(app): State<App>, sent: Sent) -> Shown {
    let worker = sent.get("worker_id").unwrap_or_default();
    let drain = sent.get("drain") != Some("false");
    let p = json!({ "worker_id": worker, "drain": drain });
    let words = if drain {
        "takes no more runs"
    } else {
        "takes runs again"
    };
    match app.call("workers_drain", &sent.ask.auth, p).await {
        Ok(_) => Ok(flash::done(
            &sent,
            sent.back(),
            &format!("{worker} {words}."),
        )),
        Err(refusal) => flash::failed(&app, &sent, sent.back(), refusal),
    }
}
