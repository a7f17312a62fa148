//! Everything that ends a command early: what happened, what to do next, which exit code.

mod exits;
mod hints;
mod words;

use crate::commands::spec::SpecFailure;
use crate::connection::Address;
use crate::output::{self, style::Paint, style::To};
use ops_core::{FieldError, Problem};
use ops_runbook::Diagnostic;
use ops_server::UpError;
use ops_worker::WorkerError;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Whoever read our output has gone, as `head` does. Nothing to say.
    #[error("the reader of the output has gone")]
    BrokenPipe,
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    #[error("{message}")]
    Usage { message: String, hint: String },
    #[error("no control room is known: no --url and --token (OPS_URL, OPS_TOKEN), and no {}", file.display())]
    NoControlRoom { file: PathBuf },
    #[error("no token for {url}")]
    NoToken { url: String },
    #[error("cannot reach the control room at {}: {why}", address.url)]
    Unreachable { address: Address, why: String },
    #[error("what answers at {} is no control room of ours: {why}", address.url)]
    Strange { address: Address, why: String },
    #[error("{}", words::refusal(.0))]
    Refused(Box<Problem>),
    /// A runbook that is not valid.
    #[error("{}", words::diagnosed(.0))]
    Runbook(Vec<Diagnostic>),
    /// Parameters that do not fit the runbook. `known` describes those that it has.
    #[error("{}", words::parameters(errors))]
    Params {
        errors: Vec<FieldError>,
        known: Vec<String>,
    },
    #[error("cannot {doing} {}: {error}", path.display())]
    File {
        doing: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    /// Something that was named does not exist.
    #[error("{what}")]
    Missing { what: String, hint: String },
    /// Some artifacts were not saved; each was told.
    #[error("{0} could not be saved")]
    Unsaved(String),
    #[error("{error}")]
    Up {
        error: Box<UpError>,
        holder: Option<String>,
    },
    #[error("{}", words::of_worker(error))]
    Worker {
        error: Box<WorkerError>,
        address: Address,
    },
    #[error(transparent)]
    Spec(Box<SpecFailure>),
    #[error("cannot watch for signals: {0}")]
    Signals(io::Error),
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
}

impl From<SpecFailure> for Failure {
    fn from(failure: SpecFailure) -> Self {
        Failure::Spec(Box::new(failure))
    }
}

impl Failure {
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Usage {
            message: message.into(),
            hint: hint.into(),
        }
    }

    pub fn file(doing: &'static str, path: &Path, error: io::Error) -> Self {
        Failure::File {
            doing,
            path: path.into(),
            error,
        }
    }

    /// Writing to standard output failed.
    pub fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::Output(error),
        }
    }

    /// Tells it on standard error: what happened, a blank line, what to do next.
    pub fn tell(&self) {
        if matches!(self, Failure::BrokenPipe) {
            return;
        }
        let word = To::Err.paint(Paint::Red, "error");
        output::note(format_args!("{word}: {self}"));
        output::hints(self.hints());
    }
}
