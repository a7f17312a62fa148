use crate::common::{Room, with};
use ops_core::limits;
use serde_json::{Value, json};

async fn append(room: &Room, held: &Value, first: i64, events: Value) -> Value {
    let body = json!({ "first_seq": first, "events": events });
    room.post("events.append", with(held.clone(), body))
        .await
        .is(200)
}

async fn list(room: &Room, held: &Value, query: &str) -> Value {
    let id = held["run_id"].as_str().unwrap();
    room.get(&format!("events.list?run_id={id}{query}"))
        .await
        .is(200)
}

#[tokio::test]
async fn a_log_is_read_by_position() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let first = json!([
        { "message": "one", "source": "stdout", "step": "a", "ts": "2026-11-24T22:30:00Z" },
        { "level": "error", "message": "two", "data": { "x": [1] }, "more": true },
    ]);
    let answer = append(&room, &held, 1, first.clone()).await;
    assert_eq!(
        answer,
        json!({ "last_seq": 2, "last_pos": 2, "cancel": false })
    );
    // A batch that comes twice, with something new behind it.
    let twice = json!([first[0], first[1], { "message": "three", "ts": "yesterday" }]);
    assert_eq!(append(&room, &held, 1, twice).await["last_pos"], 3);

    let all = list(&room, &held, "").await;
    let events = &all["events"];
    assert_eq!(
        (&all["next"], events.as_array().unwrap().len()),
        (&json!(3), 3)
    );
    assert_eq!(
        (
            &events[0]["pos"],
            &events[0]["attempt"],
            &events[0]["level"]
        ),
        (&json!(1), &json!(1), &json!("info"))
    );
    assert_eq!(
        (&events[0]["source"], &events[0]["step"]),
        (&json!("stdout"), &json!("a"))
    );
    assert_eq!(
        (&events[1]["data"], &events[1]["more"]),
        (&json!({ "x": [1] }), &json!(true))
    );
    assert!(
        events[0]["ts"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-24T22:30:00")
    );
    assert!(ops_core::text::is_timestamp(
        events[2]["ts"].as_str().unwrap()
    ));
    let page = list(&room, &held, "&after=1&limit=1").await;
    assert_eq!(
        (&page["events"][0]["message"], &page["next"]),
        (&json!("two"), &json!(2))
    );
    let end = list(&room, &held, "&after=3").await;
    assert_eq!(
        (&end["events"], &end["next"], &end["status"]),
        (&json!([]), &json!(3), &json!("running"))
    );
}

#[tokio::test]
async fn a_null_character_is_replaced_and_told() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let events = json!([
        { "message": "a\0b", "step": "s\0", "data": { "k\0": ["v\0"] } },
        { "message": "a\u{FFFD}b was printed so" },
        { "message": "worker says so", "lossy": true },
    ]);
    append(&room, &held, 1, events).await;
    let stored = list(&room, &held, "").await["events"].take();
    assert_eq!(
        (&stored[0]["message"], &stored[0]["lossy"]),
        (&json!("a\u{FFFD}b"), &json!(true))
    );
    assert_eq!(
        (&stored[0]["step"], &stored[0]["data"]),
        (&json!("s\u{FFFD}"), &json!({ "k\u{FFFD}": ["v\u{FFFD}"] }))
    );
    assert_eq!(stored[1]["lossy"], false);
    assert_eq!(stored[2]["lossy"], true);
}

#[tokio::test]
async fn the_longest_message_is_kept_whole() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let longest = "\0".repeat(limits::MESSAGE_BYTES);
    append(
        &room,
        &held,
        1,
        json!([{ "message": longest }, { "message": "" }]),
    )
    .await;
    let stored = list(&room, &held, "").await["events"].take();
    let message = stored[0]["message"].as_str().unwrap();
    assert_eq!(message.chars().count(), limits::MESSAGE_BYTES);
    assert_eq!(stored[1]["message"], "");
}

#[tokio::test]
async fn steps_travel_with_the_log() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    for status in ["running", "failed", "running"] {
        let steps = json!([{ "step": "a", "status": status, "exit_code": null }]);
        let body = json!({ "first_seq": 1, "steps": steps });
        room.post("events.append", with(held.clone(), body))
            .await
            .is(200);
    }
    let run = room.run(&held["run_id"]).await;
    assert_eq!(run["steps"][0]["status"], "failed");
    assert_eq!(run["steps"].as_array().unwrap().len(), 1);
}
