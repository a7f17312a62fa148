//! Developer commands: `cargo xtask <command>`.

mod bench;
mod browser;
mod chaos;
mod configuration;
mod extensions;
mod npm;
mod openapi;
mod schema;
mod schemathesis;
mod screenshots;
mod soak;
mod stage;
mod test;
mod wasm;
mod wasmtime;
mod workflows;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  test        everything that CI checks: format, lints, all tests; does its own set-up
  bench       measures this machine, beside other queues; bench --help has what else it can do
  bench pages measures what a person in front of the pages waits for; --quick too
  bench serverless
              measures each host in front of Supabase beside the bare call; --quick too
  bench spec  measures the spec kit from 10 KB to 10 MB, beside OpenSpec
  screenshots the pages with invented work into DIR, target/screenshots where none is named;
              --readme makes the pictures of the README anew
  chaos       faults of every kind against real processes; --minutes N --seed S --workers N
  soak        steady load and viewers for an hour; --minutes N --viewers V --report FILE
  wasm        builds the WASI components into dist/
  schema      writes supabase/migrations from supabase/schemas (until the first release)
  configuration
              writes the tables of docs/OPERATIONS.md that say what can be set, from the code
  openapi     writes docs/openapi.json from the types of the contract
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["test"] => test::run(),
        ["bench", rest @ ..] => bench::run(rest),
        ["chaos", rest @ ..] => chaos::run(rest),
        ["soak", rest @ ..] => soak::run(rest),
        ["wasm"] => wasm::build(),
        ["screenshots", rest @ ..] => screenshots::run(rest),
        ["schema"] => schema::write(),
        ["configuration"] => configuration::write(),
        ["openapi"] => openapi::write(),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
