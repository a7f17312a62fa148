//! A step of a longer command, timed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Runs cargo with `arguments` and prints how long it took; an error names the command.
pub fn cargo(name: &str, arguments: &[&str]) -> Result<(), String> {
    eprintln!("── {name}: cargo {}", arguments.join(" "));
    let started = Instant::now();
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        // A check that cannot run here says so loudly; where everything is required it fails.
        .env(
            "OPS_REQUIRE_ALL",
            if std::env::var_os("CI").is_some() {
                "1"
            } else {
                "0"
            },
        )
        .status()
        .map_err(|e| format!("cargo does not start: {e}"))?;
    eprintln!("── {name}: {:.1} s", started.elapsed().as_secs_f64());
    if status.success() {
        Ok(())
    } else {
        Err(format!("`cargo {}` failed", arguments.join(" ")))
    }
}

/// A program that was built for `profile`.
pub fn built(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(name)
}

pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(root()).join("target"), Into::into)
}

/// Runs it to its end.
pub fn program(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|e| format!("{name}: {e}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{name} failed: {status}")),
    }
}

/// The repository, wherever the command was called.
pub fn root() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/..")
}
