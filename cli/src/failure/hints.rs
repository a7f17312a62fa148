//! What to do after a failure.

use super::Failure;
use crate::program;
use ops_client::ClientError;
use ops_core::port::StoreError;
use ops_core::{Code, FieldError, Problem};
use ops_server::UpError;
use ops_worker::WorkerError;
use std::io;

impl Failure {
    /// In the order in which they are worth trying.
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
            Failure::Runbook(_) => vec!["mend the places above; nothing was changed".into()],
            Failure::Params { known, .. } if known.is_empty() => {
                vec!["the runbook takes no parameters".into()]
            }
            Failure::Params { known, .. } => {
                vec![format!("its parameters: {}", known.join(", "))]
            }
            Failure::Up { error, holder } => hints_of_up(error, holder.as_deref()),
            Failure::Worker { error, .. } => match &**error {
                WorkerError::Refused(ClientError::Refused(problem)) => {
                    hint_of(problem).into_iter().collect()
                }
                _ => Vec::new(),
            },
            Failure::File { error, .. } => hint_of_file(error).into_iter().collect(),
            Failure::Spec(failure) => failure.hint().into_iter().collect(),
            Failure::Unsaved(_) => vec!["what went wrong stands above; the others were saved".into()],
            Failure::Output(_) => vec!["see whether the disk is full or the terminal has gone".into()],
            Failure::BrokenPipe | Failure::Signals(_) | Failure::Runtime(_) | Failure::Random(_) => {
                Vec::new()
            }
        }
    }
}

fn hint_of(problem: &Problem) -> Option<String> {
    let names_a_lane =
        |error: &FieldError| matches!(error.field.rsplit('/').next(), Some("lane" | "lanes"));
    match problem.code {
        Code::Unauthenticated => Some(
            "pass another token with --token or OPS_TOKEN; `ops up` prints one, `ops tokens create` mints one".into(),
        ),
        Code::NotFound => Some(format!(
            "see what exists: {}, and `list` of templates, sessions, lanes, workers, tokens",
            program::call("runs")
        )),
        Code::AlreadyFinished => {
            Some(format!("make a new run of it: {}", program::call("runs retry ID")))
        }
        Code::SlugTaken => Some(format!(
            "choose another slug, or make it a new version: {}",
            program::call("templates update FILE")
        )),
        Code::Invalid if problem.errors.iter().any(names_a_lane) => Some(format!(
            "see the lanes: {}; make one: {}",
            program::call("lanes list"),
            program::call("lanes update NAME")
        )),
        // The fields are told already.
        Code::Invalid => None,
        _ => Some(problem.hint.clone()).filter(|hint| !hint.is_empty() && hint != "See the detail."),
    }
}

fn hint_of_file(error: &io::Error) -> Option<String> {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => "check the path",
        io::ErrorKind::PermissionDenied => "give yourself the right to it, or choose another place",
        io::ErrorKind::AlreadyExists => "move it away, or choose another place",
        io::ErrorKind::StorageFull => "free some space",
        _ => return None,
    };
    Some(hint.into())
}

fn hints_of_up(error: &UpError, holder: Option<&str>) -> Vec<String> {
    match (error, holder) {
        (UpError::PortInUse { address }, Some(holder)) => {
            vec![format!("{address} is held by {holder}")]
        }
        (UpError::Listen { .. }, _) => {
            vec!["choose an address of this machine with --listen, and a port above 1023".into()]
        }
        (UpError::Worker(why), _) if why.contains("there is no lane") => vec![format!(
            "make the lane first: {}, then {} in another terminal",
            program::call("up --workers 0"),
            program::call("lanes update NAME")
        )],
        (UpError::Connect(_) | UpError::DatabaseUrl(_), _) => {
            vec!["check --database-url (OPS_DATABASE_URL); without it `ops up` brings its own PostgreSQL".into()]
        }
        (UpError::Key(_), _) => vec![
            "set OPS_SUPABASE_KEY to the project's secret key: project settings, API keys".into(),
        ],
        (UpError::Store(StoreError::NotInstalled(_)), _) => vec![
            "install the schema first: `supabase db push` in a checkout of this project".into(),
        ],
        _ => Vec::new(),
    }
}
