//! Everything that ends a command early: what happened, what to do next, which exit code.

use crate::connection::Address;
use crate::exit::Exit;
use crate::output::{self, style::Paint, style::To, text::plain};
use crate::program;
use ops_core::{Code, FieldError, Problem};
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
    #[error("{}", refusal(.0))]
    Refused(Box<Problem>),
    /// A runbook that is not valid.
    #[error("{}", diagnosed(.0))]
    Runbook(Vec<Diagnostic>),
    /// Parameters that do not fit the runbook. `known` describes those that it has.
    #[error("{}", parameters(errors))]
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
    #[error("{error}")]
    Worker {
        error: Box<WorkerError>,
        address: Address,
    },
    #[error("cannot watch for signals: {0}")]
    Signals(io::Error),
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
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

    pub fn exit(&self) -> Exit {
        match self {
            Failure::BrokenPipe => Exit::Success,
            Failure::Usage { .. } => Exit::Usage,
            Failure::NoControlRoom { .. }
            | Failure::NoToken { .. }
            | Failure::Unreachable { .. }
            | Failure::Strange { .. } => Exit::NoAnswer,
            Failure::Refused(problem) => exit_of(problem),
            Failure::Missing { .. } => Exit::Refused,
            Failure::Runbook(_) | Failure::Params { .. } => Exit::Invalid,
            Failure::Up { error, .. } => exit_of_up(error),
            Failure::Worker { error, .. } => exit_of_worker(error),
            Failure::Output(_)
            | Failure::File { .. }
            | Failure::Unsaved(_)
            | Failure::Signals(_)
            | Failure::Runtime(_)
            | Failure::Random(_) => Exit::Failed,
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

    pub fn hints(&self) -> Vec<String> {
        match self {
            Failure::Usage { hint, .. } | Failure::Missing { hint, .. } => vec![hint.clone()],
            Failure::NoControlRoom { .. } => vec![
                format!("start one on this machine: {}", program::call("up")),
                "or name one: --url URL --token TOKEN (or OPS_URL and OPS_TOKEN); --data DIR finds an `ops up` that was started with it".into(),
            ],
            Failure::NoToken { .. } => vec![format!(
                "pass --token TOKEN or set OPS_TOKEN; {} mints one where you are an operator",
                program::call("tokens create")
            )],
            Failure::Unreachable { address, .. } => match &address.found_in {
                Some(data) => vec![format!(
                    "{} names this address, but `ops up` does not seem to be running there; start it: {}",
                    crate::folder::up_file_path(data).display(),
                    program::call(format_args!("up --data {}", program::quoted(&data.to_string_lossy())))
                )],
                None => vec!["check --url (OPS_URL), the network and whether the control room runs".into()],
            },
            Failure::Strange { .. } => {
                vec!["check --url (OPS_URL): the origin alone, without a path, is enough".into()]
            }
            Failure::Refused(problem) => hint_of(problem).into_iter().collect(),
            Failure::Runbook(_) => vec!["mend the places above; nothing was sent".into()],
            Failure::Params { known, .. } if known.is_empty() => {
                vec!["the runbook takes no parameters".into()]
            }
            Failure::Params { known, .. } => {
                vec![format!("its parameters: {}", known.join(", "))]
            }
            Failure::Up { error, holder } => hints_of_up(error, holder.as_deref()),
            Failure::Worker { error, .. } => match &**error {
                WorkerError::Refused(ops_client::ClientError::Refused(problem)) => {
                    hint_of(problem).into_iter().collect()
                }
                _ => Vec::new(),
            },
            Failure::BrokenPipe
            | Failure::Output(_)
            | Failure::File { .. }
            | Failure::Unsaved(_)
            | Failure::Signals(_)
            | Failure::Runtime(_)
            | Failure::Random(_) => Vec::new(),
        }
    }
}

fn refusal(problem: &Problem) -> String {
    let mut text = problem.title.clone();
    if problem.errors.is_empty() {
        if !problem.detail.is_empty() {
            text = format!("{text}: {}", plain(&problem.detail));
        }
    } else {
        for error in &problem.errors {
            text = format!(
                "{text}\n  {}: {}",
                plain(&error.field),
                plain(&error.message)
            );
        }
    }
    text
}

fn diagnosed(diagnostics: &[Diagnostic]) -> String {
    let count = output::text::count(diagnostics.len() as u64, "problem");
    let mut text = format!("the runbook is not valid, {count}:");
    for diagnostic in diagnostics {
        text = format!("{text}\n{diagnostic}");
    }
    text
}

fn parameters(errors: &[FieldError]) -> String {
    let mut text = String::from("the parameters do not fit the runbook:");
    for error in errors {
        let name = error.field.strip_prefix("/params/").unwrap_or(&error.field);
        text = format!("{text}\n  {}: {}", plain(name), plain(&error.message));
    }
    text
}

fn exit_of(problem: &Problem) -> Exit {
    match problem.status {
        401 | 403 | 426 | 429 | 500.. => Exit::NoAnswer,
        400 | 413 | 415 | 422 => Exit::Invalid,
        _ => Exit::Refused,
    }
}

fn hint_of(problem: &Problem) -> Option<String> {
    match problem.code {
        Code::Unauthenticated => Some(
            "pass another token with --token or OPS_TOKEN; `ops up` prints one, `ops tokens create` mints one".into(),
        ),
        Code::NotFound => Some(format!(
            "see what exists: {}, {}",
            program::call("runs"),
            program::call("templates list")
        )),
        Code::AlreadyFinished => Some(format!("{} makes a new run of it", program::call("runs retry ID"))),
        _ => Some(problem.hint.clone()).filter(|hint| !hint.is_empty() && hint != "See the detail."),
    }
}

fn exit_of_up(error: &UpError) -> Exit {
    match error {
        UpError::Embedded(error) if is_in_use(error) => Exit::DataInUse,
        UpError::PortInUse { .. } => Exit::PortInUse,
        UpError::DatabaseUrl(_) => Exit::Usage,
        UpError::Connect(_) => Exit::NoAnswer,
        _ => Exit::Failed,
    }
}

fn is_in_use(error: &(dyn std::error::Error + 'static)) -> bool {
    // The crate of the private cluster is the server's own business; its words are enough here.
    error.to_string().contains("is in use by")
}

fn hints_of_up(error: &UpError, holder: Option<&str>) -> Vec<String> {
    let mut hints = Vec::new();
    if let (UpError::PortInUse { address }, holder) = (error, holder) {
        hints.extend(holder.map(|holder| format!("{address} is held by {holder}")));
    }
    hints
}

fn exit_of_worker(error: &WorkerError) -> Exit {
    match error {
        WorkerError::Refused(ops_client::ClientError::Refused(problem)) => exit_of(problem),
        WorkerError::Refused(_) | WorkerError::Transport(_) => Exit::NoAnswer,
        WorkerError::NothingToDo => Exit::Usage,
        WorkerError::Io { .. } | WorkerError::Random(_) => Exit::Failed,
    }
}
