use crate::common::Room;
use serde_json::json;

#[tokio::test]
async fn who_did_what_is_listed_newest_first() {
    let room = Room::new().await;
    let ada = room
        .mint(json!({ "name": "Ada", "kinds": ["operator"] }))
        .await;
    let id = ada.queue(json!({})).await;
    room.post("runs.cancel", json!({ "run_id": id, "reason": "no" }))
        .await
        .is(200);
    let all = room.get("audit.list").await.is(200);
    let entries = all["entries"].as_array().unwrap();
    let actions: Vec<_> = entries
        .iter()
        .map(|e| e["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["runs.cancel", "runs.create", "tokens.create"]);
    assert_eq!(
        (&entries[0]["actor"], &entries[1]["actor"]),
        (&json!("test"), &json!("Ada"))
    );
    assert_eq!(
        (&entries[0]["target"], &entries[0]["detail"]["reason"]),
        (&json!(id), &json!("no"))
    );
    // The peer, as the listener saw it.
    assert_eq!(entries[0]["source_address"], "127.0.0.1");
    let first = room.get("audit.list?limit=1").await.is(200);
    let next = first["next"].as_str().unwrap();
    let second = room
        .get(&format!("audit.list?limit=1&after={next}"))
        .await
        .is(200);
    assert_eq!(second["entries"][0], entries[1]);
    let of_ada = room.get("audit.list?actor=Ada").await.is(200);
    assert_eq!(of_ada["entries"], json!([entries[1]]));
    let of_run = room
        .get(&format!("audit.list?target={id}&action=runs.create"))
        .await
        .is(200);
    assert_eq!(of_run["entries"], json!([entries[1]]));
    let worker = room.mint_kind("worker").await;
    worker
        .get("audit.list")
        .await
        .refused(ops_core::Code::Forbidden);
}
