//! Real workers, killed and frozen at random, while their steps keep a ledger that is compared with
//! the database at the end. `cargo xtask chaos --minutes N --seed S`; a short one runs in CI.

mod arguments;
mod fleet;
mod ledger;
mod room;
mod verdict;

use arguments::Arguments;
use fleet::Fleet;
use ledger::Ledger;
use ops_client::Client;
use ops_core::api::NewRun;
use ops_tests::harness::process::Folder;
use room::{Room, insist};
use serde_json::json;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Short, so that what a dead worker held is soon queued again.
const LEASE_SECONDS: u32 = 5;
/// Queued ahead of the workers, so that they never idle.
const BACKLOG: usize = 200;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!(
                "chaos: {error}\nusage: ops-chaos [--minutes N | --seconds N] [--seed S] [--workers N] [--supabase]"
            );
            return ExitCode::from(2);
        }
    };
    let folder = Folder::new();
    let ledger = Ledger::new(folder.path());
    let mut room = Room::start(arguments.behind, &folder).await;
    let client = room.up.client.clone();
    let mut fleet = Fleet::new(&room.up, folder.path(), arguments.workers, arguments.seed);
    let mut runs = Vec::new();
    let end = Instant::now() + arguments.duration;
    while Instant::now() < end {
        top_up(&client, &ledger, &mut runs).await;
        fleet.harm_one();
        if fleet.may_harm_the_store() {
            room.restart_rest().await;
        }
        tokio::time::sleep(fleet.pause()).await;
    }
    fleet.leave_in_peace();
    eprintln!(
        "faults are over: {} kills, {} freezes, {} restarts of PostgREST, {} runs; waiting for the rest",
        fleet.kills,
        fleet.freezes,
        room.restarts,
        runs.len()
    );
    let verdict = verdict::judge(&client, &ledger, &runs, Duration::from_secs(120)).await;
    fleet.stop();
    println!("{}", verdict.json(&fleet, room.restarts, arguments.seed));
    if verdict.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Keeps the queue filled.
async fn top_up(client: &Client, ledger: &Ledger, runs: &mut Vec<String>) {
    let queued: u64 = insist(Client::lanes_list, client)
        .await
        .iter()
        .map(|lane| lane.queued)
        .sum();
    let missing = BACKLOG.saturating_sub(queued as usize);
    if missing < BACKLOG / 4 {
        return;
    }
    let runbook = json!({ "version": 1, "slug": "ledger", "title": "Ledger", "steps": [{ "id": "keep", "run": ledger.script() }] });
    let new: Vec<NewRun> = (0..missing)
        .map(|i| NewRun {
            runbook: Some(runbook.clone()),
            lane: Some(["A", "B", "C", "D"][i % 4].into()),
            lease_seconds: Some(LEASE_SECONDS),
            max_attempts: Some(20),
            // The answer may be lost, and every run is judged.
            idempotency_key: Some(format!("chaos-{}", runs.len() + i)),
            ..NewRun::default()
        })
        .collect();
    let made = insist(
        async |client: &Client| client.runs_create_bulk(&new).await,
        client,
    )
    .await;
    runs.extend(made.into_iter().map(|run| run.run_id));
}
