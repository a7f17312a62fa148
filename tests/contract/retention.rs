//! Runs that ended long ago go, where the host says so.

use crate::story::Story;
use crate::world::{World, in_every_world};
use serde_json::json;

in_every_world!(old_runs_go_and_nothing_else, nothing_goes_unasked);

const DAY: u32 = 86_400;

async fn old_runs_go_and_nothing_else<W: World>() {
    let s = Story::<W>::new().await;
    let old = s.running("w", json!({})).await;
    s.append(&old, 1, &["one", "two"]).await;
    s.put(&old, "a.txt", "kept").await;
    s.finish(&old, "succeeded").await;
    let queued = s
        .create(json!({ "not_before": s.date(30 * i64::from(DAY)) }))
        .await;
    s.advance(3 * DAY).await;
    let young = s.running("w", json!({})).await;
    s.finish(&young, "failed").await;
    // It has ended, and somebody still holds it.
    let held = s
        .running(
            "w",
            json!({ "timeout_seconds": 600_000, "lease_seconds": 3_600 }),
        )
        .await;
    s.cancel(&held.run).await;

    let swept = s.call("runs_sweep", json!({ "keep_days": 3 })).await;
    assert_eq!(swept["deleted"], 1, "{swept}");
    let gone = s.call("runs_get", json!({ "run_id": old.run })).await;
    assert_eq!(gone["code"], "not_found");
    let log = s
        .call(
            "events_list",
            json!({ "run_id": old.run, "after": 0, "limit": 10 }),
        )
        .await;
    assert_eq!(log["code"], "not_found");
    for run in [&queued, &young.run, &held.run] {
        s.get(run).await;
    }
    let again = s.call("runs_sweep", json!({ "keep_days": 3 })).await;
    assert_eq!(again["deleted"], 0, "{again}");
}

async fn nothing_goes_unasked<W: World>() {
    let s = Story::<W>::new().await;
    let old = s.running("w", json!({})).await;
    s.finish(&old, "succeeded").await;
    s.advance(1_000 * DAY).await;
    let swept = s.sweep().await;
    assert!(swept.get("deleted").is_none(), "{swept}");
    assert_eq!(s.status(&old.run).await, "succeeded");
}
