//! Answers that come from the backend in many pieces.

use crate::host::{Host, Kind, is_there};
use ops_core::BASE_PATH;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};

async fn a_large_answer_comes_whole(kind: Kind) {
    if !is_there(kind) {
        return;
    }
    let host = Box::pin(Host::start(kind)).await;
    let http = reqwest::Client::new();
    let url = |verb: &str| format!("{}{BASE_PATH}/{verb}", host.url);
    // Every size from one piece to several, with each end of a piece in between.
    for count in 1..=60 {
        let reason = json!({ "name": format!("L{count}"), "reason": "x".repeat(count * 30) });
        let call = http.post(url("lanes.update")).bearer_auth(TOKEN);
        assert_eq!(
            call.json(&reason).send().await.expect("an answer").status(),
            200
        );
        let call = http.get(url("audit.list?limit=200")).bearer_auth(TOKEN);
        let answer = call.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "after {count}");
        let entries: Value = answer.json().await.expect("JSON");
        assert_eq!(entries["entries"].as_array().map(Vec::len), Some(count));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn native_before_supabase() {
    a_large_answer_comes_whole(Kind::NativeBeforeSupabase).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_2() {
    a_large_answer_comes_whole(Kind::Wasi("0.2", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_3() {
    a_large_answer_comes_whole(Kind::Wasi("0.3", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lambda() {
    a_large_answer_comes_whole(Kind::Lambda).await;
}
