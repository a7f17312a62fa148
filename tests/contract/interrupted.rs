//! Attempts that were interrupted: what was marked `once`, and `on_interrupt: fail`.

use crate::story::{Held, Story, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_step_that_began_and_did_not_end_fails_a_run_that_was_lost,
    a_step_that_began_and_did_not_end_fails_a_run_that_was_handed_back,
    a_lease_that_ran_out_is_no_way_around,
    what_ended_is_told_to_the_next_attempt_with_its_outputs,
    what_is_kept_is_what_was_told_last,
    a_step_that_did_not_begin_may_begin_in_the_next_attempt,
    an_unmarked_step_is_begun_again,
    an_unknown_outcome_comes_before_an_attempt_out_of_time,
    a_lost_run_fails_where_its_runbook_says_so,
    a_hand_back_fails_only_where_something_had_begun,
    an_own_end_counts_whatever_the_runbook_says,
);

fn once(more: Value) -> Value {
    let steps = json!([
        { "id": "before", "run": "x" }, { "id": "pay", "run": "x", "once": true }, { "id": "after", "run": "x" },
    ]);
    let runbook = json!({ "title": "a run", "steps": steps });
    crate::story::merged(json!({ "runbook": runbook, "lease_seconds": 10 }), more)
}

fn careful() -> Value {
    let runbook =
        json!({ "title": "a run", "steps": [{ "id": "a", "run": "x" }], "on_interrupt": "fail" });
    json!({ "runbook": runbook, "lease_seconds": 10 })
}

async fn tell<W: World>(s: &Story<W>, held: &Held, step: &str, status: &str) {
    let answer = s
        .step(held, json!([{ "step": step, "status": status }]))
        .await;
    assert_eq!(answer["code"], Value::Null, "{answer}");
}

/// The run as the next claim gives it.
async fn next<W: World>(s: &Story<W>) -> Value {
    s.claim("v", json!({})).await["runs"][0].clone()
}

async fn assert_failed<W: World>(s: &Story<W>, run: &str, reason: &str) {
    let run = s.get(run).await;
    assert_eq!(
        (&run["status"], &run["reason"]),
        (&json!("failed"), &json!(reason))
    );
    assert!(
        run["finished_at"].is_string() && run["error"].is_string(),
        "{run}"
    );
    assert_eq!(run["attempts_used"], 1);
    assert!(s.claim_ids("v", json!({})).await.is_empty());
}

async fn a_step_that_began_and_did_not_end_fails_a_run_that_was_lost<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", once(json!({}))).await;
    tell(&s, &held, "before", "succeeded").await;
    tell(&s, &held, "pay", "running").await;
    s.advance(20).await;
    let counts = s.sweep().await;
    assert_eq!(
        (&counts["requeued"], &counts["ended"]),
        (&json!(0), &json!(1))
    );
    assert_failed(&s, &held.run, "unknown_outcome").await;
    assert_eq!(s.log(&held.run).await.len(), 1);
    let run = s.get(&held.run).await;
    assert_eq!(run["steps"][1]["status"], "lost");
    assert_eq!(run["attempts"][0]["ended_as"], "lost");
}

async fn a_step_that_began_and_did_not_end_fails_a_run_that_was_handed_back<W: World>() {
    for status in ["running", "cancelled"] {
        let s = Story::<W>::new().await;
        let held = s.running("w", once(json!({}))).await;
        tell(&s, &held, "pay", status).await;
        assert_eq!(
            s.hand_back(&held, "worker_shutdown").await["status"],
            "failed"
        );
        assert_failed(&s, &held.run, "unknown_outcome").await;
        assert_eq!(s.log(&held.run).await.len(), 1);
        // The recorded answer comes again.
        assert_eq!(
            s.hand_back(&held, "worker_shutdown").await["status"],
            "failed"
        );
    }
}

async fn a_lease_that_ran_out_is_no_way_around<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", once(json!({}))).await;
    tell(&s, &held, "pay", "running").await;
    assert_eq!(
        s.hand_back(&held, "lease_ran_out").await["status"],
        "failed"
    );
    assert_failed(&s, &held.run, "unknown_outcome").await;
}

async fn what_ended_is_told_to_the_next_attempt_with_its_outputs<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", once(json!({}))).await;
    let pay =
        json!({ "step": "pay", "status": "failed", "exit_code": 3, "outputs": { "receipt": "r" } });
    tell(&s, &held, "pay", "running").await;
    s.step(
        &held,
        json!([pay, { "step": "before", "status": "succeeded" }]),
    )
    .await;
    tell(&s, &held, "after", "running").await;
    s.advance(20).await;
    assert_eq!(s.sweep().await["requeued"], 1);
    let given = next(&s).await;
    let kept = json!({ "pay": { "status": "failed", "exit_code": 3, "outputs": { "receipt": "r" }, "attempt": 1 } });
    assert_eq!((&given["attempt"], &given["once"]), (&json!(2), &kept));
}

async fn what_is_kept_is_what_was_told_last<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", once(json!({}))).await;
    assert_eq!(s.claim("v", json!({})).await["runs"], json!([]));
    let end = |receipt: &str| json!([{ "step": "pay", "status": "succeeded", "outputs": { "receipt": receipt } }]);
    s.step(&first, end("one")).await;
    s.hand_back(&first, "worker_shutdown").await;
    let second = s.take("w").await;
    s.step(&second, end("two")).await;
    s.hand_back(&second, "worker_shutdown").await;
    // A third attempt that ended before it told anything changes nothing.
    let third = s.take("w").await;
    s.hand_back(&third, "worker_shutdown").await;
    let pay = next(&s).await["once"]["pay"].clone();
    assert_eq!(
        (&pay["outputs"]["receipt"], &pay["attempt"]),
        (&json!("two"), &json!(2))
    );
}

async fn a_step_that_did_not_begin_may_begin_in_the_next_attempt<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", once(json!({}))).await;
    tell(&s, &held, "pay", "running").await;
    tell(&s, &held, "pay", "skipped").await;
    assert_eq!(
        s.hand_back(&held, "worker_shutdown").await["status"],
        "queued"
    );
    let given = next(&s).await;
    assert_eq!(
        (&given["attempt"], &given["once"]),
        (&json!(2), &Value::Null)
    );
}

async fn an_unmarked_step_is_begun_again<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", once(json!({}))).await;
    tell(&s, &held, "before", "succeeded").await;
    tell(&s, &held, "after", "running").await;
    s.advance(20).await;
    assert_eq!(s.sweep().await["requeued"], 1);
    let given = next(&s).await;
    assert_eq!(
        (&given["attempt"], &given["once"]),
        (&json!(2), &Value::Null)
    );
}

async fn an_unknown_outcome_comes_before_an_attempt_out_of_time<W: World>() {
    let s = Story::<W>::new().await;
    let more = json!({ "timeout_seconds": 20, "max_attempts": 1 });
    let held = s.running("w", once(more)).await;
    tell(&s, &held, "pay", "running").await;
    s.advance(100).await;
    s.sweep().await;
    assert_failed(&s, &held.run, "unknown_outcome").await;
}

async fn a_lost_run_fails_where_its_runbook_says_so<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", careful()).await;
    s.advance(20).await;
    s.sweep().await;
    assert_failed(&s, &held.run, "interrupted").await;
    // A person decides: a retry is a new run.
    let again = s.call("runs_retry", json!({ "run_id": held.run })).await;
    let again = text(&again["runs"][0]["run_id"]);
    assert_eq!(s.take("w").await.run, again);
}

async fn a_hand_back_fails_only_where_something_had_begun<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", careful()).await;
    assert_eq!(
        s.hand_back(&held, "worker_shutdown").await["status"],
        "queued"
    );
    let second = s.take("w").await;
    tell(&s, &second, "a", "skipped").await;
    assert_eq!(
        s.hand_back(&second, "worker_shutdown").await["status"],
        "queued"
    );
    let third = s.take("w").await;
    tell(&s, &third, "a", "succeeded").await;
    assert_eq!(
        s.hand_back(&third, "worker_shutdown").await["status"],
        "failed"
    );
    assert_failed(&s, &held.run, "interrupted").await;
}

async fn an_own_end_counts_whatever_the_runbook_says<W: World>() {
    let s = Story::<W>::new().await;
    for status in ["succeeded", "failed", "timed_out"] {
        let held = s.running("w", careful()).await;
        tell(&s, &held, "a", "running").await;
        assert_eq!(s.finish(&held, status).await["status"], status);
        let held = s.running("w", once(json!({}))).await;
        tell(&s, &held, "pay", "running").await;
        assert_eq!(s.finish(&held, status).await["status"], status);
    }
}
