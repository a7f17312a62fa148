//! Processes that do not want to end, and workers and supervisors that end badly.

#![cfg(target_os = "linux")]

mod common;

use common::fake::{Fake, FakeRun};
use common::world::World;
use common::{Folder, eventually, processes_of};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::sync::Arc;

fn run_step(script: &str) -> Value {
    json!([{"id": "zoo", "run": script}])
}

#[tokio::test]
async fn a_grandchild_that_holds_the_pipe_open_does_not_hold_the_step() {
    let run = World::run(run_step("echo before; sleep 1000 & echo after")).await;
    assert_eq!(run.status, "succeeded");
    assert_eq!(run.messages("stdout"), ["before", "after"]);
}

#[tokio::test]
async fn children_in_sessions_of_their_own_and_double_forks_are_found() {
    let run = World::run(run_step(
        "setsid sleep 1000 & (setsid bash -c 'sleep 1000 & sleep 1000' &) ; (sleep 1000 &) ; echo done",
    ))
    .await;
    assert_eq!(run.messages("stdout"), ["done"]);
}

#[tokio::test]
async fn a_group_that_signals_itself_does_not_hit_its_supervisor() {
    let run = World::run(run_step(
        "trap '' TERM; sleep 1000 & kill -TERM 0; echo alive; kill -KILL 0",
    ))
    .await;
    assert_eq!(run.messages("stdout"), ["alive"]);
    assert_eq!(run.finish()["error"], "step zoo was killed by signal 9");
}

#[tokio::test]
async fn closed_outputs_and_jobs_of_their_own_groups_end_all_the_same() {
    let run = World::run(run_step(
        "set -m; sleep 1000 & exec >&- 2>&-; sleep 0.01; exit 4",
    ))
    .await;
    assert_eq!(run.finish()["error"], "step zoo exited with 4");
}

#[tokio::test]
async fn standard_input_is_empty() {
    let run = World::run(run_step("read -r line || echo nothing to read")).await;
    assert_eq!(run.messages("stdout"), ["nothing to read"]);
}

#[tokio::test]
async fn ten_megabytes_in_a_line_and_bytes_that_are_no_text_survive() {
    let run = World::run(run_step(
        "head -c 10485760 /dev/zero | tr '\\0' x; echo; printf 'a\\377b\\0c\\n'; printf 'end'",
    ))
    .await;
    let lines = run.messages("stdout");
    assert_eq!(lines[0].len(), 10_485_760);
    assert!(lines[0].bytes().all(|b| b == b'x'));
    assert_eq!(lines[1..], ["a\u{fffd}b\u{fffd}c", "end"]);
    let lossy: Vec<_> = run.events.iter().filter(|e| e["lossy"] == true).collect();
    assert_eq!(lossy.len(), 1);
    assert!(
        run.events
            .iter()
            .all(|e| e["message"].as_str().unwrap().len() <= 64 * 1024),
        "no part is longer than the protocol allows"
    );
}

#[tokio::test]
async fn many_lines_arrive_all_and_in_order() {
    let run = World::run(run_step("seq 1 20000")).await;
    let lines = run.messages("stdout");
    assert_eq!(lines.len(), 20_000);
    assert!(
        lines
            .iter()
            .zip(1..)
            .all(|(line, n)| *line == n.to_string())
    );
}

/// A step that says that it runs and then stays, with everything that likes to stay behind.
const STAYS: &str =
    "trap '' TERM; setsid sleep 1000 & sleep 1000 & echo up; sleep 1000; sleep 1000";

async fn until_up(fake: &Arc<Fake>, id: &str) {
    fake.until("the step is up", |state| {
        state.run(id).messages("stdout").contains(&"up".to_string())
    })
    .await;
}

fn supervisor_of(id: &str) -> Pid {
    // The parent of the marked process that has an unmarked parent named ops-supervise.
    for pid in processes_of(id) {
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        let parent = stat
            .rsplit_once(')')
            .unwrap()
            .1
            .split_whitespace()
            .nth(1)
            .unwrap()
            .to_string();
        let command = std::fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default();
        if command.starts_with("ops-supervise") {
            return Pid::from_raw(parent.parse().unwrap()).unwrap();
        }
    }
    panic!("no supervisor");
}

async fn dead(id: &str) {
    eventually("the tree is dead", || processes_of(id).is_empty()).await;
}

async fn handed_back(fake: &Arc<Fake>, id: &str) -> FakeRun {
    let run = fake.ended(id).await;
    assert_eq!(run.status, "handed_back");
    run
}

#[tokio::test]
async fn a_killed_supervisor_takes_the_tree_with_it() {
    let world = World::start_with(|config| config.max_runs = Some(1));
    let id = world.fake.queue(run_step(STAYS));
    until_up(&world.fake, &id).await;
    kill_process(supervisor_of(&id), Signal::KILL).unwrap();
    let run = handed_back(&world.fake, &id).await;
    assert_eq!(run.finish()["reason"], "supervisor_lost");
    dead(&id).await;
    world.worker.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_frozen_supervisor_is_given_up_and_killed() {
    let world = World::start_with(|config| config.max_runs = Some(1));
    let id = world.fake.queue(run_step(STAYS));
    until_up(&world.fake, &id).await;
    kill_process(supervisor_of(&id), Signal::STOP).unwrap();
    let run = handed_back(&world.fake, &id).await;
    assert_eq!(run.finish()["reason"], "supervisor_lost");
    dead(&id).await;
    world.worker.await.unwrap().unwrap();
}

/// Not a test of its own: the process that the tests below kill and freeze.
#[tokio::test]
async fn helper_worker() {
    let Ok(told) = std::env::var("OPS_TEST_TELL") else {
        return;
    };
    let fake = Fake::new();
    fake.with(|state| state.lease_seconds = 5);
    let world = World::on(fake, |_| {});
    let id = world.fake.queue(run_step(STAYS));
    until_up(&world.fake, &id).await;
    std::fs::write(format!("{told}.new"), &id).unwrap();
    std::fs::rename(format!("{told}.new"), &told).unwrap();
    std::future::pending::<()>().await;
}

struct OtherWorker {
    process: std::process::Child,
    run_id: String,
    _folder: Folder,
}

impl OtherWorker {
    async fn start() -> Self {
        let folder = Folder::new();
        let told = folder.path().join("told");
        let process = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "helper_worker", "--nocapture"])
            .env("OPS_TEST_TELL", &told)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        eventually("the other worker is up", || told.exists()).await;
        OtherWorker {
            process,
            run_id: std::fs::read_to_string(&told).unwrap(),
            _folder: folder,
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.process.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }
}

impl Drop for OtherWorker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_worker_that_is_killed_leaves_nothing() {
    let other = OtherWorker::start().await;
    assert!(processes_of(&other.run_id).len() >= 3);
    other.signal(Signal::KILL);
    dead(&other.run_id).await;
}

#[tokio::test]
async fn a_frozen_worker_leaves_nothing_beyond_its_lease() {
    let other = OtherWorker::start().await;
    other.signal(Signal::STOP);
    dead(&other.run_id).await;
    // Still frozen: nobody but the supervisor can have done it.
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", other.process.id())).unwrap();
    assert!(
        stat.rsplit_once(')')
            .unwrap()
            .1
            .trim_start()
            .starts_with('T')
    );
}
