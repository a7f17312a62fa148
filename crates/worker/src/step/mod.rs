//! Runs the steps of a claimed run.

mod artifacts;
mod attempt;
mod conclude;
mod engine;
mod environment;
mod folder;
mod leave;
mod output;
mod prepare;
mod process;
mod run_step;
mod shell;
mod step_end;
mod strays;

pub use engine::StepExecutor;
pub(crate) use process::ControlLine;
