//! The page of a run, and its live region.

use super::ask::Ask;
use super::halt::{Halt, Shown};
use super::json::list;
use super::read::{Read, Title};
use super::view_log::{LINES, Search, log};
use super::view_run::{Looker, region as run_region};
use super::{html, tag, words};
use crate::app::App;
use axum::extract::{Path, State};
use ops_core::{Code, Problem, text::is_uuid};
use ops_render::view::{RunPage, RunRegion, Tab};
use serde_json::{Value, json};

pub async fn page(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    show(&app, &ask, &id, None).await
}

pub async fn attempt(
    State(app): State<App>,
    Path((id, attempt)): Path<(String, String)>,
    ask: Ask,
) -> Shown {
    let number = attempt.parse().map_err(|_| no_run(&app, &ask))?;
    show(&app, &ask, &id, Some(number)).await
}

async fn show(app: &App, ask: &Ask, id: &str, attempt: Option<u32>) -> Shown {
    check_id(app, ask, id)?;
    let query = ask.get("q").unwrap_or_default();
    let mut reads = reads(id, attempt);
    reads["log"] = json!({ "of": "ui_log", "run_id": id, "limit": LINES });
    for (name, argument) in [("before", "before"), ("at", "around")] {
        if let Some(pos) = ask.number(name) {
            reads["log"][argument] = pos.into();
        }
    }
    if !query.is_empty() {
        reads["hits"] = json!({ "of": "ui_log_hits", "run_id": id, "text": query });
    }
    let mut read = ask.read(app, reads).await?;
    let facts = facts(&mut read, attempt)?;
    let region = region_of(&facts, &read, attempt);
    let lines = read.take("log")?;
    let found = read.take_if_any("hits");
    let search = Search {
        text: query,
        found: found.as_ref(),
        at: ask.number("at"),
    };
    let page = RunPage {
        log: log(id, &lines, &search),
        region,
    };
    let head = &page.region.head;
    let title = format!("{} · {}", head.badge.word, head.title);
    let layout = read.layout(&Title {
        title: &title,
        tab: Some(Tab::Runs),
        state: Some(head.badge.tone),
    });
    Ok(html::page(ask, &layout, html::Body::Run(&page)))
}

/// What may change while somebody looks, but for the log, which is only added to. Unchanged is told
/// by a digest of the facts, before anything is drawn.
pub async fn region(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    check_id(&app, &ask, &id)?;
    let attempt = ask.number("attempt").and_then(|n| u32::try_from(n).ok());
    let mut read = ask.read(&app, reads(&id, attempt)).await?;
    let facts = facts(&mut read, attempt)?;
    let run = &facts.0["run"];
    let fresh = words::freshness(run, read.now).map(|fresh| fresh.tone);
    let tag = tag::of_facts(
        &ask.token,
        &json!([facts.0, facts.1, words::badge(run, read.now).word, fresh]),
    );
    if ask.known_tag() == Some(tag.as_str()) {
        return Ok(tag::not_modified(&tag));
    }
    let region = region_of(&facts, &read, attempt);
    let layout = read.layout(&Title {
        title: "",
        tab: Some(Tab::Runs),
        state: Some(region.head.badge.tone),
    });
    Ok(tag::with_poll(
        html::region(&layout, html::Region::Run(&region)),
        &tag,
        region.poll_ms,
    ))
}

fn reads(id: &str, attempt: Option<u32>) -> Value {
    let mut artifacts = json!({ "of": "artifacts_list", "run_id": id });
    if let Some(attempt) = attempt {
        artifacts["attempt"] = attempt.into();
    }
    json!({ "run": { "of": "runs_get", "run_id": id }, "artifacts": artifacts })
}

/// The run and its artifacts.
type Facts = (Value, Value);

fn facts(read: &mut Read, attempt: Option<u32>) -> Result<Facts, Halt> {
    let answer = read.take("run")?;
    let known = |number: u32| {
        list(&answer["run"], "attempts")
            .iter()
            .any(|one| one["attempt"] == number)
    };
    if attempt.is_some_and(|number| !known(number)) {
        return Err(read.not_found("the run has no such attempt"));
    }
    Ok((answer, read.take_if_any("artifacts").unwrap_or_default()))
}

fn region_of(facts: &Facts, read: &Read, attempt: Option<u32>) -> RunRegion {
    let looker = Looker {
        attempt,
        may_act: read.may_act,
        sessions: read.sessions(),
    };
    run_region(
        &facts.0["run"],
        list(&facts.1, "artifacts"),
        &looker,
        read.now,
    )
}

/// An id that is none is told like one that does not exist.
pub fn check_id(app: &App, ask: &Ask, id: &str) -> Result<(), Halt> {
    if is_uuid(id) {
        Ok(())
    } else {
        Err(no_run(app, ask))
    }
}

fn no_run(app: &App, ask: &Ask) -> Halt {
    let problem = Problem::new(Code::NotFound, "there is no such run");
    Halt::refused(problem.into(), ask.bare_layout(app))
}
