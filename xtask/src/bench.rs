use crate::stage::{built, cargo, program, root};
use crate::{browser, npm, wasm, wasmtime};
use std::process::Command;

const HELP: &str = "\
cargo xtask bench [pages | serverless | github | spec] [options]

Without a subject: the engine beside raw SQL, graphile-worker and pg-boss, 20 minutes.

  --quick         one short round instead of three
  --only TEXT     of the rows those whose name has TEXT in it, and the floors that they need
  --json          the rows as JSON on standard output
  --write         docs/benchmarks.json, its plot docs/benchmarks.svg, and the table in docs/BENCHMARKS.md
  --redraw        the plot and the table from the docs/benchmarks.json that is there, measuring nothing
  --snapshot SEC  how long the idle snapshot stays open; 60 where nothing is said, 5 with --quick
";

/// The real programs in release mode: `ops up` in one process, the load in another. With `pages` it
/// is a browser that waits, with `serverless` each host stands in front of Supabase, with `github`
/// jobs begin where there was no worker. With `spec` it is the library of the spec kit alone, beside
/// another tool.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    if arguments.contains(&"--help") {
        print!("{HELP}");
        return Ok(());
    }
    if arguments.contains(&"spec") {
        npm::install("spec-kit/beside")?;
        return cargo("spec kit", &SPEC_KIT);
    }
    if arguments.contains(&"pages") {
        browser::set_up()?;
    }
    if !["pages", "serverless", "github"]
        .iter()
        .any(|subject| arguments.contains(subject))
    {
        npm::install("tests/bench/peers")?;
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
    programs()?;
    // Not by `cargo run`: alone the package has other features, and everything would be built again.
    let bench = built("release", "ops-bench");
    program(Command::new(&bench).args(arguments).current_dir(root()))
}

/// `ops` by itself and last, as it is released: beside the tests its crates have features that it
/// does not use.
fn programs() -> Result<(), String> {
    const RELEASE: [&str; 4] = ["build", "--release", "--locked", "--quiet"];
    let of = |packages: &[&'static str]| [&RELEASE, packages].concat();
    cargo(
        "bench",
        &of(&["-p", "ops-action", "-p", "ops-tests", "--bins"]),
    )?;
    cargo("ops", &of(&["-p", "ops"]))
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
