//! Why a request has no answer.

use super::resolve::ResolveError;
use std::error::Error;

#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("`{0}` is no web address")]
    NoAddress(String),
    #[error("an address with a user or password in it is refused; send them in a header")]
    Credentials,
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error("the header `{0}` cannot be sent")]
    Header(String),
    #[error("{0}")]
    Broken(String),
    #[error("the body is longer than {0} bytes, which `max_bytes` allows")]
    TooLarge(u64),
    #[error("the answer leads on for the {}th time; {} redirects are followed", .0 + 1, .0)]
    TooManyRedirects(usize),
    #[error("the answer leads to {to}: {why}")]
    Redirect { to: String, why: String },
    #[error("the lease is over")]
    LeaseOver,
    #[error("the HTTP client cannot be made: {0}")]
    Setup(String),
}

impl HttpError {
    /// Whether another try could end otherwise.
    pub fn is_passing(&self) -> bool {
        match self {
            HttpError::Broken(_) | HttpError::TooLarge(_) | HttpError::TooManyRedirects(_) => true,
            HttpError::Resolve(error) => matches!(error, ResolveError::Failed { .. }),
            HttpError::NoAddress(_)
            | HttpError::Credentials
            | HttpError::Header(_)
            | HttpError::Redirect { .. }
            | HttpError::LeaseOver
            | HttpError::Setup(_) => false,
        }
    }
}

impl From<reqwest::Error> for HttpError {
    /// reqwest's own text is general; the last cause is what a person can mend.
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let what = match () {
            () if error.is_connect() => "no connection",
            () if error.is_body() || error.is_decode() => "the answer broke off",
            () => "no answer",
        };
        let mut cause: &dyn Error = &error;
        while let Some(next) = cause.source() {
            if let Some(resolving) = next.downcast_ref::<ResolveError>() {
                return HttpError::Resolve(resolving.clone());
            }
            cause = next;
        }
        HttpError::Broken(format!("{what}: {cause}"))
    }
}
