use ops_core::port::StoreError;
use ops_embedded::EmbeddedError;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum UpError {
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    #[error(
        "the port {address} is in use; give another one with --listen, or 127.0.0.1:0 for any free one"
    )]
    PortInUse { address: SocketAddr },
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("the database URL cannot be read: {0}")]
    DatabaseUrl(String),
    #[error("the database does not answer: {0}")]
    Connect(String),
    #[error("the schema cannot be installed: {0}")]
    Install(StoreError),
    #[error(transparent)]
    Origin(#[from] ops_store_supabase::OriginError),
    #[error(transparent)]
    Key(#[from] ops_store_supabase::KeyError),
    #[error("{0}")]
    Store(StoreError),
    #[error("cannot write {path}: {source}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("no random numbers from the system: {0}")]
    Random(String),
    #[error("the control room refused its own token: {0}")]
    Refused(ops_client::ClientError),
    #[error("local worker: {0}")]
    Worker(String),
    #[error("the server stopped: {0}")]
    Serve(std::io::Error),
}

impl UpError {
    /// Whether another process holds the data folder.
    pub fn is_data_in_use(&self) -> bool {
        matches!(self, UpError::Embedded(EmbeddedError::InUse { .. }))
    }
}
