//! The control room: reachable, ours, of a version that fits, with workers where there is work.

use super::report::Report;
use crate::commands::workers::is_alive;
use crate::connection::{Address, Room};
use crate::failure::Failure;
use crate::output::text::count;
use crate::{program, time};
use ops_client::ClientError;
use ops_core::PROTOCOL_VERSION;
use ops_core::api::{HeartbeatAnswer, Lane, Worker};
use serde_json::Value;

const ROOM: &str = "control room";
const TOKEN: &str = "token";
const CLOCK: &str = "clock";
const LANE: &str = "lane";
/// Clocks that differ by more than this are worth a word, in microseconds.
const SKEW: i64 = 2_000_000;
/// By more than this, expiring tokens and OIDC go wrong.
const FAR_SKEW: i64 = 30_000_000;

pub async fn check(report: &mut Report, address: Result<Address, Failure>) {
    let room = match address.and_then(Room::open) {
        Ok(room) => room,
        Err(failure) => {
            let fix = failure.hints().join("; ");
            report.problem(ROOM, failure.to_string(), fix);
            return;
        }
    };
    let asked = time::now();
    let health = match room.ask(room.client.health()).await {
        Ok(health) => Value::from(health),
        Err(failure) => {
            report.problem(ROOM, failure.to_string(), failure.hints().join("; "));
            return;
        }
    };
    let answered = time::now();
    let told = |value: &Value| value.as_str().unwrap_or("unknown").to_string();
    report.ok(
        ROOM,
        format!(
            "{}, version {}, protocol {PROTOCOL_VERSION}, schema {}, PostgreSQL {}",
            room.address.url,
            told(&health["version"]),
            told(&health["database"]["schema"]),
            told(&health["database"]["postgres"])
        ),
    );
    let ours = env!("CARGO_PKG_VERSION");
    if health["version"]
        .as_str()
        .is_some_and(|theirs| theirs != ours)
    {
        report.note(
            ROOM,
            format!("this `ops` is version {ours}"),
            "install the version that the control room runs",
        );
    }
    clock(report, &health, asked, answered);
    if token(report, &room).await {
        lanes(report, &room).await;
        super::database::check(report, &room).await;
    }
}

fn clock(report: &mut Report, health: &Value, asked: i64, answered: i64) {
    let Some(theirs) = health["database"]["now"].as_str().and_then(time::micros) else {
        return;
    };
    // The database read its clock at some moment in between.
    let skew = if theirs < asked {
        asked - theirs
    } else {
        (theirs - answered).max(0)
    };
    let direction = if theirs < asked { "ahead of" } else { "behind" };
    let told = format!(
        "this machine's is {} {direction} the database's",
        time::span(skew)
    );
    match skew {
        0..=SKEW => report.ok(CLOCK, "this machine's and the database's agree"),
        _ if skew <= FAR_SKEW => report.note(
            CLOCK,
            told,
            "ages in tables are off by that; leases are not affected",
        ),
        _ => report.problem(
            CLOCK,
            told,
            "set the clock, such as with `timedatectl set-ntp true`",
        ),
    }
}

/// Whether the token may read.
async fn token(report: &mut Report, room: &Room) -> bool {
    let reads = room.client.lanes_list().await.map(drop);
    let operates = room.client.tokens_list().await.map(drop);
    let nothing = serde_json::json!({ "worker_id": "doctor", "runs": [] });
    let works = room
        .client
        .post::<HeartbeatAnswer>("runs.heartbeat", &nothing)
        .await
        .map(drop);
    let may = |done: &Result<(), ClientError>| !matches!(done, Err(ClientError::Refused(problem)) if problem.status < 500);
    let fault = [&reads, &operates, &works]
        .into_iter()
        .find_map(|done| match done {
            Err(ClientError::Refused(problem)) if problem.status == 403 => None,
            Err(error) => Some(error.to_string()),
            Ok(()) => None,
        });
    if let Some(fault) = fault {
        report.problem(
            TOKEN,
            fault,
            "pass another one with --token or OPS_TOKEN; `ops tokens create` mints one",
        );
        return false;
    }
    let mut kinds = Vec::new();
    match (may(&operates), may(&reads)) {
        (true, _) => kinds.push("operator"),
        (false, true) => kinds.push("viewer"),
        (false, false) => {}
    }
    kinds.extend(may(&works).then_some("worker"));
    report.ok(TOKEN, format!("good, of kind {}", kinds.join(", ")));
    if reads.is_err() {
        report.note(
            LANE,
            "a worker's token cannot see lanes and workers",
            "use a token of kind viewer or operator to check them",
        );
    }
    reads.is_ok()
}

async fn lanes(report: &mut Report, room: &Room) {
    let (Ok(lanes), Ok(workers)) = (
        room.client.lanes_list().await,
        room.client.workers_list().await,
    ) else {
        report.problem(LANE, "lanes and workers cannot be read", "try again");
        return;
    };
    let alive = |lane: &Lane| {
        let serves = |worker: &&Worker| {
            is_alive(worker) && !worker.drain && worker.lanes.contains(&lane.name)
        };
        workers.iter().filter(serves).count() as u64
    };
    for lane in &lanes {
        let number = alive(lane);
        let told = format!(
            "{}: {}, {} queued, {} held",
            lane.name,
            count(number, "worker"),
            lane.queued,
            lane.held
        );
        let start = program::call(format_args!("worker --lanes {}", lane.name));
        if lane.queue_full {
            let name = &lane.name;
            let cancel = program::call(format_args!("runs cancel --lane {name}"));
            let raise = program::call(format_args!("lanes update {name} --queue-limit N"));
            report.problem(
                LANE,
                format!("{told}; its queue is full, and more is refused"),
                format!("start workers ({start}), cancel what nobody needs ({cancel}), or let it hold more ({raise})"),
            );
        } else if lane.paused {
            let why = lane
                .paused_reason
                .as_ref()
                .map(|why| format!(" ({why})"))
                .unwrap_or_default();
            let resume = program::call(format_args!("lanes update {} --resume", lane.name));
            report.note(
                LANE,
                format!("{told}, paused{why}"),
                format!("let it go on: {resume}"),
            );
        } else if lane.draining {
            let open = program::call(format_args!("lanes update {} --undrain", lane.name));
            report.note(
                LANE,
                format!("{told}, draining"),
                format!("let it go on: {open}"),
            );
        } else if number == 0 && lane.queued > 0 {
            report.problem(LANE, told, format!("start one: {start}"));
        } else if number == 0 {
            report.note(
                LANE,
                told,
                format!("start one before you queue there: {start}"),
            );
        } else {
            report.ok(LANE, told);
        }
    }
}
