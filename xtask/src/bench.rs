use crate::stage::{built, cargo, program, root};
use crate::{browser, npm, wasm, wasmtime};
use std::process::Command;

/// The real programs in release mode: `ops up` in one process, the load in another. With `pages` it
/// is a browser that waits, with `serverless` each host stands in front of Supabase, with `github`
/// jobs begin where there was no worker. With `spec` it is the library of the spec kit alone, beside
/// another tool.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    if arguments.contains(&"spec") {
        npm::install("spec-kit/beside")?;
        return cargo("spec kit", &SPEC_KIT);
    }
    if arguments.contains(&"pages") {
        browser::set_up()?;
    }
    if arguments.contains(&"serverless") {
        npm::install("tests/supabase")?;
        wasmtime::install()?;
        wasm::portable()?;
        cargo(
            "function",
            &[
                "build",
                "--release",
                "--locked",
                "--quiet",
                "-p",
                "ops-lambda",
            ],
        )?;
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
            "ops-action",
            "-p",
            "ops-tests",
            "--bins",
        ],
    )?;
    // Not by `cargo run`: alone the package has other features, and everything would be built again.
    let bench = built("release", "ops-bench");
    program(Command::new(&bench).args(arguments).current_dir(root()))
}

const SPEC_KIT: [&str; 8] = [
    "run",
    "--release",
    "--locked",
    "--quiet",
    "-p",
    "ops-spec-kit",
    "--example",
    "speed",
];
