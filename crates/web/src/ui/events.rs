//! The stream of signals: it says that something has changed, never what. Pages then ask for their
//! regions again, as they do by themselves where there is no stream.

use super::ask::Ask;
use super::halt::Shown;
use crate::app::App;
use crate::wake::Stream;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::stream;
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// At most twenty signals a second, however much happens.
const QUIET: Duration = Duration::from_millis(50);
/// Below the idle limits of common proxies.
const PING: Duration = Duration::from_secs(15);
/// Then the browser comes again, and whoever was signed out meanwhile is refused.
const LONGEST: Duration = Duration::from_secs(3_600);

pub async fn signals(State(app): State<App>, ask: Ask) -> Shown {
    if !app.host.long_poll {
        // An answer that tells `EventSource` to stay away.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    ask.read(&app, json!({})).await?;
    let changes = app.wake.changes();
    let end = Instant::now() + LONGEST;
    let signals = stream::unfold((changes, None), move |(mut changes, last)| async move {
        let Some(last) = last else {
            return Some((
                sent("retry: 500\n: live\n\n"),
                (changes, Some(Instant::now())),
            ));
        };
        if Instant::now() >= end {
            return None;
        }
        let text = match timeout(PING, changes.changed()).await {
            Err(_) => ": ping\n\n",
            Ok(Err(_)) => return None,
            Ok(Ok(())) => {
                sleep_until(last + QUIET).await;
                if *changes.borrow_and_update() == Stream::Closed {
                    return None;
                }
                "data: changed\n\n"
            }
        };
        Some((sent(text), (changes, Some(Instant::now()))))
    });
    let mut response = Body::from_stream(signals).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn sent(text: &'static str) -> Result<Bytes, Infallible> {
    Ok(Bytes::from_static(text.as_bytes()))
}
