//! The first component has no room for the spec kit: it says who has it. What the second answers,
//! `same.rs` compares.

use crate::host::{Host, Kind, is_there};
use ops_core::BASE_PATH;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};

const PRD: &str = "# Search\n\n## Problem\nNobody finds anything.\n\n## Requirements\n- FR-001: A search MUST find a word in a title\n";

async fn sends_elsewhere(version: &'static str) {
    let kind = Kind::Wasi(version, None);
    if !is_there(kind) {
        return;
    }
    let host = Box::pin(Host::start(kind)).await;
    let http = reqwest::Client::new();
    for (verb, template) in [
        ("spec.generate", "generate-spec-kit"),
        ("spec.validate", "validate-spec-kit"),
    ] {
        let call = http.post(format!("{}{BASE_PATH}/{verb}", host.url));
        let call = call.bearer_auth(TOKEN);
        let body = json!({ "slug": "search", "prd": PRD });
        let answer = call.json(&body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!((status, &body["code"]), (409, &json!("not_configured")));
        let detail = body["detail"].as_str().expect("text");
        assert!(detail.contains("`ops-spec-kit`"), "{detail}");
        assert!(detail.contains(template), "{detail}");
    }
    for path in ["/spec-kit", "/spec-kit/search/prd.md"] {
        let page = http
            .get(format!("{}{path}", host.url))
            .header("cookie", format!("ops_token={TOKEN}"));
        let page = page.send().await.expect("an answer");
        assert_eq!(page.status().as_u16(), 409, "{path}");
        let text = page.text().await.expect("a page");
        assert!(text.contains("ops-spec-kit"), "{path}: {text}");
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
