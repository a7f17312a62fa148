//! Backup and restore, by the very lines of docs/OPERATIONS.md.

mod history;
mod lines;
mod plain_sql;

use history::{History, by_hand, quick};
use lines::{Lines, run};
use ops_core::api::{AppendRequest, Beat, Finish, NewEvent};
use ops_core::status::EndStatus;
use ops_core::{Code, RunStatus};
use ops_tests::harness::api::client;
use ops_tests::harness::not_run;
use ops_tests::harness::process::{Folder, Up, run_until, send, shown};
use rustix::process::Signal;
use std::process::{Child, Stdio};

/// Ended by its pid at once, as when its machine is lost too.
struct Worker(Child);

impl Worker {
    fn start(up: &Up, lanes: &str) -> Self {
        let mut command = up.ops();
        command
            .args(["worker", "--lanes", lanes, "--concurrency", "4"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Worker(command.spawn().expect("a worker starts"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        send(self.0.id(), Signal::KILL);
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_backup_made_while_workers_work_brings_everything_back_and_what_was_held_runs_once_more()
{
    if !lines::has("pg_dump") {
        return not_run("pg_dump");
    }
    let (old, new) = (Folder::new(), Folder::new());
    let lines = Lines::read();
    let up = Up::start(&old.data(), &["--workers", "0"]);
    let worker = Worker::start(&up, "A");
    let history = History::live(&up.client).await;
    let held = by_hand(&up.client, "before").await;
    run(&lines.backup, old.path(), &[("DATA", &old.data())]);
    let (token, before) = (up.token.clone(), history.read(&up.client).await);
    drop(worker);
    up.kill_everything();

    let up = Up::start(&new.data(), &["--workers", "0"]);
    run(&lines.restore, old.path(), &[("NEW", &new.data())]);
    up.signal(Signal::TERM);
    assert!(up.wait().success());
    let up = Up::start(&new.data(), &["--workers", "0"]);

    // History, logs and artifacts, by a token of the old installation.
    let again = client(&up.url, &token);
    assert_eq!(history.read(&again).await, before);
    history.is_as_it_was(&again).await;

    // What waited goes on, and what a worker had when the dump was made.
    let _worker = Worker::start(&up, "A,B");
    for id in &history.waiting {
        let run = run_until(&again, id, 60, |run| run.status.is_terminal()).await;
        assert_eq!((run.status, run.attempt), (RunStatus::Succeeded, 1));
    }
    let run = run_until(&again, &history.in_flight, 60, |run| {
        run.status.is_terminal()
    })
    .await;
    assert_eq!((run.status, run.attempt), (RunStatus::Succeeded, 2));
    assert_eq!(run.attempts[0].ended_as.as_deref(), Some("lost"));

    // What was held by hand: nobody renews it any more.
    history::lapse(&new.data(), &held.run_id).await;
    let anew = by_hand(&again, "after").await;
    assert_eq!((anew.run_id.as_str(), anew.attempt), (&*held.run_id, 2));
    stale_calls_are_refused(&again, &held.run_id).await;
    let end = Finish {
        run_id: anew.run_id.clone(),
        attempt: 2,
        status: EndStatus::Succeeded,
        reason: None,
        last_seq: None,
        error: None,
        result: serde_json::Value::Null,
    };
    let ended = again.runs_finish("after", &end).await.expect("its end");
    assert_eq!(ended.status, Some(RunStatus::Succeeded));
    let run = again.runs_get(&held.run_id).await.expect("a run");
    assert_eq!(run.attempts.len(), 2, "claimed once more, and only once");
    assert_eq!(run.refused_writes, 3, "heartbeat, log and end");

    // It takes new work, and the doctor has nothing to mend.
    let fresh = again.runs_create(&quick("A", "true")).await;
    let fresh = fresh.expect("queued").run_id;
    run_until(&again, &fresh, 30, |run| run.status.is_terminal()).await;
    let doctor = up.ops().arg("doctor").output().expect("it runs");
    assert!(doctor.status.success(), "{}", shown(&doctor));
}

async fn stale_calls_are_refused(client: &ops_client::Client, run_id: &str) {
    let run_id = run_id.to_string();
    let beat = Beat {
        run_id: run_id.clone(),
        attempt: 1,
        step: None,
    };
    let beats = client.runs_heartbeat("before", &[beat]).await;
    let beats = beats.expect("an answer for each run");
    assert_eq!(beats.runs[0].code, Some(Code::LeaseLost));
    let append = AppendRequest {
        run_id: run_id.clone(),
        worker_id: "before".into(),
        attempt: 1,
        first_seq: 2,
        events: vec![NewEvent {
            message: "too late".into(),
            ..NewEvent::default()
        }],
        steps: Vec::new(),
    };
    let appended = client.events_append(&append).await;
    assert_eq!(appended.unwrap_err().code(), Some(Code::LeaseLost));
    let end = Finish {
        run_id,
        attempt: 1,
        status: EndStatus::Succeeded,
        reason: None,
        last_seq: None,
        error: None,
        result: serde_json::Value::Null,
    };
    let ended = client.runs_finish("before", &end).await;
    assert_eq!(ended.unwrap_err().code(), Some(Code::LeaseLost));
}
