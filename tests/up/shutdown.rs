use ops_core::RunStatus;
use ops_core::api::NewRun;
use ops_tests::harness::process::{Folder, Up, is_alive, run_until};
use rustix::process::Signal;
use serde_json::json;

fn sleeper() -> NewRun {
    // A grandchild in a session of its own, and a child that ignores SIGTERM.
    let script = "trap '' TERM; (setsid sleep 300 &) ; echo up; sleep 300";
    let runbook = json!({ "version": 1, "slug": "sleeper", "title": "Sleeper", "steps": [{ "id": "a", "run": script }] });
    NewRun {
        runbook: Some(runbook),
        ..NewRun::default()
    }
}

#[tokio::test]
async fn ctrl_c_leaves_no_process_behind_and_hands_the_run_back() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "1"]);
    let token = up.token.clone();
    let run_id = up
        .client
        .runs_create(&sleeper())
        .await
        .expect("queued")
        .run_id;
    run_until(&up.client, &run_id, 30, |run| {
        run.status == RunStatus::Running
    })
    .await;
    let _: serde_json::Value = up
        .client
        .get(
            "events.list",
            &[("run_id", &run_id), ("wait_seconds", "20")],
        )
        .await
        .expect("its first line");
    let family = up.family();
    assert!(
        family.len() > 6,
        "the server, PostgreSQL and the step's processes: {family:?}"
    );
    up.signal(Signal::INT);
    assert!(up.wait().success());
    let left: Vec<_> = family.into_iter().filter(|pid| is_alive(*pid)).collect();
    assert!(left.is_empty(), "processes left behind: {left:?}");

    // The same data and token; the run was handed back uncounted and goes on.
    let again = Up::start(&folder.data(), &["--workers", "0"]);
    assert_eq!(again.token, token);
    let run = again.client.runs_get(&run_id).await.expect("still there");
    assert_eq!(
        (run.status, run.attempt, run.attempts_used),
        (RunStatus::Queued, 1, 0)
    );
    assert_eq!(run.attempts[0].reason.as_deref(), Some("worker_shutdown"));
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "1"]);
    let run_id = up
        .client
        .runs_create(&sleeper())
        .await
        .expect("queued")
        .run_id;
    run_until(&up.client, &run_id, 30, |run| {
        run.status == RunStatus::Running
    })
    .await;
    let family = up.family();
    up.signal(Signal::INT);
    up.signal(Signal::INT);
    up.wait();
    let left: Vec<_> = family.into_iter().filter(|pid| is_alive(*pid)).collect();
    assert!(left.is_empty(), "processes left behind: {left:?}");
}
