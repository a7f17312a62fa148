//! Everything at once, against the whole product: real workers, a real server and a real PostgreSQL,
//! killed, frozen, cut off and left without room, while steps keep a ledger that is compared with the
//! database and with what the control room acknowledged. `cargo xtask chaos --minutes N --seed S`.

mod arguments;
mod clock;
mod counts;
mod database;
mod disk;
mod fleet;
mod ledger;
mod operator;
mod places;
mod proxy;
mod random;
mod record;
mod report;
mod room;
mod schedule;
mod server;
mod snapshots;
mod verdict;
mod witness;
mod workload;

use arguments::{Arguments, Leavings, Task};
use counts::Counts;
use fleet::Fleet;
use ledger::Ledger;
use operator::Operator;
use ops_tests::harness::api::client;
use ops_tests::harness::process::Folder;
use proxy::Road;
use random::Random;
use report::Report;
use room::Room;
use schedule::{Entry, Fault, Schedule};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use verdict::{Beside, Verdict};
use witness::Witness;
use workload::Kind;

/// As long as some run ends within this, the rest may go on.
const STUCK: Duration = Duration::from_secs(90);
/// Runs that are read and judged at once.
const PAGE: usize = 500;

/// Asked to end before it was over.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("chaos: {error}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let schedule = Schedule::deal(&arguments);
    if arguments.task == Task::Plan {
        print!("{}", schedule.text());
        println!("{}", report::plan(arguments.seed, &schedule));
        return ExitCode::SUCCESS;
    }
    let folder = Folder::new();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let report = runtime.block_on(async {
        tokio::select! {
            report = harm(&arguments, schedule, folder.path()) => Some(report),
            () = asked_to_end() => None,
        }
    });
    // With it go all processes that were started, and only then their folder.
    drop(runtime);
    if arguments.leavings == Leavings::Kept {
        eprintln!("kept: {}", folder.path().display());
        std::mem::forget(folder);
    }
    let Some(report) = report else {
        return ExitCode::from(INTERRUPTED);
    };
    report.tell(arguments.report.as_deref());
    match report.verdict.holds() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

async fn asked_to_end() {
    let mut terminate = signal(SignalKind::terminate()).expect("a handler");
    let mut interrupt = signal(SignalKind::interrupt()).expect("a handler");
    // A terminal that is closed.
    let mut hang_up = signal(SignalKind::hangup()).expect("a handler");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hang_up.recv() => {}
    }
}

/// Entries of one actor.
fn of(schedule: &Schedule, is_its: impl Fn(&Fault) -> bool) -> Vec<Entry> {
    let entries = schedule.entries.iter().copied();
    entries.filter(|entry| is_its(&entry.fault)).collect()
}

async fn harm(arguments: &Arguments, schedule: Schedule, folder: &Path) -> Report {
    let counts = Arc::new(Counts::default());
    let ledger = Ledger::new(folder);
    let room = Room::start(arguments.behind, folder, counts.clone()).await;
    if let Some(file) = &arguments.spoiled_by {
        room.database.spoil(file).await;
    }
    let (config, token) = (room.database.config.clone(), room.server.token.clone());
    let witness = Arc::new(Witness::default());
    let mut roads = Vec::new();
    for number in 0..=arguments.workers {
        let random = Random::new(arguments.seed, 1_000 + number as u64);
        roads.push(Road::to(room.server.address, witness.clone(), random).await);
    }
    // The last road is the operator's.
    let urls = roads.iter().map(|road| road.url.clone());
    let fleet_urls: Vec<String> = urls.clone().take(arguments.workers).collect();
    let harmed = client(&roads[arguments.workers].url, &token);
    let direct = client(&format!("http://{}", room.server.address), &token);
    places::narrow(&direct).await;

    let (over, over_limit) = mpsc::channel();
    let watching = tokio::spawn(places::watch(config.clone(), over));
    let fleet = Fleet::start(folder, &token, fleet_urls, counts.clone());
    let begin = Instant::now();
    let end = begin + arguments.duration;
    let behind = of(&schedule, Fault::is_of_room);
    let room = tokio::spawn(room.suffer(behind, begin));
    let workers = of(&schedule, Fault::is_of_worker);
    let fleet = tokio::spawn(fleet.suffer(workers, begin, end));
    let snapshots = of(&schedule, |fault| {
        matches!(fault, Fault::OldSnapshot { .. })
    });
    let snapshots = tokio::spawn(snapshots::hold(snapshots, config, begin, counts.clone()));
    let weather = of(&schedule, |fault| matches!(fault, Fault::Network { .. }));
    let roads = tokio::spawn(proxy::suffer(roads, weather, begin, counts.clone()));
    let cancels = of(&schedule, |fault| matches!(fault, Fault::Cancel { .. }));
    let operator = Operator::work(harmed, cancels, begin, end, counts.clone()).await;

    let roads = roads.await.expect("roads");
    roads.iter().for_each(Road::clear_up);
    snapshots.await.expect("snapshots");
    let mut fleet = fleet.await.expect("workers");
    fleet.leave_in_peace();
    let room = room.await.expect("a room");
    eprintln!(
        "faults are over after {:.0} s: {} runs; waiting for the rest",
        begin.elapsed().as_secs_f64(),
        operator.runs.len()
    );

    let admin = room.database.connect().await;
    drain(&admin, &mut fleet).await;
    let mut verdict = judge(&admin, &ledger, &witness, &operator).await;
    // Runs that are stuck hold places, and the probes would wait for them.
    if verdict.wrong.stuck.is_empty() {
        verdict.wrong.places_leaked = places::missing(&direct, folder).await;
        let left = record::leases(&admin).await;
        verdict
            .wrong
            .places_leaked
            .extend((left > 0).then(|| format!("{left} leases are left")));
    }
    let wall_clock_off_seconds = record::wall_clock_off(&admin).await;
    fleet.stop();
    watching.abort();
    verdict.wrong.over_limit = over_limit.try_iter().collect();
    let counted = counts.counted().clone();
    let seen = std::mem::take(&mut *witness.seen());
    Report {
        seed: arguments.seed,
        seconds: begin.elapsed().as_secs(),
        workers: arguments.workers,
        schedule,
        verdict,
        counted,
        weather: report::sum(roads.iter().map(Road::met)),
        answers: seen.answers,
        internal_errors: seen.internal_errors,
        workers_ended_by_themselves: fleet.ended_by_themselves,
        servers_ended_by_themselves: room.server.ended_by_itself,
        wall_clock_off_seconds,
        full_disk: room.database.disk(),
    }
}

/// Until no run is left, or none of them has ended for long. Workers that end meanwhile are replaced.
async fn drain(admin: &tokio_postgres::Client, fleet: &mut Fleet) {
    let (mut left, mut since) = (i64::MAX, Instant::now());
    while since.elapsed() < STUCK {
        let now = record::unfinished(admin).await.expect("PostgreSQL answers");
        if now == 0 {
            return;
        }
        if now < left {
            (left, since) = (now, Instant::now());
        }
        fleet.look();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn judge(
    admin: &tokio_postgres::Client,
    ledger: &Ledger,
    witness: &Witness,
    operator: &Operator,
) -> Verdict {
    // Workers still speak meanwhile.
    let seen = std::mem::take(&mut *witness.seen());
    let mut verdict = Verdict::default();
    let mut artifacts = report::by_run(&seen.artifacts);
    let cancelled = seen.cancelled.iter().cloned().collect();
    for (page, ids) in operator.runs.chunks(PAGE).enumerate() {
        let kinds = ids
            .iter()
            .enumerate()
            .map(|(i, id)| (id, Kind::of(page * PAGE + i)));
        let kinds: std::collections::HashMap<_, _> = kinds.collect();
        for run in record::read(admin, ids).await {
            verdict.add(
                &run,
                &Beside {
                    kind: kinds[&run.id],
                    marks: &ledger.marks(&run.id),
                    seen: &seen,
                    artifacts: &artifacts.remove(&run.id).unwrap_or_default(),
                    asked: &operator.asked,
                    cancelled: &cancelled,
                },
            );
        }
    }
    let lost = operator.runs.len() - verdict.runs;
    let gone = (lost > 0).then(|| format!("{lost} acknowledged runs are not there"));
    verdict.wrong.not_as_expected.extend(gone);
    verdict
        .wrong
        .two_holders
        .extend(seen.two_holders.iter().cloned());
    let mut kept = witness.seen();
    kept.answers = seen.answers;
    kept.internal_errors = seen.internal_errors;
    verdict
}
