//! Hosts with the spec kit generate; components, which have no room for it, say who does.

use crate::host::{Host, Kind, is_there};
use ops_core::BASE_PATH;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};

const PRD: &str = "# Search\n\n## Problem\nNobody finds anything.\n\n## Requirements\n- FR-001: A search MUST find a word in a title\n";

async fn answer_of(kind: Kind) -> Option<(u16, Value)> {
    if !is_there(kind) {
        return None;
    }
    let host = Box::pin(Host::start(kind)).await;
    let call = reqwest::Client::new()
        .post(format!("{}{BASE_PATH}/spec.generate", host.url))
        .bearer_auth(TOKEN)
        .json(&json!({ "slug": "search", "prd": PRD }));
    let answer = call.send().await.expect("an answer");
    Some((answer.status().as_u16(), answer.json().await.expect("JSON")))
}

#[tokio::test(flavor = "multi_thread")]
async fn native_generates() {
    if let Some((status, body)) = answer_of(Kind::NativeBeforeSupabase).await {
        assert_eq!(status, 201, "{body}");
        assert_eq!(body["files"].as_array().map(Vec::len), Some(8), "{body}");
    }
}

async fn sends_elsewhere(version: &'static str) {
    if let Some((status, body)) = answer_of(Kind::Wasi(version, None)).await {
        assert_eq!((status, &body["code"]), (409, &json!("not_configured")));
        let detail = body["detail"].as_str().expect("text");
        assert!(detail.contains("generate-spec-kit"), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_2_sends_elsewhere() {
    sends_elsewhere("0.2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_3_sends_elsewhere() {
    sends_elsewhere("0.3").await;
}
