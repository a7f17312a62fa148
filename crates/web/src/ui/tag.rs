//! Tags of live regions: what is unchanged is not sent again. A tag holds for one token, because
//! another one may see other buttons.

use crate::call::sha256_hex;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The database's tag as the browser gets it.
pub fn outer(tag: &str, token: &str) -> String {
    format!("\"{tag}.{}\"", of_token(token))
}

/// The database's tag in what the browser sent, where it is of this token.
pub fn inner<'a>(sent: &'a str, token: &str) -> Option<&'a str> {
    let text = sent.strip_prefix("W/").unwrap_or(sent);
    let (tag, whose) = text
        .strip_prefix('"')?
        .strip_suffix('"')?
        .rsplit_once('.')?;
    (whose == of_token(token)).then_some(tag)
}

fn of_token(token: &str) -> String {
    let mut digest = sha256_hex(format!("tag of {token}").as_bytes());
    digest.truncate(8);
    digest
}

/// Of a region for which the database has no tag: a digest of the facts that it shows.
pub fn of_facts(token: &str, facts: &serde_json::Value) -> String {
    outer(&digest(facts), token)
}

pub fn digest(facts: &serde_json::Value) -> String {
    let mut digest = sha256_hex(facts.to_string().as_bytes());
    digest.truncate(32);
    digest
}

pub fn not_modified(tag: &str) -> Response {
    with(StatusCode::NOT_MODIFIED.into_response(), tag)
}

/// A region with its tag, and how soon it should be asked for again where there is no stream: sooner
/// while something runs, which the page that stands open cannot know by itself.
pub fn with_poll(response: Response, tag: &str, poll_ms: u32) -> Response {
    let mut response = with(response, tag);
    response.headers_mut().insert(
        HeaderName::from_static("ops-poll"),
        HeaderValue::from(poll_ms),
    );
    response
}

pub fn with(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, value);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_back_by_its_own_token_alone() {
        let sent = outer("0123abcd", "ops_1");
        assert_eq!(inner(&sent, "ops_1"), Some("0123abcd"));
        assert_eq!(inner(&format!("W/{sent}"), "ops_1"), Some("0123abcd"));
        assert_eq!(inner(&sent, "ops_2"), None);
        assert_eq!(inner("\"x\"", "ops_1"), None);
        assert!(!sent.contains("ops_1"));
    }
}
