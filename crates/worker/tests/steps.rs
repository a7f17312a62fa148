//! What a runbook's author can rely on.

mod common;

use common::fake::Fault;
use common::world::World;
use serde_json::json;

#[tokio::test]
async fn a_script_runs_and_its_output_outputs_and_artifacts_arrive() {
    let world = World::start_with(|config| {
        config
            .environment
            .insert("DEPLOY_KEY".into(), "k3y-of-gold".into());
        config
            .environment
            .insert("GITHUB_TOKEN".into(), "ghs_never".into());
        config
            .environment
            .insert("ACTIONS_RUNTIME_TOKEN".into(), "never".into());
    });
    let script = r#"
        echo "hello $PARAM_who from $OPS_STEP in ${OPS_LANE}"
        echo "key $DEPLOY_KEY" >&2
        echo "token [${GITHUB_TOKEN-}][${ACTIONS_RUNTIME_TOKEN-}][${OPS_TOKEN-}]"
        test "$PWD" = "$OPS_RUN_DIR"
        echo "url=https://x/$DEPLOY_KEY" >> "$OPS_OUTPUT"
        echo "secret $DEPLOY_KEY" > note.md
    "#;
    let id = world.fake.queue_with(
        json!([
            {"id": "build", "run": script,
             "artifacts": [{"name": "note", "path": "note.md", "kind": "markdown"}]},
            {"id": "use", "run": "test \"$STEP_build_url\" = https://x/$DEPLOY_KEY; echo $MODE",
             "env": {"MODE": "for {{ params.who }}"}},
            {"id": "never", "if": "params.who == 'nobody'", "run": "exit 9"},
            {"id": "link", "artifact": {"name": "site", "kind": "link",
                "url": "https://x/{{ params.who }}"}},
        ]),
        json!({"params": {"who": "you"}, "secrets": ["DEPLOY_KEY"]}),
    );
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(
        run.messages("stdout"),
        ["hello you from build in A", "token [][][]", "for you"]
    );
    assert_eq!(run.messages("stderr"), ["key ***"]);
    assert_eq!(
        ["build", "use", "never", "link"].map(|step| run.step(step)),
        ["succeeded", "succeeded", "skipped", "succeeded"]
    );
    assert_eq!(run.artifacts[0]["content"], "secret ***\n");
    assert_eq!(run.artifacts[1]["url"], "https://x/you");
    assert_eq!(
        run.finish()["result"],
        json!({"outputs": {"build": {"url": "https://x/***"}}})
    );
    assert_eq!(run.finish()["last_seq"], run.events.len());
    assert!(!world.seen.has("line key k3y"));
    assert_eq!(
        std::fs::read_dir(world.folder.path().join("runs"))
            .unwrap()
            .count(),
        0,
        "the run's folder is gone"
    );
    assert_eq!(world.end().await.succeeded, 1);
}

#[tokio::test]
async fn the_first_failure_ends_the_run_and_steps_that_ask_for_it_still_run() {
    let run = World::run(json!([
        {"id": "break", "run": "echo before; exit 3; echo after"},
        {"id": "next", "run": "echo next"},
        {"id": "clean", "if": "always()", "run": "echo clean"},
        {"id": "tell", "if": "failure()", "run": "false | true"},
    ]))
    .await;
    assert_eq!(run.finish()["status"], "failed");
    assert_eq!(run.finish()["reason"], "step_failed");
    assert_eq!(run.finish()["error"], "step break exited with 3");
    assert_eq!(run.messages("stdout"), ["before", "clean"]);
    assert_eq!(
        ["break", "next", "clean", "tell"].map(|step| run.step(step)),
        ["failed", "skipped", "succeeded", "failed"]
    );
    let errors: Vec<_> = run
        .events
        .iter()
        .filter(|e| e["level"] == "error")
        .collect();
    assert_eq!(errors[0]["message"], run.finish()["error"]);
    assert_eq!(errors[0]["step"], "break");
    assert_eq!(errors[1]["message"], "step tell exited with 1");
}

#[tokio::test]
async fn a_step_that_takes_too_long_is_timed_out_with_its_tree() {
    let run = World::run(json!([
        {"id": "slow", "timeout": 1, "run": "sleep 1000 & sleep 1000"},
    ]))
    .await;
    assert_eq!(run.step("slow"), "timed_out");
    assert_eq!(run.finish()["reason"], "step_timed_out");
    assert_eq!(run.finish()["status"], "failed");
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_timed_out() {
    let world = World::start();
    let steps = json!([{"id": "slow", "run": "sleep 1000"}, {"id": "b", "if": "always()", "run": "echo b"}]);
    let id = world.fake.queue_with(steps, json!({"timeout_seconds": 1}));
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "timed_out");
    assert_eq!(run.step("slow"), "timed_out");
    assert_eq!(run.step("b"), "");
    world.end().await;
}

#[tokio::test]
async fn a_missing_secret_fails_the_run_before_its_first_step() {
    let world = World::start();
    let steps = json!([{"id": "a", "run": "echo a"}]);
    let id = world
        .fake
        .queue_with(steps, json!({"secrets": ["NO_SUCH_SECRET"]}));
    let run = world.fake.ended(&id).await;
    assert_eq!(run.finish()["reason"], "secret_missing");
    assert!(
        run.finish()["error"]
            .as_str()
            .unwrap()
            .contains("NO_SUCH_SECRET")
    );
    assert!(run.steps.is_empty());
    world.end().await;
}

#[tokio::test]
async fn an_artifact_whose_name_is_taken_fails_the_step() {
    let run = World::run(json!([
        {"id": "one", "artifact": {"name": "x", "kind": "file", "content": "1"}},
        {"id": "two", "artifact": {"name": "x", "kind": "file", "content": "2"}},
    ]))
    .await;
    assert_eq!(run.finish()["status"], "failed");
    assert_eq!(
        (run.step("one"), run.step("two")),
        ("succeeded".into(), "failed".into())
    );
}

#[tokio::test]
async fn steps_that_nobody_understands_fail_the_run_with_words() {
    let run = World::run(json!([{"id": "a", "teleport": "home"}])).await;
    assert_eq!(run.finish()["reason"], "steps_unreadable");
}

#[tokio::test]
async fn a_large_file_is_uploaded_once_and_put_by_its_sum_whatever_is_lost() {
    let world = World::start();
    for verb in ["artifacts.begin", "artifacts.upload", "artifacts.put"] {
        world.fake.fault(verb, Fault::LoseAnswer);
    }
    let id = world.fake.queue(json!([
        {"id": "make", "run": "head -c 3000000 /dev/zero > large.bin",
         "artifacts": [{"name": "large", "path": "large.bin", "kind": "file"}]},
    ]));
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    let uploaded = world.fake.with(|state| state.uploaded.clone());
    assert_eq!(uploaded, [3_000_000]);
    let put = run.artifacts.last().expect("an artifact");
    assert_eq!(
        (&put["size"], &put["sha256"]),
        (
            &json!(3_000_000),
            &json!("35bce4eae54ec8e6cc2868baa8d157914d6ae2858811b4cc0c078c94460fa26f")
        )
    );
    assert!(put.get("content").is_none() && put.get("content_base64").is_none());
}
