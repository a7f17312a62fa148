use crate::npm;
use crate::stage::{built, cargo, program, root};
use std::process::Command;

/// Kills and freezes real workers; `--minutes N`, `--seed S`, `--workers N`; with
/// `--supabase` through PostgREST, which is killed too.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    if arguments.contains(&"--supabase") {
        npm::install("tests/supabase")?;
    }
    cargo(
        "programs",
        &[
            "build",
            "--locked",
            "--quiet",
            "-p",
            "ops",
            "-p",
            "ops-tests",
            "--bins",
        ],
    )?;
    let chaos = built("debug", "ops-chaos");
    program(Command::new(&chaos).args(arguments).current_dir(root()))
}
