//! 400 and 415: what cannot be read.

use crate::common::{Room, send};
use ops_core::Code;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn broken_json_is_named_by_line_and_column() {
    let room = Room::new().await;
    let reply = room.post_text("runs.create", "{\n  \"lane\": }").await;
    let problem = reply.refused(Code::MalformedJson);
    assert!(problem.detail().contains("line 2 column 11"), "{problem:?}");
    for text in [
        "{\"a\": 1",
        "{} {}",
        "{\"a\": \"\\ud800\"}",
        "{\"a\": 1e999}",
        "{\"a\": NaN}",
        "\u{FEFF}{}",
        " ",
    ] {
        let reply = room.post_text("runs.create", text).await;
        let problem = reply.refused(Code::MalformedJson);
        assert!(problem.detail().contains("line 1 column "), "{problem:?}");
    }
    let not_utf8 = b"{\"lane\": \"\xff\"}".to_vec();
    let reply = room.post_text("runs.create", not_utf8).await;
    reply.refused(Code::MalformedJson);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let reply = room
        .post_text("runs.create", format!("{{\"params\":{deep}}}"))
        .await;
    reply.refused(Code::MalformedJson);
}

/// What is stored comes back deeper than it came, and one text that nobody can read any more would
/// take a whole list with it.
#[tokio::test]
async fn what_is_nested_too_deep_is_refused_before_it_is_stored() {
    let room = Room::new().await;
    let session = |levels: usize| {
        let meta = format!(
            "{}{}",
            "{\"a\":".repeat(levels),
            "1".to_string() + &"}".repeat(levels)
        );
        format!("{{\"name\":\"s\",\"meta\":{meta}}}")
    };
    room.post_text("sessions.create", session(63)).await.is(201);
    for levels in [64, 124, 126, 200] {
        let reply = room.post_text("sessions.create", session(levels)).await;
        reply.refused(Code::MalformedJson);
    }
    let listed = room.get("sessions.list").await.is(200);
    assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_body_must_be_an_object() {
    let room = Room::new().await;
    for verb in [
        "runs.create",
        "runs.claim",
        "events.append",
        "tokens.create",
    ] {
        for text in ["[]", "null", "1", "\"text\"", "true"] {
            let problem = room
                .post_text(verb, text)
                .await
                .refused(Code::MalformedJson);
            assert!(problem.detail().contains("object"), "{problem:?}");
        }
    }
}

#[tokio::test]
async fn a_body_says_that_it_is_json() {
    let room = Room::new().await;
    let typed = |kind: &str| {
        let request = room.request(Method::POST, "runs.sweep").body("{}");
        send(request.header("content-type", kind))
    };
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "multipart/form-data; boundary=x",
        "",
    ] {
        typed(kind).await.refused(Code::UnsupportedMediaType);
    }
    let untyped = room.request(Method::POST, "runs.sweep").body("{}");
    send(untyped).await.refused(Code::UnsupportedMediaType);
    for kind in ["application/json", "Application/JSON; charset=utf-8"] {
        typed(kind).await.is(200);
    }
    // No body has no type.
    send(room.request(Method::POST, "runs.sweep")).await.is(200);
}

#[tokio::test]
async fn a_broken_multipart_body_is_refused() {
    let room = Room::new().await;
    let with = |kind: &str, body: &str| {
        let request = room.request(Method::POST, "artifacts.put");
        let request = request.header("content-type", kind);
        send(request.body(body.to_string()))
    };
    let kind = "multipart/form-data; boundary=x";
    let cut = "--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nbytes that never en";
    for body in [cut, "", "no boundary at all", "--x\r\n"] {
        with(kind, body).await.refused(Code::BadRequest);
    }
    with("multipart/form-data", cut)
        .await
        .refused(Code::BadRequest);
    // Read to its end, and then it lacks what the JSON form would lack.
    let problem = with(kind, "--x--\r\n").await.refused(Code::Invalid);
    problem.names(&["/run_id"]);
}

#[tokio::test]
async fn an_operator_is_told_that_a_null_character_cannot_be_stored() {
    let room = Room::new().await;
    let nul = "a\0b";
    for (verb, body, field) in [
        ("runs.create", json!({ "intent": nul }), "/intent"),
        (
            "runs.create",
            json!({ "runs": [{}, { "params": { "x": [1, nul] } }] }),
            "/runs/1/params/x/1",
        ),
        ("sessions.create", json!({ "name": nul }), "/name"),
        ("sessions.create", json!({ "meta": { nul: 1 } }), "/meta"),
        ("templates.create", json!({ "source": nul }), "/source"),
        ("tokens.create", json!({ "name": nul }), "/name"),
        ("lanes.update", json!({ "reason": nul }), "/reason"),
        ("runs.cancel", json!({ "reason": nul }), "/reason"),
    ] {
        let problem = room.post(verb, body).await.refused(Code::Invalid);
        problem.names(&[field]);
        assert!(problem.message(field).contains("U+0000"));
    }
    let problem = room.get("runs.list?template=a%00b").await;
    problem.refused(Code::Invalid).names(&["/template"]);
}
