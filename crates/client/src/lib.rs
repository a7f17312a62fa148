//! Typed client of the ops-executor API. One method per verb, generic over a [`Transport`].
//! It never repeats a request: whoever knows whether a call is safe to repeat does that.

mod bearer;
mod bytes;
mod error;
mod native;
mod verbs;

pub use bearer::Bearer;
pub use error::ClientError;
pub use native::NativeTransport;

use ops_core::port::{HttpRequest, HttpResponse, Transport};
use ops_core::{BASE_PATH, PROTOCOL_VERSION, Problem, api::Object};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// Speaks to one control room with one token. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    base: Arc<str>,
    token: Bearer,
    timeout: Duration,
}

impl Client {
    /// `url` is the control room's origin, such as `http://127.0.0.1:4173`; a trailing slash or
    /// the whole base path is accepted too. An empty token is not sent.
    pub fn new(transport: Arc<dyn Transport>, url: &str, token: impl Into<Bearer>) -> Self {
        let origin = url.trim_end_matches('/').trim_end_matches(BASE_PATH);
        Client {
            transport,
            base: format!("{origin}{BASE_PATH}").into(),
            token: token.into(),
            timeout: Duration::from_secs(10),
        }
    }

    /// The same client whose requests end after `timeout`; 10 seconds where nothing is said.
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Client {
            timeout,
            ..self.clone()
        }
    }

    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Calls a write verb such as `runs.create`.
    pub async fn post<A: DeserializeOwned>(
        &self,
        verb: &str,
        body: &impl Serialize,
    ) -> Result<A, ClientError> {
        let body = serde_json::to_vec(body).map_err(|e| ClientError::Garbled(e.to_string()))?;
        self.exchange("POST", verb, String::new(), body, self.timeout)
            .await
    }

    /// Calls a read verb such as `runs.get` with a query; empty values are left out.
    pub async fn get<A: DeserializeOwned>(
        &self,
        verb: &str,
        query: &[(&str, &str)],
    ) -> Result<A, ClientError> {
        self.exchange("GET", verb, encode_query(query), Vec::new(), self.timeout)
            .await
    }

    async fn exchange<A: DeserializeOwned>(
        &self,
        method: &'static str,
        verb: &str,
        query: String,
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<A, ClientError> {
        let mut headers = self.headers();
        if method == "POST" {
            headers.push(("content-type".into(), "application/json".into()));
        }
        let request = HttpRequest {
            method,
            url: format!("{}/{verb}{query}", self.base),
            headers,
            body,
            timeout,
        };
        let response = self
            .transport
            .send(request)
            .await
            .map_err(ClientError::Unreachable)?;
        if (200..300).contains(&response.status) {
            return serde_json::from_slice(&response.body)
                .map_err(|e| ClientError::Garbled(format!("{verb}: {e}")));
        }
        Err(refusal(&response))
    }

    fn headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![
            ("ops-protocol".into(), PROTOCOL_VERSION.to_string()),
            ("user-agent".into(), USER_AGENT.into()),
        ];
        let token = self.token.get();
        if !token.is_empty() {
            headers.push(("authorization".into(), format!("Bearer {token}")));
        }
        headers
    }
}

const USER_AGENT: &str = concat!("ops/", env!("CARGO_PKG_VERSION"));

fn refusal(response: &HttpResponse) -> ClientError {
    match serde_json::from_slice::<Problem>(&response.body) {
        Ok(mut problem) => {
            if let Some(seconds) = retry_after(response) {
                problem
                    .facts
                    .insert(error::RETRY_AFTER.into(), seconds.into());
            }
            ClientError::Refused(Box::new(problem))
        }
        // A proxy in between answers in its own words.
        Err(_) => ClientError::Foreign {
            status: response.status,
            body: excerpt(&response.body),
        },
    }
}

/// In seconds; the other form that HTTP has, a date, is not used here.
fn retry_after(response: &HttpResponse) -> Option<u64> {
    let mut headers = response.headers.iter();
    let (_, seconds) = headers.find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))?;
    seconds.trim().parse().ok()
}

fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(200).collect()
}

/// As a value in a query (RFC 3986: all but the unreserved).
pub fn percent_encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(byte.into());
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn encode_query(query: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        text.push_str(&percent_encoded(value));
    }
    text
}

/// The answer of a verb whose shape the caller does not need.
pub type Anything = Object;

/// An answer taken as it is.
pub type Raw = Value;

#[cfg(test)]
mod retry_tests {
    use super::*;
    use ops_core::Code;

    fn refused(header: &str) -> ClientError {
        refusal(&HttpResponse {
            status: 429,
            headers: vec![("Retry-After".into(), header.into())],
            body: serde_json::to_vec(&Problem::new(Code::RateLimited, "")).unwrap_or_default(),
        })
    }

    #[test]
    fn a_refusal_says_how_long_to_wait_and_nobody_waits_for_ever() {
        let wait = |header| refused(header).retry_after().as_secs();
        assert_eq!(
            [
                wait("7"),
                wait(" 60 "),
                wait("86400"),
                wait("soon"),
                wait("-1")
            ],
            [7, 60, 60, 0, 0]
        );
    }
}
