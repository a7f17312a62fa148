//! The workflow of a step: started once, followed by whoever holds the run, ended when nobody will want it.

use super::World;
use crate::common::Reply;
use ops_core::Code;
use ops_tests::harness::github::{Input, Is, Trouble};
use serde_json::{Value, json};

const FILE: &str = "deploy.yml";

/// A room that may start `deploy.yml` of `opsco/deploys`, and a run of it that `w` holds.
struct Story {
    world: World,
    held: Value,
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
            .workflow("opsco/deploys", FILE, &[target], &jobs);
        let held = world.room.hold("w", json!({ "max_attempts": 5 })).await;
        Story { world, held }
    }

    fn holder(&self) -> Value {
        json!({ "run_id": self.held["run_id"], "attempt": self.held["attempt"], "worker_id": "w" })
    }

    async fn dispatch(&self, more: Value) -> Reply {
        let wanted = json!({
            "step": "deploy", "repository": "opsco/deploys", "workflow": FILE, "ref": "main",
            "inputs": { "target": "web" },
        });
        let body = crate::common::with(crate::common::with(wanted, self.holder()), more);
        self.world.room.post("dispatch.create", body).await
    }

    async fn started(&self) -> Value {
        self.dispatch(json!({})).await.is(201)["dispatch"].take()
    }

    /// The query by which the holder asks for it.
    async fn follow(&self, dispatch: &Value) -> Reply {
        let text = |value: &Value| value.as_str().expect("a text").to_string();
        let verb = format!(
            "dispatch.get?dispatch_id={}&run_id={}&worker_id=w&attempt={}",
            text(&dispatch["id"]),
            text(&self.held["run_id"]),
            self.held["attempt"]
        );
        self.world.room.get(&verb).await
    }

    async fn cancel(&self, dispatch: &Value) -> Reply {
        let body = json!({ "dispatch_id": dispatch["id"] });
        let body = crate::common::with(body, self.holder());
        self.world.room.post("dispatch.cancel", body).await
    }

    /// As whoever looks later sees it.
    async fn seen(&self, dispatch: &Value) -> Value {
        let id = dispatch["id"].as_str().expect("an id");
        let verb = format!("dispatch.get?dispatch_id={id}");
        self.world.room.get(&verb).await.is(200)["dispatch"].take()
    }

    async fn sweep(&self) {
        self.world.room.post("runs.sweep", json!({})).await.is(200);
    }

    /// The lease runs out, and the next attempt begins.
    async fn next_attempt(&mut self) {
        self.world.room.db.advance(120).await;
        self.sweep().await;
        let claimed = self.world.room.claim("w", json!({ "start": true })).await;
        self.held = claimed["runs"][0].clone();
    }

    fn run(&self) -> u64 {
        let runs = self.world.github.runs();
        assert_eq!(runs.len(), 1, "GitHub was asked once");
        runs[0].id
    }

    fn cancels(&self) -> usize {
        let asked = self.world.github.asked();
        asked.iter().filter(|ask| ask.ends_with("/cancel")).count()
    }
}

#[tokio::test]
async fn a_workflow_is_followed_to_its_end_with_its_jobs() {
    let story = Story::new().await;
    let dispatch = story.started().await;
    let run = story.run();
    assert_eq!(dispatch["status"], "sent");
    assert_eq!(dispatch["cause"], "step");
    assert_eq!(dispatch["step"], "deploy");
    assert_eq!(dispatch["attempt"], 1);
    assert_eq!(dispatch["github_run_id"], run.to_string());
    let sent = &story.world.github.runs()[0];
    assert_eq!(json!(sent.inputs), json!({ "target": "web" }));
    assert_eq!(sent.git_ref, "main");

    let seen = story.follow(&dispatch).await.is(200);
    assert_eq!(seen["workflow_run"]["status"], "queued");
    assert_eq!(seen["workflow_run"]["url"], dispatch["url"]);
    story.world.github.begin_job(run, "build");
    story.world.github.end_job(run, "build", "success");
    let seen = story.follow(&dispatch).await.is(200);
    assert_eq!(seen["workflow_run"]["status"], "in_progress");
    let states = |seen: &Value| {
        let jobs = seen["workflow_run"]["jobs"].as_array().expect("jobs");
        let state = |job: &Value| json!([job["name"], job["status"], job["conclusion"]]);
        json!(jobs.iter().map(state).collect::<Vec<_>>())
    };
    assert_eq!(
        states(&seen),
        json!([["build", "completed", "success"], ["ship", "queued", null]])
    );
    assert!(seen["dispatch"]["closed_at"].is_null());

    story.world.github.end_job(run, "ship", "success");
    let seen = story.follow(&dispatch).await.is(200);
    assert_eq!(seen["workflow_run"]["conclusion"], "success");
    assert_eq!(seen["workflow_run"]["total_jobs"], 2);
    assert_eq!(seen["dispatch"]["conclusion"], "success");
    assert!(seen["dispatch"]["closed_at"].is_string());
    assert_eq!(story.seen(&dispatch).await, seen["dispatch"]);
    let audit = "audit.list?action=dispatch.create";
    let audit = story.world.room.get(audit).await.is(200);
    assert_eq!(audit["entries"][0]["detail"]["step"], "deploy");
}

#[tokio::test]
async fn a_failure_is_carried_back_as_github_calls_it() {
    let story = Story::new().await;
    let dispatch = story.started().await;
    let run = story.run();
    story.world.github.end_job(run, "build", "failure");
    story.world.github.end_job(run, "ship", "skipped");
    let seen = story.follow(&dispatch).await.is(200);
    assert_eq!(seen["workflow_run"]["conclusion"], "failure");
    assert_eq!(seen["dispatch"]["conclusion"], "failure");
}

#[tokio::test]
async fn a_repository_that_no_operator_named_is_refused_with_what_to_do() {
    let story = Story::new().await;
    let elsewhere = json!({ "repository": "other/repo" });
    let refused = story
        .dispatch(elsewhere)
        .await
        .refused(Code::Forbidden)
        .detail()
        .to_string();
    assert!(
        refused.contains("ops trust add other/repo --workflow .github/workflows/deploy.yml"),
        "{refused}"
    );
    assert!(
        refused.contains("ops lanes update LANE --dispatch other/repo/deploy.yml"),
        "{refused}"
    );
    assert!(
        story
            .world
            .github
            .asked()
            .iter()
            .all(|ask| !ask.contains("other"))
    );
    // Named by the rule of a lane, whatever the case.
    let rule = json!({ "repository": "Other/Repo", "workflow": "worker.yml" });
    let rule = json!({ "name": "B", "dispatch": rule });
    story.world.room.post("lanes.update", rule).await.is(200);
    story.world.github.repository("other/repo", 9002, 4001);
    let target = Input {
        name: "target",
        is: Is::Optional,
    };
    story
        .world
        .github
        .workflow("other/repo", FILE, &[target], &["build"]);
    let made = story
        .dispatch(json!({ "repository": "other/repo" }))
        .await
        .is(201);
    assert_eq!(made["dispatch"]["status"], "sent");
}

#[tokio::test]
async fn what_github_refuses_for_good_stays_refused() {
    let story = Story::new().await;
    let inputs = json!({ "inputs": { "target": "web", "nope": "1" } });
    let made = story.dispatch(inputs).await.is(201);
    assert_eq!(made["dispatch"]["status"], "refused");
    let error = made["dispatch"]["error"].as_str().expect("an error");
    assert!(error.contains("nope"), "{error}");
    assert!(made["dispatch"]["retry_after_seconds"].is_null());
    let asked = story.world.github.asked().len();
    let again = story.started().await;
    assert_eq!(again, made["dispatch"]);
    assert_eq!(story.world.github.asked().len(), asked);
}

#[tokio::test]
async fn a_limit_is_waited_for_and_then_it_is_sent_once() {
    let story = Story::new().await;
    let limit = Trouble::SecondaryLimit { retry_after: 60 };
    story.world.github.trouble(limit);
    let refused = story.started().await;
    assert_eq!(refused["status"], "refused");
    assert_eq!(refused["retry_after_seconds"], 60);
    assert_eq!(story.started().await, refused, "not before its time");
    assert!(story.world.github.runs().is_empty());
    story.world.room.db.advance(60).await;
    let sent = story.started().await;
    assert_eq!(sent["status"], "sent");
    assert_eq!(sent["id"], refused["id"]);
    assert!(sent["error"].is_null() && sent["retry_after_seconds"].is_null());
    story.run();
}

#[tokio::test]
async fn an_answer_that_was_lost_starts_nothing_a_second_time() {
    for trouble in [
        Trouble::DoneButSilent,
        Trouble::DoneButFails(502),
        Trouble::Fails(500),
    ] {
        let mut story = Story::new().await;
        story.world.github.trouble(trouble);
        let lost = story.started().await;
        assert_eq!(lost["status"], "unknown");
        assert!(lost["github_run_id"].is_null());
        let before = story.world.github.asked().len();
        assert_eq!(story.started().await, lost);
        story.next_attempt().await;
        let same = story.started().await;
        assert_eq!(
            (&same["id"], &same["status"]),
            (&lost["id"], &lost["status"])
        );
        assert_eq!(story.world.github.asked().len(), before);
        let seen = story.follow(&lost).await.is(200);
        assert!(seen.get("workflow_run").is_none());
        story.cancel(&lost).await.refused(Code::Conflict);
    }
}

#[tokio::test]
async fn a_host_that_died_while_it_sent_leaves_what_nobody_knows() {
    let story = Story::new().await;
    // As the host that died would have asked.
    let p = json!({
        "step": "deploy", "repository": "opsco/deploys", "workflow": FILE, "ref": "main",
        "inputs": { "target": "web" }, "run_id": story.held["run_id"], "attempt": 1, "worker_id": "w",
    });
    let asked = story.world.room.db.call("dispatch_create", p).await;
    assert_eq!(asked["send"], true);
    let waiting = story.started().await;
    assert_eq!(waiting["status"], "sending", "somebody may be sending it");
    story.world.room.db.advance(130).await;
    let seen = story.follow(&waiting).await.is(200);
    assert_eq!(seen["dispatch"]["status"], "unknown");
    assert_eq!(story.started().await["status"], "unknown");
    assert!(story.world.github.runs().is_empty());
}

#[tokio::test]
async fn an_answer_that_comes_too_late_names_a_workflow_run_that_is_ended() {
    let story = Story::new().await;
    story.world.github.trouble(Trouble::DoneButSilent);
    let lost = story.started().await;
    assert_eq!(lost["status"], "unknown");
    let run = story.run();
    let end = json!({ "status": "failed", "reason": "unknown_outcome" });
    story.world.room.finish(&story.holder(), end).await.is(200);
    // The host that asked was only slow.
    let told = json!({ "id": lost["id"], "status": "sent", "github_run_id": run.to_string() });
    let db = &story.world.room.db;
    let told = db.call("ops_dispatched", told).await["dispatch"].take();
    assert_eq!(
        (&told["status"], &told["closed_at"]),
        (&json!("sent"), &Value::Null)
    );
    story.sweep().await;
    assert_eq!(story.cancels(), 1);
    assert!(story.seen(&lost).await["closed_at"].is_string());
}

#[tokio::test]
async fn every_attempt_gets_the_same_dispatch() {
    let mut story = Story::new().await;
    let first = story.started().await;
    story.next_attempt().await;
    assert_eq!(story.held["attempt"], 2);
    // Whatever it asks for now.
    let other = json!({ "inputs": { "target": "other" }, "ref": "other" });
    let second = story.dispatch(other).await.is(201)["dispatch"].take();
    for name in ["id", "github_run_id", "inputs", "ref", "attempt"] {
        assert_eq!(second[name], first[name]);
    }
    story.run();
    story.follow(&second).await.is(200);
    // Another step has its own.
    let another = json!({ "step": "again" });
    story.dispatch(another).await.is(201);
    assert_eq!(story.world.github.runs().len(), 2);
}

#[tokio::test]
async fn many_requests_at_once_start_one_workflow() {
    let story = Story::new().await;
    let asked = (0..8).map(|_| story.started());
    let all = futures_util::future::join_all(asked).await;
    assert!(all.iter().all(|one| one["id"] == all[0]["id"]));
    story.run();
}

#[tokio::test]
async fn whoever_lost_the_run_starts_follows_and_cancels_nothing() {
    let mut story = Story::new().await;
    let dispatch = story.started().await;
    let lost = story.held.clone();
    story.next_attempt().await;
    story.held = lost;
    let before = story.world.github.asked().len();
    story.dispatch(json!({})).await.refused(Code::LeaseLost);
    let another = json!({ "step": "another" });
    story.dispatch(another).await.refused(Code::LeaseLost);
    story.follow(&dispatch).await.refused(Code::LeaseLost);
    story.cancel(&dispatch).await.refused(Code::LeaseLost);
    assert_eq!(story.world.github.asked().len(), before);
    let seen = story.world.room.run(&story.held["run_id"]).await;
    assert_eq!(seen["refused_writes"], 4);

    let viewer = story.world.room.mint_kind("viewer").await;
    let body = json!({ "dispatch_id": dispatch["id"] });
    viewer
        .post("dispatch.cancel", body)
        .await
        .refused(Code::Forbidden);
}

#[tokio::test]
async fn the_holder_cancels_and_sees_it_end() {
    let story = Story::new().await;
    let dispatch = story.started().await;
    let run = story.run();
    let body = json!({ "run_id": story.held["run_id"] });
    story.world.room.post("runs.cancel", body).await.is(200);
    assert_eq!(story.cancels(), 0, "its holder does that");
    let told = story.cancel(&dispatch).await.is(200);
    assert!(told["dispatch"]["cancel_at"].is_string());
    assert!(told["dispatch"]["closed_at"].is_string());
    assert_eq!(story.cancels(), 1);
    story.world.github.end_cancelled(run);
    let seen = story.follow(&dispatch).await.is(200);
    assert_eq!(seen["workflow_run"]["conclusion"], "cancelled");
    assert_eq!(seen["dispatch"]["conclusion"], "cancelled");
    // Again, when it is over.
    let told = story.cancel(&dispatch).await.is(200);
    assert!(told.get("trouble").is_none());
}

#[tokio::test]
async fn a_cancelled_run_starts_no_workflow() {
    let story = Story::new().await;
    let body = json!({ "run_id": story.held["run_id"] });
    story.world.room.post("runs.cancel", body).await.is(200);
    story.dispatch(json!({})).await.refused(Code::Conflict);
    assert!(story.world.github.runs().is_empty());
}

#[tokio::test]
async fn a_cancel_between_two_attempts_ends_the_workflow_too() {
    let story = Story::new().await;
    story.started().await;
    story.world.room.db.advance(120).await;
    story.sweep().await;
    assert_eq!(story.cancels(), 0, "it is queued, and will be followed");
    let body = json!({ "run_id": story.held["run_id"] });
    story.world.room.post("runs.cancel", body).await.is(200);
    assert_eq!(story.cancels(), 1);
    story.world.github.end_cancelled(story.run());
}

#[tokio::test]
async fn a_sweep_ends_what_nobody_will_follow_and_tries_again_where_github_is_away() {
    let story = Story::new().await;
    let dispatch = story.started().await;
    let body = json!({ "run_id": story.held["run_id"] });
    story.world.room.post("runs.cancel", body).await.is(200);
    story.sweep().await;
    assert_eq!(story.cancels(), 0, "a holder lives as long as its lease");
    story.world.github.trouble(Trouble::Fails(503));
    story.world.room.db.advance(120).await;
    story.sweep().await;
    assert_eq!(story.cancels(), 1);
    let seen = story.seen(&dispatch).await;
    assert!(seen["closed_at"].is_null());
    let error = seen["error"].as_str().expect("an error");
    assert!(error.starts_with("it could not be cancelled: "), "{error}");
    story.sweep().await;
    assert_eq!(story.cancels(), 1, "not within a minute");
    story.world.room.db.advance(61).await;
    story.sweep().await;
    assert_eq!(story.cancels(), 2);
    let seen = story.seen(&dispatch).await;
    assert!(seen["closed_at"].is_string() && seen["error"].is_null());
    story.world.room.db.advance(120).await;
    story.sweep().await;
    assert_eq!(story.cancels(), 2, "once is enough");
}

#[tokio::test]
async fn a_github_that_never_takes_the_cancel_is_left_alone_after_an_hour() {
    let story = Story::new().await;
    let dispatch = story.started().await;
    let body = json!({ "run_id": story.held["run_id"] });
    story.world.room.post("runs.cancel", body).await.is(200);
    story.world.github.trouble(Trouble::Fails(503));
    story.world.room.db.advance(120).await;
    story.sweep().await;
    story.world.room.db.advance(3_700).await;
    story.sweep().await;
    assert_eq!(story.cancels(), 1);
    assert!(story.seen(&dispatch).await["closed_at"].is_string());
}

#[tokio::test]
async fn an_operator_cancels_the_workflow_run_of_any_dispatch() {
    let story = Story::new().await;
    let dispatch = story.started().await;
    let body = json!({ "dispatch_id": dispatch["id"] });
    story.world.room.post("dispatch.cancel", body).await.is(200);
    assert_eq!(story.cancels(), 1);
    let audit = "audit.list?action=dispatch.cancel";
    let audit = story.world.room.get(audit).await.is(200);
    assert_eq!(audit["entries"][0]["target"], dispatch["id"]);
    let none = json!({ "dispatch_id": story.held["run_id"] });
    let answer = story.world.room.post("dispatch.cancel", none).await;
    answer.refused(Code::NotFound);
}

#[tokio::test]
async fn trouble_while_following_is_told_and_says_when_to_ask_again() {
    let story = Story::new().await;
    let dispatch = story.started().await;
    for (trouble, seconds) in [
        (Trouble::SecondaryLimit { retry_after: 30 }, json!(30)),
        (Trouble::Fails(502), json!(5)),
        (Trouble::Fails(404), Value::Null),
    ] {
        story.world.github.trouble(trouble);
        let seen = story.follow(&dispatch).await.is(200);
        assert!(seen["trouble"].is_string() && seen.get("workflow_run").is_none());
        assert_eq!(seen["retry_after_seconds"], seconds);
        assert_eq!(seen["dispatch"], dispatch);
    }
    story.follow(&dispatch).await.is(200)["workflow_run"]
        .as_object()
        .expect("it is back");
}

#[tokio::test]
async fn a_request_that_cannot_be_is_refused_before_anybody_is_asked() {
    let story = Story::new().await;
    let many: serde_json::Map<_, _> = (0..26).map(|n| (format!("i{n}"), "x".into())).collect();
    for (more, field) in [
        (json!({ "repository": "opsco" }), "/repository"),
        (json!({ "workflow": "../deploy" }), "/workflow"),
        (json!({ "ref": "a b" }), "/ref"),
        (json!({ "step": "" }), "/step"),
        (json!({ "run_id": "x" }), "/run_id"),
        (json!({ "inputs": many }), "/inputs"),
        (json!({ "inputs": { "a": "x".repeat(5_000) } }), "/inputs/a"),
    ] {
        let answer = story.dispatch(more.clone()).await;
        assert_eq!(answer.refused(Code::Invalid).fields(), [field], "{more}");
    }
    let nobody = crate::common::Room::new().await;
    let body = crate::common::with(
        json!({ "step": "deploy", "repository": "a/b", "workflow": FILE, "ref": "main" }),
        story.holder(),
    );
    let answer = nobody.post("dispatch.create", body).await;
    answer.refused(Code::NotConfigured);
}
