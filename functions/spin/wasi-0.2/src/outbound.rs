use crate::within::within;
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use send_wrapper::SendWrapper;
use spin_sdk::http::{IncomingResponse, Request, send};

/// The host's outbound HTTP.
pub struct Outbound;

impl Transport for Outbound {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        // The SDK's future holds an `Rc`; a component has one thread.
        let timeout = request.timeout;
        Box::pin(SendWrapper::new(within(timeout, exchange(request))))
    }
}

async fn exchange(request: HttpRequest) -> Result<HttpResponse, TransportError> {
    let method = match request.method {
        "GET" => spin_sdk::http::Method::Get,
        "POST" => spin_sdk::http::Method::Post,
        "PUT" => spin_sdk::http::Method::Put,
        "DELETE" => spin_sdk::http::Method::Delete,
        other => spin_sdk::http::Method::Other(other.into()),
    };
    let mut outgoing = Request::builder();
    outgoing.method(method).uri(request.url);
    for (name, value) in request.headers {
        outgoing.header(name, value);
    }
    // Else the body travels in chunks.
    outgoing.header("content-length", request.body.len().to_string());
    let response: IncomingResponse = send(outgoing.body(request.body).build())
        .await
        .map_err(said)?;
    let status = response.status();
    let headers = response
        .headers()
        .entries()
        .into_iter()
        .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
        .collect();
    let body = response.into_body().await.map_err(said)?;
    Ok(HttpResponse {
        status,
        headers,
        body,
    })
}

fn said(error: impl std::fmt::Display) -> TransportError {
    TransportError(error.to_string())
}
