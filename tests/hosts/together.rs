use crate::host::{Host, Kind, is_there};
use ops_core::BASE_PATH;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Sixteen callers at once, each of whom must get its own answer and nobody else's.
async fn each_gets_its_own(kind: Kind) {
    if !is_there(kind) {
        return;
    }
    let host = Box::pin(Host::start(kind)).await;
    let http = reqwest::Client::new();
    let callers: Vec<_> = (0..16)
        .map(|caller| {
            let (http, url) = (http.clone(), host.url.clone());
            tokio::spawn(async move {
                let mut ids = BTreeSet::new();
                for call in 0..8 {
                    let name = format!("caller {caller} call {call} {}", "x".repeat(caller * 10));
                    let made = http
                        .post(format!("{url}{BASE_PATH}/sessions.create"))
                        .bearer_auth(TOKEN)
                        .json(&json!({ "name": name }))
                        .send()
                        .await
                        .expect("an answer");
                    let made: Value = made.json().await.expect("JSON");
                    assert_eq!(made["session"]["name"], name);
                    ids.insert(made["session"]["id"].as_str().expect("an id").to_string());
                }
                ids
            })
        })
        .collect();
    let mut all = BTreeSet::new();
    for caller in callers {
        all.extend(caller.await.expect("no panic"));
    }
    assert_eq!(all.len(), 16 * 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_2() {
    each_gets_its_own(Kind::Wasi("0.2", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_3() {
    each_gets_its_own(Kind::Wasi("0.3", None)).await;
}
