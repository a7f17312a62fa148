/// Why a call did not work. No text has a token in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitHubError {
    /// An argument; nothing was sent.
    #[error("{0}")]
    Invalid(String),
    /// 401: the credentials are wrong, or good no longer.
    #[error("GitHub does not accept the credentials: {0}")]
    Unauthorized(String),
    /// 403: they are good, and not for this.
    #[error("the credentials may not do this: {0}")]
    Forbidden(String),
    /// GitHub says this too of what the credentials may not see.
    #[error("GitHub knows no such thing, or not for these credentials: {0}")]
    NotFound(String),
    /// 409.
    #[error("GitHub refuses this now: {0}")]
    Conflict(String),
    /// 400: GitHub does not know such a request; nothing was done.
    #[error("GitHub does not understand this: {0}")]
    Malformed(String),
    /// 422, and what else is wrong with a request: an input that the workflow does not declare, a ref
    /// that is not there.
    #[error("GitHub cannot do this: {0}")]
    Unprocessable(String),
    /// 403 or 429. 1 to 3,600 s.
    #[error("GitHub wants to be asked again in {retry_after_seconds} s")]
    RateLimited { retry_after_seconds: u32 },
    /// No answer, 5xx, or one that cannot be read.
    #[error("GitHub does not answer: {why}")]
    Unavailable { why: String, effect: Effect },
}

/// Whether a call that was not answered may have been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    None,
    Unknown,
}

impl GitHubError {
    /// Whether what was asked for may have been done all the same: look before you repeat.
    pub fn is_unknown(&self) -> bool {
        matches!(
            self,
            GitHubError::Unavailable {
                effect: Effect::Unknown,
                ..
            }
        )
    }

    /// Whether the same call may work later.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            GitHubError::RateLimited { .. } | GitHubError::Unavailable { .. }
        )
    }
}
