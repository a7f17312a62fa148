//! Callers that do not stop while the schema is renewed under them.

use super::{ONLY_RENEWED, open, previous, renew};
use ops_core::port::{Store, StoreError};
use ops_tests::harness::database::auth;
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;

const WORKERS: usize = 4;

/// The same call until it comes through, as each caller does whose call carries a number or a key.
async fn insist(d: &TestDatabase, function: &'static str, mut p: Value) -> Value {
    p["auth"] = auth();
    loop {
        match d.store.call(function, p.clone()).await {
            Ok(answer) => return answer,
            Err(StoreError::Unavailable { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{function}: {error}"),
        }
    }
}

/// Queues a run, takes one and ends it, until nobody wants more.
async fn work(d: Arc<TestDatabase>, number: usize, enough: Arc<AtomicBool>) -> u64 {
    let worker = format!("w-{number}");
    let mut done = 0;
    for request in 1.. {
        let new = run(RunShape {
            key: Some(format!("{worker}-{request}")),
            ..RunShape::default()
        });
        let made = insist(&d, "runs_create", json!({ "runs": [new] })).await;
        assert!(made["code"].is_null(), "{made}");
        let claim =
            json!({ "worker_id": worker, "lanes": ["A"], "request_id": request, "start": true });
        let claimed = insist(&d, "runs_claim", claim).await;
        for run in claimed["runs"].as_array().into_iter().flatten() {
            let end = json!({ "run_id": run["run_id"], "attempt": run["attempt"], "status": "succeeded" });
            let end = json!({ "worker_id": worker, "finish": [end] });
            let ended = insist(&d, "runs_finish", end).await;
            assert_eq!(ended["finished"][0]["status"], "succeeded", "{ended}");
            done += 1;
        }
        if enough.load(Ordering::Relaxed) {
            break;
        }
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_while_the_schema_is_renewed_and_each_run_ends_once() {
    let config = previous().await;
    let d = Arc::new(open(&config).await);
    let enough = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    for number in 0..WORKERS {
        workers.spawn(work(d.clone(), number, enough.clone()));
    }
    assert_eq!(renew(&config).await, ONLY_RENEWED);
    enough.store(true, Ordering::Relaxed);
    let done: u64 = workers.join_all().await.into_iter().sum();
    assert!(done > 0);
    let sql = "select count(*) filter (where status = 'succeeded'), coalesce(max(attempt), 0) from public.runs";
    let row = d.admin.query_one(sql, &[]).await.expect("counts");
    let counted: (i64, i32) = (row.get(0), row.get(1));
    assert_eq!(counted, (done as i64, 1));
}
