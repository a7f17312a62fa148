//! A day at the office, an hour long: a real server, real workers and a real PostgreSQL under steady
//! load, with people in front of the pages. Memory, connections, files and tables are watched: what has
//! grown at the begin must stay as it is. `cargo xtask soak --minutes N --viewers V --report FILE`.

mod arguments;
mod load;
mod plot;
mod proc;
mod report;
mod series;
mod stage;
mod tables;
mod tally;
mod viewers;
mod watched;

use arguments::Arguments;
use load::Recent;
use ops_client::Client;
use ops_tests::harness::api::built;
use ops_tests::harness::process::Folder;
use proc::Usage;
use report::Facts;
use stage::Stage;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tally::Tally;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use viewers::Viewer;
use watched::{Sample, Watched};

/// Samples between two writes of the report, so that not all is lost where this program is.
const WRITE_EVERY: usize = 12;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("soak: {error}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let folder = Folder::new();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let holds = runtime.block_on(soak(&arguments, folder.path()));
    // With it go all processes that were started, and only then their folder.
    drop(runtime);
    match holds {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

async fn soak(arguments: &Arguments, folder: &Path) -> bool {
    let mut stage = Stage::start(arguments, folder).await;
    let config = stage.cluster.connection_string();
    let config: tokio_postgres::Config = config.parse().expect("its own words");
    let admin = ops_store_postgres::connect(&config).await;
    let admin = admin.expect("PostgreSQL answers");
    let mut facts = Facts {
        postgres: tables::version(&admin).await.expect("PostgreSQL answers"),
        ops: version(arguments),
        wrong: BTreeMap::new(),
        answers: BTreeMap::new(),
        interrupted: false,
    };
    let tally = Arc::new(Tally::default());
    let recent = Arc::new(Recent::default());
    let client = stage.server.client.clone();
    let load = load::go_on(
        client.clone(),
        arguments.rate,
        arguments.seed,
        recent.clone(),
        tally.clone(),
    );
    let load = tokio::spawn(load);
    let viewer = Viewer {
        http: reqwest::Client::builder()
            .timeout(Duration::from_secs(3_700))
            .build()
            .expect("a client"),
        url: stage.server.url.clone(),
        token: stage.server.token.clone(),
        recent,
        tally: tally.clone(),
        pause: arguments.pause,
    };
    let people = viewers::come(arguments.viewers, &viewer);
    eprintln!(
        "soak: {} viewers, {} workers, {} runs a second",
        arguments.viewers, arguments.workers, arguments.rate
    );

    let mut watched = Watched::default();
    let watching = watch(
        arguments,
        &mut stage,
        &admin,
        &client,
        &tally,
        &mut watched,
        &mut facts,
    );
    let ended = tokio::select! {
        () = watching => Ended::InTime,
        () = asked_to_end() => Ended::Early,
    };
    facts.interrupted = ended == Ended::Early;
    drop(people);
    load.abort();
    drop(admin);
    stage.stop().await;
    if watched.seconds.is_empty() {
        eprintln!("soak: ended before the first sample");
        return false;
    }
    write(arguments, &watched, &facts);
    report::tell(&watched, &facts);
    watched.holds() && !facts.interrupted
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    InTime,
    Early,
}

async fn asked_to_end() {
    let mut terminate = signal(SignalKind::terminate()).expect("a handler");
    let mut interrupt = signal(SignalKind::interrupt()).expect("a handler");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// A sample every few seconds, until the time is over.
async fn watch(
    arguments: &Arguments,
    stage: &mut Stage,
    admin: &tokio_postgres::Client,
    client: &Client,
    tally: &Tally,
    watched: &mut Watched,
    facts: &mut Facts,
) {
    let begin = Instant::now();
    let mut before = begin;
    let mut pace = interval(arguments.every);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first one comes at once.
    pace.tick().await;
    while begin.elapsed() < arguments.duration {
        pace.tick().await;
        let probe_ms = probe(client, tally).await;
        let deleted = tables::expire(admin, arguments.keep).await;
        let deleted = deleted.unwrap_or_else(|e| {
            tally.wrong(format!("retention: {e}"));
            0
        });
        let tables = match tables::look(admin).await {
            Ok(tables) => tables,
            Err(error) => {
                tally.wrong(format!("PostgreSQL: {error}"));
                continue;
            }
        };
        let met = tally.take();
        for (what, count) in &met.wrong {
            *facts.wrong.entry(what.clone()).or_default() += count;
        }
        for (status, count) in &met.answers {
            *facts.answers.entry(*status).or_default() += count;
        }
        let backends = stage.cluster.pid().map(proc::children).unwrap_or_default();
        let workers = stage.workers.iter().filter_map(|w| Usage::of(w.pid()));
        let sample = Sample {
            seconds: begin.elapsed().as_secs_f64(),
            server: Usage::of(stage.server.pid()).unwrap_or_default(),
            workers: Usage::sum(workers),
            backends: Usage::sum(backends.into_iter().filter_map(Usage::of)),
            workers_gone: stage.workers_gone(),
            tables,
            met,
            past_seconds: before.elapsed().as_secs_f64(),
            probe_ms,
            deleted,
            load: proc::load(),
        };
        before = Instant::now();
        watched.add(sample);
        if watched.seconds.len().is_multiple_of(WRITE_EVERY) {
            write(arguments, watched, facts);
        }
    }
}

/// What a script that looks now and then waits for.
async fn probe(client: &Client, tally: &Tally) -> Option<f64> {
    let begin = Instant::now();
    match client.lanes_list().await {
        Ok(_) => Some(begin.elapsed().as_secs_f64() * 1e3),
        Err(error) => {
            tally.wrong(format!("lanes.list: {error}"));
            None
        }
    }
}

fn write(arguments: &Arguments, watched: &Watched, facts: &Facts) {
    let Some(path) = &arguments.report else {
        return;
    };
    let text = report::text(&report::json(arguments, watched, facts));
    let headline = format!(
        "{:.0} minutes, {} viewers, {} runs a second, {} workers",
        watched.seconds.last().copied().unwrap_or_default() / 60.0,
        arguments.viewers,
        arguments.rate,
        arguments.workers
    );
    let plot = arguments.plot.clone();
    let plot = plot.unwrap_or_else(|| path.with_extension("svg"));
    for (path, text) in [(path, text), (&plot, plot::svg(watched, &headline))] {
        if let Err(error) = std::fs::write(path, text) {
            eprintln!("soak: {}: {error}", path.display());
        }
    }
}

fn version(arguments: &Arguments) -> String {
    let program = arguments.ops.clone().unwrap_or_else(|| built("ops"));
    let said = Command::new(program).arg("--version").output();
    said.map_or_else(
        |e| e.to_string(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_string(),
    )
}
