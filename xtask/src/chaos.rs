use crate::npm;
use crate::stage::cargo;

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
    let mut run = vec![
        "run",
        "--locked",
        "--quiet",
        "-p",
        "ops-tests",
        "--bin",
        "ops-chaos",
        "--",
    ];
    run.extend(arguments);
    cargo("chaos", &run)
}
