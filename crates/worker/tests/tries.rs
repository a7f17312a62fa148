//! `retry`, `wait_for` and `continue_on_error`.

mod common;

use common::eventually;
use common::fake::Fake;
use common::server::{Reply, Server, answer};
use common::world::World;
use serde_json::{Value, json};

/// Ready from the third request on.
async fn slow_starter() -> Server {
    Server::start(|_, before| match before {
        0 | 1 => answer(503, "not yet"),
        _ => answer(200, r#"{"version": "1.2"}"#),
    })
    .await
}

fn quick(attempts: Value) -> Value {
    json!({"attempts": attempts, "backoff": 0.001, "factor": 1.0, "max": 0.01})
}

#[tokio::test]
async fn a_request_is_tried_until_it_succeeds() {
    let server = slow_starter().await;
    let world = World::start();
    let steps = json!([{"id": "ask", "retry": quick(json!("{{ params.tries }}")),
        "http": {"url": server.url("/"), "outputs": {"version": "/version"}}}]);
    let id = world
        .fake
        .queue_with(steps, json!({"params": {"tries": 4}}));
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(server.requests().len(), 3);
    assert_eq!(run.outputs("ask")["version"], "1.2");
    let tries: Vec<_> = run
        .notes("ask")
        .into_iter()
        .filter(|note| note.starts_with("try "))
        .collect();
    assert_eq!(tries.len(), 2);
    assert!(
        tries[1].starts_with("try 2 of 4: status 503 instead of 2xx; the output")
            || tries[1].starts_with("try 2 of 4: status 503 instead of 2xx"),
        "{tries:?}"
    );
    assert!(tries[1].contains("; again in "), "{tries:?}");
    world.end().await;
}

#[tokio::test]
async fn a_script_is_tried_again_and_its_last_outputs_count() {
    let script = r#"
        echo x >> tries; n=$(wc -l < tries | tr -d ' ')
        echo "try $n"; echo "n=$n" >> "$OPS_OUTPUT"; echo "first_$n=1" >> "$OPS_OUTPUT"
        test "$n" -ge "$NEEDED"
    "#;
    let run = World::run(json!([
        {"id": "a", "retry": quick(json!(3)), "env": {"NEEDED": "2"}, "run": script},
        {"id": "b", "workdir": "b", "retry": quick(json!(3)), "env": {"NEEDED": "9"}, "run": script},
        {"id": "c", "if": "failure() && steps.b.exit_code == 1 && steps.b.outputs.n == '3'",
         "run": "echo \"a=$STEP_a_n ${STEP_a_first_1-gone}\""},
    ]))
    .await;
    assert_eq!(
        run.messages("stdout"),
        ["try 1", "try 2", "try 1", "try 2", "try 3", "a=2 gone"]
    );
    assert_eq!(
        run.finish()["error"],
        "step b exited with 1 (tried 3 times)"
    );
    assert_eq!(
        ["a", "b", "c"].map(|step| run.step(step)),
        ["succeeded", "failed", "succeeded"]
    );
    let note = &run.notes("b")[1];
    assert!(
        note.starts_with("try 2 of 3: exited with 1; again in "),
        "{note}"
    );
}

#[tokio::test]
async fn a_try_that_takes_too_long_is_followed_by_another() {
    let run = World::run(json!([
        {"id": "a", "timeout": 1, "retry": quick(json!(2)), "run": "test -e seen && exit 0; touch seen; sleep 1000 & wait"},
    ]))
    .await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert!(run.notes("a")[0].starts_with("try 1 of 2: took longer than 1 s; again in "));
}

#[tokio::test]
async fn a_number_of_tries_that_is_none_fails_the_step() {
    let world = World::start();
    let steps = json!([{"id": "a", "retry": {"attempts": "{{ params.tries }}"}, "run": "echo a"}]);
    for (tries, message) in [
        (
            json!("many"),
            "step a: `retry`: `many` is no number of tries",
        ),
        (
            json!(21),
            "step a: `retry`: 21 tries; from 1 to 20 are allowed",
        ),
    ] {
        let more = json!({"params": {"tries": tries}});
        let id = world.fake.queue_with(steps.clone(), more);
        let run = world.fake.ended(&id).await;
        assert_eq!(run.finish()["error"], message);
        assert!(run.messages("stdout").is_empty());
    }
    world.end().await;
}

#[tokio::test]
async fn waiting_ends_when_the_service_is_healthy() {
    let server = slow_starter().await;
    let run = World::run(json!([
        {"id": "healthy", "wait_for": {"every": 0.001, "timeout": 60,
            "http": {"url": server.url("/health"), "outputs": {"version": "/version"}}}},
        {"id": "ready", "wait_for": {"every": 0.001, "timeout": 60,
            "run": "echo x >> tries; echo n=$(wc -l < tries) >> $OPS_OUTPUT; test $(wc -l < tries) -ge 3"}},
        {"id": "use", "run": "echo $STEP_healthy_version $STEP_ready_n"},
    ]))
    .await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(run.messages("stdout"), ["1.2 3"]);
    let notes = run.notes("healthy");
    assert_eq!(notes.len(), 3, "{notes:?}");
    let try_2 = format!("try 2: GET {} → 503 in ", server.url("/health"));
    assert!(
        notes[1].starts_with(&try_2) && notes[1].ends_with("; again in 1 ms"),
        "{notes:?}"
    );
    assert_eq!(run.notes("ready")[0], "try 1: exited with 1; again in 1 ms");
}

#[tokio::test]
async fn waiting_has_an_end() {
    let server = Server::start(|_, _| answer(503, "down")).await;
    let run = World::run(json!([
        {"id": "a", "continue_on_error": true,
         "wait_for": {"every": 0.2, "timeout": 1, "http": {"url": server.url("/")}}},
        {"id": "b", "if": "steps.a.outputs.body == 'down'",
         "wait_for": {"every": 0.2, "timeout": 1, "run": "sleep 1000 & wait"}},
    ]))
    .await;
    assert_eq!(
        ["a", "b"].map(|step| run.step(step)),
        ["timed_out", "timed_out"]
    );
    assert_eq!(run.finish()["reason"], "step_timed_out");
    let error = run.finish()["error"].as_str().unwrap();
    let beginning = "step b: not so within 1 s after 1 try; last: took longer than ";
    assert!(error.starts_with(beginning), "{error}");
    let last = run.notes("a").pop().unwrap();
    assert!(
        last.starts_with("step a: not so within 1 s after ")
            && last.contains("status 503 instead of 2xx"),
        "{last}"
    );
}

#[tokio::test]
async fn waiting_for_what_cannot_be_fails_at_once() {
    let run = World::run(json!([
        {"id": "a", "wait_for": {"timeout": 3600, "http": {"url": "http://169.254.169.254/"}}},
    ]))
    .await;
    assert_eq!(run.finish()["reason"], "step_failed");
}

/// Waits an hour between its tries.
fn patient(url: String) -> Value {
    json!([
        {"id": "wait", "wait_for": {"every": 3600, "max_every": 3600, "timeout": 7200, "http": {"url": url}}},
        {"id": "then", "if": "always()", "run": "echo then"},
    ])
}

#[tokio::test]
async fn a_cancelled_run_stops_waiting_at_once() {
    // One waits between tries, one for an answer.
    for silent in [false, true] {
        let server = Server::start(move |_, _| match silent {
            true => Reply::Silence,
            false => answer(503, ""),
        })
        .await;
        let world = World::start();
        let id = world.fake.queue(patient(server.url("/")));
        server.until_asked(1).await;
        world.fake.with(|state| state.run_mut(&id).cancel = true);
        let run = world.fake.ended(&id).await;
        assert_eq!(run.finish()["status"], "cancelled");
        assert_eq!(
            (run.step("wait").as_str(), run.step("then").as_str()),
            ("cancelled", "")
        );
        world.end().await;
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_worker_that_ends_hands_a_waiting_run_back() {
    let server = Server::start(|_, _| Reply::Silence).await;
    let world = World::start();
    let id = world.fake.queue(patient(server.url("/")));
    server.until_asked(1).await;
    let fake = world.fake.clone();
    assert_eq!(world.end().await.released, 1);
    let run = fake.with(|state| state.run(&id).clone());
    assert_eq!(run.finish()["reason"], "worker_shutdown");
}

#[tokio::test]
async fn a_lost_lease_ends_the_asking() {
    let server = Server::start(|_, _| answer(503, "")).await;
    let fake = Fake::new();
    fake.with(|state| state.lease_seconds = 5);
    let world = World::on(fake, |config| config.max_runs = Some(1));
    let id = world.fake.queue(
        json!([{"id": "wait", "retry": {"attempts": 20, "backoff": 3600, "max": 3600},
        "http": {"url": server.url("/")}}]),
    );
    server.until_asked(1).await;
    world
        .fake
        .with(|state| state.run_mut(&id).holder = Some("somebody else".into()));
    let lost = format!("lost {id}");
    eventually("the worker notices", || world.seen.has(&lost)).await;
    world.worker.await.unwrap().unwrap();
    assert_eq!(server.requests().len(), 1);
    world
        .fake
        .with(|state| assert!(state.run(&id).finishes.is_empty()));
}

#[tokio::test]
async fn a_run_that_takes_too_long_stops_waiting() {
    let server = Server::start(|_, _| answer(503, "")).await;
    let world = World::start();
    let id = world
        .fake
        .queue_with(patient(server.url("/")), json!({"timeout_seconds": 1}));
    let run = world.fake.ended(&id).await;
    assert_eq!(
        (run.status.as_str(), run.step("wait").as_str()),
        ("timed_out", "timed_out")
    );
    world.end().await;
}

#[tokio::test]
async fn a_step_may_fail_without_the_run() {
    let run = World::run(json!([
        {"id": "lint", "continue_on_error": true, "run": "exit 4"},
        {"id": "build", "run": "echo build"},
        {"id": "tell", "if": "failure()", "run": "echo never"},
        {"id": "skip", "if": "steps.tell.status == 'skipped'", "run": "echo skipped"},
        {"id": "see", "if": "steps.lint.status == 'failed' && steps.lint.exit_code == 4", "run": "echo see"},
        {"id": "late", "continue_on_error": true, "timeout": 1, "run": "sleep 1000"},
        {"id": "none", "continue_on_error": true, "artifact": {"name": "x", "kind": "file", "path": "none"}},
    ]))
    .await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(run.messages("stdout"), ["build", "skipped", "see"]);
    assert_eq!(
        ["lint", "build", "tell", "see", "late", "none"].map(|step| run.step(step)),
        [
            "failed",
            "succeeded",
            "skipped",
            "succeeded",
            "timed_out",
            "failed"
        ]
    );
    assert_eq!(
        run.notes("lint"),
        ["step lint exited with 4; the run goes on (continue_on_error)"]
    );
    assert!(run.events.iter().all(|event| event["level"] != "error"));
}

#[tokio::test]
async fn another_failure_still_fails_the_run() {
    let run = World::run(json!([
        {"id": "a", "continue_on_error": true, "run": "exit 4"},
        {"id": "b", "run": "exit 5"},
        {"id": "c", "if": "always()", "continue_on_error": true, "run": "exit 6"},
    ]))
    .await;
    assert_eq!(run.finish()["error"], "step b exited with 5");
    assert_eq!(run.step("c"), "failed");
}
