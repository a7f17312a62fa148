//! Requests that wait for something to happen. `crates/web/tests` shows on a clock of its own that
//! they are woken and do not only poll; here it happens over HTTP and a real database.

mod causes;
mod connections;
mod follow;
mod hang_up;

use crate::common::{Caller, Counting, claim};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Well before the end of a wait of 25 seconds.
const SOON: Duration = Duration::from_secs(20);

/// Sends a claim that waits for 25 seconds, and returns when it has asked once in vain.
async fn waits(caller: &Caller, store: &Counting, worker: &str, more: Value) -> JoinHandle<Value> {
    store.idle().await;
    store.take();
    let more = crate::common::with(json!({ "wait_seconds": 25, "start": true }), more);
    let body = claim(worker, more);
    let caller = caller.clone();
    let task = tokio::spawn(async move { caller.post("runs.claim", body).await.is(200) });
    store.seen("runs_claim", 1).await;
    task
}

async fn soon<T>(task: JoinHandle<T>) -> T {
    let in_time = tokio::time::timeout(SOON, task).await;
    in_time.expect("woken long before").expect("no panic")
}

async fn gets(task: JoinHandle<Value>) -> String {
    let claimed = soon(task).await;
    assert_eq!(claimed["runs"][0]["attempt"], 1, "{claimed}");
    claimed["runs"][0]["run_id"].as_str().expect("a run").into()
}
