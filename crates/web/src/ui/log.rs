//! Parts of a run's log: what came since, what came before, what a search finds, and the whole as text.

use super::ask::Ask;
use super::halt::Shown;
use super::html;
use super::json::{list, text};
use super::read::Title;
use super::run::check_id;
use super::view_log::{LINES, Search, chunk, errors, hits, is_open, total};
use crate::app::App;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use ops_render::view::Tab;
use ops_render::{Href, LogState, log_lines};
use serde_json::{Value, json};

/// `?after=` the lines that came since, `?before=` a part that came earlier. `&state=` is what the
/// part before said in `Ops-Log-State`; without it the database looks back.
pub async fn part(State(app): State<App>, Path(id): Path<String>, ask: Ask) -> Shown {
    check_id(&app, &ask, &id)?;
    let state = ask.get("state").and_then(LogState::read);
    let mut asked =
        json!({ "of": "ui_log", "run_id": id, "limit": LINES, "lead": state.is_none() });
    match ask.number("before") {
        Some(before) => asked["before"] = before.into(),
        None => asked["after"] = ask.number("after").unwrap_or(0).into(),
    }
    let mut read = ask.read(&app, json!({ "log": asked })).await?;
    let answer = read.take("log")?;
    let layout = read.layout(&Title::of("", Tab::Runs));
    let (lines, after) = log_lines(&chunk(&answer, state));
    let mut response = html::region(&layout, html::Region::Log(lines));
    let position = |name: &str| answer[name].as_i64().unwrap_or(0).to_string();
    for (name, value) in [
        ("ops-next", position("next")),
        ("ops-log-state", after.to_query()),
        ("ops-log-first", position("first")),
        ("ops-log-earlier", word(answer["earlier"] == true)),
        ("ops-log-later", word(answer["later"] == true)),
        ("ops-log-total", total(&answer)),
        ("ops-log-errors", errors(&answer)),
        ("ops-log-first-error", position("first_error")),
        // What follows already is told, whether the run has ended or not.
        (
            "ops-log-open",
            word(answer["later"] == true || is_open(&answer)),
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
