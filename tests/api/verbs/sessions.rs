use crate::common::Room;
use ops_core::Code;
use serde_json::{Value, json};

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

/// The database writes `1.7976931348623157e308` with 309 digits.
#[tokio::test]
async fn numbers_come_back_as_they_were_sent() {
    let room = Room::new().await;
    let numbers = [
        json!(f64::MAX),
        json!(f64::MIN),
        json!(f64::MIN_POSITIVE),
        json!(5e-324),
        json!(0.1),
        json!(9_007_199_254_740_993_i64),
        json!(u64::MAX),
        json!(1.844_674_407_370_955_3e19),
        json!(2.225_073_858_507_201e-308),
    ];
    for number in numbers {
        let session = json!({ "name": "s", "meta": { "n": number } });
        let made = room.post("sessions.create", session).await.is(201);
        let listed = room.get("sessions.list?limit=1").await.is(200);
        for session in [&made["session"], &listed["sessions"][0]] {
            assert_eq!(session["meta"]["n"].as_f64(), number.as_f64(), "{session}");
        }
    }
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
    let made = room.post("sessions.create", json!({ "name": "s" })).await;
    let id = made.is(201)["session"]["id"].take();
    let archive = |archived: Value| {
        let body = json!({ "session_id": id, "archived": archived });
        room.post("sessions.archive", body)
    };
    let archived = archive(json!(null)).await.is(200);
    assert_eq!(archived["session"]["status"], "archived");
    let run = crate::common::inline(json!({ "session_id": id }));
    let problem = room.post("runs.create", run.clone()).await;
    problem.refused(Code::Invalid).names(&["/session_id"]);
    assert_eq!(
        archive(json!(false)).await.is(200)["session"]["status"],
        "active"
    );
    room.post("runs.create", run).await.is(201);
    // What has runs stays.
    let delete = json!({ "session_id": id });
    room.post("sessions.delete", delete)
        .await
        .refused(Code::Conflict);
}

#[tokio::test]
async fn a_session_is_changed_field_by_field_and_deleted() {
    let room = Room::new().await;
    let new = json!({ "name": "s", "meta": { "a": 1 } });
    let made = room.post("sessions.create", new).await.is(201);
    let id = made["session"]["id"].as_str().unwrap();
    let update = |more| {
        room.post(
            "sessions.update",
            crate::common::with(json!({ "session_id": id }), more),
        )
    };
    let renamed = update(json!({ "name": "t" })).await.is(200);
    assert_eq!(
        (&renamed["session"]["name"], &renamed["session"]["meta"]),
        (&json!("t"), &json!({ "a": 1 }))
    );
    let members = json!([{ "user_id": "ada", "role": "operator" }, { "user_id": "bob" }]);
    update(json!({ "members": members })).await.is(200);
    let got = room
        .get(&format!("sessions.get?session_id={id}"))
        .await
        .is(200);
    assert_eq!(got["session"]["members"].as_array().unwrap().len(), 2);
    for (more, field) in [
        (json!({ "name": "" }), "/name"),
        (
            json!({ "members": [{ "user_id": "" }] }),
            "/members/0/user_id",
        ),
        (
            json!({ "members": [{ "user_id": "a" }, { "user_id": "a" }] }),
            "/members/1/user_id",
        ),
        (
            json!({ "members": [{ "user_id": "a", "role": "root" }] }),
            "/members/0/role",
        ),
    ] {
        update(more).await.refused(Code::Invalid).names(&[field]);
    }
    let delete = json!({ "session_id": id });
    assert_eq!(
        room.post("sessions.delete", delete.clone()).await.is(200)["deleted"],
        true
    );
    room.post("sessions.delete", delete)
        .await
        .refused(Code::NotFound);
}
