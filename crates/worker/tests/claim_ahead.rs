//! Short runs are claimed ahead of their turn, and none waits behind a long one.

mod common;

use common::fake::Fake;
use common::world::World;
use ops_core::port::BoxFuture;
use ops_worker::{Executor, Job, Outcome};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Ends at once, but for runs of the title `long`, which wait for the gate.
struct Gated {
    gate: watch::Receiver<bool>,
    begun: Arc<Mutex<Vec<String>>>,
}

impl Executor for Gated {
    fn execute(self: Arc<Self>, job: Job) -> BoxFuture<'static, Outcome> {
        self.begun.lock().unwrap().push(job.run.run_id.clone());
        Box::pin(async move {
            if job.run.title == "long" {
                let mut gate = self.gate.clone();
                tokio::select! {
                    _ = gate.wait_for(|open| *open) => {}
                    _ = job.control.when_stopped() => return Outcome::released("worker_shutdown"),
                }
            }
            Outcome::succeeded()
        })
    }
}

struct Scene {
    world: World,
    gate: watch::Sender<bool>,
    begun: Arc<Mutex<Vec<String>>>,
    short: Vec<String>,
    long: Vec<String>,
}

/// One place; forty short runs, and two long ones behind them.
fn scene() -> Scene {
    let fake = Fake::new();
    let short: Vec<_> = (0..40).map(|_| fake.queue(json!([]))).collect();
    let long: Vec<_> = (0..2)
        .map(|_| fake.queue_with(json!([]), json!({ "title": "long" })))
        .collect();
    let (gate, is_open) = watch::channel(false);
    let begun = Arc::default();
    let executor = Gated {
        gate: is_open,
        begun: Arc::clone(&begun),
    };
    let world = World::with_executor(fake, executor, |config| {
        // However busy the machine is, these are short.
        config.claim_ahead_below = Duration::from_secs(3_600);
    });
    Scene {
        world,
        gate,
        begun,
        short,
        long,
    }
}

#[tokio::test]
async fn a_call_brings_the_next_short_run_too() {
    let Scene { world, short, .. } = scene();
    for id in &short {
        let run = world.fake.ended(id).await;
        assert_eq!((run.status.as_str(), run.attempt), ("succeeded", 1));
    }
    let most = world.fake.with(|state| {
        let ends = state.calls.iter().filter(|(verb, _)| verb == "runs.claim");
        ends.map(|(_, body)| body["finish"].as_array().map_or(0, Vec::len))
            .max()
    });
    assert_eq!(most, Some(3), "one place, and one more than that ahead");
    world.end().await;
}

#[tokio::test]
async fn a_run_behind_a_long_one_is_handed_back_untouched() {
    let Scene {
        world,
        gate,
        begun,
        short,
        long,
    } = scene();
    for id in &short {
        world.fake.ended(id).await;
    }
    let waited = world.fake.ended(&long[1]).await;
    assert_eq!(waited.status, "handed_back");
    assert_eq!(waited.finish()["reason"], "not_begun");
    assert!(!begun.lock().unwrap().contains(&long[1]));
    gate.send_replace(true);
    assert_eq!(world.fake.ended(&long[0]).await.status, "succeeded");
    let summary = world.end().await;
    assert_eq!(
        (summary.claimed, summary.succeeded, summary.released),
        (42, 41, 1)
    );
}

#[tokio::test]
async fn a_worker_that_ends_hands_back_what_it_claimed_ahead() {
    let Scene {
        world,
        gate: _shut,
        begun,
        short,
        long,
    } = scene();
    let fake = world.fake.clone();
    for id in &short {
        fake.ended(id).await;
    }
    fake.until("the second long run is claimed ahead", |state| {
        state.run(&long[1]).status != "queued"
    })
    .await;
    let summary = world.end().await;
    for id in &long {
        assert_eq!(fake.ended(id).await.status, "handed_back");
    }
    assert!(!begun.lock().unwrap().contains(&long[1]));
    assert_eq!((summary.claimed, summary.released), (42, 2));
}
