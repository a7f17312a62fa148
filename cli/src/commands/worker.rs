mod identity;
mod printer;
mod scratch;

use crate::args::Common;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, signals, values};
use clap::Args;
use ops_worker::{Shutdown, WorkerConfig};
use printer::Printer;
use scratch::Scratch;
use std::sync::Arc;
use std::time::Duration;

/// Claim and execute runs of a control room, here
#[derive(Debug, Args)]
#[command(
    after_help = "Steps start with this worker's environment, scrubbed; OPS_WORKSPACE names the folder in which it was started. \
Ctrl-C or SIGTERM: no new runs, steps are stopped within five seconds, runs are handed back, exit code 0. \
A second signal kills at once, exit code 130.

Examples:
  ops worker --url https://ops.example.com --token \"$TOKEN\" --lanes A,B --concurrency 4 --name ci
  ops worker --lanes gpu --max-runs 1 --idle-timeout 5m
  ops worker --max-runtime 5h --json > worker.jsonl
  ops worker --url https://ops.example.com --github-oidc"
)]
pub struct WorkerArgs {
    /// Lanes to take runs from; A,B,C,D where not given, or with --github-oidc all that the trust rule allows
    #[arg(long, value_name = "LANES", value_delimiter = ',', value_parser = values::lane)]
    lanes: Vec<String>,
    /// In a workflow job with `id-token: write`: no token is stored, the job's identity is exchanged for one
    #[arg(long)]
    github_oidc: bool,
    /// Runs at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    concurrency: u16,
    /// While runs take at most so many milliseconds, claim as many more ahead of their turn; 0: never
    #[arg(long, value_name = "MS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=1_000))]
    claim_ahead_ms: u64,
    /// What people see; a random suffix is added
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Take runs of this session only
    #[arg(long, value_name = "ID", value_parser = values::id)]
    session: Option<String>,
    /// End after that many runs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_runs: Option<u64>,
    /// End after that long without a run, such as 5m
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    idle_timeout: Option<Duration>,
    /// Take no more runs after that long, finish those that run, and end
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    max_runtime: Option<Duration>,
    #[command(flatten)]
    common: Common,
}

/// Where nothing is said.
const LANES: [&str; 4] = ["A", "B", "C", "D"];

pub async fn run(arguments: WorkerArgs) -> Result<Exit, Failure> {
    let connection = &arguments.common.connection;
    let (address, mut config) = if arguments.github_oidc {
        let address = connection.without_token()?;
        let made = identity::establish(&address, &arguments.lanes, &arguments.name).await?;
        let config = WorkerConfig::new(&address.url, &made.token, made.lanes);
        let mut config = config.map_err(Failure::Runtime)?;
        config.worker_id = Some(made.worker_id);
        (address, config)
    } else {
        let address = connection.address()?;
        let lanes = match arguments.lanes.as_slice() {
            [] => LANES.map(str::to_string).into(),
            lanes => lanes.to_vec(),
        };
        let config = WorkerConfig::new(&address.url, &address.token, lanes);
        (address, config.map_err(Failure::Runtime)?)
    };
    let scratch = Scratch::make()?;
    config.name = arguments.name.clone();
    config.session_id = arguments.session.clone();
    config.concurrency = arguments.concurrency.into();
    config.claim_ahead_below = Duration::from_millis(arguments.claim_ahead_ms);
    config.max_runs = arguments.max_runs;
    config.idle_timeout = arguments.idle_timeout;
    config.max_runtime = arguments.max_runtime;
    config.runs_dir = scratch.runs().into();

    let shutdown = Shutdown::new();
    let asked = signals::watch(shutdown.clone(), |times| {
        output::note(match times {
            1 => "stopping: no new runs, the others are handed back (Ctrl-C again: at once)",
            _ => "stopping at once",
        });
    })?;
    let printer = Arc::new(Printer::start(arguments.common.format()));
    printer.starting(&address.url, &config);
    let done = Box::pin(ops_worker::run(config, shutdown, printer.clone())).await;
    if let Ok(summary) = &done {
        printer.summary(summary);
    }
    printer.finish();
    match done {
        Ok(_) if asked.at_once() => Ok(Exit::Interrupted),
        Ok(_) => Ok(Exit::Success),
        Err(error) => Err(Failure::Worker {
            error: Box::new(error),
            address,
        }),
    }
}
