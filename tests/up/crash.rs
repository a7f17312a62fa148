use ops_core::RunStatus;
use ops_core::api::NewRun;
use ops_tests::harness::process::{Folder, Up, is_alive, run_until, send};
use rustix::process::Signal;
use serde_json::json;

fn quick(lease_seconds: u32, script: &str) -> NewRun {
    let runbook = json!({ "version": 1, "slug": "quick", "title": "Quick", "steps": [{ "id": "a", "run": script }] });
    NewRun {
        runbook: Some(runbook),
        lease_seconds: Some(lease_seconds),
        ..NewRun::default()
    }
}

#[tokio::test]
async fn kill_9_of_everything_loses_nothing_that_was_acknowledged() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "2"]);
    // The first attempt never ends by itself; a later one does.
    let stuck = "if [ \"$OPS_ATTEMPT\" = 1 ]; then echo began; sleep 300; fi; echo done";
    let interrupted = up
        .client
        .runs_create(&quick(5, stuck))
        .await
        .expect("queued")
        .run_id;
    let mut queued = Vec::new();
    for _ in 0..20 {
        queued.push(
            up.client
                .runs_create(&quick(5, "echo hello"))
                .await
                .expect("queued")
                .run_id,
        );
    }
    run_until(&up.client, &interrupted, 30, |run| {
        run.status == RunStatus::Running
    })
    .await;
    let _: serde_json::Value = up
        .client
        .get(
            "events.list",
            &[("run_id", &interrupted), ("wait_seconds", "20")],
        )
        .await
        .expect("its first line");
    up.kill_everything();

    let again = Up::start(&folder.data(), &["--workers", "2"]);
    for run_id in &queued {
        run_until(&again.client, run_id, 60, |run| {
            run.status == RunStatus::Succeeded
        })
        .await;
    }
    let run = run_until(&again.client, &interrupted, 60, |run| {
        run.status.is_terminal()
    })
    .await;
    assert_eq!(
        (run.status, run.attempt, run.attempts_used),
        (RunStatus::Succeeded, 2, 2)
    );
    assert_eq!(run.attempts[0].ended_as.as_deref(), Some("lost"));
    let log = again
        .client
        .events_list(&interrupted, 0, 100)
        .await
        .expect("a log")
        .events;
    let said: Vec<_> = log.iter().map(|e| e.message.as_str()).collect();
    assert!(
        said.contains(&"began") && said.contains(&"done"),
        "both attempts' lines are there: {said:?}"
    );
    assert!(
        log.iter().enumerate().all(|(i, e)| e.pos == i as i64 + 1),
        "positions have no hole"
    );
}

#[tokio::test]
async fn a_killed_server_leaves_a_database_that_the_next_start_takes_over() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "0"]);
    let run_id = up
        .client
        .runs_create(&quick(5, "true"))
        .await
        .expect("queued")
        .run_id;
    let family = up.family();
    let pid = up.pid();
    send(pid, Signal::KILL);
    assert!(!up.wait().success());
    let again = Up::start(&folder.data(), &["--workers", "1"]);
    assert!(
        family.iter().all(|pid| !is_alive(*pid)),
        "the old database was stopped before the new one started"
    );
    run_until(&again.client, &run_id, 30, |run| {
        run.status == RunStatus::Succeeded
    })
    .await;
}
