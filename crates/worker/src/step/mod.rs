//! Runs the steps of a claimed run.

mod artifacts;
mod engine;
mod environment;
mod folder;
mod output;
mod process;
mod run_step;
mod strays;

pub use engine::StepExecutor;
pub(crate) use process::ControlLine;
