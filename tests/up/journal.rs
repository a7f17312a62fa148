//! What the server says on standard error, for programs.

use ops_core::api::{ClaimRequest, ClaimedRun, Finish, NewRun};
use ops_core::status::EndStatus;
use ops_tests::harness::process::{Folder, Up, ops};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs::File;

fn succeeded(run: &ClaimedRun, attempt: u32) -> Finish {
    Finish {
        run_id: run.run_id.clone(),
        attempt,
        status: EndStatus::Succeeded,
        reason: None,
        last_seq: None,
        error: None,
        result: Value::Null,
    }
}

fn lines(text: &str) -> Vec<Value> {
    let objects = text.lines().filter(|line| line.starts_with('{'));
    objects
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect()
}

#[tokio::test]
async fn each_event_of_a_run_is_one_line_with_its_attempt() {
    let folder = Folder::new();
    let file = folder.path().join("log");
    let mut command = ops();
    command
        .args(["up", "--json", "--log", "json", "--workers", "0"])
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.data());
    let log = File::create(&file).expect("a file");
    let up = Up::saying(command, &folder.data(), log.into());
    let runbook =
        json!({ "version": 1, "slug": "a", "title": "A", "steps": [{ "id": "a", "run": "true" }] });
    let new = NewRun {
        runbook: Some(runbook),
        ..NewRun::default()
    };
    up.client.runs_create(&new).await.expect("queued");
    let claim = ClaimRequest {
        worker_id: "w-1".into(),
        lanes: vec!["A".into()],
        request_id: Some(1),
        start: true,
        ..ClaimRequest::default()
    };
    let run = up.client.runs_claim(&claim).await.expect("claimed").runs;
    let run = run.first().expect("one");
    let late = succeeded(run, 7);
    let refused = up.client.runs_finish("w-1", &late).await;
    assert!(refused.is_err(), "nobody holds attempt 7");
    let end = succeeded(run, 1);
    up.client.runs_finish("w-1", &end).await.expect("ended");
    up.signal(Signal::TERM);
    assert!(up.wait().success());

    let text = std::fs::read_to_string(&file).expect("the log");
    let about: Vec<Value> = lines(&text)
        .into_iter()
        .filter(|line| line["run_id"] == run.run_id.as_str())
        .collect();
    let told: Vec<_> = about
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or("").to_string();
            assert_eq!(line["worker_id"], "w-1", "{line}");
            (
                text("level"),
                text("event"),
                line["attempt"].as_u64(),
                text("code") + &text("status"),
            )
        })
        .collect();
    let line = |level: &str, event: &str, attempt, more: &str| {
        (
            level.to_string(),
            event.to_string(),
            Some(attempt),
            more.to_string(),
        )
    };
    assert_eq!(
        told,
        [
            line("info", "claimed", 1, ""),
            line("warn", "refused", 7, "lease_lost"),
            line("info", "ended", 1, "succeeded"),
        ],
        "{text}"
    );
}
