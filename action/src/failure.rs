use ops_client::ClientError;
use ops_spec_files::FilesError;
use ops_worker::WorkerError;

/// Why the action itself failed; a run that fails is no failure of the action that works for it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("usage: ops-action [main | post]")]
    Usage,
    #[error("{}", .0.join("\n"))]
    Inputs(Vec<String>),
    #[error("the spec kit: {0}")]
    Spec(#[from] FilesError),
    #[error("this program has a fault; it says nothing about the documents")]
    Crashed,
    #[error(
        "this job cannot prove who it is: give it `permissions: {{ id-token: write, contents: read }}`, or the action a `token`"
    )]
    NoIdentity,
    #[error("the runner gave no identity token: {0}")]
    Runner(String),
    #[error(
        "the control room does not take this job's identity: {0}; `ops trust add {1}` lets its jobs in, and `ops audit --action workers.exchange_refused` says what was wrong"
    )]
    Distrusted(String, String),
    #[error("{what}: {error}")]
    Refused {
        what: &'static str,
        error: ClientError,
    },
    #[error("the worker ended: {0}")]
    Worker(#[from] Box<WorkerError>),
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    #[error("this process cannot start: {0}")]
    Runtime(std::io::Error),
    #[error("no connection can be made here: {0}")]
    Transport(String),
}

impl Failure {
    pub fn refused(what: &'static str) -> impl FnOnce(ClientError) -> Self {
        move |error| Failure::Refused { what, error }
    }
}
