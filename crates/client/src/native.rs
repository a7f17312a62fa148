use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use std::error::Error;

/// reqwest with rustls and ring. Each value has its own connections: a worker's heartbeats use
/// another one than its claims and logs, so that they never queue behind those.
pub struct NativeTransport(reqwest::Client);

impl NativeTransport {
    pub fn new() -> Result<Self, TransportError> {
        // Twice is harmless: the first one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(std::time::Duration::from_secs(5))
            .tcp_nodelay(true)
            // A redirect would carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(describe)?;
        Ok(NativeTransport(client))
    }
}

impl Transport for NativeTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            let method = reqwest::Method::from_bytes(request.method.as_bytes())
                .map_err(|e| TransportError(e.to_string()))?;
            let mut outgoing = self
                .0
                .request(method, &request.url)
                .timeout(request.timeout);
            for (name, value) in &request.headers {
                outgoing = outgoing.header(name, value);
            }
            let response = outgoing.body(request.body).send().await.map_err(describe)?;
            let status = response.status().as_u16();
            let headers = response
                .headers()
                .iter()
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect();
            let body = response.bytes().await.map_err(describe)?.to_vec();
            Ok(HttpResponse {
                status,
                headers,
                body,
            })
        })
    }
}

/// reqwest's own text ends at "error sending request"; the cause says what a person can mend.
fn describe(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    TransportError(text)
}
