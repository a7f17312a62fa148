use super::World;
use ops_core::Code;
use ops_tests::harness::github::Trouble;
use serde_json::{Value, json};

async fn with_rule(world: &World) {
    let rule = json!({ "repository": "opsco/deploys", "workflow": "worker.yml" });
    let update = json!({ "name": "A", "dispatch": rule });
    world.room.post("lanes.update", update).await.is(200);
}

async fn dispatches(world: &World) -> Vec<Value> {
    let listed = world.room.get("dispatch.list?lane=A").await.is(200)["dispatches"].take();
    listed.as_array().expect("a list").clone()
}

#[tokio::test]
async fn ten_runs_at_once_start_one_workflow_and_its_worker_closes_the_matter() {
    let world = World::new().await;
    with_rule(&world).await;
    let queued = (0..10).map(|_| world.room.queue(json!({})));
    futures_util::future::join_all(queued).await;
    let started = world.github.runs();
    assert_eq!(started.len(), 1);
    let listed = dispatches(&world).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["status"], "sent");
    assert_eq!(listed[0]["cause"], "queue");
    assert_eq!(listed[0]["github_run_id"], started[0].id.to_string());
    assert_eq!(listed[0]["inputs"], json!({ "lanes": "A" }));
    assert!(
        listed[0]["url"]
            .as_str()
            .is_some_and(|url| url.ends_with(&started[0].id.to_string()))
    );

    world.room.claim("w", json!({ "limit": 10 })).await;
    world.room.post("runs.sweep", json!({})).await.is(200);
    assert_eq!(dispatches(&world).await[0]["status"], "arrived");
    // Somebody is there now.
    world.room.queue(json!({})).await;
    assert_eq!(world.github.runs().len(), 1);
}

#[tokio::test]
async fn a_rule_keeps_what_is_not_said() {
    let world = World::new().await;
    let rule = json!({
        "repository": "opsco/deploys", "workflow": "worker.yml", "per_hour": 3, "inputs": { "session": "s" },
    });
    for (said, expected) in [
        (rule, json!(["worker.yml", "main", 3, { "session": "s" }])),
        (
            json!({ "repository": "opsco/deploys", "workflow": "other.yml", "ref": "v1" }),
            json!(["other.yml", "v1", 3, { "session": "s" }]),
        ),
    ] {
        let update = json!({ "name": "A", "dispatch": said });
        let answer = world.room.post("lanes.update", update).await.is(200);
        let kept = &answer["lane"]["dispatch"];
        let kept = ["workflow", "ref", "per_hour", "inputs"].map(|name| kept[name].clone());
        assert_eq!(json!(kept), expected);
    }
    let none = json!({ "name": "A", "dispatch": {} });
    let answer = world.room.post("lanes.update", none).await.is(200);
    assert!(answer["lane"]["dispatch"].is_null());
}

#[tokio::test]
async fn nothing_is_started_without_a_rule_or_for_a_lane_that_stands_still() {
    let world = World::new().await;
    world.room.queue(json!({})).await;
    with_rule(&world).await;
    world
        .room
        .post("lanes.update", json!({ "name": "A", "paused": true }))
        .await
        .is(200);
    world.room.queue(json!({})).await;
    world.room.post("runs.sweep", json!({})).await.is(200);
    assert!(world.github.asked().is_empty());
    world
        .room
        .post("lanes.update", json!({ "name": "A", "paused": false }))
        .await
        .is(200);
    world.room.post("runs.sweep", json!({})).await.is(200);
    assert_eq!(
        world.github.runs().len(),
        1,
        "what waited is seen by the next sweep"
    );
}

#[tokio::test]
async fn what_github_refuses_is_shown_and_tried_again_after_a_pause() {
    let world = World::new().await;
    with_rule(&world).await;
    world
        .github
        .trouble(Trouble::SecondaryLimit { retry_after: 60 });
    world.room.queue(json!({})).await;
    let listed = dispatches(&world).await;
    assert_eq!(listed[0]["status"], "refused");
    let error = listed[0]["error"].as_str().expect("an error");
    assert_eq!(error, "GitHub wants to be asked again in 60 s");
    world.room.post("runs.sweep", json!({})).await.is(200);
    assert_eq!(dispatches(&world).await.len(), 1, "it pauses");
    world.room.db.advance(31).await;
    world.room.post("runs.sweep", json!({})).await.is(200);
    assert_eq!(dispatches(&world).await[0]["status"], "sent");
}

#[tokio::test]
async fn an_answer_that_is_lost_is_unknown_and_not_repeated_at_once() {
    let world = World::new().await;
    with_rule(&world).await;
    world.github.trouble(Trouble::DoneButSilent);
    world.room.queue(json!({})).await;
    assert_eq!(dispatches(&world).await[0]["status"], "unknown");
    world.room.post("runs.sweep", json!({})).await.is(200);
    assert_eq!(world.github.runs().len(), 1);
}

#[tokio::test]
async fn a_worker_that_never_comes_is_told_and_pauses_grow() {
    let world = World::new().await;
    with_rule(&world).await;
    world.room.queue(json!({})).await;
    for rounds in 1..=3u32 {
        // The longest pause so far is two minutes, and ten minutes are waited for a worker.
        world.room.db.advance(601).await;
        world.room.post("runs.sweep", json!({})).await.is(200);
        let listed = dispatches(&world).await;
        let absent = listed.iter().filter(|one| one["status"] == "absent");
        assert_eq!(absent.count(), rounds as usize);
        assert_eq!(listed.len(), rounds as usize + 1, "the pause was over");
    }
    let error = dispatches(&world).await[1]["error"].take();
    assert_eq!(
        error,
        "no worker of the lane was heard of within ten minutes"
    );
}

#[tokio::test]
async fn an_hour_has_no_more_than_the_rule_says() {
    let world = World::new().await;
    let rule = json!({ "repository": "opsco/deploys", "workflow": "worker.yml", "per_hour": 2 });
    let update = json!({ "name": "A", "dispatch": rule });
    world.room.post("lanes.update", update).await.is(200);
    world.room.queue(json!({})).await;
    for _ in 0..3 {
        world.room.db.advance(700).await;
        world.room.post("runs.sweep", json!({})).await.is(200);
    }
    assert_eq!(world.github.runs().len(), 2);
}

#[tokio::test]
async fn an_operator_starts_a_workflow_and_gets_its_run() {
    let world = World::new().await;
    with_rule(&world).await;
    let made = world
        .room
        .post("dispatch.create", json!({ "lane": "A" }))
        .await
        .is(201);
    let dispatch = &made["dispatch"];
    assert_eq!(dispatch["status"], "sent");
    assert_eq!(
        dispatch["github_run_id"],
        world.github.runs()[0].id.to_string()
    );
    let id = dispatch["id"].as_str().expect("an id");
    let read = world
        .room
        .get(&format!("dispatch.get?dispatch_id={id}"))
        .await
        .is(200);
    assert_eq!(read["dispatch"], *dispatch);

    let named = json!({ "repository": "opsco/deploys", "workflow": "worker.yml", "inputs": { "nope": "1" } });
    let made = world.room.post("dispatch.create", named).await.is(201);
    assert_eq!(made["dispatch"]["status"], "refused");
    let error = made["dispatch"]["error"].as_str().expect("an error");
    assert!(error.contains("nope"), "{error}");

    let strange = json!({ "repository": "other/repo", "workflow": "worker.yml" });
    world
        .room
        .post("dispatch.create", strange)
        .await
        .refused(Code::Forbidden);
    world
        .room
        .post("dispatch.create", json!({ "lane": "B" }))
        .await
        .refused(Code::Conflict);
    let viewer = world.room.mint_kind("viewer").await;
    viewer
        .post("dispatch.create", json!({ "lane": "A" }))
        .await
        .refused(Code::Forbidden);
    let audit = world
        .room
        .get("audit.list?action=dispatch.create")
        .await
        .is(200);
    assert_eq!(audit["entries"].as_array().map(Vec::len), Some(2));
}
