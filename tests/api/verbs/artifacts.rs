use crate::common::{Reply, Room, with};
use ops_tests::harness::database::sha256_hex;
use serde_json::{Value, json};

async fn put(room: &Room, held: &Value, more: Value) -> Value {
    room.post("artifacts.put", with(held.clone(), more))
        .await
        .is(201)
}

/// Follows the `url` of an answer, as a client would.
async fn follow(room: &Room, url: &Value) -> Reply {
    let url = url.as_str().unwrap();
    let verb = url.strip_prefix(ops_core::BASE_PATH).expect("ours");
    room.get(verb.trim_start_matches('/')).await
}

async fn get(room: &Room, stored: &Value) -> Value {
    let id = stored["artifact_id"].as_str().unwrap();
    room.get(&format!("artifacts.get?artifact_id={id}"))
        .await
        .is(200)["artifact"]
        .take()
}

#[tokio::test]
async fn text_comes_back_as_text() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    for (kind, mime) in [
        ("file", "application/octet-stream"),
        ("markdown", "text/markdown"),
        ("diff", "text/x-diff"),
        ("json", "application/json"),
    ] {
        let content = format!("# é of {kind}\n");
        let stored = put(
            &room,
            &held,
            json!({ "name": kind, "kind": kind, "content": content }),
        )
        .await;
        assert_eq!(
            (&stored["sha256"], &stored["size"]),
            (&json!(sha256_hex(&content)), &json!(content.len()))
        );
        let artifact = get(&room, &stored).await;
        assert_eq!(
            (&artifact["content"], &artifact["mime"]),
            (&json!(content), &json!(mime))
        );
        assert!(artifact.get("content_base64").is_none());
        assert_eq!(
            (&artifact["run_id"], &artifact["attempt"]),
            (&held["run_id"], &json!(1))
        );
        assert_eq!(artifact["url"], stored["url"]);
        assert_eq!(follow(&room, &stored["url"]).await.text(), content);
    }
    let own = json!({ "name": "own", "kind": "file", "content": "", "mime": "text/csv" });
    let artifact = get(&room, &put(&room, &held, own).await).await;
    assert_eq!(
        (&artifact["mime"], &artifact["content"], &artifact["size"]),
        (&json!("text/csv"), &json!(""), &json!(0))
    );
}

#[tokio::test]
async fn bytes_come_back_as_they_were_and_never_as_a_page() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let bytes = json!({ "name": "a\"; x=é/../b.html", "kind": "file", "content_base64": "AP/+DQo=", "mime": "text/html" });
    let stored = put(&room, &held, bytes).await;
    let raw = follow(&room, &stored["url"]).await;
    assert_eq!(
        (raw.status, &raw.bytes[..]),
        (200, &[0, 255, 254, 13, 10][..])
    );
    assert_eq!(raw.header("content-type"), "application/octet-stream");
    assert_eq!(
        raw.header("content-disposition"),
        "attachment; filename=\"a___x___.._b.html\""
    );
    assert!(raw.header("content-security-policy").contains("sandbox"));
    let artifact = get(&room, &stored).await;
    assert_eq!(
        (&artifact["content_base64"], artifact.get("content")),
        (&json!("AP/+DQo="), None)
    );
}

#[tokio::test]
async fn a_null_character_in_an_artifact_stays() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let artifact = json!({ "name": "n", "kind": "file", "content": "a\0b" });
    let stored = put(&room, &held, artifact).await;
    assert_eq!(
        (&stored["sha256"], &stored["size"]),
        (&json!(sha256_hex("a\0b")), &json!(3))
    );
    assert_eq!(follow(&room, &stored["url"]).await.bytes, b"a\0b");
    assert_eq!(get(&room, &stored).await["content"], "a\0b");
}

#[tokio::test]
async fn a_link_leads_where_it_says() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let link = json!({ "name": "pr", "kind": "link", "url": "https://example.org/pull/1?a=b" });
    let stored = put(&room, &held, link.clone()).await;
    assert_eq!(stored["url"], link["url"]);
    assert_eq!(get(&room, &stored).await["url"], link["url"]);
    let id = stored["artifact_id"].as_str().unwrap();
    let reply = room
        .get(&format!("artifacts.get?artifact_id={id}&raw=true"))
        .await;
    reply.refused(ops_core::Code::Conflict);
}

#[tokio::test]
async fn a_list_shows_the_newest_attempt_unless_asked() {
    let room = Room::new().await;
    let first = room.hold("w", json!({})).await;
    put(
        &room,
        &first,
        json!({ "name": "old", "kind": "file", "content": "1" }),
    )
    .await;
    room.finish(&first, json!({ "status": "released" }))
        .await
        .is(200);
    room.claim("w", json!({})).await;
    let id = first["run_id"].as_str().unwrap();
    let names = async |query: &str| -> Vec<String> {
        let list = room
            .get(&format!("artifacts.list?run_id={id}{query}"))
            .await
            .is(200);
        let list = list["artifacts"].as_array().unwrap().iter();
        list.map(|a| {
            assert!(a["url"].is_string() && a.get("content_base64").is_none());
            a["name"].as_str().unwrap().to_string()
        })
        .collect()
    };
    assert_eq!(names("").await, ["old"]);
    let second = with(first.clone(), json!({ "attempt": 2 }));
    put(
        &room,
        &second,
        json!({ "name": "new", "kind": "file", "content": "2" }),
    )
    .await;
    assert_eq!(names("").await, ["new"]);
    assert_eq!(names("&attempt=1").await, ["old"]);
    assert_eq!(names("&attempt=3").await, [""; 0]);
}
