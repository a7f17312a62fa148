//! Parts of a run's log: what came since, what came before, what a search finds, and the whole as text.

use super::ask::Ask;
use super::halt::Shown;
use super::html;
use super::json::{list, text};
use super::read::Title;
use super::run::check_id;
use super::view_log::{Search, chunk, hits, is_open};
use crate::app::App;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use ops_render::Href;
use ops_render::view::Tab;
use serde_json::{Value, json};

/// Lines of one part.
const LINES: u32 = 2_000;

/// `?after=` the lines that came since, `?before=` a part that came earlier.
pub async fn part(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    check_id(&app, &ask, &id)?;
    let after: i64 = ask.number("after").unwrap_or(0);
    let asked = match ask.number("before") {
        Some(before) => json!({ "of": "ui_log", "run_id": id, "before": before, "limit": LINES }),
        // One before them too: its step says whether the first line opens a new one.
        None => {
            json!({ "of": "events_list", "run_id": id, "after": (after - 1).max(0), "limit": LINES })
        }
    };
    let mut read = ask.read(&app, json!({ "log": asked })).await?;
    let answer = read.take("log")?;
    let layout = read.layout(&Title::of("", Tab::Runs));
    let mut part = chunk(&answer, text(&answer, "step_before"));
    if part.lines.first().is_some_and(|line| line.pos == after) {
        part.step_before = part.lines.remove(0).step;
    }
    let mut response = html::region(&layout, html::Region::Log(&part));
    let count = list(&answer, "events").len();
    let next = answer["next"].as_i64().unwrap_or(0).max(after);
    for (name, value) in [
        ("ops-next", next.to_string()),
        // A full part is followed by another one, whether the run has ended or not.
        (
            "ops-log-open",
            word(count >= LINES as usize || is_open(&answer)),
        ),
    ] {
        set(&mut response, name, &value);
    }
    Ok(response)
}

fn word(is_so: bool) -> String {
    if is_so { "1".into() } else { "0".into() }
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
}

pub async fn search(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    check_id(&app, &ask, &id)?;
    let query = ask.get("q").unwrap_or_default();
    let found = match query {
        "" => Value::Null,
        _ => {
            let asked = json!({ "hits": { "of": "ui_log_hits", "run_id": id, "text": query } });
            ask.read(&app, asked).await?.take("hits")?
        }
    };
    let search = Search {
        text: query,
        found: Some(&found),
        at: ask.number("at"),
    };
    let shown = match query {
        "" => Default::default(),
        _ => hits(&Href::path(&["runs", &id]), &found, &search),
    };
    Ok(html::region(
        &ask.bare_layout(&app),
        html::Region::Hits(&shown),
    ))
}

/// The whole log as text, part by part, so that a long one costs no memory.
pub async fn raw(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    check_id(&app, &ask, &id)?;
    let first = lines(&app, &ask, &id, 0).await?;
    let parts = stream::unfold(
        (app, ask, id, Some(first)),
        |(app, ask, id, part)| async move {
            let (text, next) = part?;
            let following = match next {
                Some(after) => lines(&app, &ask, &id, after).await.ok(),
                None => None,
            };
            Some((
                Ok::<_, std::convert::Infallible>(text),
                (app, ask, id, following),
            ))
        },
    );
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    );
    Ok(response)
}

/// A part as text, and where the next one begins.
async fn lines(
    app: &App,
    ask: &Ask,
    id: &str,
    after: i64,
) -> Result<(String, Option<i64>), super::halt::Halt> {
    let asked =
        json!({ "log": { "of": "events_list", "run_id": id, "after": after, "limit": LINES } });
    let answer = ask.read(app, asked).await?.take("log")?;
    let events = list(&answer, "events");
    let mut out = String::new();
    for event in events {
        out.push_str(text(event, "message"));
        if event["more"] != true {
            out.push('\n');
        }
    }
    let is_full = events.len() >= LINES as usize;
    Ok((out, answer["next"].as_i64().filter(|_| is_full)))
}
