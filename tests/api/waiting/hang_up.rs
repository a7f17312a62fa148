//! A client that goes away while it waits takes no run with it.

use super::{gets, waits};
use crate::common::{Counting, Watched};
use ops_tests::harness::TestDatabase;
use serde_json::json;

#[tokio::test]
async fn another_worker_gets_the_run_at_once() {
    let db = TestDatabase::new().await;
    let store = Counting::over(db.store.clone());
    let server = Watched::serve(store.clone()).await;
    let caller = &server.caller;
    let gone = waits(caller, &store, "gone", json!({ "request_id": 1 })).await;
    server.until_under_way(1).await;
    gone.abort();
    server.until_under_way(0).await;
    // A call that was on its way to the database comes to its end there.
    store.idle().await;
    let id = caller.queue(json!({})).await;
    let claimed = caller.claim("stays", json!({})).await;
    let run = &claimed["runs"][0];
    assert_eq!((&run["run_id"], &run["attempt"]), (&json!(id), &json!(1)));
    assert_eq!(caller.run(&json!(id)).await["claimed_by"], "stays");
}

#[tokio::test]
async fn who_waits_beside_it_gets_the_run() {
    let db = TestDatabase::new().await;
    let store = Counting::over(db.store.clone());
    let server = Watched::serve(store.clone()).await;
    let caller = &server.caller;
    let gone = waits(caller, &store, "gone", json!({})).await;
    let stays = waits(caller, &store, "stays", json!({})).await;
    server.until_under_way(2).await;
    gone.abort();
    server.until_under_way(1).await;
    store.idle().await;
    let id = caller.queue(json!({})).await;
    assert_eq!(gets(stays).await, id);
    assert_eq!(caller.run(&json!(id)).await["claimed_by"], "stays");
}
