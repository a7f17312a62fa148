//! Data goes to standard output, progress and hints to standard error.

pub mod facts;
pub mod style;
pub mod table;
pub mod text;

use crate::failure::Failure;
use serde::Serialize;
use std::fmt::Display;
use std::io::Write;

/// One line of data.
pub fn line(text: impl Display) -> Result<(), Failure> {
    write(format_args!("{text}\n"))
}

/// Data as it is, without an end of line.
pub fn write(text: impl Display) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    write!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(Failure::output)
}

/// One line of JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::output(error.into()))?;
    line(text)
}

/// Progress. Nobody is helped when it cannot be told.
pub fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What to do next, after a blank line.
pub fn hints<T: Display>(hints: impl IntoIterator<Item = T>) {
    let mut lead = "\n";
    for hint in hints {
        note(format_args!("{lead}hint: {hint}"));
        lead = "";
    }
}

pub fn hint(text: impl Display) {
    hints([text]);
}
