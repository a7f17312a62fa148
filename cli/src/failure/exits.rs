//! With which code a failure ends the program.

use super::Failure;
use crate::exit::Exit;
use ops_client::ClientError;
use ops_core::Problem;
use ops_server::UpError;
use ops_worker::WorkerError;
use std::io;

impl Failure {
    pub fn exit(&self) -> Exit {
        match self {
            Failure::BrokenPipe => Exit::Success,
            Failure::Usage { .. } => Exit::Usage,
            Failure::NoControlRoom { .. }
            | Failure::NoToken { .. }
            | Failure::Unreachable { .. }
            | Failure::Strange { .. } => Exit::NoAnswer,
            Failure::Refused(problem) => exit_of(problem),
            // A path that was named and is not there.
            Failure::File { error, .. } if error.kind() == io::ErrorKind::NotFound => Exit::Usage,
            Failure::File { .. } => Exit::Failed,
            Failure::Missing { .. } => Exit::Refused,
            Failure::Runbook(_) | Failure::Params { .. } => Exit::Invalid,
            Failure::Up { error, .. } => exit_of_up(error),
            Failure::Worker { error, .. } => exit_of_worker(error),
            Failure::Spec(failure) => failure.exit(),
            Failure::Output(_)
            | Failure::Unsaved(_)
            | Failure::Signals(_)
            | Failure::Runtime(_)
            | Failure::Random(_) => Exit::Failed,
        }
    }
}

fn exit_of(problem: &Problem) -> Exit {
    match problem.status {
        401 | 403 | 426 | 429 | 500.. => Exit::NoAnswer,
        400 | 413 | 415 | 422 => Exit::Invalid,
        _ => Exit::Refused,
    }
}

fn exit_of_up(error: &UpError) -> Exit {
    match error {
        error if error.is_data_in_use() => Exit::DataInUse,
        UpError::PortInUse { .. } => Exit::PortInUse,
        UpError::DatabaseUrl(_) => Exit::Usage,
        UpError::Connect(_) => Exit::NoAnswer,
        _ => Exit::Failed,
    }
}

fn exit_of_worker(error: &WorkerError) -> Exit {
    match error {
        WorkerError::Refused(ClientError::Refused(problem)) => exit_of(problem),
        WorkerError::Refused(_) | WorkerError::Transport(_) => Exit::NoAnswer,
        WorkerError::NothingToDo => Exit::Usage,
        WorkerError::Io { .. } | WorkerError::Random(_) => Exit::Failed,
    }
}
