use ops_client::ClientError;
use ops_core::port::TransportError;

/// Why a worker ended on its own.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// Trying again would not help: token, lanes or version.
    #[error("the control room refuses this worker: {0}")]
    Refused(ClientError),
    #[error("no connection can be made: {0}")]
    Transport(#[from] TransportError),
    #[error("{what}: {error}")]
    Io { what: String, error: std::io::Error },
    #[error("concurrency must be at least 1 and lanes must not be empty")]
    NothingToDo,
    #[error("no randomness for a worker id: {0}")]
    Random(getrandom::Error),
}

impl WorkerError {
    pub(crate) fn io(what: impl Into<String>, error: std::io::Error) -> Self {
        WorkerError::Io {
            what: what.into(),
            error,
        }
    }
}
