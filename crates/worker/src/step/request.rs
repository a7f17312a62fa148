//! From the request as it is written to the one that is sent: values and secrets in their places.

use crate::http::{HttpClient, HttpError, Request};
use ops_runbook::{Expect, HttpCall, InterpolateError, InvalidStatus, StatusMatch, WantedStatus};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::collections::BTreeMap;

/// Why a request cannot be made. Another try would end the same way.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error(transparent)]
    Text(#[from] InterpolateError),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("the expected status: {0}")]
    Status(#[from] InvalidStatus),
}

/// A request that can be sent any number of times.
pub(super) struct Prepared {
    pub request: Request,
    pub expect: Wanted,
}

/// What the answer has to be, values filled in.
pub(super) struct Wanted {
    pub status: Vec<StatusMatch>,
    pub body_contains: Vec<String>,
    pub json: BTreeMap<String, Value>,
    pub header: BTreeMap<String, String>,
}

/// `values` are those that anybody may see; `secret_values` hold `secrets` too.
pub(super) fn prepare(
    call: &HttpCall,
    values: &Value,
    secret_values: &Value,
) -> Result<Prepared, RequestError> {
    let url = ops_runbook::interpolate_url(&call.url, values)?;
    let url = HttpClient::url(url.trim())?;
    let method = Method::from_bytes(call.method.as_str().as_bytes())
        .map_err(|error| HttpError::Setup(error.to_string()))?;
    let mut headers = headers(call, secret_values)?;
    let body = match (&call.body, &call.json) {
        (Some(text), _) => Some(ops_runbook::interpolate(text, secret_values)?.into_bytes()),
        (None, Some(json)) => {
            let json = ops_runbook::interpolate_json(json, secret_values)?;
            headers
                .entry(CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/json"));
            Some(json.to_string().into_bytes())
        }
        (None, None) => None,
    };
    Ok(Prepared {
        request: Request {
            method,
            url,
            headers,
            body,
            follow_redirects: call.follow_redirects,
            max_bytes: call.max_bytes,
        },
        expect: wanted(&call.expect, values)?,
    })
}

fn headers(call: &HttpCall, values: &Value) -> Result<HeaderMap, RequestError> {
    let mut headers = HeaderMap::new();
    for (name, text) in &call.headers {
        let broken = || HttpError::Header(name.clone());
        let text = ops_runbook::interpolate(text, values)?;
        let mut value = HeaderValue::from_str(text.trim()).map_err(|_| broken())?;
        value.set_sensitive(true);
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| broken())?;
        headers.insert(name, value);
    }
    Ok(headers)
}

fn wanted(expect: &Expect, values: &Value) -> Result<Wanted, RequestError> {
    let text = |text: &String| ops_runbook::interpolate(text, values);
    let status = match &expect.status {
        WantedStatus::OneOf(list) => list.clone(),
        WantedStatus::Late(source) => StatusMatch::read_list(&text(source)?)?,
    };
    let body_contains: Result<_, _> = expect.body_contains.iter().map(text).collect();
    let mut wanted = Wanted {
        status,
        body_contains: body_contains?,
        json: BTreeMap::new(),
        header: BTreeMap::new(),
    };
    for (pointer, value) in &expect.json {
        let value = ops_runbook::interpolate_json(value, values)?;
        wanted.json.insert(pointer.clone(), value);
    }
    for (name, value) in &expect.header {
        wanted.header.insert(name.clone(), text(value)?);
    }
    Ok(wanted)
}
