//! How failures with many parts are told.

use crate::output::text::{count, plain};
use ops_client::ClientError;
use ops_core::{FieldError, Problem};
use ops_runbook::Diagnostic;
use ops_worker::WorkerError;

pub fn refusal(problem: &Problem) -> String {
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

pub fn diagnosed(diagnostics: &[Diagnostic]) -> String {
    let count = count(diagnostics.len() as u64, "problem");
    let one = diagnostics.windows(2).all(|two| two[0].file == two[1].file);
    let what = if one {
        "the runbook is"
    } else {
        "runbooks are"
    };
    let mut text = format!("{what} not valid, {count}:");
    for diagnostic in diagnostics {
        text = format!("{text}\n{diagnostic}");
    }
    text
}

pub fn parameters(errors: &[FieldError]) -> String {
    let mut text = String::from("the parameters do not fit the runbook:");
    for error in errors {
        let name = error.field.strip_prefix("/params/").unwrap_or(&error.field);
        text = format!("{text}\n  {}: {}", plain(name), plain(&error.message));
    }
    text
}

/// A refusal in the same words for every command.
pub fn of_worker(error: &WorkerError) -> String {
    match error {
        WorkerError::Refused(ClientError::Refused(problem)) => {
            format!("the control room refuses this worker: {}", refusal(problem))
        }
        other => other.to_string(),
    }
}
