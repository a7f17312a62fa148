use crate::within::within;
use bytes::Bytes;
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::http::{FullBody, send};

/// The host's outbound HTTP.
pub struct Outbound;

impl Transport for Outbound {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let timeout = request.timeout;
        Box::pin(within(timeout, exchange(request)))
    }
}

async fn exchange(request: HttpRequest) -> Result<HttpResponse, TransportError> {
    let mut outgoing = hyperium::Request::builder()
        .method(request.method)
        .uri(&request.url);
    for (name, value) in &request.headers {
        outgoing = outgoing.header(name, value);
    }
    // Else the body travels in chunks.
    outgoing = outgoing.header("content-length", request.body.len());
    let outgoing = outgoing
        .body(FullBody::new(Bytes::from(request.body)))
        .map_err(said)?;
    let (head, body) = send(outgoing).await.map_err(said)?.into_parts();
    let body = body.bytes().await.map_err(said)?.to_vec();
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect();
    check_length(&headers, body.len())?;
    Ok(HttpResponse {
        status: head.status.as_u16(),
        headers,
        body,
    })
}

fn said(error: impl std::fmt::Display) -> TransportError {
    TransportError(error.to_string())
}

/// Where the other side dies in the middle, the host gives what came and no error.
fn check_length(headers: &[(String, String)], came: usize) -> Result<(), TransportError> {
    let announced = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse::<usize>().ok());
    match announced {
        Some(announced) if announced != came => Err(TransportError(format!(
            "the answer was cut: {came} of {announced} bytes came"
        ))),
        _ => Ok(()),
    }
}
