//! The spec kit on this machine: no control room is needed but for `compile --queue`.

mod compile;
mod export;
mod failure;
mod generate;
mod import;
mod rules;
mod trace;
mod validate;

pub use failure::SpecFailure;

use crate::exit::Exit;
use crate::failure::Failure;
use clap::{Args, Subcommand};
use ops_spec_kit::config::Date;

/// Nested documents are read by functions that call themselves.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Four documents from one PRD, checked by rules, traced line by line, run as runs
#[derive(Debug, Args)]
#[command(after_help = "Exit codes of all of them:
    0  nothing at or above the fail level; generated; up to date
    1  findings; nothing could be generated from the source; --check found a difference
    2  the command line or a configuration is wrong
    3  a fault of the disk or of this program: it says nothing about the documents

Examples:
  ops spec generate --from docs/prd.md --out docs/specs/search
  ops spec validate docs/specs
  ops spec trace docs/specs/search --reverse T012
  ops spec explain SK-TSK-007
  ops spec compile docs/specs/search --queue
  ops spec export docs/specs/search --to ../product
  ops spec import specs/001-search --to docs/search.md")]
pub struct SpecArgs {
    #[command(subcommand)]
    command: SpecCommand,
}

#[derive(Debug, Subcommand)]
enum SpecCommand {
    Generate(generate::GenerateArgs),
    Validate(validate::ValidateArgs),
    Trace(trace::TraceArgs),
    Explain(rules::ExplainArgs),
    Rules(rules::RulesArgs),
    Compile(compile::CompileArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
}

pub fn run(arguments: SpecArgs) -> Result<Exit, Failure> {
    guarded(move || match arguments.command {
        SpecCommand::Generate(arguments) => generate::run(arguments),
        SpecCommand::Validate(arguments) => validate::run(arguments),
        SpecCommand::Trace(arguments) => trace::run(&arguments),
        SpecCommand::Explain(arguments) => rules::explain(&arguments),
        SpecCommand::Rules(arguments) => rules::run(&arguments),
        SpecCommand::Compile(arguments) => compile::run(arguments),
        SpecCommand::Export(arguments) => export::run(arguments),
        SpecCommand::Import(arguments) => import::run(arguments),
    })
}

/// A panic ends as a fault with a code of its own: a crash never reads as clean, nor as findings.
fn guarded(
    command: impl FnOnce() -> Result<Exit, Failure> + Send + 'static,
) -> Result<Exit, Failure> {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let thread = thread.spawn(command).map_err(Failure::Runtime)?;
    thread
        .join()
        .unwrap_or_else(|_| Err(SpecFailure::Crashed.into()))
}

fn date(text: &str) -> Result<String, String> {
    match Date::parse(text) {
        Some(date) => Ok(date.to_string()),
        None => Err("a day such as 2026-01-31 is expected".into()),
    }
}

/// Today, as far as anybody says: never the clock, so that the same call has the same result.
#[derive(Debug, Clone, Args)]
struct Today {
    /// The day that the documents carry and suppressions end by; else that of SOURCE_DATE_EPOCH
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
}

impl Today {
    fn day(&self) -> Result<Option<String>, Failure> {
        if self.date.is_some() {
            return Ok(self.date.clone());
        }
        match std::env::var("SOURCE_DATE_EPOCH") {
            Ok(seconds) if !seconds.trim().is_empty() => ops_spec_files::day_of_epoch(&seconds)
                .map(Some)
                .ok_or_else(|| {
                    Failure::usage(
                        format!("SOURCE_DATE_EPOCH is `{seconds}`, which is no number of seconds"),
                        "set it to seconds since 1970, or pass --date",
                    )
                }),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_has_a_code_of_its_own() {
        let failure = guarded(|| panic!("planted")).expect_err("a failure");
        assert_eq!(failure.exit().code(), 3);
    }
}
