//! Real workers on steps of kind `workflow`, from the runbook to GitHub and back.

use super::World;
use ops_tests::harness::github::{Input, Is, Trouble};
use ops_tests::harness::process::{Folder, ops};
use ops_worker::{
    Shutdown, Silent, StepExecutor, Summary, WorkerConfig, WorkerError, native_transports, run_with,
};
use serde_json::{Value, json};
use std::process::{Child, Stdio};
use std::sync::Arc;
use tokio::task::JoinHandle;

struct Story {
    world: World,
    folder: Folder,
}

struct Worker {
    shutdown: Shutdown,
    task: JoinHandle<Result<Summary, WorkerError>>,
}

impl Worker {
    async fn end(self) {
        self.shutdown.request();
        self.task.await.expect("a task").expect("a good end");
    }
}

/// A worker that is a process of its own, and does not outlive the test.
struct Process(Child);

impl Process {
    /// SIGKILL, and until it is gone.
    fn kill(mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        world.trust(json!({})).await;
        let target = Input {
            name: "target",
            is: Is::Required,
        };
        let jobs = ["build", "ship"];
        world
            .github
            .workflow("opsco/deploys", "deploy.yml", &[target], &jobs);
        Story {
            world,
            folder: Folder::new(),
        }
    }

    fn worker(&self) -> Worker {
        let room = &self.world.room;
        let lanes = vec!["A".to_string()];
        let mut config = WorkerConfig::new(room.url(), room.token(), lanes).expect("a folder");
        config.runs_dir = self.folder.path().join("runs");
        let executor = Arc::new(StepExecutor::new(&config));
        let shutdown = Shutdown::new();
        let task = tokio::spawn(run_with(
            config,
            shutdown.clone(),
            Arc::new(Silent),
            executor,
            native_transports(),
        ));
        Worker { shutdown, task }
    }

    fn process(&self) -> Process {
        let mut command = ops();
        command
            .args(["worker", "--lanes", "A"])
            .env("OPS_URL", self.world.room.url())
            .env("OPS_TOKEN", self.world.room.token())
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Process(command.spawn().expect("a worker"))
    }

    /// A step that deploys, with `more` keys, and one that says what it sees.
    async fn queue(&self, more: Value) -> String {
        let call = json!({
            "repository": "opsco/deploys", "workflow": "deploy.yml",
            "inputs": { "target": "{{ params.target }}" },
        });
        let deploy = json!({ "id": "deploy", "title": "De_ploy", "workflow": call });
        let content = "{{ steps.deploy.status }} {{ steps.deploy.outputs.conclusion }} \
                       {{ steps.deploy.outputs.run_id }} {{ steps.deploy.outputs.url }}";
        let note = json!({
            "id": "note", "if": "always()",
            "artifact": { "name": "note", "kind": "file", "content": content },
        });
        let runbook = json!({
            "version": 1, "slug": "t", "title": "T", "params": { "target": { "default": "web" } },
            "steps": [crate::common::with(deploy, more), note],
        });
        let run = json!({ "runbook": runbook, "max_attempts": 3, "params": { "target": "api" } });
        let made = self.world.room.post("runs.create", run).await.is(201);
        made["run_id"].as_str().expect("an id").to_string()
    }

    /// Waits until the log has an event that begins so.
    async fn until(&self, run: &str, says: &str) {
        let mut after = 0;
        loop {
            let verb = format!("events.list?run_id={run}&after={after}&wait_seconds=20");
            let page = self.world.room.get(&verb).await.is(200);
            let events = page["events"].as_array().expect("events");
            let message = |event: &Value| event["message"].as_str().map(str::to_string);
            if events
                .iter()
                .filter_map(message)
                .any(|text| text.starts_with(says))
            {
                return;
            }
            let is_over = page["held"] == false && page["status"] != "queued" && events.is_empty();
            assert!(!is_over, "it ended without saying {says:?}");
            after = page["next"].as_i64().expect("a position");
        }
    }

    /// Waits until nobody holds it any more and it has ended.
    async fn ended(&self, run: &str) -> Value {
        let mut after = 0;
        loop {
            let verb = format!("events.list?run_id={run}&after={after}&wait_seconds=20");
            let page = self.world.room.get(&verb).await.is(200);
            let status = page["status"].as_str().expect("a status");
            if !["queued", "claimed", "running"].contains(&status) && page["held"] == false {
                return self.world.room.run(&json!(run)).await;
            }
            after = page["next"].as_i64().expect("a position");
        }
    }

    async fn messages(&self, run: &str) -> Vec<String> {
        let verb = format!("events.list?run_id={run}&limit=2000");
        let page = self.world.room.get(&verb).await.is(200);
        let events = page["events"].as_array().expect("events").iter();
        let message = |event: &Value| event["message"].as_str().expect("a text").to_string();
        events.map(message).collect()
    }

    /// Name, kind, and the text or the address.
    async fn artifacts(&self, run: &str) -> Vec<(String, String, String)> {
        let verb = format!("artifacts.list?run_id={run}");
        let listed = self.world.room.get(&verb).await.is(200);
        let mut all = Vec::new();
        for one in listed["artifacts"].as_array().expect("a list") {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_string();
            let content = match one["kind"].as_str() {
                Some("link") => text("url"),
                _ => {
                    let verb = format!("artifacts.get?artifact_id={}&raw=true", text("id"));
                    self.world.room.get(&verb).await.text().to_string()
                }
            };
            all.push((text("name"), text("kind"), content));
        }
        all.sort();
        all
    }

    fn finish_jobs(&self, ship: &'static str) -> u64 {
        let run = self.the_run();
        self.world.github.end_job(run, "build", "success");
        self.world.github.end_job(run, "ship", ship);
        run
    }

    /// The one that was ever started.
    fn the_run(&self) -> u64 {
        let runs = self.world.github.runs();
        assert_eq!(runs.len(), 1);
        runs[0].id
    }

    fn cancels(&self) -> usize {
        let asked = self.world.github.asked();
        asked.iter().filter(|ask| ask.ends_with("/cancel")).count()
    }

    fn dispatches(&self) -> usize {
        let asked = self.world.github.asked();
        let is_one = |ask: &&String| ask.ends_with("/dispatches");
        asked.iter().filter(is_one).count()
    }

    async fn next_attempt(&self) {
        self.world.room.db.advance(120).await;
        self.world.room.post("runs.sweep", json!({})).await.is(200);
    }
}

#[tokio::test]
async fn a_success_comes_back_with_link_jobs_and_outputs() {
    let story = Story::new().await;
    let worker = story.worker();
    let run = story.queue(json!({})).await;
    story.until(&run, "job ship: queued").await;
    let id = story.finish_jobs("success");
    let seen = story.ended(&run).await;
    assert_eq!(seen["status"], "succeeded", "{seen:#}");
    let url = format!("https://github.com/opsco/deploys/actions/runs/{id}");
    let outputs = json!({ "conclusion": "success", "run_id": id.to_string(), "url": url });
    assert_eq!(seen["result"]["outputs"]["deploy"], outputs);
    assert_eq!(
        json!(story.world.github.runs()[0].inputs),
        json!({ "target": "api" })
    );

    let messages = story.messages(&run).await;
    for said in [
        format!("dispatched deploy.yml of opsco/deploys at main: {url}"),
        "job build: queued".into(),
        "job build: success".into(),
        "job ship: success".into(),
        format!("success  ship  {url}/job/{id}1"),
    ] {
        assert!(messages.contains(&said), "{said}: {messages:#?}");
    }
    let artifacts = story.artifacts(&run).await;
    let [link, (table, kind, text), note] = artifacts.as_slice() else {
        panic!("{artifacts:#?}");
    };
    assert_eq!(
        (table.as_str(), kind.as_str()),
        ("deploy-jobs.md", "markdown")
    );
    assert!(text.starts_with("# De\\_ploy: success\n"), "{text}");
    assert!(text.contains(&format!("| [ship]({url}/job/{id}1) | success |")));
    assert_eq!(
        *link,
        ("deploy workflow run".into(), "link".into(), url.clone())
    );
    assert_eq!(note.2, format!("succeeded success {id} {url}"));
    worker.end().await;
}

#[tokio::test]
async fn a_failure_fails_the_step_and_says_how_the_workflow_ended() {
    let story = Story::new().await;
    let worker = story.worker();
    let run = story.queue(json!({})).await;
    story.until(&run, "dispatched").await;
    let id = story.finish_jobs("failure");
    let seen = story.ended(&run).await;
    assert_eq!(seen["status"], "failed");
    assert_eq!(seen["reason"], "step_failed");
    let url = format!("https://github.com/opsco/deploys/actions/runs/{id}");
    assert_eq!(
        seen["error"],
        format!("step deploy: the workflow run ended as `failure`: {url}")
    );
    let artifacts = story.artifacts(&run).await;
    assert_eq!(artifacts[2].2, format!("failed failure {id} {url}"));
    worker.end().await;
}

#[tokio::test]
async fn a_worker_that_is_killed_leaves_a_run_that_the_next_one_follows() {
    let story = Story::new().await;
    let first = story.process();
    let run = story.queue(json!({})).await;
    story.until(&run, "job build: queued").await;
    first.kill();
    story
        .world
        .github
        .end_job(story.the_run(), "build", "success");
    story.next_attempt().await;
    let second = story.process();
    story
        .until(&run, "follows the run of deploy.yml that attempt 1 started")
        .await;
    story
        .world
        .github
        .end_job(story.the_run(), "ship", "success");
    let seen = story.ended(&run).await;
    assert_eq!(
        (&seen["status"], &seen["attempt"]),
        (&json!("succeeded"), &json!(2))
    );
    assert_eq!(story.dispatches(), 1);
    assert_eq!(story.cancels(), 0);
    second.kill();
}

#[tokio::test]
async fn a_worker_that_ends_hands_the_run_back_and_leaves_the_workflow_going() {
    let story = Story::new().await;
    let first = story.worker();
    let run = story.queue(json!({})).await;
    story.until(&run, "dispatched").await;
    first.end().await;
    let seen = story.world.room.run(&json!(run)).await;
    assert_eq!(seen["status"], "queued");
    assert_eq!(seen["attempts"][0]["ended_as"], "released");
    story.finish_jobs("success");
    let second = story.worker();
    assert_eq!(story.ended(&run).await["status"], "succeeded");
    assert_eq!((story.dispatches(), story.cancels()), (1, 0));
    second.end().await;
}

#[tokio::test]
async fn cancelling_the_run_cancels_the_workflow() {
    let story = Story::new().await;
    let worker = story.worker();
    let run = story.queue(json!({})).await;
    story.until(&run, "dispatched").await;
    let body = json!({ "run_id": run });
    story.world.room.post("runs.cancel", body).await.is(200);
    story.until(&run, "GitHub cancels the workflow run").await;
    story.world.github.end_cancelled(story.the_run());
    let seen = story.ended(&run).await;
    assert_eq!(seen["status"], "cancelled");
    assert_eq!((story.dispatches(), story.cancels()), (1, 1));
    worker.end().await;
}

#[tokio::test]
async fn the_timeout_of_the_step_cancels_the_workflow_too() {
    let story = Story::new().await;
    let worker = story.worker();
    let run = story.queue(json!({ "timeout": 8 })).await;
    story.until(&run, "GitHub cancels the workflow run").await;
    let id = story.the_run();
    story.world.github.end_cancelled(id);
    let seen = story.ended(&run).await;
    assert_eq!(seen["reason"], "step_timed_out");
    assert_eq!(seen["error"], "step deploy took longer than 8 s");
    assert_eq!(story.cancels(), 1);
    let note = &story.artifacts(&run).await;
    let note = note.iter().find(|one| one.0 == "note").expect("a note");
    assert!(note.2.starts_with("timed_out "), "{note:?}");
    assert!(note.2.contains(&id.to_string()), "{note:?}");
    worker.end().await;
}

#[tokio::test]
async fn a_lost_answer_fails_the_step_in_plain_words_and_nothing_is_sent_again() {
    let story = Story::new().await;
    story.world.github.trouble(Trouble::DoneButSilent);
    let worker = story.worker();
    let run = story.queue(json!({})).await;
    let seen = story.ended(&run).await;
    assert_eq!(seen["status"], "failed");
    assert_eq!(seen["reason"], "unknown_outcome");
    let error = seen["error"].as_str().expect("an error");
    let begins = "step deploy: nobody knows whether `deploy.yml` of opsco/deploys was started, and it is not started again: GitHub does not answer";
    assert!(error.starts_with(begins), "{error}");
    assert_eq!(story.dispatches(), 1);
    let told = story.messages(&run).await;
    assert_eq!(told.iter().filter(|text| *text == error).count(), 1);
    worker.end().await;
}

#[tokio::test]
async fn what_may_not_be_started_or_is_wrong_fails_the_step_with_the_reason() {
    let story = Story::new().await;
    let worker = story.worker();
    let elsewhere = json!({ "workflow": { "repository": "other/repo", "workflow": "deploy.yml" } });
    let unknown = json!({ "workflow": {
        "repository": "opsco/deploys", "workflow": "deploy.yml", "inputs": { "nope": "x" },
    } });
    for (more, part) in [
        (elsewhere, "ops trust add other/repo"),
        (unknown, "Unexpected inputs provided"),
    ] {
        let run = story.queue(more).await;
        let seen = story.ended(&run).await;
        assert_eq!(seen["reason"], "step_failed");
        let error = seen["error"].as_str().expect("an error");
        assert!(error.contains(part), "{error}");
    }
    assert!(story.world.github.runs().is_empty());
    worker.end().await;
}

#[tokio::test]
async fn limits_and_troubles_of_github_are_waited_for() {
    let story = Story::new().await;
    for trouble in [
        Trouble::SecondaryLimit { retry_after: 1 },
        Trouble::TooMany { retry_after: 1 },
    ] {
        story.world.github.trouble(trouble);
    }
    let worker = story.worker();
    let run = story.queue(json!({})).await;
    story.until(&run, "dispatched").await;
    story
        .world
        .github
        .trouble(Trouble::TooMany { retry_after: 1 });
    story.finish_jobs("success");
    assert_eq!(story.ended(&run).await["status"], "succeeded");
    assert_eq!(story.dispatches(), 3);
    assert_eq!(story.world.github.runs().len(), 1);
    let messages = story.messages(&run).await;
    let said = "not dispatched yet: GitHub wants to be asked again in 1 s";
    assert_eq!(messages.iter().filter(|text| *text == said).count(), 2);
    worker.end().await;
}
