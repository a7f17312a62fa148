use crate::npm;
use crate::stage::{built, cargo, program, root};
use std::process::Command;

/// Faults of every kind at once, dealt from a seed; `--minutes N`, `--seed S`, `--workers N`; with
/// `--supabase` through PostgREST, which is killed too. The last line is the report as JSON.
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
