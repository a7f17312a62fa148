//! One file or folder per command.

pub mod audit;
pub mod completions;
pub mod dispatch;
pub mod doctor;
pub mod lanes;
pub mod openapi;
pub mod run;
pub mod runs;
pub mod sessions;
pub mod setup;
pub mod spec;
pub mod templates;
pub mod tokens;
pub mod trust;
pub mod up;
pub mod worker;
pub mod workers;

use crate::args::Command;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::runtime::{asking, serving};

pub fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Up(arguments) => serving(up::run(arguments)),
        Command::Worker(arguments) => serving(worker::run(arguments)),
        Command::Run(arguments) => asking(run::run(*arguments)),
        Command::Runs(arguments) => asking(runs::run(*arguments)),
        Command::Templates(arguments) => asking(templates::run(arguments)),
        Command::Sessions(arguments) => asking(sessions::run(arguments)),
        Command::Lanes(arguments) => asking(lanes::run(arguments)),
        Command::Workers(arguments) => asking(workers::run(arguments)),
        Command::Dispatch(arguments) => asking(dispatch::run(arguments)),
        Command::Tokens(arguments) => asking(tokens::run(arguments)),
        Command::Trust(arguments) => asking(trust::run(arguments)),
        Command::Audit(arguments) => asking(audit::run(arguments)),
        Command::Setup(arguments) => asking(setup::run(arguments)),
        Command::Doctor(arguments) => asking(doctor::run(arguments)),
        Command::Spec(arguments) => spec::run(*arguments),
        Command::Openapi(arguments) => asking(openapi::run(arguments)),
        Command::Completions(arguments) => completions::run(arguments),
    }
}
