//! What wears a control room down in the long run: nobody sweeps, nothing is vacuumed, no connection is free.

use super::report::Report;
use crate::connection::Room;
use crate::output::text::{count, size};
use ops_core::api::{DatabaseMetrics, Metrics, Overdue};

const SWEEPS: &str = "sweeps";
const VACUUM: &str = "vacuum";
const DATABASE: &str = "database";
/// A server sweeps each second, pg_cron each ten; a schedule workflow is late by minutes at times.
const SWEEP_LATE: u64 = 30;
/// Seconds; a dump of a large database takes longer, and is worth a word too.
const OLD_SNAPSHOT: u64 = 600;
/// Of a table, from which on dead rows slow claims down: so many, and more than half of those that live.
const MANY_DEAD: u64 = 10_000;
/// Per cent of all connections.
const CROWDED: u64 = 90;

pub async fn check(report: &mut Report, room: &Room) {
    // An older control room has no such verb; nothing is wrong with it for that.
    let Ok(metrics) = room.client.metrics_get().await else {
        return report.note(
            DATABASE,
            "this control room tells nothing about its database",
            "install the version that this `ops` is",
        );
    };
    sweeps(report, &metrics);
    snapshot(report, &metrics.database);
    bloat(report, &metrics.database);
    connections(report, &metrics.database);
}

fn sweeps(report: &mut Report, metrics: &Metrics) {
    let late = |overdue: &Overdue| {
        overdue
            .oldest_seconds
            .filter(|seconds| *seconds > SWEEP_LATE)
    };
    let mut told = Vec::new();
    if let Some(seconds) = late(&metrics.expired_leases) {
        let leases = count(metrics.expired_leases.count, "lease");
        told.push(format!("{leases} ran out, the oldest {seconds} s ago"));
    }
    if let Some(seconds) = late(&metrics.overdue_runs) {
        let runs = count(metrics.overdue_runs.count, "run");
        told.push(format!(
            "{runs} should have been let go, the oldest {seconds} s ago"
        ));
    }
    match told.is_empty() {
        true => report.ok(SWEEPS, "nothing waits for a sweep"),
        false => report.problem(
            SWEEPS,
            format!("nobody sweeps: {}", told.join("; ")),
            "run a server, pg_cron or the schedule workflow; docs/DEPLOY.md has how",
        ),
    }
}

fn snapshot(report: &mut Report, database: &DatabaseMetrics) {
    let Some(oldest) = &database.oldest_snapshot else {
        return report.ok(VACUUM, "nothing holds it back");
    };
    let age = match oldest.seconds {
        Some(seconds) => format!("for {seconds} s"),
        None => format!("over {}", count(oldest.transactions, "transaction")),
    };
    let told = format!("{} ({}) holds it back {age}", oldest.holder, oldest.state);
    let is_old = match oldest.seconds {
        Some(seconds) => seconds > OLD_SNAPSHOT,
        None => oldest.transactions > 1_000_000,
    };
    if !is_old {
        return report.ok(VACUUM, told);
    }
    report.problem(
        VACUUM,
        told,
        "end it: pg_terminate_backend(PID), pg_drop_replication_slot(NAME) or rollback prepared; claims grow slower with each run until then",
    );
}

fn bloat(report: &mut Report, database: &DatabaseMetrics) {
    for table in &database.tables {
        let is_bloated =
            table.dead_rows > MANY_DEAD && table.dead_rows.saturating_mul(2) > table.live_rows;
        if is_bloated {
            let vacuumed = match &table.vacuumed_at {
                Some(at) => format!("last vacuumed {at}"),
                None => "never vacuumed".into(),
            };
            report.problem(
                VACUUM,
                format!(
                    "table {} has {} dead rows beside {}, {vacuumed}",
                    table.name, table.dead_rows, table.live_rows
                ),
                format!("vacuum {}, after what holds it back has ended", table.name),
            );
        }
    }
}

fn connections(report: &mut Report, database: &DatabaseMetrics) {
    let told = format!(
        "{}, {} of {} connections",
        size(database.bytes),
        database.connections,
        database.max_connections
    );
    match database.connections * 100 >= database.max_connections * CROWDED {
        false => report.ok(DATABASE, told),
        true => report.problem(
            DATABASE,
            told,
            "raise max_connections, or put fewer servers in front of this database",
        ),
    }
}
