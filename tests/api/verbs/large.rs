//! Artifacts that are too large for a row: in a folder, and in Supabase Storage.

use crate::common::{Room, with};
use ops_client::{Client, ClientError, NativeTransport};
use ops_core::api::{ArtifactBegin, ArtifactKind, ArtifactPut, ArtifactStored};
use ops_core::blobs::Blobs;
use ops_core::{Code, limits};
use ops_server::FolderBlobs;
use ops_store_supabase::{BUCKET, Origin, ServiceKey, SupabaseBlobs};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::api::client;
use ops_tests::harness::database::TOKEN;
use ops_tests::harness::gateway::{Gateway, SECRET_KEY};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("ops-large-{name}-{}", std::process::id());
        Folder(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Storage behind a gateway; nothing listens where PostgREST would.
async fn storage() -> (Gateway, Arc<dyn Blobs>) {
    let gateway = Gateway::before("/nowhere".as_ref()).await;
    let blobs = SupabaseBlobs::new(
        NativeTransport::new().expect("a transport"),
        &Origin::parse(&gateway.origin).expect("an origin"),
        &ServiceKey::parse(SECRET_KEY).expect("a key"),
    );
    blobs.make_bucket().await.expect("a bucket");
    blobs.make_bucket().await.expect("it stays");
    (gateway, Arc::new(blobs))
}

async fn room(blobs: Arc<dyn Blobs>) -> (Room, Client, Value) {
    let room = Room::with_blobs(TestDatabase::new().await, blobs).await;
    let held = room.hold("w", json!({})).await;
    let client = client(room.url(), TOKEN);
    (room, client, held)
}

fn large() -> Vec<u8> {
    (0..=255u8).cycle().take(3 * 1024 * 1024).collect()
}

fn begin(held: &Value, name: &str, bytes: &[u8]) -> ArtifactBegin {
    let about = json!({ "name": name, "sha256": sha256_hex(bytes), "size": bytes.len() });
    serde_json::from_value(with(held.clone(), about)).expect("a request")
}

fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn put(begun: &ArtifactBegin) -> ArtifactPut {
    ArtifactPut {
        run_id: begun.run_id.clone(),
        worker_id: begun.worker_id.clone(),
        attempt: begun.attempt,
        name: begun.name.clone(),
        kind: ArtifactKind::File,
        content: None,
        content_base64: None,
        url: None,
        sha256: Some(begun.sha256.clone()),
        size: Some(begun.size),
        mime: None,
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> Code {
    let error = answer.expect_err("a refusal");
    error.code().unwrap_or_else(|| panic!("{error}"))
}

async fn comes_back(client: &Client, held: &Value) -> ArtifactStored {
    let bytes = large();
    let begun = begin(held, "large.bin", &bytes);
    // Not there yet.
    assert_eq!(
        code(client.artifacts_put(&put(&begun)).await),
        Code::Conflict
    );
    let to = client.artifacts_begin(&begun).await.expect("a link").upload;
    let to = to.expect("an upload");
    client
        .artifacts_upload(&to, bytes.clone())
        .await
        .expect("uploaded");
    assert!(
        client
            .artifacts_begin(&begun)
            .await
            .expect("begun")
            .upload
            .is_none()
    );
    let stored = client.artifacts_put(&put(&begun)).await.expect("put");
    let again = client.artifacts_put(&put(&begun)).await.expect("the same");
    assert_eq!(again.artifact_id, stored.artifact_id);
    assert_eq!((stored.size, &stored.sha256), (begun.size, &begun.sha256));
    let got = client.artifacts_get(&stored.artifact_id).await.expect("it");
    assert_eq!((got.content, got.content_base64), (None, None));
    let came = client.artifacts_download(&stored.artifact_id).await;
    assert!(came.expect("bytes") == bytes, "the bytes differ");
    // Another artifact of the same bytes needs no second upload.
    let twin = ArtifactBegin {
        name: "twin".into(),
        ..begun
    };
    assert!(
        client
            .artifacts_begin(&twin)
            .await
            .expect("begun")
            .upload
            .is_none()
    );
    client.artifacts_put(&put(&twin)).await.expect("put");
    stored
}

#[tokio::test]
async fn a_large_artifact_lies_in_the_folder_and_comes_back() {
    let folder = Folder::new("back");
    let (_room, client, held) = room(Arc::new(FolderBlobs::new(folder.0.clone()))).await;
    let stored = comes_back(&client, &held).await;
    let file = format!("{}/1/{}", held["run_id"].as_str().unwrap(), stored.sha256);
    assert!(folder.0.join(file).is_file());
}

#[tokio::test]
async fn a_large_artifact_goes_straight_to_storage_and_comes_back_from_there() {
    let (gateway, blobs) = storage().await;
    let (room, client, held) = room(blobs).await;
    let stored = comes_back(&client, &held).await;
    let objects = gateway.storage().objects();
    assert_eq!(objects.len(), 1, "{objects:?}");
    let path = format!(
        "{BUCKET}/{}/1/{}",
        held["run_id"].as_str().unwrap(),
        stored.sha256
    );
    // Whatever the worker calls it: Storage must not show it as a page.
    assert_eq!(objects[0], (path, "application/octet-stream".into()));
    let raw = format!("artifacts.get?artifact_id={}&raw=true", stored.artifact_id);
    let reply = room
        .request(reqwest::Method::GET, &raw)
        .send()
        .await
        .unwrap();
    // The client of the tests follows: what came is an attachment's bytes from another origin.
    assert_eq!(reply.url().origin().ascii_serialization(), gateway.origin);
    assert!(
        reply
            .url()
            .query()
            .unwrap()
            .ends_with("&download=large.bin")
    );
    // Nobody gets in by the path alone, nor with a token for something else.
    let url = reply.url().clone();
    let bare = format!("{}{}", gateway.origin, url.path());
    let http = reqwest::Client::new();
    assert_eq!(http.get(bare).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn small_texts_stay_in_their_rows_and_other_bytes_leave_them() {
    let (gateway, blobs) = storage().await;
    let (room, _, held) = room(blobs).await;
    let text = json!({ "name": "t", "kind": "markdown", "content": "# small" });
    room.post("artifacts.put", with(held.clone(), text))
        .await
        .is(201);
    assert!(gateway.storage().objects().is_empty());
    for (name, more) in [
        ("binary", json!({ "content_base64": "AP8=" })),
        (
            "long",
            json!({ "content": "x".repeat(limits::ARTIFACT_INLINE_BYTES + 1) }),
        ),
    ] {
        let artifact = with(
            with(held.clone(), more),
            json!({ "name": name, "kind": "file" }),
        );
        let stored = room.post("artifacts.put", artifact.clone()).await.is(201);
        assert_eq!(
            room.post("artifacts.put", artifact.clone()).await.is(201),
            stored
        );
        let id = stored["artifact_id"].as_str().unwrap();
        let got = room
            .get(&format!("artifacts.get?artifact_id={id}"))
            .await
            .is(200);
        for field in ["content", "content_base64"] {
            assert_eq!(got["artifact"][field], artifact[field], "{name}");
        }
        assert!(got["artifact"].get("is_stored").is_none());
    }
    assert_eq!(gateway.storage().objects().len(), 2);
}

#[tokio::test]
async fn only_who_holds_the_run_reaches_the_store() {
    let (gateway, blobs) = storage().await;
    let (room, client, held) = room(blobs).await;
    let before = gateway.requests();
    let lost = with(held.clone(), json!({ "attempt": 2 }));
    let bytes = json!({ "name": "b", "kind": "file", "content_base64": "AP8=" });
    room.post("artifacts.put", with(lost.clone(), bytes))
        .await
        .refused(Code::LeaseLost);
    assert_eq!(
        code(client.artifacts_begin(&begin(&lost, "b", &large())).await),
        Code::LeaseLost
    );
    let viewer = room.mint_kind("viewer").await;
    let asked = with(
        held.clone(),
        json!({ "name": "b", "sha256": "0".repeat(64), "size": 1 }),
    );
    viewer
        .post("artifacts.begin", asked)
        .await
        .refused(Code::Forbidden);
    assert_eq!(gateway.requests(), before);
}

#[tokio::test]
async fn bytes_that_were_not_announced_are_not_kept() {
    let folder = Folder::new("others");
    let (_room, client, held) = room(Arc::new(FolderBlobs::new(folder.0.clone()))).await;
    let begun = begin(&held, "b", &large());
    let link = async || {
        client
            .artifacts_begin(&begun)
            .await
            .unwrap()
            .upload
            .unwrap()
    };
    let to = link().await;
    let mut others = large();
    others[7] ^= 1;
    assert_eq!(
        code(client.artifacts_upload(&to, others).await),
        Code::Invalid
    );
    assert_eq!(
        code(client.artifacts_upload(&to, large()).await),
        Code::NotFound
    );
    assert_eq!(
        code(client.artifacts_upload(&link().await, vec![0; 9]).await),
        Code::Invalid
    );
    let longer = [large(), vec![0]].concat();
    assert_eq!(
        code(client.artifacts_upload(&link().await, longer).await),
        Code::TooLarge
    );
    assert!(!folder.0.exists());
    client
        .artifacts_upload(&link().await, large())
        .await
        .expect("the announced ones");
}

/// More than what a refused body is read up to.
#[tokio::test]
async fn the_largest_artifact_passes_the_native_server() {
    let folder = Folder::new("largest");
    let (_room, client, held) = room(Arc::new(FolderBlobs::new(folder.0.clone()))).await;
    let bytes = vec![7; limits::ARTIFACT_BYTES];
    let begun = begin(&held, "largest", &bytes);
    let to = client.artifacts_begin(&begun).await.expect("begun").upload;
    client
        .artifacts_upload(&to.expect("an upload"), bytes.clone())
        .await
        .expect("uploaded");
    let stored = client.artifacts_put(&put(&begun)).await.expect("put");
    let came = client.artifacts_download(&stored.artifact_id).await;
    assert!(came.expect("bytes") == bytes, "the bytes differ");
}

#[tokio::test]
async fn sizes_are_said() {
    let (_gateway, blobs) = storage().await;
    let (room, _, held) = room(blobs).await;
    let asked = |size: usize| {
        with(
            held.clone(),
            json!({ "name": "b", "sha256": "0".repeat(64), "size": size }),
        )
    };
    room.post("artifacts.begin", asked(limits::ARTIFACT_BYTES))
        .await
        .is(200);
    let problem = room
        .post("artifacts.begin", asked(limits::ARTIFACT_BYTES + 1))
        .await;
    assert!(
        problem
            .refused(Code::TooLarge)
            .detail()
            .contains("52428800")
    );

    let rows = Room::new().await;
    let held = rows.hold("w", json!({})).await;
    let asked = with(
        held,
        json!({ "name": "b", "sha256": "0".repeat(64), "size": limits::ARTIFACT_CALL_BYTES + 1 }),
    );
    let problem = rows.post("artifacts.begin", asked).await;
    assert!(problem.refused(Code::TooLarge).detail().contains("2097152"));
}

#[tokio::test]
async fn what_somebody_changed_in_the_store_is_never_shown() {
    let (gateway, blobs) = storage().await;
    let (room, _, held) = room(blobs).await;
    let bytes = json!({ "name": "b", "kind": "file", "content_base64": "AP8=" });
    let stored = room.post("artifacts.put", with(held, bytes)).await.is(201);
    gateway.storage().spoil();
    let id = stored["artifact_id"].as_str().unwrap();
    for raw in ["", "&raw=true"] {
        let reply = room
            .get(&format!("artifacts.get?artifact_id={id}{raw}"))
            .await;
        reply.refused(Code::Internal);
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_used_is_told_without_its_address_and_key() {
    let gateway = Gateway::before("/nowhere".as_ref()).await;
    let without_bucket = SupabaseBlobs::new(
        NativeTransport::new().expect("a transport"),
        &Origin::parse(&gateway.origin).expect("an origin"),
        &ServiceKey::parse(SECRET_KEY).expect("a key"),
    );
    let (room, _, held) = room(Arc::new(without_bucket)).await;
    let bytes = json!({ "name": "b", "kind": "file", "content_base64": "AP8=" });
    let bytes = with(held, bytes);
    let problem = room
        .post("artifacts.put", bytes.clone())
        .await
        .refused(Code::Unavailable);
    assert!(problem.detail().contains("ops setup"), "{problem:?}");
    assert!(!format!("{problem:?}").contains("127.0.0.1"));
    drop(gateway);
    let problem = room
        .post("artifacts.put", bytes)
        .await
        .refused(Code::Unavailable);
    assert!(!format!("{problem:?}").contains("127.0.0.1"), "{problem:?}");
}
