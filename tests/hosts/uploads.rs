//! Bytes that are too large for a function: the host names a place in Storage, the caller sends them
//! there, and the host believes what Storage says of them.

use crate::host::{Host, Kind, is_there};
use ops_client::{Client, ClientError};
use ops_core::api::{ArtifactBegin, ArtifactPut};
use ops_core::{BASE_PATH, Code};
use ops_tests::harness::api::client;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A little more than a row may hold.
const SIZE: usize = 3 << 20;

async fn held(url: &str) -> Value {
    let http = reqwest::Client::new();
    let post = async |verb: &str, body: Value| -> Value {
        let call = http.post(format!("{url}{BASE_PATH}/{verb}"));
        let answer = call.bearer_auth(TOKEN).json(&body).send().await;
        let answer = answer.expect("an answer");
        assert!(answer.status().is_success(), "{verb}: {}", answer.status());
        answer.json().await.expect("JSON")
    };
    let steps = json!([{ "id": "a", "run": "true" }]);
    let runbook = json!({ "version": 1, "slug": "x", "title": "X", "steps": steps });
    post("runs.create", json!({ "runbook": runbook })).await;
    let claim = json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1 });
    let claimed = post("runs.claim", claim).await;
    json!({ "run_id": claimed["runs"][0]["run_id"], "worker_id": "w", "attempt": 1 })
}

fn about(held: &Value, bytes: &[u8]) -> Value {
    let digest = Sha256::digest(bytes);
    let sha256: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut about = json!({ "name": "large.bin", "sha256": sha256, "size": bytes.len() });
    for (name, value) in held.as_object().expect("a run") {
        about[name] = value.clone();
    }
    about
}

async fn put(client: &Client, about: &Value) -> Result<String, ClientError> {
    let mut put = about.clone();
    put["kind"] = "file".into();
    let put: ArtifactPut = serde_json::from_value(put).expect("a request");
    Ok(client.artifacts_put(&put).await?.artifact_id)
}

async fn large_bytes_go_past_it(kind: Kind) {
    if !is_there(kind) {
        return;
    }
    let host = Box::pin(Host::start(kind)).await;
    let client = client(&host.url, TOKEN);
    let bytes: Vec<u8> = (0..=255u8).cycle().take(SIZE).collect();
    let about = about(&held(&host.url).await, &bytes);
    let begin: ArtifactBegin = serde_json::from_value(about.clone()).expect("a request");

    let early = put(&client, &about).await.expect_err("nothing is there");
    assert_eq!(early.code(), Some(Code::Conflict));
    let upload = client.artifacts_begin(&begin).await.expect("begun").upload;
    let upload = upload.expect("a place");
    let origin = &host.supabase.as_ref().expect("Supabase").gateway.origin;
    assert!(upload.url.starts_with(origin), "{}", upload.url);
    let sent = client.artifacts_upload(&upload, bytes.clone()).await;
    sent.expect("sent");
    let artifact = put(&client, &about).await.expect("put");
    assert_eq!(put(&client, &about).await.expect("again"), artifact);
    let back = client.artifacts_download(&artifact).await.expect("bytes");
    assert!(back == bytes, "the bytes differ");
}

#[tokio::test(flavor = "multi_thread")]
async fn native_before_supabase() {
    large_bytes_go_past_it(Kind::NativeBeforeSupabase).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_2() {
    large_bytes_go_past_it(Kind::Wasi("0.2", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_3() {
    large_bytes_go_past_it(Kind::Wasi("0.3", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lambda() {
    large_bytes_go_past_it(Kind::Lambda).await;
}
