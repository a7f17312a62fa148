use crate::common::Room;
use ops_core::Code;
use serde_json::json;

#[tokio::test]
async fn a_token_is_shown_once_works_and_is_revoked() {
    let room = Room::new().await;
    let new = json!({ "name": "ci", "kinds": ["operator", "viewer"], "expires_in_seconds": 3_600 });
    let made = room.post("tokens.create", new.clone()).await.is(201);
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("ops_") && token.len() == 47, "{token}");
    let other = room.post("tokens.create", new).await.is(201);
    assert_ne!(other["token"], made["token"]);

    let holder = room.with_token(token);
    holder.queue(json!({})).await;
    let list = holder.get("tokens.list").await;
    assert!(!list.text().contains(token) && !list.text().contains("sha256"));
    let tokens = list.is(200)["tokens"].take();
    let listed = tokens
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["id"] == made["id"]);
    let listed = listed.expect("it is listed");
    assert_eq!(
        (&listed["name"], &listed["kinds"]),
        (&json!("ci"), &json!(["operator", "viewer"]))
    );
    assert_eq!(
        (&listed["lanes"], &listed["revoked_at"]),
        (&json!([]), &json!(null))
    );
    assert!(listed["expires_at"].is_string() && listed["last_used_at"].is_string());

    let revoked = room
        .post("tokens.revoke", json!({ "token_id": made["id"] }))
        .await
        .is(200);
    assert_eq!(revoked, json!({ "id": made["id"], "revoked": true }));
    holder.get("runs.list").await.refused(Code::Unauthenticated);
    room.with_token(other["token"].as_str().unwrap())
        .get("runs.list")
        .await
        .is(200);
}

#[tokio::test]
async fn a_run_names_who_made_it() {
    let room = Room::new().await;
    let ada = room
        .mint(json!({ "name": "Ada", "kinds": ["operator"] }))
        .await;
    let id = ada.queue(json!({})).await;
    assert_eq!(room.run(&json!(id)).await["created_by"], "Ada");
}
