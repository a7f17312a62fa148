//! A job whose binary dies: the post step hands back what it held.

use crate::room::{Room, binary, repository};
use ops_tests::harness::database::TOKEN;
use ops_tests::harness::not_run;
use ops_tests::harness::process::Folder;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::{Child, Command};

struct Job {
    folder: Folder,
    launcher: PathBuf,
    url: String,
}

impl Job {
    fn new(room: &Room) -> Self {
        let folder = Folder::new();
        let launcher = repository(&folder).join("action");
        Job {
            folder,
            launcher,
            url: room.url.clone(),
        }
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("node");
        command
            .arg(self.launcher.join(script))
            .env("OPS_ACTION_BIN", binary())
            .env("INPUT_URL", &self.url)
            .env("INPUT_TOKEN", TOKEN)
            .env("INPUT_IDLE-TIMEOUT", "10m")
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_STATE", self.folder.path().join("state"))
            .env("GITHUB_OUTPUT", self.folder.path().join("output"))
            .env("GITHUB_STEP_SUMMARY", self.folder.path().join("summary"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn start(&self) -> Child {
        self.command("main.cjs").spawn().expect("node starts")
    }

    /// As the runner starts it: with what the main step left as its state.
    async fn post(&self) {
        let mut command = self.command("post.cjs");
        let state = std::fs::read_to_string(self.folder.path().join("state")).unwrap_or_default();
        let mut lines = state.lines();
        while let Some((name, word)) = lines.next().and_then(|line| line.split_once("<<")) {
            let value: Vec<_> = lines.by_ref().take_while(|line| *line != word).collect();
            command.env(format!("STATE_{name}"), value.join("\n"));
        }
        let status = command.status().await.expect("node runs");
        assert!(status.success());
    }
}

/// Until the run is running and its step has written its own pid.
async fn started(room: &Room, run: &str, marker: &std::path::Path) -> i32 {
    loop {
        if let Ok(text) = std::fs::read_to_string(marker)
            && let Ok(pid) = text.trim().parse()
        {
            return pid;
        }
        let answer: Value = room
            .client
            .get("runs.get", &[("run_id", run)])
            .await
            .expect("a run");
        assert!(
            ["queued", "claimed", "running"]
                .contains(&answer["run"]["status"].as_str().unwrap_or_default())
        );
        tokio::task::yield_now().await;
    }
}

fn is_alive(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn run(room: &Room, id: &str) -> Value {
    let answer: Value = room
        .client
        .get("runs.get", &[("run_id", id)])
        .await
        .expect("a run");
    answer["run"].clone()
}

fn has_node() -> bool {
    let found = std::process::Command::new("node").arg("--version").output();
    found.is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_the_post_step_hands_back_what_was_held() {
    if !has_node() {
        return not_run("node, which runs the launcher");
    }
    let room = Room::new().await;
    let marker = Folder::new();
    let file = marker.path().join("pid");
    let script = format!(
        "echo $$ > {0}.new; mv {0}.new {0}; sleep 600",
        file.display()
    );
    let id = room.queue("A", &script).await;
    let job = Job::new(&room);
    let mut child = job.start();
    let step = started(&room, &id, &file).await;
    // The binary dies, as by the kernel when memory is short.
    let launcher = child.id().expect("a pid");
    let children = std::fs::read_to_string(format!("/proc/{launcher}/task/{launcher}/children"));
    let binary: i32 = children
        .expect("its children")
        .split(' ')
        .next()
        .and_then(|pid| pid.parse().ok())
        .expect("one");
    kill_process(Pid::from_raw(binary).expect("a pid"), Signal::KILL).expect("it is there");
    let status = child.wait().await.expect("it ends");
    assert!(!status.success());
    while is_alive(step) {
        tokio::task::yield_now().await;
    }
    job.post().await;
    let seen = run(&room, &id).await;
    assert_eq!(seen["status"], "queued", "{seen}");
    assert_eq!(seen["attempts"][0]["reason"], "job_ended");
}
