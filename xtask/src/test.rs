use crate::stage::cargo;
use crate::{browser, extensions, npm, schemathesis, wasm, wasmtime, workflows};

/// They compile for a component alone, so what is said of the workspace leaves them out.
const COMPONENTS: [&str; 4] = ["--exclude", "ops-wasi-02", "--exclude", "ops-wasi-03"];
const STRICT: [&str; 3] = ["--", "-D", "warnings"];

/// The one test command of the README. Tests start what they need themselves: PostgreSQL of the
/// machine, or a pinned build that they bring through npm or pip.
pub fn run() -> Result<(), String> {
    cargo("format", &["fmt", "--all", "--check"])?;
    lint()?;
    // Tests run these as processes of their own.
    cargo("programs", &of_workspace(&["build", "--bins"]))?;
    wasm::portable()?;
    extensions::install();
    browser::set_up()?;
    npm::install("tests/supabase")?;
    npm::install("tests/supabase-lite")?;
    wasmtime::install()?;
    schemathesis::install()?;
    workflows::install()?;
    cargo("tests", &of_workspace(&["test"]))
}

fn of_workspace(command: &[&'static str]) -> Vec<&'static str> {
    let common = ["--workspace", "--locked", "--quiet"];
    [command, &common, &COMPONENTS].concat()
}

fn lint() -> Result<(), String> {
    let native = of_workspace(&["clippy", "--all-targets"]);
    cargo("lint", &[&native[..], &STRICT].concat())?;
    wasm::ensure_target()?;
    let components = [
        "clippy",
        "--locked",
        "--quiet",
        "--target",
        "wasm32-wasip2",
        "-p",
        "ops-wasi-02",
        "-p",
        "ops-wasi-03",
    ];
    cargo("lint of components", &[&components[..], &STRICT].concat())?;
    // As Spin takes them, which no test can run.
    let every = "ops-wasi-02/spec-kit,ops-wasi-03/spec-kit,ops-wasi-02/spin,ops-wasi-03/spin";
    let every = [&components[..], &["--features", every], &STRICT].concat();
    cargo("lint of components for Spin", &every)
}
