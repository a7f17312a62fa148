//! Steps marked `once`: begun by one attempt at most, and what it left stays.

mod common;

use common::fake::{Fake, FakeRun, Fault, State};
use common::server::{Server, answer};
use common::world::World;
use common::{eventually, processes_of};
use serde_json::{Value, json};
use std::path::PathBuf;

/// How often the step wrote a line into a file that outlives the run's folder.
struct Marks(PathBuf);

impl Marks {
    fn of(world: &World) -> Self {
        Marks(world.folder.path().join("workspace/marks"))
    }

    fn count(&self) -> usize {
        std::fs::read_to_string(&self.0)
            .unwrap_or_default()
            .lines()
            .count()
    }
}

fn pay(script: &str) -> Value {
    let script = format!("echo paid >> \"$OPS_WORKSPACE/marks\"\n{script}");
    json!({"id": "pay", "once": true, "run": script})
}

fn runs(state: &State, id: &str, step: &str) -> bool {
    state.run(id).step(step) == "running"
}

/// A start was sent, whatever became of it.
fn is_announced(state: &State) -> bool {
    let tells = |(verb, body): &(String, Value)| {
        verb == "events.append" && body["steps"][0]["step"] == "pay"
    };
    state.calls.iter().any(tells)
}

async fn handed_back(world: &World, id: &str) -> FakeRun {
    world.shutdown.request();
    world.fake.ended(id).await
}

#[tokio::test]
async fn it_begins_only_after_its_start_is_acknowledged() {
    let world = World::start();
    let marks = Marks::of(&world);
    world.fake.fault("events.append", Fault::LoseRequest);
    world.fake.fault("events.append", Fault::LoseAnswer);
    world.fake.with(|state| state.appends_hang = true);
    let id = world.fake.queue(json!([pay("")]));
    world
        .fake
        .until("the start is sent thrice", |state| {
            state.count("events.append") >= 3
        })
        .await;
    assert!(processes_of(&id).is_empty());
    assert_eq!(marks.count(), 0);
    world.fake.with(|state| state.appends_hang = false);
    let run = world.fake.ended(&id).await;
    assert_eq!((run.status.as_str(), marks.count()), ("succeeded", 1));
    assert_eq!(run.step("pay"), "succeeded");
    world.end().await;
}

#[tokio::test]
async fn a_worker_that_ends_before_it_begins_hands_a_run_back_that_may_be_run_again() {
    let world = World::start();
    let marks = Marks::of(&world);
    world.fake.with(|state| state.appends_hang = true);
    let id = world.fake.queue(json!([pay("")]));
    world.fake.until("the start is sent", is_announced).await;
    world.shutdown.request();
    eventually("the worker hears it", || world.seen.has("ending")).await;
    world.fake.with(|state| state.appends_hang = false);
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "handed_back", "{run:#?}");
    assert_eq!(run.step("pay"), "skipped");
    assert_eq!(marks.count(), 0);
    world.worker.await.unwrap().unwrap();
}

#[tokio::test]
async fn handed_back_in_the_middle_it_has_no_end_that_looks_like_one() {
    for script in ["sleep 1000", "trap 'exit 0' TERM; sleep 1000 & wait"] {
        let world = World::start();
        let id = world
            .fake
            .queue(json!([pay(&format!("echo up; {script}"))]));
        world
            .fake
            .until("the step is up", |state| {
                state.run(&id).messages("stdout") == ["up"]
            })
            .await;
        let run = handed_back(&world, &id).await;
        assert_eq!(run.finish()["status"], "released");
        assert_eq!(run.status, "unknown_outcome", "{run:#?}");
        assert_eq!(run.states("pay"), ["running"]);
        world.worker.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_leaves_a_start_without_an_end() {
    let world = World::start();
    let marks = Marks::of(&world);
    let id = world.fake.queue(json!([pay("sleep 1000")]));
    eventually("it has begun", || marks.count() == 1).await;
    // As near to a kill as a task comes: nothing of it runs on.
    world.worker.abort();
    let run = world.fake.with(|state| state.run(&id).clone());
    assert!(run.is_unknown(), "{run:#?}");
    eventually("the tree is dead", || processes_of(&id).is_empty()).await;
}

#[tokio::test]
async fn its_end_is_known_before_the_next_step_begins() {
    let world = World::start();
    let marks = Marks::of(&world);
    // The end is told, and not taken for a while.
    let script = "until test -e \"$OPS_WORKSPACE/go\"; do sleep 0.01; done";
    let steps = json!([pay(script), {"id": "next", "run": "echo next"}]);
    let id = world.fake.queue(steps);
    eventually("it has begun", || marks.count() == 1).await;
    world.fake.with(|state| state.appends_hang = true);
    std::fs::write(world.folder.path().join("workspace/go"), "").unwrap();
    world
        .fake
        .until("its end is sent", |state| {
            let ends = |(verb, body): &(String, Value)| {
                verb == "events.append" && body["steps"][0]["status"] == "succeeded"
            };
            state.calls.iter().any(ends)
        })
        .await;
    assert!(processes_of(&id).is_empty());
    world.fake.with(|state| state.appends_hang = false);
    let run = world.fake.ended(&id).await;
    assert_eq!(run.messages("stdout"), ["next"]);
    world.end().await;
}

#[tokio::test]
async fn a_later_attempt_keeps_what_it_left_and_does_not_repeat_it() {
    let world = World::start();
    let marks = Marks::of(&world);
    let fails = json!({"id": "odd", "once": true, "continue_on_error": true,
        "run": "echo odd >> \"$OPS_WORKSPACE/marks\"; exit 7"});
    let last = "echo \"$STEP_pay_receipt\"; test \"$OPS_ATTEMPT\" = 2 || { echo up; sleep 1000; }";
    let id = world.fake.queue(json!([
        pay("echo receipt=r-$OPS_ATTEMPT >> \"$OPS_OUTPUT\""), fails, {"id": "last", "run": last},
    ]));
    world
        .fake
        .until("the last step is up", |state| {
            state
                .run(&id)
                .messages("stdout")
                .contains(&"up".to_string())
        })
        .await;
    world.worker.abort();
    eventually("the tree is dead", || processes_of(&id).is_empty()).await;
    world.fake.queue_again(&id);
    let second = World::on(world.fake.clone(), |config| {
        config.workspace = world.folder.path().join("workspace");
    });
    let run = second.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(run.attempt, 2);
    assert_eq!(marks.count(), 2, "each step once");
    assert_eq!(run.messages("stdout"), ["r-1"]);
    assert_eq!(run.states("pay"), ["succeeded"]);
    assert_eq!(run.states("odd"), ["failed"]);
    let odd = run.steps.iter().find(|step| step["step"] == "odd").unwrap();
    assert_eq!(odd["exit_code"], 7);
    assert_eq!(
        run.notes("pay"),
        ["not begun again: attempt 1 ended this step (once)"]
    );
    assert_eq!(
        run.finish()["result"]["outputs"]["pay"],
        json!({"receipt": "r-1"})
    );
    second.end().await;
}

#[tokio::test]
async fn a_known_failure_stays_one_and_later_steps_see_it() {
    let world = World::start();
    let marks = Marks::of(&world);
    let id = world.fake.queue(json!([
        pay("exit 3"),
        {"id": "clean", "if": "failure()",
            "run": "echo clean; test \"$OPS_ATTEMPT\" = 2 || { echo up; sleep 1000; }"},
    ]));
    world
        .fake
        .until("the run is cleaning up", |state| {
            state
                .run(&id)
                .messages("stdout")
                .contains(&"up".to_string())
        })
        .await;
    let run = handed_back(&world, &id).await;
    assert_eq!(run.status, "handed_back");
    world.worker.await.unwrap().unwrap();
    world.fake.queue_again(&id);
    let second = World::on(world.fake.clone(), |_| {});
    let run = second.fake.ended(&id).await;
    assert_eq!(run.finish()["reason"], "step_failed", "{run:#?}");
    assert_eq!(run.finish()["error"], "step pay failed with 3 in attempt 1");
    assert_eq!(run.messages("stdout"), ["clean"]);
    assert_eq!(marks.count(), 1);
    second.end().await;
}

#[tokio::test]
async fn every_kind_of_step_may_be_marked() {
    let server = Server::start(|_, _| answer(200, r#"{"id": 5}"#)).await;
    let world = World::start();
    let url = server.url("/");
    let id = world.fake.queue(json!([
        {"id": "ask", "once": true, "http": {"method": "POST", "url": url, "outputs": {"id": "/id"}}},
        {"id": "wait", "once": true, "wait_for": {"http": {"url": url}}},
        {"id": "leave", "once": true, "artifact": {"name": "n", "kind": "markdown", "content": "x"}},
        {"id": "use", "run": "echo \"$STEP_ask_id\"; test \"$OPS_ATTEMPT\" = 2 || { echo up; sleep 1000; }"},
    ]));
    world
        .fake
        .until("the last step is up", |state| {
            runs(state, &id, "use")
                && state
                    .run(&id)
                    .messages("stdout")
                    .contains(&"up".to_string())
        })
        .await;
    handed_back(&world, &id).await;
    world.worker.await.unwrap().unwrap();
    let asked = server.requests().len();
    world.fake.queue_again(&id);
    let second = World::on(world.fake.clone(), |_| {});
    let run = second.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(run.messages("stdout"), ["5"]);
    assert_eq!(server.requests().len(), asked, "nothing was asked again");
    for step in ["ask", "wait", "leave"] {
        assert_eq!(run.states(step), ["succeeded"], "{step}");
    }
    second.end().await;
}

#[tokio::test]
async fn stopped_in_the_middle_of_a_request_its_end_is_not_known() {
    let server = Server::start(|_, _| common::server::Reply::Silence).await;
    let world = World::start();
    let url = server.url("/");
    let id = world
        .fake
        .queue(json!([{"id": "ask", "once": true, "http": {"url": url}}]));
    eventually("the request is there", || !server.requests().is_empty()).await;
    let run = handed_back(&world, &id).await;
    assert_eq!(run.status, "unknown_outcome", "{run:#?}");
    assert_eq!(run.states("ask"), ["running"]);
    world.worker.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_cancelled_run_tells_what_became_of_the_step() {
    let world = World::on(Fake::new(), |_| {});
    let id = world.fake.queue(json!([pay("echo up; sleep 1000")]));
    world
        .fake
        .until("the step is up", |state| {
            state.run(&id).messages("stdout") == ["up"]
        })
        .await;
    world.fake.with(|state| state.run_mut(&id).cancel = true);
    let run = world.fake.ended(&id).await;
    assert_eq!(
        (run.status.as_str(), run.step("pay").as_str()),
        ("cancelled", "cancelled")
    );
    world.end().await;
}
