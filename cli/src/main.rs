//! `ops`: starts the control room, works for it, and asks it.

mod args;
mod commands;
#[cfg(test)]
mod configuration;
mod confirm;
mod connection;
mod exit;
mod failure;
mod folder;
mod follow;
mod output;
mod pages;
mod program;
mod runtime;
mod signals;
mod time;
mod values;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Started once or twice per step: before arguments are parsed and before any runtime.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == "supervise")
    {
        return ops_worker::supervise_main();
    }
    let arguments = args::Arguments::parse();
    match commands::run(arguments.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.tell();
            failure.exit().into()
        }
    }
}
