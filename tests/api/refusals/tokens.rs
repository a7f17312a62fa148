//! 401, 403 and 426: who calls.

use crate::common::{Caller, Room, claim, inline, send};
use ops_core::Code;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn without_a_valid_token_nothing_is_told() {
    let room = Room::new().await;
    let with = |value: &[u8]| {
        let request = room.bare(Method::GET, "lanes.list");
        send(request.header("authorization", value))
    };
    let bare = send(room.bare(Method::GET, "lanes.list")).await;
    let problem = bare.refused(Code::Unauthenticated);
    assert!(problem.detail().contains("missing"));
    assert_eq!(bare.header("www-authenticate"), "Bearer");
    for value in ["Basic dTpw", "Bearer", "Bearer ", "token", ""] {
        let reply = with(value.as_bytes()).await;
        let problem = reply.refused(Code::Unauthenticated);
        assert!(problem.detail().contains("Bearer <token>"), "{value}");
    }
    with(b"Bearer \xff").await.refused(Code::Unauthenticated);
    let problem = with(b"Bearer unknown").await;
    let problem = problem.refused(Code::Unauthenticated);
    assert_eq!(problem.detail(), "this token is unknown");
    let long = format!("Bearer {}", "x".repeat(100_000));
    with(long.as_bytes()).await.refused(Code::Unauthenticated);
    let ours = format!("bEARER  {} ", ops_tests::harness::database::TOKEN);
    with(ours.as_bytes()).await.is(200);
}

#[tokio::test]
async fn a_token_stops_when_it_is_revoked_or_expires() {
    let room = Room::new().await;
    let token = json!({ "name": "t", "kinds": ["viewer"], "expires_in_seconds": 60 });
    let short = room.mint(token).await;
    let made = room
        .post("tokens.create", json!({ "name": "t", "kinds": ["viewer"] }))
        .await
        .is(201);
    let other = room.with_token(made["token"].as_str().unwrap());
    short.get("lanes.list").await.is(200);
    other.get("lanes.list").await.is(200);

    room.db.advance(61).await;
    let problem = short.get("lanes.list").await;
    let problem = problem.refused(Code::Unauthenticated);
    assert_eq!(problem.detail(), "this token has expired");
    other.get("lanes.list").await.is(200);

    let revoke = json!({ "token_id": made["id"] });
    room.post("tokens.revoke", revoke.clone()).await.is(200);
    let problem = other.get("lanes.list").await;
    let problem = problem.refused(Code::Unauthenticated);
    assert_eq!(problem.detail(), "this token was revoked");
    // Once more is no error, and revives nothing.
    room.post("tokens.revoke", revoke).await.is(200);
    other.get("lanes.list").await.refused(Code::Unauthenticated);
}

#[tokio::test]
async fn a_token_does_what_its_kind_may() {
    let room = Room::new().await;
    let (viewer, worker, operator) = (
        room.mint_kind("viewer").await,
        room.mint_kind("worker").await,
        room.mint_kind("operator").await,
    );
    let refused = async |caller: &Caller, verb: &str, body| {
        let reply = caller.post(verb, body).await;
        let problem = reply.refused(Code::Forbidden);
        assert!(problem.detail().contains("kind"), "{problem:?}");
    };
    for caller in [&viewer, &worker] {
        refused(caller, "runs.create", inline(json!({}))).await;
        refused(caller, "lanes.update", json!({ "name": "A" })).await;
        let token = json!({ "name": "x", "kinds": ["operator"] });
        refused(caller, "tokens.create", token).await;
        caller.get("tokens.list").await.refused(Code::Forbidden);
    }
    for caller in [&viewer, &operator] {
        refused(caller, "runs.claim", claim("w", json!({}))).await;
    }
    let text = json!({ "source": "" });
    refused(&worker, "templates.validate", text.clone()).await;
    viewer.post("templates.validate", text).await.is(200);
    worker.get("runs.list").await.refused(Code::Forbidden);
    viewer.get("runs.list").await.is(200);
    worker.claim("w", json!({})).await;
    operator.queue(json!({})).await;
}

#[tokio::test]
async fn a_worker_keeps_to_its_lanes_and_its_name() {
    let room = Room::new().await;
    let bound = json!({ "name": "b", "kinds": ["worker"], "lanes": ["B"] });
    let bound = room.mint(bound).await;
    let reply = bound.post("runs.claim", claim("b", json!({}))).await;
    let problem = reply.refused(Code::Forbidden);
    assert!(problem.detail().contains("lanes B"), "{problem:?}");
    bound.claim("b", json!({ "lanes": ["B"] })).await;

    let other = room.mint_kind("worker").await;
    let reply = other.post("runs.claim", claim("b", json!({}))).await;
    let problem = reply.refused(Code::Forbidden);
    assert!(problem.detail().contains("belongs to another token"));
    // Who holds no run of another's cannot touch it either, whatever name it gives itself.
    let held = room.hold("w", json!({})).await;
    for verb in ["runs.heartbeat", "runs.start"] {
        let reply = other.post(verb, held.clone()).await;
        reply.refused(Code::LeaseLost);
    }
}

#[tokio::test]
async fn the_protocol_is_checked_where_it_is_sent() {
    let room = Room::new().await;
    let with = |version: &str| {
        let request = room.request(Method::GET, "lanes.list");
        send(request.header("ops-protocol", version))
    };
    let problem = with("0").await.refused(Code::UpgradeRequired);
    assert!(problem.detail().contains("protocol 1"), "{problem:?}");
    for word in ["one", "", "-1", "1.0", "99999999999"] {
        let problem = with(word).await.refused(Code::BadRequest);
        assert!(problem.detail().contains("Ops-Protocol"), "{word}");
    }
    for word in ["1", " 1 ", "2"] {
        with(word).await.is(200);
    }
}
