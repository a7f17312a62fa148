//! `kill -9` of everything in the middle of runs that say what an interruption means to them.

use ops_core::RunStatus;
use ops_core::api::{NewRun, Run};
use ops_tests::harness::process::{Folder, Up, run_until};
use serde_json::{Value, json};
use std::path::Path;

fn new_run(more: Value) -> NewRun {
    let mut runbook = json!({ "version": 1, "slug": "r", "title": "A run" });
    for (name, value) in more.as_object().into_iter().flatten() {
        runbook[name] = value.clone();
    }
    NewRun {
        runbook: Some(runbook),
        lease_seconds: Some(5),
        ..NewRun::default()
    }
}

/// A step that writes down that it was begun.
fn pays(file: &Path, then: &str) -> Value {
    let script = format!(
        "echo $OPS_ATTEMPT >> '{}'\necho receipt=r-$OPS_ATTEMPT >> \"$OPS_OUTPUT\"\n{then}",
        file.display()
    );
    json!({ "id": "pay", "once": true, "run": script })
}

async fn until_it_says(up: &Up, run_id: &str, word: &str) {
    let mut after = "0".to_string();
    loop {
        let query = [
            ("run_id", run_id),
            ("wait_seconds", "20"),
            ("after", &after),
        ];
        let page: Value = up.client.get("events.list", &query).await.expect("a page");
        let mut events = page["events"].as_array().expect("events").iter();
        if events.any(|event| event["message"] == word) {
            return;
        }
        after = page["next"].to_string();
    }
}

async fn ended(up: &Up, run_id: &str) -> Run {
    run_until(&up.client, run_id, 60, |run| run.status.is_terminal()).await
}

#[tokio::test]
async fn kill_9_repeats_no_step_that_is_marked_once_and_frees_its_group() {
    let folder = Folder::new();
    let marks = |name: &str| folder.path().join(name);
    let up = Up::start(&folder.data(), &["--workers", "3"]);
    let create = async |more: Value| {
        let created = up.client.runs_create(&new_run(more)).await;
        created.expect("queued").run_id
    };
    let group = json!({ "group": "deploy" });
    let stays = "echo began; sleep 300";
    let in_the_middle =
        create(json!({ "concurrency": group, "steps": [pays(&marks("one"), stays)] })).await;
    let next =
        create(json!({ "concurrency": group, "steps": [{ "id": "a", "run": "true" }] })).await;
    let rest = "echo $STEP_pay_receipt; if [ $OPS_ATTEMPT = 1 ]; then echo began; sleep 300; fi";
    let steps = json!([pays(&marks("two"), "true"), { "id": "rest", "run": rest }]);
    let after_it = create(json!({ "steps": steps })).await;
    let careful =
        create(json!({ "on_interrupt": "fail", "steps": [{ "id": "a", "run": stays }] })).await;
    for run in [&in_the_middle, &after_it, &careful] {
        until_it_says(&up, run, "began").await;
    }
    let waits = up.client.runs_get(&next).await.expect("a run").waiting;
    let waits = waits.expect("a reason");
    assert_eq!(waits.reason, "group");
    assert!(waits.detail.contains(&in_the_middle), "{waits:?}");
    up.kill_everything();

    let again = Up::start(&folder.data(), &["--workers", "3"]);
    let failed = |run: &Run| {
        (
            run.status,
            run.reason.clone().unwrap_or_default(),
            run.attempt,
        )
    };
    assert_eq!(
        failed(&ended(&again, &in_the_middle).await),
        (RunStatus::Failed, "unknown_outcome".into(), 1)
    );
    assert_eq!(
        failed(&ended(&again, &careful).await),
        (RunStatus::Failed, "interrupted".into(), 1)
    );
    let run = ended(&again, &after_it).await;
    assert_eq!(
        (run.status, run.attempt),
        (RunStatus::Succeeded, 2),
        "{run:?}"
    );
    let kept = run
        .steps
        .iter()
        .find(|step| step.attempt == 2 && step.step == "pay");
    assert_eq!(kept.expect("kept").outputs["receipt"], "r-1");
    until_it_says(&again, &after_it, "r-1").await;
    assert_eq!(ended(&again, &next).await.status, RunStatus::Succeeded);
    for name in ["one", "two"] {
        let begun = std::fs::read_to_string(marks(name)).expect("marks");
        assert_eq!(begun, "1\n", "{name}");
    }
}
