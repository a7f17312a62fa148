//! A form is answered by a redirect, and the next page says what it came to. The script that sends a
//! form without leaving the page gets the same in headers.

use super::ask::Sent;
use super::cookie::{self, Keep};
use super::halt::{Halt, Shown, see_other, with_cookies};
use super::json::shortened;
use crate::app::App;
use crate::refusal::Refusal;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ops_core::{Code, Problem};

/// Longest text of a flash: a cookie holds 4 KiB, and letters may take three times their place.
const LONGEST: usize = 800;

/// Whether the script sent it.
pub fn is_live(headers: &HeaderMap) -> bool {
    headers.contains_key("ops-live")
}

pub fn done(sent: &Sent, to: &str, text: &str) -> Response {
    let text = shortened(text, LONGEST);
    let path = |address: &str| {
        address
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .to_string()
    };
    if is_live(&sent.ask.headers) && path(to) == path(sent.back()) {
        return with_header(
            StatusCode::NO_CONTENT.into_response(),
            "ops-flash",
            &encoded(&text),
        );
    }
    let cookie = cookie::set(
        cookie::FLASH,
        &format!("ok:{text}"),
        Keep::Minute,
        sent.ask.channel,
    );
    with_cookies(go(sent, to), [cookie])
}

/// Back to a page which shows by itself what has changed.
pub fn quietly(sent: &Sent, to: &str) -> Response {
    match is_live(&sent.ask.headers) {
        true => StatusCode::NO_CONTENT.into_response(),
        false => see_other(to),
    }
}

/// To another page, without a word.
pub fn go(sent: &Sent, to: &str) -> Response {
    match is_live(&sent.ask.headers) {
        true => with_header(StatusCode::NO_CONTENT.into_response(), "ops-location", to),
        false => see_other(to),
    }
}

/// What the state does not allow is said where the form was; what concerns the caller is a page.
pub fn failed(app: &App, sent: &Sent, to: &str, refusal: Refusal) -> Shown {
    let problem = refusal.into_problem();
    let text = shortened(&in_words(&problem), LONGEST);
    if is_live(&sent.ask.headers) {
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::CONFLICT);
        return Ok(with_header(
            status.into_response(),
            "ops-flash",
            &encoded(&text),
        ));
    }
    match problem.code {
        Code::Unauthenticated | Code::Forbidden | Code::NotInstalled => {
            Err(Halt::refused(problem.into(), sent.ask.bare_layout(app)))
        }
        _ => {
            let cookie = cookie::set(
                cookie::FLASH,
                &format!("error:{text}"),
                Keep::Minute,
                sent.ask.channel,
            );
            Ok(with_cookies(see_other(to), [cookie]))
        }
    }
}

pub fn in_words(problem: &Problem) -> String {
    match problem.detail.as_str() {
        "" => problem.title.clone(),
        detail => detail.into(),
    }
}

/// As `decodeURIComponent` reads it.
fn encoded(text: &str) -> String {
    let plus: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    plus.replace('+', "%20")
}

fn with_header(mut response: Response, name: &'static str, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    response
}
