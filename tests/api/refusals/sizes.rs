//! 413: what is too large, and what just fits.

use crate::common::{Room, inline, send, with};
use ops_core::{Code, limits};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
    let room = Room::new().await;
    let body = inline(json!({})).to_string();
    let padded = |size: usize| format!("{}{body}", " ".repeat(size - body.len()));
    let exact = padded(limits::BODY_BYTES);
    room.post_text("runs.create", exact).await.is(201);
    // Still sending when the answer is clear: the answer must arrive all the same.
    for size in [limits::BODY_BYTES + 1, 5 * limits::BODY_BYTES] {
        let reply = room.post_text("runs.create", padded(size)).await;
        let problem = reply.refused(Code::TooLarge);
        assert!(problem.detail().contains(&limits::BODY_BYTES.to_string()));
        let request = room.request(Method::POST, "artifacts.put");
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        send(request.body(padded(size)))
            .await
            .refused(Code::TooLarge);
    }
}

#[tokio::test]
async fn an_artifact_has_a_size_too() {
    let room = Room::new().await;
    let held = room.hold("w", json!({})).await;
    let put = |name: &str, size: usize| {
        let artifact = json!({ "name": name, "kind": "file", "content": "x".repeat(size) });
        room.post("artifacts.put", with(held.clone(), artifact))
    };
    let stored = put("fits", limits::ARTIFACT_CALL_BYTES).await.is(201);
    assert_eq!(stored["size"], limits::ARTIFACT_CALL_BYTES);
    let problem = put("large", limits::ARTIFACT_CALL_BYTES + 1).await;
    let problem = problem.refused(Code::TooLarge);
    assert!(problem.detail().contains("2097153"), "{problem:?}");
}
