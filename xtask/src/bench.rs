use crate::stage::cargo;
use crate::{browser, npm, wasm, wasmtime};

/// The real programs in release mode: `ops up` in one process, the load in another. With `pages` it
/// is a browser that waits, with `serverless` each host stands in front of Supabase, with `github`
/// jobs begin where there was no worker.
pub fn run(arguments: &[&str]) -> Result<(), String> {
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
