//! How attempts end, and what a late word is worth.

use crate::story::Story;
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    each_end_is_kept_with_its_reason_and_result,
    a_repeated_finish_gets_the_recorded_answer,
    late_finish_is_refused,
    a_finish_waits_for_the_whole_log,
    one_refused_entry_fails_no_other,
    a_run_ends_once,
    a_late_heartbeat_after_the_own_finish_is_not_counted,
    an_unknown_run_is_a_lost_lease,
    another_worker_cannot_finish,
);

async fn each_end_is_kept_with_its_reason_and_result<W: World>() {
    let s = Story::<W>::new().await;
    for status in ["succeeded", "failed", "cancelled", "timed_out"] {
        let held = s.running("w", json!({})).await;
        let end =
            json!({ "status": status, "reason": "why", "error": "what", "result": { "n": 1 } });
        let answer = s.finish_with(&held, end).await;
        assert_eq!(answer, json!({ "run_id": held.run, "status": status }));
        let run = s.get(&held.run).await;
        for (name, value) in [
            ("status", json!(status)),
            ("reason", json!("why")),
            ("error", json!("what")),
            ("result", json!({ "n": 1 })),
            ("claimed_by", json!("w")),
            ("attempts_used", json!(1)),
            ("lease_expires_at", Value::Null),
        ] {
            assert_eq!(run[name], value, "{name} of {status}");
        }
        assert!(run["finished_at"].is_string());
        assert_eq!(run["attempts"][0]["ended_as"], status);
        assert!(run["attempts"][0]["ended_at"].is_string());
    }
}

async fn a_repeated_finish_gets_the_recorded_answer<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let first = s.finish(&held, "succeeded").await;
    assert_eq!(s.finish(&held, "succeeded").await, first);
    // Whatever it says now: the recorded one.
    assert_eq!(s.finish(&held, "failed").await, first);
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "succeeded");
    assert_eq!(run["refused_writes"], 0);
}

async fn late_finish_is_refused<W: World>() {
    let s = Story::<W>::new().await;
    let old = s.running("w", json!({})).await;
    s.advance(20).await;
    s.sweep().await;
    let new = s.take("v").await;
    assert_eq!(new.attempt, 2);
    assert_eq!(
        s.finish(&old, "failed").await,
        json!({ "run_id": old.run, "code": "lease_lost" })
    );
    assert_eq!(s.finish(&old, "failed").await["code"], "lease_lost");
    let run = s.get(&old.run).await;
    assert_eq!(run["status"], "running");
    assert_eq!(run["refused_writes"], 2);
    assert_eq!(s.finish(&new, "succeeded").await["status"], "succeeded");
    assert_eq!(s.finish(&old, "failed").await["code"], "lease_lost");
    assert_eq!(s.status(&old.run).await, "succeeded");
}

async fn a_finish_waits_for_the_whole_log<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.append(&held, 1, &["one", "two"]).await;
    let end = json!({ "status": "succeeded", "last_seq": 3 });
    let answer = s.finish_with(&held, end.clone()).await;
    assert_eq!(
        answer,
        json!({ "run_id": held.run, "code": "events_missing", "last_seq": 2 })
    );
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "running");
    assert_eq!(run["refused_writes"], 0);
    s.append(&held, 3, &["three"]).await;
    assert_eq!(s.finish_with(&held, end).await["status"], "succeeded");
}

async fn one_refused_entry_fails_no_other<W: World>() {
    let s = Story::<W>::new().await;
    let good = s.running("w", json!({})).await;
    let gap = s.running("w", json!({})).await;
    let lost = s.running("w", json!({})).await;
    let entry = |held: &crate::story::Held, attempt: i64, last_seq: i64| json!({ "run_id": held.run, "attempt": attempt, "status": "succeeded", "last_seq": last_seq });
    let finish = json!([entry(&lost, 9, 0), entry(&gap, 1, 5), entry(&good, 1, 0)]);
    let answer = s
        .call("runs_finish", json!({ "worker_id": "w", "finish": finish }))
        .await;
    assert_eq!(
        answer["finished"],
        json!([
            { "run_id": lost.run, "code": "lease_lost" },
            { "run_id": gap.run, "code": "events_missing", "last_seq": 0 },
            { "run_id": good.run, "status": "succeeded" },
        ])
    );
    assert_eq!(s.get(&lost.run).await["refused_writes"], 1);
    assert_eq!(s.status(&gap.run).await, "running");
}

async fn a_run_ends_once<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.finish(&held, "failed").await;
    let before = s.get(&held.run).await;
    assert_eq!(s.cancel(&held.run).await["code"], "already_finished");
    s.advance(100_000).await;
    s.sweep().await;
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    let after = s.get(&held.run).await;
    for name in [
        "status",
        "reason",
        "error",
        "attempt",
        "attempts_used",
        "refused_writes",
    ] {
        assert_eq!(before[name], after[name], "{name}");
    }
}

async fn a_late_heartbeat_after_the_own_finish_is_not_counted<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.finish(&held, "succeeded").await;
    let beat = s.beat(&held).await;
    assert_eq!(beat["code"], "already_finished");
    assert_eq!(beat["run_id"], json!(held.run));
    assert_eq!(s.get(&held.run).await["refused_writes"], 0);
}

async fn an_unknown_run_is_a_lost_lease<W: World>() {
    let s = Story::<W>::new().await;
    let nobody = crate::story::Held {
        run: "00000000-0000-4000-8000-00000000dead".into(),
        attempt: 1,
        worker: "w".into(),
    };
    assert_eq!(s.finish(&nobody, "succeeded").await["code"], "lease_lost");
    assert_eq!(s.beat(&nobody).await["code"], "lease_lost");
    assert_eq!(s.start(&nobody).await["code"], "lease_lost");
    assert_eq!(s.append(&nobody, 1, &["x"]).await["code"], "lease_lost");
    assert_eq!(s.put(&nobody, "a", "x").await["code"], "lease_lost");
}

async fn another_worker_cannot_finish<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let mut thief = held.clone();
    thief.worker = "v".into();
    assert_eq!(s.finish(&thief, "failed").await["code"], "lease_lost");
    assert_eq!(s.beat(&thief).await["code"], "lease_lost");
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "running");
    assert_eq!(run["refused_writes"], 2);
    assert_eq!(s.finish(&held, "succeeded").await["status"], "succeeded");
    // Nor is the recorded answer any business of another worker.
    assert_eq!(s.finish(&thief, "failed").await["code"], "lease_lost");
}
