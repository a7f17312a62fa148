//! Signing in and out, and what a browser remembers.

use super::ask::{Sent, channel, pairs, read_form, theme as theme_of};
use super::cookie::{self, Keep};
use super::halt::{Halt, Shown, see_other, signed_in, who, with_cookies};
use super::{html, local};
use crate::app::App;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use ops_core::Code;
use ops_render::view::{Layout, SignInPage};

/// Longer than any token of ours.
const LONGEST: usize = 500;

pub async fn page(State(app): State<App>, request: Request) -> Shown {
    let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
    let get = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    };
    let (parts, _) = request.into_parts();
    let channel = channel(&parts.headers, &app.host);
    let token = get("token");
    if !token.is_empty() && who(&app, token, &parts).await.is_ok() {
        return Ok(signed_in(token, local::next(get("next")), channel));
    }
    let error = match (token, get("why")) {
        ("", "") => "",
        _ => "The token is no longer good. Sign in with another one.",
    };
    let response = form(
        &Layout {
            theme: theme_of(&parts.headers),
            ..Layout::default()
        },
        get("next"),
        error,
        StatusCode::OK,
    );
    // A cookie that was refused is of no further use.
    let stale = (get("why") == "refused")
        .then(|| cookie::clear(cookie::TOKEN, channel))
        .flatten();
    Ok(with_cookies(response, [stale]))
}

pub async fn enter(State(app): State<App>, request: Request) -> Shown {
    let (parts, fields) = read_form(request).await?;
    let get = |name: &str| {
        fields
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    };
    let (token, next) = (get("token"), local::next(get("next")));
    let layout = Layout {
        theme: theme_of(&parts.headers),
        ..Layout::default()
    };
    if token.is_empty() || token.len() > LONGEST {
        return Ok(form(
            &layout,
            next,
            "Enter a token.",
            StatusCode::UNPROCESSABLE_ENTITY,
        ));
    }
    match who(&app, token, &parts).await {
        Ok(()) => Ok(signed_in(token, next, channel(&parts.headers, &app.host))),
        Err(refusal) => {
            let problem = refusal.into_problem();
            let words = match problem.code {
                Code::Unauthenticated => "This token is unknown, revoked or expired.",
                Code::Forbidden => {
                    "This token is for workers; pages take one of kind operator or viewer."
                }
                _ => return Err(problem.into()),
            };
            Ok(form(&layout, next, words, StatusCode::UNAUTHORIZED))
        }
    }
}

fn form(layout: &Layout, next: &str, error: &str, status: StatusCode) -> Response {
    let layout = Layout {
        title: "Sign in".into(),
        ..layout.clone()
    };
    let view = SignInPage {
        next: local::next(next).into(),
        error: error.into(),
    };
    html::bare_page(status, &layout, html::Body::SignIn(&view))
}

pub async fn leave(sent: Sent) -> Result<Response, Halt> {
    let channel = sent.ask.channel;
    let cookies =
        [cookie::TOKEN, cookie::CHAT, cookie::FLASH].map(|name| cookie::clear(name, channel));
    Ok(with_cookies(see_other("/sign-in"), cookies))
}

pub async fn theme(sent: Sent) -> Result<Response, Halt> {
    let known = sent
        .get("theme")
        .filter(|word| matches!(*word, "light" | "dark"));
    let word = known.unwrap_or("auto");
    let cookies = [cookie::set(
        cookie::THEME,
        word,
        Keep::Year,
        sent.ask.channel,
    )];
    Ok(with_cookies(see_other(sent.back()), cookies))
}
