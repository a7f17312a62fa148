//! The ports: what the product needs of the outside world.

use serde_json::Value;
use std::{future::Future, pin::Pin, time::Duration};

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The one road to the database: a verb's SQL function `f(p jsonb) returns jsonb`.
///
/// An adapter holds no decision. A refusal is an `Ok` value with a `code`; an `Err` means that
/// the call itself did not come through, and nobody knows whether it took effect.
pub trait Store: Send + Sync {
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>>;
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The function or a table of ours is missing.
    #[error("the schema is not installed: {0}")]
    NotInstalled(String),
    /// No connection, a time-out, a restart: the same call may go through later.
    #[error("the database does not answer: {why}")]
    Unavailable {
        why: String,
        /// What the other side asked for; 1 second where it said nothing.
        retry_after_seconds: u32,
    },
    /// The address or the credentials are wrong: no repeat helps, a person must mend it.
    #[error("the control room may not use its database: {0}")]
    Misconfigured(String),
    /// The function raised: a malformed argument or a bug. The text is for our log only.
    #[error("the database refused the call: {0}")]
    Failed(String),
}

impl StoreError {
    pub fn unavailable(why: impl Into<String>) -> Self {
        StoreError::Unavailable {
            why: why.into(),
            retry_after_seconds: 1,
        }
    }
}

/// An HTTP request of the client or of an adapter.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The whole exchange must end within this.
    pub timeout: Duration,
}

#[derive(Debug, Clone)]
pub struct HttpResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// No answer: whether the request took effect is unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct TransportError(pub String);

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        (**self).send(request)
    }
}

/// Carries a request; natively reqwest, in a component the host's outbound HTTP.
pub trait Transport: Send + Sync {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}
