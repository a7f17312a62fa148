//! What an operator watches, as JSON and as Prometheus reads it.
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>

use super::{Answer, ok, read_call};
use crate::app::App;
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::IntoResponse;
use ops_core::Problem;
use ops_core::api::{LaneMetrics, Metrics, Overdue, TableMetrics};
use serde_json::{Value, json};
use std::fmt::Write;

pub async fn read(State(app): State<App>, request: Request) -> Answer {
    let (auth, query) = read_call(request, &["format"])?;
    let is_text = match query.get("format") {
        None | Some("json") => false,
        Some("prometheus") => true,
        Some(_) => return Err(Problem::invalid("/format", "is json or prometheus").into()),
    };
    let answer = app.call("metrics_get", &auth, json!({})).await?;
    if !is_text {
        return ok(answer);
    }
    let metrics: Metrics = serde_json::from_value(Value::Object(answer))
        .map_err(|e| Refusal::internal("metrics.get", &e.to_string()))?;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text(&metrics)).into_response())
}

struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str, rows: &[(String, u64)]) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP ops_{name} {help}\n# TYPE ops_{name} {kind}");
        for (labels, value) in rows {
            let _ = writeln!(self.0, "ops_{name}{labels} {value}");
        }
    }

    fn gauge(&mut self, name: &str, help: &str, rows: &[(String, u64)]) {
        self.family(name, "gauge", help, rows);
    }
}

fn one(value: u64) -> [(String, u64); 1] {
    [(String::new(), value)]
}

fn text(metrics: &Metrics) -> String {
    let mut text = Text(String::new());
    let lanes = |value: fn(&LaneMetrics) -> u64| -> Vec<(String, u64)> {
        let row = |lane: &LaneMetrics| (labels("lane", &lane.name), value(lane));
        metrics.lanes.iter().map(row).collect()
    };
    text.gauge(
        "lane_queued_runs",
        "Runs that may be claimed now.",
        &lanes(|l| l.queued),
    );
    text.gauge(
        "lane_parked_runs",
        "Runs that wait for a date, other runs or a place of their group.",
        &lanes(|l| l.parked),
    );
    text.gauge(
        "lane_held_runs",
        "Runs that a worker holds.",
        &lanes(|l| l.held),
    );
    text.gauge(
        "lane_next_waits_seconds",
        "How long the next run has waited.",
        &lanes(|l| l.next_waits_seconds.unwrap_or(0)),
    );
    text.gauge(
        "lane_workers",
        "Workers heard of within 30 seconds.",
        &lanes(|l| l.workers),
    );
    text.gauge(
        "lane_paused",
        "1 where nothing is claimed: paused or draining.",
        &lanes(|l| (l.paused || l.draining).into()),
    );
    text.gauge(
        "lane_queue_full",
        "1 where runs.create is refused.",
        &lanes(|l| l.queue_full.into()),
    );
    text.family(
        "runs_created_total",
        "counter",
        "Runs that were ever created.",
        &one(metrics.runs_created),
    );
    for (name, what, overdue) in [
        (
            "expired_leases",
            "Leases that ran out and wait for a sweep.",
            &metrics.expired_leases,
        ),
        (
            "overdue_runs",
            "Runs that are due and wait for a sweep.",
            &metrics.overdue_runs,
        ),
    ] {
        let Overdue {
            count,
            oldest_seconds,
        } = overdue;
        text.gauge(name, what, &one(*count));
        text.gauge(
            &format!("{name}_oldest_seconds"),
            "How long the oldest of them has waited.",
            &one(oldest_seconds.unwrap_or(0)),
        );
    }
    let database = &metrics.database;
    text.gauge(
        "database_bytes",
        "Size of the database.",
        &one(database.bytes),
    );
    text.gauge(
        "database_connections",
        "Connections of clients.",
        &one(database.connections),
    );
    text.gauge(
        "database_max_connections",
        "Connections that it takes.",
        &one(database.max_connections),
    );
    let snapshot = database.oldest_snapshot.as_ref();
    text.gauge(
        "oldest_snapshot_seconds",
        "Age of the transaction that holds vacuum back most.",
        &one(snapshot.and_then(|s| s.seconds).unwrap_or(0)),
    );
    text.gauge(
        "oldest_snapshot_transactions",
        "Transactions that began since.",
        &one(snapshot.map_or(0, |s| s.transactions)),
    );
    let tables = |value: fn(&TableMetrics) -> u64| -> Vec<(String, u64)> {
        let row = |table: &TableMetrics| (labels("table", &table.name), value(table));
        database.tables.iter().map(row).collect()
    };
    text.gauge(
        "table_bytes",
        "Size with indexes and large values.",
        &tables(|t| t.bytes),
    );
    text.gauge(
        "table_live_rows",
        "Rows, as PostgreSQL estimates them.",
        &tables(|t| t.live_rows),
    );
    text.gauge(
        "table_dead_rows",
        "Rows that vacuum has to remove.",
        &tables(|t| t.dead_rows),
    );
    text.0
}

/// Names of lanes and tables have nothing that would have to be escaped.
fn labels(name: &str, value: &str) -> String {
    format!("{{{name}=\"{value}\"}}")
}
