//! Runs the steps of a claimed run.

mod answer;
mod artifacts;
mod attempt;
mod conclude;
mod engine;
mod environment;
mod folder;
mod follow;
mod http;
mod jobs;
mod leave;
mod leave_workflow;
mod once;
mod output;
mod prepare;
mod process;
mod request;
mod run_step;
mod shell;
mod spec_kit;
mod spec_store;
mod step_end;
mod strays;
mod tries;
mod workflow;

pub use engine::StepExecutor;
pub(crate) use process::ControlLine;
