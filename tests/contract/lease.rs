//! The lease row is the holder.

use crate::story::Story;
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    after_the_sweep_every_write_of_the_old_holder_is_refused_and_counted,
    expired_but_unswept_still_holds,
    a_heartbeat_renews,
    a_heartbeat_renews_up_to_ends_by,
    a_heartbeat_never_shortens,
    one_call_beats_for_all_and_answers_each,
    a_heartbeat_tells_the_step,
    a_lost_lease_is_requeued_and_counted,
    attempts_used_up_is_failed_with_the_reason,
    an_attempt_past_its_timeout_is_timed_out,
    a_sweep_touches_expired_leases_only,
    a_claim_sweeps_too,
);

async fn after_the_sweep_every_write_of_the_old_holder_is_refused_and_counted<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.append(&held, 1, &["before"]).await;
    s.advance(20).await;
    assert_eq!(s.sweep().await["requeued"], 1);
    let before = s.log(&held.run).await;
    assert_eq!(s.start(&held).await["code"], "lease_lost");
    assert_eq!(s.beat(&held).await["code"], "lease_lost");
    assert_eq!(s.append(&held, 2, &["late"]).await["code"], "lease_lost");
    assert_eq!(s.put(&held, "late", "x").await["code"], "lease_lost");
    let steps = json!([{ "step": "a", "status": "running" }]);
    assert_eq!(s.step(&held, steps).await["code"], "lease_lost");
    assert_eq!(s.finish(&held, "succeeded").await["code"], "lease_lost");
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "queued");
    assert_eq!(run["refused_writes"], 6);
    assert_eq!(run["steps"], json!([]));
    assert_eq!(s.log(&held.run).await, before);
    let artifacts = s
        .call("artifacts_list", json!({ "run_id": held.run }))
        .await;
    assert_eq!(artifacts["artifacts"], json!([]));
}

async fn expired_but_unswept_still_holds<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.advance(100).await;
    assert_eq!(s.append(&held, 1, &["still here"]).await["last_seq"], 1);
    assert_eq!(s.beat(&held).await["lease_seconds"], 15);
    assert_eq!(s.sweep().await["requeued"], 0);
    s.advance(100).await;
    assert_eq!(s.finish(&held, "succeeded").await["status"], "succeeded");
}

async fn a_heartbeat_renews<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    for _ in 0..5 {
        s.advance(10).await;
        let beat = s.beat(&held).await;
        assert_eq!(beat["status"], "running");
        assert_eq!(beat["lease_seconds"], 15);
        s.sweep().await;
    }
    assert_eq!(s.status(&held.run).await, "running");
}

async fn a_heartbeat_renews_up_to_ends_by<W: World>() {
    let s = Story::<W>::new().await;
    // It may report for 30 s after its timeout of 20 s.
    let held = s
        .running("w", json!({ "timeout_seconds": 20, "lease_seconds": 15 }))
        .await;
    for _ in 0..4 {
        s.advance(10).await;
        s.beat(&held).await;
    }
    let granted = s.beat(&held).await["lease_seconds"].as_i64().unwrap();
    assert!((9..=10).contains(&granted), "{granted}");
    s.advance(15).await;
    assert_eq!(s.beat(&held).await["lease_seconds"], 0);
    s.sweep().await;
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "timed_out");

    let claimed = s
        .create(json!({ "timeout_seconds": 1, "lease_seconds": 60 }))
        .await;
    let answer = s.claim("w", json!({})).await;
    assert_eq!(answer["runs"][0]["run_id"], json!(claimed));
    assert_eq!(answer["runs"][0]["lease_seconds"], 31);
}

async fn a_heartbeat_never_shortens<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({ "lease_seconds": 100 })).await;
    s.cancel(&held.run).await;
    let before = s.get(&held.run).await["lease_expires_at"].clone();
    s.beat(&held).await;
    assert_eq!(s.get(&held.run).await["lease_expires_at"], before);
}

async fn one_call_beats_for_all_and_answers_each<W: World>() {
    let s = Story::<W>::new().await;
    let fine = s.running("w", json!({})).await;
    let cancelled = s.running("w", json!({})).await;
    let done = s.running("w", json!({})).await;
    let foreign = s.running("v", json!({})).await;
    s.cancel(&cancelled.run).await;
    s.finish(&done, "failed").await;
    let runs: Vec<Value> = [&foreign, &done, &cancelled, &fine]
        .iter()
        .map(|held| json!({ "run_id": held.run, "attempt": held.attempt }))
        .collect();
    let answer = s
        .call("runs_heartbeat", json!({ "worker_id": "w", "runs": runs }))
        .await;
    let answers = answer["runs"].as_array().unwrap();
    let ids: Vec<&Value> = answers.iter().map(|a| &a["run_id"]).collect();
    assert_eq!(
        json!(ids),
        json!([foreign.run, done.run, cancelled.run, fine.run])
    );
    assert_eq!(answers[0]["code"], "lease_lost");
    assert_eq!(answers[1]["code"], "already_finished");
    assert_eq!(answers[2]["cancel"], true);
    assert_eq!(answers[3]["status"], "running");
    assert_eq!(answers[3]["cancel"], false);
    assert_eq!(answer["drain"], false);
}

async fn a_heartbeat_tells_the_step<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let beat = json!({ "run_id": held.run, "attempt": 1, "step": "build" });
    s.call(
        "runs_heartbeat",
        json!({ "worker_id": "w", "runs": [beat] }),
    )
    .await;
    assert_eq!(s.get(&held.run).await["step"], "build");
    s.beat(&held).await;
    assert_eq!(s.get(&held.run).await["step"], "build");
}

async fn a_lost_lease_is_requeued_and_counted<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.advance(20).await;
    assert_eq!(s.sweep().await["requeued"], 1);
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "queued");
    assert_eq!(run["attempts_used"], 1);
    assert_eq!(run["claimed_by"], Value::Null);
    assert_eq!(run["attempts"][0]["ended_as"], "lost");
    let log = s.log(&held.run).await;
    assert_eq!((log.len(), log[0].0, log[0].1), (1, 1, 1));
    assert_eq!(s.take("v").await.attempt, 2);
}

async fn attempts_used_up_is_failed_with_the_reason<W: World>() {
    let s = Story::<W>::new().await;
    let run = s.create(json!({ "max_attempts": 2 })).await;
    s.take("w").await;
    s.advance(20).await;
    s.sweep().await;
    s.take("v").await;
    s.advance(20).await;
    assert_eq!(s.sweep().await["ended"], 1);
    let run = s.get(&run).await;
    assert_eq!(run["status"], "failed");
    assert_eq!(run["reason"], "attempts_used_up");
    assert_eq!(run["attempts_used"], 2);
    assert!(run["finished_at"].is_string() && run["error"].is_string());
    assert!(s.claim_ids("w", json!({})).await.is_empty());
}

async fn an_attempt_past_its_timeout_is_timed_out<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({ "timeout_seconds": 30 })).await;
    s.advance(40).await;
    assert_eq!(s.sweep().await["ended"], 1);
    let run = s.get(&held.run).await;
    assert_eq!(run["status"], "timed_out");
    assert_eq!(run["attempts_used"], 1);
    assert!(run["reason"].is_string());
    assert_eq!(s.finish(&held, "succeeded").await["code"], "lease_lost");
}

async fn a_sweep_touches_expired_leases_only<W: World>() {
    let s = Story::<W>::new().await;
    let short = s.running("w", json!({ "lease_seconds": 10 })).await;
    let long = s.running("w", json!({ "lease_seconds": 100 })).await;
    let past_timeout = s
        .running("w", json!({ "timeout_seconds": 5, "lease_seconds": 30 }))
        .await;
    s.advance(20).await;
    let counts = s.sweep().await;
    assert_eq!(
        (&counts["requeued"], &counts["ended"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(s.status(&short.run).await, "queued");
    assert_eq!(s.status(&long.run).await, "running");
    // Its lease is alive, so it may still report.
    assert_eq!(s.status(&past_timeout.run).await, "running");
    let counts = s.sweep().await;
    for name in [
        "requeued",
        "ended",
        "leases_released",
        "overdue",
        "unparked",
    ] {
        assert_eq!(counts[name], 0, "{name}");
    }
}

async fn a_claim_sweeps_too<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.advance(20).await;
    let taken = s.take("v").await;
    assert_eq!((taken.run, taken.attempt), (held.run, 2));
}
