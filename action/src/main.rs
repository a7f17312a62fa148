//! The binary of the GitHub Action. `action/main.cjs` starts it inside a workflow job: inputs come as
//! `INPUT_*`, what it did goes to the job's log, summary and outputs.

mod annotations;
mod artifacts;
mod commands;
mod dispatch;
mod duration;
mod environment;
mod failure;
mod held;
mod identity;
mod inputs;
mod post;
mod printer;
mod report;
mod run;
mod signals;
mod spec;
mod summary;
mod upload;
mod work;

use environment::Environment;
use failure::Failure;
use inputs::{Inputs, Mode};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let word = arguments.next();
    if word.as_deref() == Some("supervise".as_ref()) {
        return ops_worker::supervise_main();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return told(&Failure::Runtime(error)),
    };
    let environment = Environment::of_process();
    let done = runtime.block_on(async {
        match word.as_deref().and_then(|word| word.to_str()) {
            None | Some("main") => act(environment).await,
            Some("post") => post::hand_back(&environment).await,
            Some(_) => Err(Failure::Usage),
        }
    });
    match done {
        Ok(code) => code,
        Err(failure) => told(&failure),
    }
}

async fn act(environment: Environment) -> Result<ExitCode, Failure> {
    let inputs = Inputs::read(&environment)?;
    match inputs.mode {
        Mode::Work => work::work(&inputs, &environment).await,
        Mode::Run => run::run(&inputs, &environment).await,
        Mode::Dispatch => dispatch::dispatch(&inputs, &environment).await,
        Mode::Spec => spec::spec(&inputs, &environment).await,
    }
}

fn told(failure: &Failure) -> ExitCode {
    commands::annotate(commands::Level::Error, None, &failure.to_string());
    ExitCode::FAILURE
}
