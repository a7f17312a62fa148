//! Attempts that end without ending the run.

use crate::story::Story;
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_handed_back_run_is_queued_at_its_old_place,
    five_hand_backs_are_free_then_they_count_then_the_run_fails,
    a_lease_that_ran_out_counts,
    late_finish_after_a_hand_back_to_the_same_worker_is_refused,
    a_repeated_hand_back_takes_nothing_from_the_next_attempt,
);

async fn a_handed_back_run_is_queued_at_its_old_place<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let behind = s.create(json!({})).await;
    let answer = s.hand_back(&held, "shutdown").await;
    assert_eq!(answer, json!({ "run_id": held.run, "status": "queued" }));
    let run = s.get(&held.run).await;
    for (name, value) in [
        ("status", json!("queued")),
        ("attempt", json!(1)),
        ("attempts_used", json!(0)),
        ("claimed_by", Value::Null),
        ("started_at", Value::Null),
        ("finished_at", Value::Null),
    ] {
        assert_eq!(run[name], value, "{name}");
    }
    assert_eq!(run["attempts"][0]["ended_as"], "released");
    assert_eq!(run["attempts"][0]["reason"], "shutdown");
    let again = s.take("v").await;
    assert_eq!((again.run, again.attempt), (held.run, 2));
    assert_eq!(s.take("v").await.run, behind);
}

async fn five_hand_backs_are_free_then_they_count_then_the_run_fails<W: World>() {
    let s = Story::<W>::new().await;
    let run = s.create(json!({ "max_attempts": 2 })).await;
    for n in 1..=5 {
        let held = s.take("w").await;
        assert_eq!(held.attempt, n);
        assert_eq!(s.hand_back(&held, "shutdown").await["status"], "queued");
        assert_eq!(s.get(&run).await["attempts_used"], 0, "hand-back {n}");
    }
    let sixth = s.take("w").await;
    assert_eq!(s.hand_back(&sixth, "shutdown").await["status"], "queued");
    assert_eq!(s.get(&run).await["attempts_used"], 1);
    let seventh = s.take("w").await;
    assert_eq!(s.hand_back(&seventh, "shutdown").await["status"], "failed");
    let run = s.get(&run).await;
    assert_eq!(run["status"], "failed");
    assert_eq!(run["attempts_used"], 2);
    assert_eq!(run["attempt"], 7);
    assert_eq!(run["reason"], "attempts_used_up");
    assert_eq!(s.hand_back(&seventh, "shutdown").await["status"], "failed");
}

async fn a_lease_that_ran_out_counts<W: World>() {
    let s = Story::<W>::new().await;
    let run = s.create(json!({ "max_attempts": 2 })).await;
    let first = s.take("w").await;
    assert_eq!(
        s.hand_back(&first, "lease_ran_out").await["status"],
        "queued"
    );
    assert_eq!(s.get(&run).await["attempts_used"], 1);
    let second = s.take("w").await;
    assert_eq!(
        s.hand_back(&second, "lease_ran_out").await["status"],
        "failed"
    );
    let run = s.get(&run).await;
    assert_eq!(run["status"], "failed");
    assert_eq!(run["reason"], "attempts_used_up");
}

/// The same worker, the same run, another attempt: the fencing token tells them apart.
async fn late_finish_after_a_hand_back_to_the_same_worker_is_refused<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    s.hand_back(&first, "shutdown").await;
    let second = s.take("w").await;
    assert_eq!((&second.run, second.attempt), (&first.run, 2));
    // It ended itself, so it hears what was recorded; the run is the second attempt's.
    assert_eq!(s.finish(&first, "succeeded").await["status"], "queued");
    assert_eq!(s.beat(&first).await["code"], "already_finished");
    assert_eq!(
        s.append(&first, 1, &["late"]).await["code"],
        "already_finished"
    );
    assert_eq!(s.put(&first, "late", "x").await["code"], "already_finished");
    assert_eq!(s.status(&first.run).await, "running");
    assert!(s.log(&first.run).await.is_empty());
    assert_eq!(s.finish(&second, "failed").await["status"], "failed");
    assert_eq!(s.finish(&first, "succeeded").await["status"], "queued");
    assert_eq!(s.status(&first.run).await, "failed");

    // The same with a lease that was lost: nothing was recorded, so it is refused and counted.
    let first = s.running("w", json!({})).await;
    s.advance(20).await;
    let second = s.take("w").await;
    assert_eq!((&second.run, second.attempt), (&first.run, 2));
    assert_eq!(s.finish(&first, "succeeded").await["code"], "lease_lost");
    let run = s.get(&first.run).await;
    assert_eq!(
        (&run["status"], &run["refused_writes"]),
        (&json!("running"), &json!(1))
    );
}

async fn a_repeated_hand_back_takes_nothing_from_the_next_attempt<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    s.hand_back(&first, "shutdown").await;
    let second = s.take("w").await;
    assert_eq!(s.hand_back(&first, "shutdown").await["status"], "queued");
    let run = s.get(&first.run).await;
    assert_eq!(
        (&run["status"], &run["attempt"]),
        (&json!("running"), &json!(2))
    );
    assert_eq!(s.beat(&second).await["status"], "running");
}
