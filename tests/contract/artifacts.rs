//! What a run leaves behind.

use crate::story::{Story, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    the_same_bytes_get_the_same_answer,
    other_bytes_under_a_taken_name_are_refused,
    the_newest_attempt_is_listed_unless_asked,
    text_bytes_and_links_come_back,
    bytes_in_the_store_are_known_by_their_sum,
    what_may_not_be_put_may_not_be_begun,
    an_attempt_has_room_for_so_many,
);

async fn the_same_bytes_get_the_same_answer<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let first = s.put(&held, "report", "hello").await;
    assert_eq!(first["size"], 5);
    assert_eq!(
        first["sha256"],
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    );
    assert_eq!(s.put(&held, "report", "hello").await, first);
    // The same bytes sent the other way.
    let encoded = json!({ "name": "report", "kind": "file", "mime": "text/plain", "content_base64": "aGVsbG8=" });
    assert_eq!(s.call("artifacts_put", held.with(encoded)).await, first);
    let list = s
        .call("artifacts_list", json!({ "run_id": held.run }))
        .await;
    assert_eq!(list["artifacts"].as_array().unwrap().len(), 1);
}

async fn other_bytes_under_a_taken_name_are_refused<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let first = s.put(&held, "report", "hello").await;
    assert_eq!(s.put(&held, "report", "other").await["code"], "name_taken");
    let list = s
        .call("artifacts_list", json!({ "run_id": held.run }))
        .await;
    assert_eq!(list["artifacts"][0]["sha256"], first["sha256"]);
    assert_eq!(s.get(&held.run).await["refused_writes"], 0);
}

async fn the_newest_attempt_is_listed_unless_asked<W: World>() {
    let s = Story::<W>::new().await;
    let first = s.running("w", json!({})).await;
    s.put(&first, "report", "one").await;
    s.put(&first, "only here", "one").await;
    s.hand_back(&first, "shutdown").await;
    let second = s.take("w").await;
    // Names are unique in an attempt, not in the run.
    assert!(s.put(&second, "report", "two").await["artifact_id"].is_string());
    let list = s
        .call("artifacts_list", json!({ "run_id": first.run }))
        .await;
    let list = list["artifacts"].as_array().unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(
        (&list[0]["attempt"], &list[0]["name"]),
        (&json!(2), &json!("report"))
    );
    let asked = s
        .call(
            "artifacts_list",
            json!({ "run_id": first.run, "attempt": 1 }),
        )
        .await;
    assert_eq!(asked["artifacts"].as_array().unwrap().len(), 2);
}

async fn text_bytes_and_links_come_back<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let put = |more: Value| s.call("artifacts_put", held.with(more));
    let note =
        put(json!({ "name": "n", "kind": "markdown", "mime": "text/markdown", "content": "# ☃" }))
            .await;
    let bytes =
        put(json!({ "name": "b", "kind": "file", "mime": "x/y", "content_base64": "AP8=" })).await;
    let link = put(
        json!({ "name": "l", "kind": "link", "mime": "text/uri-list", "url": "https://x.test/1" }),
    )
    .await;
    let get = async |answer: &Value| {
        let p = json!({ "artifact_id": text(&answer["artifact_id"]) });
        s.call("artifacts_get", p).await["artifact"].clone()
    };
    assert_eq!(get(&note).await["content_base64"], "IyDimIM=");
    let got = get(&bytes).await;
    assert_eq!(got["content_base64"], "AP8=");
    assert_eq!(
        (&got["kind"], &got["mime"], &got["size"]),
        (&json!("file"), &json!("x/y"), &json!(2))
    );
    let got = get(&link).await;
    assert_eq!(got["url"], "https://x.test/1");
    assert_eq!(
        (&got["content_base64"], &link["url"]),
        (&Value::Null, &got["url"])
    );
    let none = json!({ "artifact_id": "00000000-0000-4000-8000-00000000dead" });
    assert_eq!(s.call("artifacts_get", none).await["code"], "not_found");
}

/// Of bytes that nobody has to have.
const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn large(name: &str, sha256: &str) -> Value {
    json!({ "name": name, "kind": "file", "mime": "x/y", "sha256": sha256, "size": 3_000_000 })
}

async fn bytes_in_the_store_are_known_by_their_sum<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    assert_eq!(
        s.call("artifacts_begin", held.with(large("l", SHA))).await,
        json!({})
    );
    let first = s.call("artifacts_put", held.with(large("l", SHA))).await;
    assert_eq!(
        (&first["sha256"], &first["size"]),
        (&json!(SHA), &json!(3_000_000))
    );
    assert_eq!(
        s.call("artifacts_put", held.with(large("l", SHA))).await,
        first
    );
    assert_eq!(
        s.call("artifacts_begin", held.with(large("l", SHA))).await,
        json!({})
    );
    let p = json!({ "artifact_id": text(&first["artifact_id"]) });
    let got = s.call("artifacts_get", p).await["artifact"].clone();
    assert_eq!(
        (&got["is_stored"], &got["content_base64"]),
        (&json!(true), &Value::Null)
    );
    let small = s.put(&held, "small", "hello").await;
    let p = json!({ "artifact_id": text(&small["artifact_id"]) });
    assert_eq!(
        s.call("artifacts_get", p).await["artifact"]["is_stored"],
        false
    );
}

async fn what_may_not_be_put_may_not_be_begun<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    s.put(&held, "taken", "hello").await;
    let begin = async |p: Value| s.call("artifacts_begin", p).await["code"].clone();
    assert_eq!(begin(held.with(large("taken", SHA))).await, "name_taken");
    let mut lost = held.with(large("l", SHA));
    lost["attempt"] = 2.into();
    assert_eq!(begin(lost).await, "lease_lost");
    s.hand_back(&held, "shutdown").await;
    assert_eq!(begin(held.with(large("l", SHA))).await, "already_finished");
}

async fn an_attempt_has_room_for_so_many<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    for number in 0..ops_core::limits::ARTIFACTS_PER_ATTEMPT {
        assert_eq!(s.put(&held, &number.to_string(), "x").await["size"], 1);
    }
    assert_eq!(s.put(&held, "one more", "x").await["code"], "too_large");
    assert_eq!(
        s.call("artifacts_begin", held.with(large("l", SHA))).await["code"],
        "too_large"
    );
    // What is there stays what it is.
    assert_eq!(s.put(&held, "7", "x").await["size"], 1);
    assert_eq!(s.put(&held, "7", "y").await["code"], "name_taken");
    s.hand_back(&held, "shutdown").await;
    let second = s.take("w").await;
    assert_eq!(s.put(&second, "one more", "x").await["size"], 1);
}
