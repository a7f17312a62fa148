//! Who asks for a page, and for what.

use super::cookie::{self, Channel};
use super::halt::Halt;
use super::{csrf, local, multipart};
use crate::app::{App, Host};
use crate::body;
use crate::call;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, Method, request::Parts};
use ops_core::{Code, Problem, limits, text::is_uuid};
use ops_render::view::Theme;
use serde_json::Value;

/// A request of somebody who has signed in. Whether the token is still good the database says.
pub struct Ask {
    pub token: String,
    pub auth: Value,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub theme: Theme,
    pub channel: Channel,
    /// What was chosen, an id or not; empty: nothing.
    session: String,
}

impl Ask {
    fn of(parts: &Parts, host: &Host) -> Result<Ask, Halt> {
        let path = parts.uri.path().to_string();
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let channel = channel(&parts.headers, host);
        let is_page = parts.method == Method::GET && !path.starts_with("/ui/");
        let asked = query
            .iter()
            .find(|(name, value)| name == "token" && !value.is_empty());
        if let Some((_, token)) = asked.filter(|_| is_page) {
            return Err(Halt::signed_in_by_link(
                token,
                local::without(&path, &query, &["token"]),
            ));
        }
        let here = local::without(&path, &query, &[]);
        let Some(token) = cookie::get(&parts.headers, cookie::TOKEN) else {
            return Err(Halt::nobody(&parts.method, &here));
        };
        Ok(Ask {
            session: first(&query, "session").unwrap_or_default().into(),
            auth: call::auth_of(&token, parts),
            theme: theme(&parts.headers),
            headers: parts.headers.clone(),
            token,
            path,
            query,
            channel,
        })
    }

    /// The first value of a name; an empty one is as good as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// A number of the query, where it is one.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok().filter(|number| *number >= 0)
    }

    /// The chosen session, where it is an id.
    pub fn session(&self) -> Option<&str> {
        Some(self.session.as_str()).filter(|id| is_uuid(id))
    }

    /// The same for links: empty where none is chosen.
    pub fn session_or_none(&self) -> &str {
        self.session().unwrap_or_default()
    }

    /// A session that the address names and that has to be there.
    pub fn named_session(&self) -> Option<&str> {
        Some(self.session.as_str()).filter(|named| !named.is_empty() && !self.is_action())
    }

    /// The same request in a session that its query does not name.
    pub fn in_session(self, session: String) -> Ask {
        Ask { session, ..self }
    }

    fn is_action(&self) -> bool {
        self.path.starts_with("/actions/")
    }

    /// `path?query` of this request.
    pub fn here(&self) -> String {
        local::without(&self.path, &self.query, &[])
    }

    pub fn is_fragment(&self) -> bool {
        self.path.starts_with("/ui/")
    }

    /// The tag of what the caller has.
    pub fn known_tag(&self) -> Option<&str> {
        self.headers
            .get(axum::http::header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok())
    }
}

/// A form that was sent by a page of ours.
pub struct Sent {
    pub ask: Ask,
    pub fields: Vec<(String, String)>,
}

impl Sent {
    pub fn get(&self, name: &str) -> Option<&str> {
        first(&self.fields, name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        values(&self.fields, name)
    }

    /// Where to go afterwards.
    pub fn back(&self) -> &str {
        local::next(self.get("next").unwrap_or_default())
    }
}

/// The session that a form is sent in: its own field, else that of the page that it leads back to.
fn session_of(fields: &[(String, String)]) -> String {
    if let Some(id) = first(fields, "session_id") {
        return id.into();
    }
    let next = first(fields, "next").unwrap_or_default();
    let (_, query) = next.split_once('?').unwrap_or_default();
    let query = query.split('#').next().unwrap_or_default();
    let query = pairs(query.as_bytes());
    first(&query, "session").unwrap_or_default().into()
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs
        .iter()
        .find(|(key, value)| key == name && !value.is_empty());
    found.map(|(_, value)| value.as_str())
}

fn values<'a>(pairs: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    pairs
        .iter()
        .filter(move |(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

/// Names and values of a query or a form. U+0000 cannot be stored, and no page sends it.
pub fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes)
        .map(|(name, value)| (name.into_owned(), value.replace('\0', "\u{fffd}")))
        .collect()
}

pub fn theme(headers: &HeaderMap) -> Theme {
    Theme::parse(&cookie::get(headers, cookie::THEME).unwrap_or_default())
}

pub fn channel(headers: &HeaderMap, host: &Host) -> Channel {
    let forwarded = headers
        .get("x-forwarded-proto")
        .and_then(|value| value.to_str().ok());
    match forwarded {
        Some("https") if host.trusts_proxy => Channel::Tls,
        _ => Channel::Plain,
    }
}

/// The body of a form, after the check that no other site sent it.
pub async fn read_form(request: Request) -> Result<(Parts, Vec<(String, String)>), Problem> {
    if csrf::is_foreign(request.headers()) {
        return Err(Problem::new(
            Code::Forbidden,
            "the form was sent by another site",
        ));
    }
    let (parts, bytes) = body::read(request, limits::BODY_BYTES)
        .await
        .map_err(|refusal| refusal.into_problem())?;
    match multipart::is(&parts.headers) {
        true => multipart::fields(parts, bytes).await,
        false => Ok((parts, pairs(&bytes))),
    }
}

impl FromRequestParts<App> for Ask {
    type Rejection = Halt;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Ask, Halt> {
        match Ask::of(parts, &app.host) {
            Err(Halt::Link(link)) => Err(link.follow(app, parts).await),
            other => other,
        }
    }
}

impl FromRequest<App> for Sent {
    type Rejection = Halt;

    async fn from_request(request: Request, app: &App) -> Result<Sent, Halt> {
        let (parts, fields) = read_form(request).await.map_err(Halt::from)?;
        let ask = Ask::of(&parts, &app.host)?;
        let session = session_of(&fields);
        let ask = ask.in_session(session);
        let sent = Sent { ask, fields };
        match csrf::is_field_of(&sent.ask.token, sent.get("csrf").unwrap_or_default()) {
            true => Ok(sent),
            false => Err(Problem::new(
                Code::Forbidden,
                "the form is not of this sign-in; load its page again and send it once more",
            )
            .into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_in_the_session_of_its_field_or_of_its_page() {
        for (form, session) in [
            ("session_id=a&next=/chat?session=b", "a"),
            ("session_id=&next=/chat%3Fline%3Dx%26session%3Db%23end", "b"),
            ("next=/chat", ""),
            ("", ""),
        ] {
            assert_eq!(session_of(&pairs(form.as_bytes())), session, "{form}");
        }
    }
}
