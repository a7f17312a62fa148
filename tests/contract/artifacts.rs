//! What a run leaves behind.

use crate::story::{Story, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    the_same_bytes_get_the_same_answer,
    other_bytes_under_a_taken_name_are_refused,
    the_newest_attempt_is_listed_unless_asked,
    text_bytes_and_links_come_back,
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
