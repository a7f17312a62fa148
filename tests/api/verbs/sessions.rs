use crate::common::Room;
use ops_core::Code;
use serde_json::json;

#[tokio::test]
async fn a_session_counts_its_runs() {
    let room = Room::new().await;
    let made = room
        .post(
            "sessions.create",
            json!({ "name": "release é", "meta": { "ticket": 7 } }),
        )
        .await
        .is(201);
    let session = &made["session"];
    assert_eq!(
        (&session["name"], &session["status"]),
        (&json!("release é"), &json!("active"))
    );
    assert_eq!(
        (&session["meta"], &session["counts"]),
        (&json!({ "ticket": 7 }), &json!({}))
    );
    let id = session["id"].as_str().unwrap();
    room.queue(json!({ "session_id": id })).await;
    room.hold("w", json!({ "session_id": id, "priority": 1 }))
        .await;
    let got = room
        .get(&format!("sessions.get?session_id={id}"))
        .await
        .is(200);
    assert_eq!(
        got["session"]["counts"],
        json!({ "queued": 1, "running": 1 })
    );
    assert_eq!(got["session"]["created_at"], session["created_at"]);
}

#[tokio::test]
async fn sessions_are_listed_newest_first_by_the_cursor() {
    let room = Room::new().await;
    let mut made = Vec::new();
    for i in 0..5 {
        let session = room
            .post("sessions.create", json!({ "name": format!("s{i}") }))
            .await
            .is(201);
        made.insert(0, session["session"]["id"].clone());
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = room
            .get(&format!(
                "sessions.list?limit=2&status=active&after={after}"
            ))
            .await
            .is(200);
        seen.extend(
            page["sessions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|s| s["id"].clone()),
        );
        match page["next"].as_str() {
            Some(next) => after = next.to_string(),
            None => break,
        }
    }
    assert_eq!(seen, made);
    let archived = room.get("sessions.list?status=archived").await.is(200);
    assert_eq!(archived["sessions"], json!([]));
}

#[tokio::test]
async fn an_archived_session_takes_no_runs() {
    let room = Room::new().await;
    let made = room
        .post("sessions.create", json!({ "name": "s" }))
        .await
        .is(201);
    let sql = "update public.sessions set status = 'archived'";
    room.db.admin.batch_execute(sql).await.unwrap();
    let run = crate::common::inline(json!({ "session_id": made["session"]["id"] }));
    let problem = room.post("runs.create", run).await.refused(Code::Invalid);
    problem.names(&["/session_id"]);
}
