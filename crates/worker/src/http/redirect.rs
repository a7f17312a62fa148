//! Where a redirect may lead, and what it may carry there.

use super::client::Request;
use super::error::HttpError;
use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap,
    HeaderName, HeaderValue, USER_AGENT,
};
use reqwest::{Method, Url};

/// Headers that another origin may see. Anything else may hold a secret.
const HARMLESS: [HeaderName; 4] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT];
const OF_A_BODY: [HeaderName; 3] = [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE];

pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The request that follows.
pub(super) fn next(
    request: &Request,
    status: u16,
    location: &HeaderValue,
) -> Result<Request, HttpError> {
    let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
    let refused = |to: String, why: &str| HttpError::Redirect {
        to,
        why: why.to_string(),
    };
    let Ok(url) = request.url.join(&text) else {
        return Err(refused(text, "that is no address"));
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(url.to_string(), "only http and https are followed"));
    }
    if request.url.scheme() == "https" && url.scheme() == "http" {
        return Err(refused(
            url.to_string(),
            "from https to http nothing is followed",
        ));
    }
    if has_credentials(&url) {
        return Err(HttpError::Credentials);
    }
    let mut next = Request {
        url,
        ..request.clone()
    };
    let becomes_get = match status {
        303 => request.method != Method::HEAD,
        301 | 302 => request.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        next.method = Method::GET;
        next.body = None;
        OF_A_BODY.iter().for_each(|name| {
            next.headers.remove(name);
        });
    }
    if next.url.origin() != request.url.origin() {
        if next.body.is_some() {
            let why = "the body would be sent to another server";
            return Err(refused(next.url.to_string(), why));
        }
        next.headers = harmless(&next.headers);
    }
    Ok(next)
}

pub(super) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn harmless(headers: &HeaderMap) -> HeaderMap {
    let kept = HARMLESS.iter().filter_map(|name| {
        let value = headers.get(name)?;
        Some((name.clone(), value.clone()))
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, url: &str) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("Bearer gold"));
        headers.insert("x-api-key", HeaderValue::from_static("gold"));
        headers.insert("accept", HeaderValue::from_static("text/plain"));
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        Request {
            body: (method == Method::POST).then(|| b"gold".to_vec()),
            method,
            url: url.parse().unwrap(),
            headers,
            follow_redirects: true,
            max_bytes: 10,
        }
    }

    fn led(method: Method, from: &str, status: u16, to: &'static str) -> Result<Request, String> {
        next(
            &request(method, from),
            status,
            &HeaderValue::from_static(to),
        )
        .map_err(|error| error.to_string())
    }

    #[test]
    fn methods_and_bodies_follow_the_rules_of_http() {
        for (method, status, then) in [
            (Method::POST, 301, "GET"),
            (Method::POST, 302, "GET"),
            (Method::POST, 303, "GET"),
            (Method::POST, 307, "POST"),
            (Method::POST, 308, "POST"),
            (Method::PUT, 302, "PUT"),
            (Method::DELETE, 303, "GET"),
            (Method::HEAD, 303, "HEAD"),
            (Method::GET, 308, "GET"),
        ] {
            let had_body = method == Method::POST;
            let next = led(method, "http://a/x/y", status, "../z?q").unwrap();
            assert_eq!(next.method.as_str(), then, "{status}");
            assert_eq!(next.body.is_some(), had_body && then == "POST", "{status}");
            assert_eq!(next.url.as_str(), "http://a/z?q");
            assert!(
                next.headers.contains_key("authorization"),
                "the same origin"
            );
        }
    }

    #[test]
    fn another_origin_gets_nothing_that_could_be_secret() {
        for to in ["http://b/", "http://a:81/", "https://a/", "//a.evil.org/"] {
            let next = led(Method::GET, "http://a/", 302, to).unwrap();
            let names: Vec<_> = next.headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["accept", "content-type"], "{to}");
        }
        assert_eq!(
            led(Method::POST, "http://a/", 307, "http://b/x").unwrap_err(),
            "the answer leads to http://b/x: the body would be sent to another server"
        );
    }

    #[test]
    fn what_is_not_followed_is_said() {
        for (to, message) in [
            (
                "http://a/",
                "the answer leads to http://a/: from https to http nothing is followed",
            ),
            (
                "ftp://a/",
                "the answer leads to ftp://a/: only http and https are followed",
            ),
            (
                "https://[",
                "the answer leads to https://[: that is no address",
            ),
            (
                "https://me:pw@a/",
                "an address with a user or password in it is refused; send them in a header",
            ),
        ] {
            assert_eq!(
                led(Method::GET, "https://a/", 302, to).unwrap_err(),
                message
            );
        }
    }
}
