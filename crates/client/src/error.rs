use ops_core::{Code, Problem, port::TransportError};

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
