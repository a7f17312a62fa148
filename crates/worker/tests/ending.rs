//! A worker that ends, by itself or because it was told to.

mod common;

use common::fake::{Fake, Fault};
use common::world::{NoOp, World, stays, until_up};
use common::{eventually, processes_of};
use ops_core::Code;
use ops_worker::WorkerError;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn drain_lets_what_runs_end_and_takes_nothing_new() {
    let world = World::start();
    let first = world.fake.queue(json!([
        {"id": "a", "run": "echo up; while [ ! -e $OPS_WORKSPACE/go ]; do sleep 0.01; done"},
    ]));
    until_up(&world, &first).await;
    let second = world.fake.queue(json!([{"id": "a", "run": "echo"}]));
    world.fake.with(|state| state.drain = true);
    eventually("the worker hears of it", || {
        world.seen.has("ending: drained")
    })
    .await;
    std::fs::write(world.folder.path().join("workspace/go"), "").unwrap();
    let summary = world.worker.await.unwrap().unwrap();
    assert_eq!((summary.claimed, summary.succeeded), (1, 1));
    world
        .fake
        .with(|state| assert_eq!(state.run(&second).status, "queued"));
}

#[tokio::test]
async fn a_worker_that_is_asked_to_end_hands_its_runs_back() {
    let world = World::start_with(|config| config.concurrency = 3);
    let ids = [world.fake.queue(stays()), world.fake.queue(stays())];
    for id in &ids {
        until_up(&world, id).await;
    }
    let fake = world.fake.clone();
    let summary = world.end().await;
    assert_eq!((summary.claimed, summary.released), (2, 2));
    for id in &ids {
        assert_eq!(processes_of(id), [] as [i32; 0]);
        let run = fake.with(|state| state.run(id).clone());
        assert_eq!(run.finish()["status"], "released");
        assert_eq!(run.finish()["reason"], "worker_shutdown");
        let last = run.events.last().unwrap();
        assert_eq!(last["message"], "the run is handed back: worker_shutdown");
    }
}

#[tokio::test]
async fn a_second_request_ends_at_once() {
    let world = World::start();
    let id = world
        .fake
        .queue(json!([{"id": "a", "run": "trap '' TERM; echo up; while :; do sleep 0.1; done"}]));
    until_up(&world, &id).await;
    world.shutdown.signalled();
    world.shutdown.signalled();
    world.worker.await.unwrap().unwrap();
    eventually("the tree is dead", || processes_of(&id).is_empty()).await;
    world
        .fake
        .with(|state| assert!(state.run(&id).finishes.is_empty()));
}

#[tokio::test]
async fn a_run_taken_by_a_claim_that_was_given_up_is_handed_back() {
    let fake = Fake::new();
    fake.with(|state| state.offline_after_claim = true);
    let world = World::on(fake, |_| {});
    let id = world.fake.queue(stays());
    world
        .fake
        .until("the claim took it", |state| state.offline)
        .await;
    world.shutdown.request();
    world.fake.with(|state| state.offline = false);
    let fake = world.fake.clone();
    let summary = world.end().await;
    let run = fake.with(|state| state.run(&id).clone());
    assert_eq!((run.status.as_str(), summary.released), ("handed_back", 1));
    assert_eq!(processes_of(&id), [] as [i32; 0]);
}

#[tokio::test]
async fn a_refused_worker_ends_with_the_reason() {
    let fake = Fake::new();
    fake.fault("runs.claim", Fault::Refuse(Code::Forbidden, json!({})));
    let world = World::on(fake, |_| {});
    let error = world.worker.await.unwrap().unwrap_err();
    assert!(matches!(error, WorkerError::Refused(_)), "{error}");
}

#[tokio::test]
async fn limits_end_a_worker() {
    let fake = Fake::new();
    for _ in 0..5 {
        fake.queue(json!([]));
    }
    let world = World::with_executor(fake.clone(), NoOp, |config| {
        config.max_runs = Some(3);
        config.concurrency = 2;
    });
    assert_eq!(world.worker.await.unwrap().unwrap().succeeded, 3);
    let world = World::with_executor(fake, NoOp, |config| {
        config.idle_timeout = Some(Duration::from_millis(1));
    });
    assert_eq!(world.worker.await.unwrap().unwrap().succeeded, 2);
}
