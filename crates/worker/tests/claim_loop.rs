//! The worker against a control room whose answers get lost.

mod common;

use common::fake::{Fake, Fault};
use common::world::{NoOp, World, stays, until_up};
use common::{eventually, processes_of};
use ops_core::Code;
use ops_core::port::BoxFuture;
use ops_worker::{Executor, Job, Outcome};
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn a_thousand_runs_end_once_each_although_answers_get_lost() {
    let fake = Fake::new();
    let ids: Vec<_> = (0..1_000).map(|_| fake.queue(json!([]))).collect();
    fake.fault("runs.claim", Fault::Refuse(Code::Unavailable, json!({})));
    fake.with(|state| state.flaky_claims = true);
    let world = World::with_executor(fake, NoOp, |config| config.concurrency = 24);
    for id in &ids {
        let run = world.fake.ended(id).await;
        assert_eq!(
            (run.status.as_str(), run.attempt, run.finishes.len()),
            ("succeeded", 1, 1)
        );
        assert_eq!(run.appends, 0, "a silent run sends no log");
    }
    world.fake.with(|state| {
        let claims = state.count("runs.claim");
        assert!(
            claims < 400,
            "{claims} claims for 1,000 runs are no batches"
        );
        let numbers: Vec<i64> = state
            .calls
            .iter()
            .filter(|(verb, _)| verb == "runs.claim")
            .map(|(_, body)| body["request_id"].as_i64().unwrap())
            .collect();
        assert!(numbers.windows(2).all(|w| w[1] == w[0] || w[1] == w[0] + 1));
    });
    let summary = world.end().await;
    assert_eq!(
        (summary.claimed, summary.succeeded, summary.lost),
        (1_000, 1_000, 0)
    );
}

#[tokio::test]
async fn a_run_that_ends_during_a_long_poll_is_settled_at_once() {
    let world = World::start_with(|config| config.concurrency = 2);
    let id = world.fake.queue(json!([{"id": "a", "run": "echo a"}]));
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded");
    world
        .fake
        .with(|state| assert_eq!(state.count("runs.finish"), 1));
    world.end().await;
}

#[tokio::test]
async fn lost_answers_to_logs_artifacts_and_ends_double_nothing() {
    let world = World::start_with(|config| config.concurrency = 2);
    for verb in ["events.append", "artifacts.put", "runs.finish"] {
        world.fake.fault(verb, Fault::LoseAnswer);
        world.fake.fault(verb, Fault::LoseRequest);
        world
            .fake
            .fault(verb, Fault::Refuse(Code::Internal, json!({})));
    }
    let id = world.fake.queue(json!([
        {"id": "a", "run": "seq 1 3000"},
        {"id": "b", "artifact": {"name": "x", "kind": "file", "content": "x"}},
    ]));
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    let lines = run.messages("stdout");
    assert_eq!(lines.len(), 3_000);
    assert!(
        lines
            .iter()
            .zip(1..)
            .all(|(line, n)| *line == n.to_string())
    );
    assert_eq!((run.finishes.len(), run.refused), (1, 0));
    world.end().await;
}

#[tokio::test]
async fn a_lost_lease_kills_the_tree_and_writes_nothing_more() {
    let fake = Fake::new();
    fake.with(|state| state.lease_seconds = 5);
    let world = World::on(fake, |config| config.max_runs = Some(1));
    let id = world.fake.queue(stays());
    until_up(&world, &id).await;
    world
        .fake
        .with(|state| state.run_mut(&id).holder = Some("somebody else".into()));
    let lost = format!("lost {id}");
    eventually("the worker notices", || world.seen.has(&lost)).await;
    assert_eq!(processes_of(&id), [] as [i32; 0]);
    let summary = world.worker.await.unwrap().unwrap();
    assert_eq!((summary.claimed, summary.lost), (1, 1));
    world.fake.with(|state| {
        assert!(state.run(&id).finishes.is_empty());
        assert_eq!(state.count("runs.finish"), 0);
    });
}

#[tokio::test]
async fn a_cancelled_run_stops_in_good_order() {
    let world = World::start();
    let id = world.fake.queue(json!([
        {"id": "a", "run": "trap 'echo bye; exit 0' TERM; echo up; sleep 1000 & wait"},
        {"id": "b", "run": "echo b"},
    ]));
    until_up(&world, &id).await;
    world.fake.with(|state| state.run_mut(&id).cancel = true);
    let run = world.fake.ended(&id).await;
    assert_eq!(run.finish()["status"], "cancelled");
    assert_eq!(run.messages("stdout"), ["up", "bye"]);
    assert_eq!(
        (run.step("a"), run.step("b")),
        ("cancelled".into(), String::new())
    );
    assert_eq!(processes_of(&id), [] as [i32; 0]);
    world.end().await;
}

#[tokio::test]
async fn a_control_room_that_is_away_ends_the_lease_and_hears_of_it_later() {
    let fake = Fake::new();
    fake.with(|state| state.lease_seconds = 5);
    let world = World::on(fake, |config| config.max_runs = Some(1));
    let id = world.fake.queue(stays());
    until_up(&world, &id).await;
    world.fake.with(|state| state.offline = true);
    eventually("the worker kills what it may not hold", || {
        processes_of(&id).is_empty()
    })
    .await;
    world.fake.with(|state| state.offline = false);
    let run = world.fake.ended(&id).await;
    assert_eq!(run.finish()["status"], "released");
    assert_eq!(run.finish()["reason"], "lease_ran_out");
    world.worker.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_short_outage_is_survived() {
    let world = World::start();
    let id = world.fake.queue(json!([
        {"id": "a", "run": "echo up; while [ ! -e $OPS_WORKSPACE/go ]; do sleep 0.01; done; echo down"},
    ]));
    until_up(&world, &id).await;
    world.fake.with(|state| state.offline = true);
    std::fs::write(world.folder.path().join("workspace/go"), "").unwrap();
    eventually("a call failed", || world.seen.has("retrying events.append")).await;
    world.fake.with(|state| state.offline = false);
    let run = world.fake.ended(&id).await;
    assert_eq!((run.status.as_str(), run.attempt), ("succeeded", 1));
    assert_eq!(run.messages("stdout"), ["up", "down"]);
    world.end().await;
}

#[tokio::test]
async fn events_that_the_control_room_lost_are_sent_again() {
    let world = World::start();
    let id = world.fake.queue(json!([
        {"id": "a", "run": "echo one; while [ ! -e $OPS_WORKSPACE/go ]; do sleep 0.01; done; echo two"},
    ]));
    until_up(&world, &id).await;
    world.fake.with(|state| state.run_mut(&id).events.clear());
    std::fs::write(world.folder.path().join("workspace/go"), "").unwrap();
    let run = world.fake.ended(&id).await;
    assert_eq!(run.messages("stdout"), ["one", "two"]);
    world.end().await;
}

#[tokio::test]
async fn events_that_are_missing_at_the_end_are_sent_before_it() {
    // With one slot the end travels with a claim, with two on its own.
    for concurrency in [1, 2] {
        let world = World::start_with(|config| config.concurrency = concurrency);
        world.fake.with(|state| state.forgets_the_log = true);
        let id = world.fake.queue(json!([{"id": "a", "run": "echo one"}]));
        let run = world.fake.ended(&id).await;
        assert_eq!(run.messages("stdout"), ["one"]);
        assert_eq!(run.status, "succeeded");
        world.end().await;
    }
}

#[tokio::test]
async fn a_log_that_nobody_takes_blocks_the_child_and_not_the_memory() {
    let fake = Fake::new();
    fake.with(|state| state.appends_hang = true);
    let world = World::on(fake, |_| {});
    // 20 MB of lines, five times of what may wait in memory; `count` is how far the child came.
    let script = r#"
        for n in $(seq 1 200); do
            head -c 102400 /dev/zero | tr '\0' x; echo
            echo $n > "$OPS_WORKSPACE/count.new"; mv "$OPS_WORKSPACE/count.new" "$OPS_WORKSPACE/count"
        done
    "#;
    let id = world.fake.queue(json!([{"id": "a", "run": script}]));
    let count = world.folder.path().join("workspace/count");
    let came = || -> usize {
        let text = std::fs::read_to_string(&count).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    };
    eventually("the first 4 MiB are taken", || came() >= 38).await;
    // Blocked: in `pipe_write` nothing goes on, however often we look.
    let mut stands = 0;
    let mut last = came();
    eventually("the child stands still", || {
        stands = if came() == last { stands + 1 } else { 0 };
        last = came();
        stands > 100
    })
    .await;
    assert!(
        last < 60,
        "{last} × 100 KB were taken without anybody taking them from us"
    );
    world.fake.with(|state| state.appends_hang = false);
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded");
    let lines = run.messages("stdout");
    assert_eq!(
        (lines.len(), lines.iter().all(|line| line.len() == 102_400)),
        (200, true)
    );
    world.end().await;
}

#[tokio::test]
async fn a_serverless_control_room_is_asked_at_its_own_pace() {
    let fake = Fake::new();
    fake.with(|state| state.serverless = true);
    let world = World::with_executor(fake.clone(), NoOp, |_| {});
    fake.until("the worker has asked a few times", |state| {
        state.count("runs.claim") >= 3
    })
    .await;
    let id = fake.queue(json!([]));
    assert_eq!(fake.ended(&id).await.status, "succeeded");
    world.end().await;
}

/// Takes the runtime's only thread for itself until the lease has been renewed three times.
struct Busy(Arc<Fake>);

impl Executor for Busy {
    fn execute(self: Arc<Self>, job: Job) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            while self.0.with(|state| state.run(&job.run.run_id).beats) < 3 {
                std::thread::yield_now();
            }
            Outcome::succeeded()
        })
    }
}

#[tokio::test]
async fn work_that_takes_all_threads_does_not_delay_the_heartbeat() {
    let fake = Fake::new();
    fake.with(|state| state.lease_seconds = 5);
    let id = fake.queue(json!([]));
    let world = World::with_executor(fake.clone(), Busy(fake.clone()), |_| {});
    let run = fake.ended(&id).await;
    assert_eq!((run.status.as_str(), run.attempt), ("succeeded", 1));
    world.end().await;
}

#[tokio::test]
async fn a_number_that_was_used_before_is_left_behind() {
    let fake = Fake::new();
    fake.fault("runs.claim", Fault::Refuse(Code::StaleRequest, json!({})));
    let id = fake.queue(json!([]));
    let world = World::with_executor(fake.clone(), NoOp, |_| {});
    assert_eq!(fake.ended(&id).await.status, "succeeded");
    world.end().await;
}

#[tokio::test]
async fn ends_of_two_attempts_of_one_run_are_told_one_after_the_other() {
    let fake = Fake::new();
    fake.with(|state| {
        // Over as it comes, less the worker's margin.
        state.lease_seconds = 1;
        state.swept_before_ends = 1;
    });
    let id = fake.queue(json!([]));
    let world = World::with_executor(fake.clone(), NoOp, |_| {});
    let run = fake.ended(&id).await;
    assert_eq!((run.status.as_str(), run.attempt), ("handed_back", 2));
    assert_eq!(run.finish()["attempt"], 2);
    // It was refused nothing, and goes on.
    world.end().await;
}

/// Falls over instead of ending.
struct Broken;

impl Executor for Broken {
    fn execute(self: Arc<Self>, _: Job) -> BoxFuture<'static, Outcome> {
        Box::pin(async { panic!("a bug") })
    }
}

#[tokio::test]
async fn a_run_whose_task_falls_over_is_handed_back() {
    let fake = Fake::new();
    let id = fake.queue(json!([]));
    let world = World::with_executor(fake.clone(), Broken, |config| config.max_runs = Some(1));
    let run = fake.ended(&id).await;
    assert_eq!(run.finish()["status"], "released");
    assert_eq!(run.finish()["reason"], "worker_trouble");
    world.worker.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_told_instead() {
    let world = World::start();
    let script = "seq 1 60000; while [ ! -e $OPS_WORKSPACE/go ]; do sleep 0.01; done; echo two";
    let id = world.fake.queue(json!([{"id": "a", "run": script}]));
    world
        .fake
        .until("the first lines are there", |state| {
            state.run(&id).events.len() == 60_000
        })
        .await;
    world.fake.with(|state| state.run_mut(&id).events.clear());
    std::fs::write(world.folder.path().join("workspace/go"), "").unwrap();
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded");
    let note = run.events[0]["message"].as_str().unwrap();
    assert!(note.starts_with("the control room lost "), "{note}");
    let lines = run.messages("stdout");
    assert!(lines.len() > 1_000);
    assert_eq!(lines[lines.len() - 2..], ["60000", "two"]);
    assert_eq!(run.finish()["last_seq"], run.events.len());
    world.end().await;
}

#[tokio::test]
async fn batches_that_are_too_large_are_halved() {
    let world = World::start();
    let script = "echo up; while [ ! -e $OPS_WORKSPACE/go ]; do sleep 0.01; done; seq 1 5000";
    let id = world.fake.queue(json!([{"id": "a", "run": script}]));
    until_up(&world, &id).await;
    for _ in 0..3 {
        world
            .fake
            .fault("events.append", Fault::Refuse(Code::TooLarge, json!({})));
    }
    std::fs::write(world.folder.path().join("workspace/go"), "").unwrap();
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded");
    let lines = run.messages("stdout");
    assert_eq!(lines.len(), 5_001);
    assert!(
        lines[1..]
            .iter()
            .zip(1..)
            .all(|(line, n)| *line == n.to_string())
    );
    world.end().await;
}

#[tokio::test]
async fn a_machine_that_can_start_nothing_hands_its_runs_back() {
    let world = World::start_with(|config| {
        config.supervisor = vec!["/no/such/program".into()];
        config.max_runs = Some(1);
    });
    let id = world.fake.queue(json!([{"id": "a", "run": "echo"}]));
    let run = world.fake.ended(&id).await;
    assert_eq!(run.finish()["status"], "released");
    assert_eq!(run.finish()["reason"], "worker_trouble");
    world.worker.await.unwrap().unwrap();
}
