//! Runs that wait for others to succeed.

use crate::story::{Story, merged, shaped, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_run_goes_when_all_that_it_names_have_succeeded,
    what_succeeded_before_counts_as_met,
    one_that_ends_otherwise_cancels_those_behind_it,
    a_dependent_of_one_that_failed_before_is_made_cancelled,
    in_bulk_earlier_entries_are_named_by_their_place,
    a_name_that_is_not_there_takes_the_call_back,
    met_dependencies_leave_the_date_and_the_group_to_wait_for,
    a_dependent_can_be_cancelled_and_time_out_itself,
    a_lost_worker_that_uses_up_the_attempts_ends_those_behind,
    runs_say_for_whom_they_wait,
    a_retry_revives_nobody,
);

fn after(runs: &[&str]) -> Value {
    json!({ "depends_on": runs })
}

async fn bulk<W: World>(s: &Story<W>, runs: Vec<Value>) -> Value {
    s.call("runs_create", json!({ "runs": runs })).await
}

async fn a_run_goes_when_all_that_it_names_have_succeeded<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    let second = s.running("w", json!({})).await;
    let waits = s.create(after(&[&first.run, &second.run])).await;
    s.finish(&first, "succeeded").await;
    assert!(s.claim_ids("v", json!({})).await.is_empty());
    let entry = json!({ "run_id": second.run, "attempt": 1, "status": "succeeded" });
    // In the very claim that settles the last one.
    assert_eq!(
        s.claim_ids("w", json!({ "finish": [entry] })).await,
        [waits]
    );
}

async fn what_succeeded_before_counts_as_met<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    s.finish(&first, "succeeded").await;
    let next = s.create(after(&[&first.run])).await;
    assert_eq!(s.claim_ids("w", json!({})).await, [next]);
}

async fn one_that_ends_otherwise_cancels_those_behind_it<W: World>() {
    for how in ["failed", "timed_out", "cancelled"] {
        let s = Story::<W>::new().await;
        let first = s.running("w", json!({})).await;
        let other = s.create(json!({ "lane": "B" })).await;
        let second = s.create(after(&[&first.run, &other])).await;
        let third = s.create(after(&[&second])).await;
        match how {
            "cancelled" => s.cancel(&first.run).await,
            _ => s.finish(&first, how).await,
        };
        for run in [&second, &third] {
            let run = s.get(run).await;
            assert_eq!(
                (&run["status"], &run["reason"]),
                (&json!("cancelled"), &json!("dependency_failed")),
                "{how}"
            );
            assert!(run["finished_at"].is_string() && run["error"].is_string());
        }
        assert_eq!(s.log(&third).await.len(), 1);
        assert_eq!(s.status(&other).await, "queued");
    }
}

async fn a_dependent_of_one_that_failed_before_is_made_cancelled<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    s.finish(&first, "failed").await;
    let answer = bulk(&s, vec![shaped(after(&[&first.run])), shaped(json!({}))]).await;
    assert_eq!(answer["runs"][0]["status"], "cancelled");
    assert_eq!(answer["runs"][1]["status"], "queued");
    let behind = text(&answer["runs"][0]["run_id"]);
    assert_eq!(s.get(&behind).await["reason"], "dependency_failed");
}

async fn in_bulk_earlier_entries_are_named_by_their_place<W: World>() {
    let s = Story::<W>::new().await;
    let runs = vec![
        shaped(json!({})),
        shaped(after(&["#0"])),
        shaped(after(&["#0", "#1"])),
    ];
    let answer = bulk(&s, runs).await;
    let made = answer["runs"].as_array().expect("runs");
    let made: Vec<String> = made.iter().map(|run| text(&run["run_id"])).collect();
    for run in made {
        let held = s.take("w").await;
        assert_eq!(held.run, run);
        assert!(s.claim_ids("v", json!({})).await.is_empty());
        s.finish(&held, "succeeded").await;
    }
}

async fn a_name_that_is_not_there_takes_the_call_back<W: World>() {
    let s = Story::<W>::new().await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    for name in [nobody, "#1", "#2", "#9"] {
        let runs = vec![shaped(json!({})), shaped(after(&[name]))];
        let answer = bulk(&s, runs).await;
        assert_eq!(answer["code"], "invalid", "{name}: {answer}");
        let error = &answer["errors"][0];
        assert_eq!(
            (&error["at"], &error["field"]),
            (&json!(1), &json!("depends_on"))
        );
    }
    let runs = s.call("runs_list", json!({})).await;
    assert_eq!(runs["runs"], json!([]));
}

async fn met_dependencies_leave_the_date_and_the_group_to_wait_for<W: World>() {
    let s = Story::<W>::new().await;
    let runbook = json!({ "title": "a run", "steps": [], "concurrency": { "group": "g" } });
    let grouped = json!({ "runbook": runbook, "lease_seconds": 600 });
    let first = s.running("w", grouped.clone()).await;
    let holder = s.create(grouped.clone()).await;
    let more = merged(after(&[&first.run]), json!({ "not_before": s.date(60) }));
    let waits = s.create(merged(grouped, more)).await;
    let why = async || s.get(&waits).await["waiting"]["reason"].clone();
    assert_eq!(why().await, "depends_on");
    s.finish(&first, "succeeded").await;
    assert_eq!(why().await, "not_before");
    let holder_held = s.take("w").await;
    assert_eq!(holder_held.run, holder);
    s.advance(70).await;
    s.sweep().await;
    assert_eq!(why().await, "group");
    s.finish(&holder_held, "succeeded").await;
    assert_eq!(s.claim_ids("w", json!({})).await, [waits]);
}

async fn a_dependent_can_be_cancelled_and_time_out_itself<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({ "lease_seconds": 600 })).await;
    let late = s
        .create(merged(
            after(&[&first.run]),
            json!({ "start_within_seconds": 30 }),
        ))
        .await;
    let behind_late = s.create(after(&[&late])).await;
    let gone = s.create(after(&[&first.run])).await;
    assert_eq!(s.cancel(&gone).await["status"], "cancelled");
    s.advance(40).await;
    assert_eq!(s.sweep().await["overdue"], 1);
    assert_eq!(s.get(&behind_late).await["reason"], "dependency_failed");
    s.finish(&first, "succeeded").await;
    assert!(s.claim_ids("v", json!({})).await.is_empty());
}

async fn a_lost_worker_that_uses_up_the_attempts_ends_those_behind<W: World>() {
    let s = Story::<W>::new().await;
    let first = s
        .running("w", json!({ "max_attempts": 1, "lease_seconds": 10 }))
        .await;
    let behind = s.create(after(&[&first.run])).await;
    s.advance(20).await;
    s.sweep().await;
    assert_eq!(s.get(&behind).await["reason"], "dependency_failed");
}

async fn runs_say_for_whom_they_wait<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.create(json!({})).await;
    let waits = s.create(after(&[&first])).await;
    let told = s.get(&waits).await["waiting"].clone();
    assert_eq!(told["reason"], "depends_on");
    assert!(text(&told["detail"]).contains(&first), "{told}");
}

async fn a_retry_revives_nobody<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    let behind = s.create(after(&[&first.run])).await;
    s.finish(&first, "failed").await;
    s.call("runs_retry", json!({ "run_id": first.run })).await;
    let again = s.take("w").await;
    s.finish(&again, "succeeded").await;
    assert_eq!(s.status(&behind).await, "cancelled");
    // A retry of the one behind is a run of its own, which waits for nobody.
    let retried = s.call("runs_retry", json!({ "run_id": behind })).await;
    assert_eq!(
        s.claim_ids("w", json!({})).await,
        [text(&retried["runs"][0]["run_id"])]
    );
}
