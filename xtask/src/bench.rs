use crate::browser;
use crate::stage::cargo;

/// The real programs in release mode: `ops up` in one process, the load in another. With `pages` it
/// is a browser that waits.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    if arguments.contains(&"pages") {
        browser::set_up()?;
    }
    cargo(
        "programs",
        &[
            "build",
            "--release",
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
        "--release",
        "--locked",
        "--quiet",
        "-p",
        "ops-tests",
        "--bin",
        "ops-bench",
        "--",
    ];
    run.extend(arguments);
    cargo("bench", &run)
}
