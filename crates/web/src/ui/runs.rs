//! The list of runs, and its live region.

use super::ask::Ask;
use super::halt::Shown;
use super::read::Title;
use super::view_runs::{Filters, choices, period_choices, rows, status_choices, views};
use super::{html, tag};
use crate::app::App;
use axum::extract::State;
use ops_render::Href;
use ops_render::view::{RunsPage, Tab};
use serde_json::{Value, json};

const ROWS: u32 = 50;

pub async fn page(State(app): State<App>, ask: Ask) -> Shown {
    let filters = Filters::of(&ask.query);
    let mut read = ask
        .read(&app, json!({ "runs": filters.read(ROWS) }))
        .await?;
    let answer = read.take("runs")?;
    let page = RunsPage {
        statuses: status_choices(&filters.statuses),
        lanes: choices(
            read.lanes().into_iter().map(|lane| (lane, lane)),
            &filters.lane,
        ),
        templates: choices(read.templates().into_iter(), &filters.template),
        periods: period_choices(&filters.period),
        text: filters.text.clone(),
        repo: filters.repo.clone(),
        worker: filters.worker.clone(),
        session: filters.session.clone(),
        views: views(&filters),
        is_filtered: filters.is_any(),
        clear: Some(Href::path(&["runs"]).with("session", &filters.session)),
        new_run: Some(Href::path(&["templates"]).with("session", &filters.session)),
        csv: Some(filters.href(&["runs.csv"])),
        json: Some(filters.href(&["runs.json"])),
        rows: rows(&answer, &filters, read.may_act, read.now),
    };
    let layout = read.layout(&Title::of("Runs", Tab::Runs));
    Ok(html::page(&ask, &layout, html::Body::Runs(&page)))
}

pub async fn region(State(app): State<App>, ask: Ask) -> Shown {
    let filters = Filters::of(&ask.query);
    let mut asked = filters.read(ROWS);
    // The tag has two halves: the database's, which says cheaply that nothing at all has changed, and
    // a digest of what the list shows, for when something has that is not in it.
    let known = ask.known_tag().and_then(|tag| tag::inner(tag, &ask.token));
    let known = known.and_then(|tag| tag.split_once('-'));
    asked["known"] = known.map(|(look, _)| look).into();
    let mut read = ask.read(&app, json!({ "runs": asked })).await?;
    let mut answer = read.take("runs")?;
    let look = answer["tag"].as_str().unwrap_or_default().to_string();
    if let (true, Some((_, shown))) = (answer["unchanged"] == true, known) {
        return Ok(tag::not_modified(&tag::outer(
            &format!("{look}-{shown}"),
            &ask.token,
        )));
    }
    // The time alone is no news: pages count on by themselves. Whether a holder is silent is.
    (answer["now"], answer["tag"]) = (Value::Null, Value::Null);
    let rows = rows(&answer, &filters, read.may_act, read.now);
    let words: Vec<_> = rows.rows.iter().map(|row| &row.badge.word).collect();
    let shown = tag::digest(&json!([answer, words]));
    let tag = tag::outer(&format!("{look}-{shown}"), &ask.token);
    if known.is_some_and(|(_, before)| before == shown) {
        return Ok(tag::not_modified(&tag));
    }
    let layout = read.layout(&Title::of("", Tab::Runs));
    Ok(tag::with_poll(
        html::region(&layout, html::Region::Runs(&rows)),
        &tag,
        rows.poll_ms,
    ))
}
