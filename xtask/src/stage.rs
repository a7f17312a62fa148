//! A step of a longer command, timed.

use std::process::Command;
use std::time::Instant;

/// Runs cargo with `arguments` and prints how long it took; an error names the command.
pub fn cargo(name: &str, arguments: &[&str]) -> Result<(), String> {
    println!("── {name}: cargo {}", arguments.join(" "));
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
    println!("── {name}: {:.1} s", started.elapsed().as_secs_f64());
    if status.success() {
        Ok(())
    } else {
        Err(format!("`cargo {}` failed", arguments.join(" ")))
    }
}

/// The repository, wherever the command was called.
pub fn root() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/..")
}
