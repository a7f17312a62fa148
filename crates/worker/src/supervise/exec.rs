//! The trampoline between fork and exec: our own binary once more, which ties the child's life
//! to the supervisor's and then becomes the child.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Argument that turns the binary into the trampoline: `<mark> <supervisor's pid> <argv…>`.
pub const MARK: &str = "--ops-become-step";

/// Shells say 127 for what cannot be found, 126 for what cannot be started.
const NOT_FOUND: u8 = 127;
const NOT_STARTED: u8 = 126;

pub fn become_step(arguments: &[OsString]) -> ExitCode {
    let [supervisor, program, rest @ ..] = arguments else {
        return ExitCode::from(NOT_STARTED);
    };
    die_with_parent();
    // The supervisor may have ended before the line above; then nobody would kill this one.
    let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().to_string());
    if parent.as_deref() != supervisor.to_str() {
        return ExitCode::from(NOT_STARTED);
    }
    let error = Command::new(program).args(rest).exec();
    eprintln!("ops: cannot start {}: {error}", program.to_string_lossy());
    match error.kind() {
        std::io::ErrorKind::NotFound => ExitCode::from(NOT_FOUND),
        _ => ExitCode::from(NOT_STARTED),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn die_with_parent() {
    let kill = Some(rustix::process::Signal::KILL);
    if let Err(error) = rustix::process::set_parent_process_death_signal(kill) {
        eprintln!("ops: the step will not end with its supervisor: {error}");
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn die_with_parent() {}
