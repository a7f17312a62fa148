use crate::stage::cargo;
use crate::{browser, npm};

/// The one test command of the README. Tests start what they need themselves: PostgreSQL of the
/// machine, or a pinned build that they bring through npm or pip.
pub fn run() -> Result<(), String> {
    cargo("format", &["fmt", "--all", "--check"])?;
    cargo(
        "lint",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    // Tests run these as processes of their own.
    cargo(
        "programs",
        &["build", "--workspace", "--bins", "--locked", "--quiet"],
    )?;
    browser::set_up()?;
    npm::install("tests/supabase")?;
    cargo("tests", &["test", "--workspace", "--locked", "--quiet"])
}
