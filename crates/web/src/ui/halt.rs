//! Why a page is not shown, as what is shown instead.

use super::ask::channel;
use super::cookie::{self, Channel, Keep};
use super::{html, local};
use crate::app::App;
use crate::call;
use crate::refusal::Refusal;
use axum::http::{HeaderValue, Method, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use ops_core::{Code, Problem};
use ops_render::view::Layout;
use serde_json::json;

pub type Shown = Result<Response, Halt>;

pub enum Halt {
    /// Somebody who has to sign in; the path is where they wanted to go.
    Nobody {
        next: String,
        has_token: bool,
    },
    /// The same where a script asks for a part of a page.
    NobodyHere,
    Link(Link),
    Goto(Box<Response>),
    Refused {
        problem: Box<Problem>,
        layout: Box<Layout>,
    },
}

/// A token in a link: it becomes a cookie, and leaves the address.
pub struct Link {
    token: String,
    to: String,
}

impl Halt {
    pub fn nobody(method: &Method, here: &str) -> Self {
        if here.starts_with("/ui/") {
            return Halt::NobodyHere;
        }
        let next = if method == Method::GET { here } else { "" };
        Halt::Nobody {
            next: local::next(next).into(),
            has_token: false,
        }
    }

    pub fn signed_in_by_link(token: &str, to: String) -> Self {
        Halt::Link(Link {
            token: token.into(),
            to,
        })
    }

    /// What the database says to somebody whose token is no longer good is: sign in again.
    pub fn refused(refusal: Refusal, layout: Layout) -> Self {
        let problem = refusal.into_problem();
        match problem.code {
            Code::Unauthenticated if layout.here.starts_with("/ui/") => Halt::NobodyHere,
            Code::Unauthenticated => Halt::Nobody {
                next: local::next(&layout.here).into(),
                has_token: true,
            },
            _ => Halt::Refused {
                problem: Box::new(problem),
                layout: Box::new(layout),
            },
        }
    }
}

impl From<Problem> for Halt {
    fn from(problem: Problem) -> Self {
        Halt::Refused {
            problem: Box::new(problem),
            layout: Box::default(),
        }
    }
}

impl Link {
    pub async fn follow(self, app: &App, parts: &Parts) -> Halt {
        let channel = channel(&parts.headers, &app.host);
        match who(app, &self.token, parts).await {
            Ok(()) => Halt::Goto(Box::new(signed_in(
                &self.token,
                local::next(&self.to),
                channel,
            ))),
            Err(refusal) => {
                let layout = Layout {
                    here: self.to,
                    ..Layout::default()
                };
                Halt::refused(refusal, layout)
            }
        }
    }
}

/// Whether the token may see pages at all.
pub async fn who(app: &App, token: &str, parts: &Parts) -> Result<(), Refusal> {
    let auth = call::auth_of(token, parts);
    let p = json!({ "reads": {}, "frame": false });
    app.call("ui_read", &auth, p).await.map(drop)
}

pub fn signed_in(token: &str, to: &str, channel: Channel) -> Response {
    with_cookies(
        see_other(to),
        [cookie::set(cookie::TOKEN, token, Keep::Year, channel)],
    )
}

/// `to` is a path of ours.
pub fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/runboard"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

pub fn with_cookies<const N: usize>(
    mut response: Response,
    cookies: [Option<HeaderValue>; N],
) -> Response {
    for value in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

impl IntoResponse for Halt {
    fn into_response(self) -> Response {
        match self {
            Halt::Goto(response) => *response,
            Halt::NobodyHere => StatusCode::UNAUTHORIZED.into_response(),
            Halt::Link(link) => see_other(local::next(&link.to)),
            Halt::Nobody { next, has_token } => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.append_pair("next", &next);
                if has_token {
                    query.append_pair("why", "refused");
                }
                see_other(&format!("/sign-in?{}", query.finish()))
            }
            Halt::Refused { problem, layout } => html::problem(&layout, &problem),
        }
    }
}
