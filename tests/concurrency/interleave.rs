//! Connections as actors: one makes its call inside an open transaction, the other races it and
//! either answers at once or waits for a lock; then the first commits or rolls back. Every ordered
//! pair of verbs, on a run whose lease lives and on one whose lease has expired.

use crate::outcome::{Outcome, check};
use ops_store_postgres::connect;
use ops_tests::harness::database::auth;
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::{Value, json};
use tokio_postgres::Client;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Claim,
    Append,
    Finish,
    Heartbeat,
    Cancel,
    Sweep,
}

pub const VERBS: [Verb; 6] = [
    Verb::Claim,
    Verb::Append,
    Verb::Finish,
    Verb::Heartbeat,
    Verb::Cancel,
    Verb::Sweep,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    Living,
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Commit,
    Rollback,
}

impl Verb {
    fn call(self, run_id: &str, who: &str) -> (&'static str, Value) {
        let holder = |mut p: Value| {
            p["run_id"] = run_id.into();
            p["worker_id"] = "holder".into();
            p["attempt"] = 1.into();
            p
        };
        let (function, mut p) = match self {
            // The holder is busy; somebody else looks for work.
            Verb::Claim => (
                "runs_claim",
                json!({ "worker_id": who, "lanes": ["A"], "request_id": 1, "limit": 1 }),
            ),
            Verb::Append => (
                "events_append",
                holder(json!({ "first_seq": 1, "events": [{ "message": who }] })),
            ),
            Verb::Finish => (
                "runs_finish",
                json!({ "worker_id": "holder", "finish": [{ "run_id": run_id, "attempt": 1, "status": "succeeded" }] }),
            ),
            Verb::Heartbeat => (
                "runs_heartbeat",
                json!({ "worker_id": "holder", "runs": [{ "run_id": run_id, "attempt": 1 }] }),
            ),
            Verb::Cancel => ("runs_cancel", json!({ "run_id": run_id })),
            Verb::Sweep => ("runs_sweep", json!({})),
        };
        p["auth"] = auth();
        (function, p)
    }
}

async fn select(client: &Client, (function, p): (&'static str, Value)) -> Value {
    client
        .query_one(&format!("select public.{function}($1)"), &[&p])
        .await
        .unwrap_or_else(|e| panic!("{function}: {e:?}"))
        .get(0)
}

/// Returns when `pid` has answered or waits for a lock of ours.
async fn settled_or_blocked(db: &TestDatabase, pid: i32, racing: &tokio::task::JoinHandle<Value>) {
    let sql = "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1";
    while !racing.is_finished() {
        // No row: it has answered, and its connection is closed.
        let row = db.admin.query_opt(sql, &[&pid]).await.expect("an answer");
        if row.is_some_and(|row| row.get::<_, Option<bool>>(0) == Some(true)) {
            return;
        }
    }
}

async fn pid(client: &Client) -> i32 {
    client
        .query_one("select pg_backend_pid()", &[])
        .await
        .expect("a pid")
        .get(0)
}

async fn race(db: &TestDatabase, first: Verb, second: Verb, lease: Lease, end: End) {
    db.admin
        .batch_execute("truncate runs, run_leases, run_attempts, run_logs, run_events, run_steps, artifacts, workers cascade")
        .await
        .expect("a fresh start");
    let created = db
        .call("runs_create", json!({ "runs": [run(RunShape::default())] }))
        .await;
    let run_id = created["runs"][0]["run_id"]
        .as_str()
        .expect("an id")
        .to_string();
    let claim = json!({ "worker_id": "holder", "lanes": ["A"], "request_id": 1, "start": true });
    assert_eq!(db.call("runs_claim", claim).await["runs"][0]["attempt"], 1);
    if lease == Lease::Expired {
        db.admin
            .batch_execute(
                "update run_leases set expires_at = clock_timestamp() - interval '1 second'",
            )
            .await
            .expect("expires");
    }

    let one = connect(&db.config).await.expect("an actor");
    let two = connect(&db.config).await.expect("an actor");
    let racer = pid(&two).await;
    one.batch_execute("begin").await.expect("begins");
    let first_answer = select(&one, first.call(&run_id, "one")).await;
    let call = second.call(&run_id, "two");
    let racing = tokio::spawn(async move { select(&two, call).await });
    settled_or_blocked(db, racer, &racing).await;
    one.batch_execute(if end == End::Commit {
        "commit"
    } else {
        "rollback"
    })
    .await
    .expect("ends");
    let second_answer = racing.await.expect("no deadlock, no error");

    let first_answer = (end == End::Commit).then_some(first_answer);
    let outcome = Outcome::read(db, &run_id).await;
    check(
        &format!("{first:?} ({end:?}) against {second:?}, lease {lease:?}"),
        lease,
        &[(first, first_answer), (second, Some(second_answer))],
        &outcome,
    );
}

async fn race_all(lease: Lease, end: End) {
    let db = TestDatabase::new().await;
    for first in VERBS {
        for second in VERBS {
            race(&db, first, second, lease, end).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_of_verbs_on_a_living_lease() {
    race_all(Lease::Living, End::Commit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_of_verbs_on_an_expired_lease() {
    race_all(Lease::Expired, End::Commit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_of_verbs_when_the_first_rolls_back() {
    race_all(Lease::Expired, End::Rollback).await;
}
