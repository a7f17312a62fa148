use crate::stage::{built, cargo, program, root};
use std::process::Command;

/// An hour at the office: `--minutes N`, `--viewers V`, `--report FILE`. The program that is watched is
/// built as it is released; the one that watches need not be.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    cargo(
        "ops",
        &["build", "--release", "--locked", "--quiet", "-p", "ops"],
    )?;
    cargo(
        "soak",
        &[
            "build",
            "--locked",
            "--quiet",
            "-p",
            "ops-tests",
            "--bin",
            "ops-soak",
        ],
    )?;
    let mut soak = Command::new(built("debug", "ops-soak"));
    soak.arg("--ops").arg(built("release", "ops"));
    program(soak.args(arguments).current_dir(root()))
}
