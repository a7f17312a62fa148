use crate::common::{Room, inline};
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<&str> {
    let runs = page["runs"].as_array().unwrap().iter();
    runs.map(|run| run["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_follow_one_another_by_the_cursor() {
    let room = Room::new().await;
    let runs = json!({ "runs": vec![inline(json!({})); 7] });
    let made = room.post("runs.create", runs).await.is(201);
    let mut made: Vec<_> = made["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["run_id"].clone())
        .collect();
    made.reverse();
    let mut seen: Vec<Value> = Vec::new();
    let mut after = String::new();
    loop {
        let page = room
            .get(&format!("runs.list?limit=3&after={after}"))
            .await
            .is(200);
        seen.extend(ids(&page).into_iter().map(Value::from));
        // Newest first; what comes meanwhile disturbs nothing.
        room.queue(json!({})).await;
        match page["next"].as_str() {
            Some(next) => after = next.to_string(),
            None => break,
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn lists_are_filtered() {
    let room = Room::new().await;
    let source = crate::common::runbook().to_string();
    room.post("templates.create", json!({ "source": source }))
        .await
        .is(201);
    let session = room
        .post("sessions.create", json!({ "name": "s" }))
        .await
        .is(201);
    let session = session["session"]["id"].as_str().unwrap().to_string();
    let in_b = room.queue(json!({ "lane": "B" })).await;
    let in_session = room
        .queue(json!({ "session_id": session, "lane": "C" }))
        .await;
    let made = room
        .post("runs.create", json!({ "template": "t", "lane": "D" }))
        .await
        .is(201);
    let of_template = made["run_id"].as_str().unwrap();
    let held = room.hold("w", json!({})).await;
    for (filter, expected) in [
        ("lane=B", vec![in_b.as_str()]),
        ("template=t", vec![of_template]),
        ("status=running", vec![held["run_id"].as_str().unwrap()]),
        (&format!("session_id={session}"), vec![in_session.as_str()]),
        ("lane=B&status=running", vec![]),
        (
            "status=queued&limit=2",
            vec![of_template, in_session.as_str()],
        ),
    ] {
        let page = room.get(&format!("runs.list?{filter}")).await.is(200);
        assert_eq!(ids(&page), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_run_shows_its_history() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let steps =
        json!([{ "step": "a", "status": "succeeded", "exit_code": 0, "outputs": { "x": "1" } }]);
    let append = json!({ "first_seq": 1, "events": [{ "message": "m" }], "steps": steps });
    room.post("events.append", crate::common::with(held.clone(), append))
        .await
        .is(200);
    let run = room.run(&held["run_id"]).await;
    assert_eq!(run["steps"][0]["outputs"], json!({ "x": "1" }));
    assert_eq!(
        (&run["steps"][0]["status"], &run["steps"][0]["exit_code"]),
        (&json!("succeeded"), &json!(0))
    );
    assert_eq!(
        (&run["attempts"][0]["worker_id"], &run["log"]["last_pos"]),
        (&json!("w"), &json!(1))
    );
    assert!(run["heartbeat_at"].is_string() && run["lease_expires_at"].is_string());
    assert_eq!(run["runbook"]["steps"][0]["id"], "a");
    assert_eq!(run["waiting"], json!(null));
}

#[tokio::test]
async fn health_needs_no_token() {
    let room = Room::new().await;
    for path in ["health", ""] {
        let reply = crate::common::send(room.bare(reqwest::Method::GET, path)).await;
        let health = reply.is(200);
        assert_eq!(
            (&health["status"], health["version"].is_string()),
            (&json!("ok"), true)
        );
        assert!(health["database"]["postgres"].is_string());
    }
    let base = room.bare(reqwest::Method::GET, "../ops-executor");
    assert_eq!(crate::common::send(base).await.is(200)["status"], "ok");
}
