//! A host that deletes old runs: their bytes in the artifact store go first.

use crate::common::{Room, with};
use ops_client::NativeTransport;
use ops_core::blobs::Blobs;
use ops_server::FolderBlobs;
use ops_store_supabase::{Origin, ServiceKey, SupabaseBlobs};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::gateway::{Gateway, SECRET_KEY};
use ops_tests::harness::process::Folder;
use ops_web::{App, Host};
use serde_json::json;
use std::sync::Arc;

const ENDED_LONG_AGO: &str = "update public.runs set finished_at = finished_at - interval '2 days'";

async fn room(blobs: Arc<dyn Blobs>) -> Room {
    let db = TestDatabase::new().await;
    let app = App::new(db.store.clone(), Host::NATIVE);
    Room::with_app(db, app.with_blobs(blobs).keeping(Some(1))).await
}

/// A run that has ended, with bytes that are no row.
async fn ended(room: &Room) -> String {
    let held = room.hold("w", json!({})).await;
    let bytes = json!({ "name": "b", "kind": "file", "content_base64": "AP8=" });
    room.post("artifacts.put", with(held.clone(), bytes))
        .await
        .is(201);
    room.finish(&held, json!({ "status": "succeeded" }))
        .await
        .is(200);
    held["run_id"].as_str().expect("an id").to_string()
}

async fn deleted(room: &Room) -> u64 {
    let swept = room.post("runs.sweep", json!({})).await.is(200);
    assert!(swept.get("to_remove").is_none(), "{swept}");
    swept["deleted"].as_u64().expect("a count")
}

#[tokio::test]
async fn bytes_in_the_folder_go_and_then_the_run() {
    let folder = Folder::new();
    let room = room(Arc::new(FolderBlobs::new(folder.data()))).await;
    let run = ended(&room).await;
    assert_eq!(deleted(&room).await, 0, "it is young");
    room.db
        .admin
        .batch_execute(ENDED_LONG_AGO)
        .await
        .expect("aged");
    assert!(folder.data().join(&run).is_dir());
    assert_eq!(deleted(&room).await, 0, "its bytes went first");
    assert!(!folder.data().join(&run).exists());
    assert_eq!(deleted(&room).await, 1);
    let gone = room.get(&format!("runs.get?run_id={run}")).await;
    gone.refused(ops_core::Code::NotFound);
}

#[tokio::test]
async fn a_store_that_does_not_answer_keeps_the_run_until_it_does() {
    let gateway = Gateway::before("/nowhere".as_ref()).await;
    let blobs = SupabaseBlobs::new(
        NativeTransport::new().expect("a transport"),
        &Origin::parse(&gateway.origin).expect("an origin"),
        &ServiceKey::parse(SECRET_KEY).expect("a key"),
    );
    blobs.make_bucket().await.expect("a bucket");
    let room = room(Arc::new(blobs)).await;
    ended(&room).await;
    room.db
        .admin
        .batch_execute(ENDED_LONG_AGO)
        .await
        .expect("aged");
    gateway.storage().go_away();
    for _ in 0..2 {
        assert_eq!(deleted(&room).await, 0);
    }
    assert_eq!(gateway.storage().objects().len(), 1);
    gateway.storage().come_back();
    assert_eq!(deleted(&room).await, 0);
    assert!(gateway.storage().objects().is_empty());
    assert_eq!(deleted(&room).await, 1);
}
