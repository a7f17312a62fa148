use ops_core::{Code, Problem, port::TransportError};
use std::time::Duration;

/// The header's seconds, as a fact of the refusal.
pub(crate) const RETRY_AFTER: &str = "retry_after_seconds";

/// Whatever an answer says, nobody is kept waiting for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The control room answered and said no.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// No answer; whether the request took effect is unknown.
    #[error("the control room does not answer: {0}")]
    Unreachable(TransportError),
    /// Something else answered, such as a proxy.
    #[error("HTTP {status}, and not in the control room's words: {body}")]
    Foreign { status: u16, body: String },
    #[error("the answer cannot be read: {0}")]
    Garbled(String),
}

impl ClientError {
    /// The refusal's code, where the control room refused.
    pub fn code(&self) -> Option<Code> {
        match self {
            ClientError::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// How long the control room asks to be left alone, a minute at most; nothing where it does not
    /// say.
    pub fn retry_after(&self) -> Duration {
        match self {
            ClientError::Refused(problem) => problem
                .facts
                .get(RETRY_AFTER)
                .and_then(serde_json::Value::as_u64)
                .map_or(Duration::ZERO, Duration::from_secs)
                .min(LONGEST_WAIT),
            _ => Duration::ZERO,
        }
    }

    /// Whether the same request may go through a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            ClientError::Refused(problem) => problem.status >= 500 || problem.status == 429,
            ClientError::Unreachable(_) => true,
            ClientError::Foreign { status, .. } => {
                *status >= 500 || *status == 429 || *status == 408
            }
            ClientError::Garbled(_) => true,
        }
    }
}
