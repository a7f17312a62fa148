//! A backend that takes a call and never answers it.

use crate::host::{Host, Kind, is_there};
use ops_core::BASE_PATH;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};

/// That the answer comes at all is what is asserted; a host alone would wait for minutes. Callers
/// beside it, on the same instance where there is one, go on.
async fn silence_is_unavailable(kind: Kind) {
    if !is_there(kind) {
        return;
    }
    let host = Box::pin(Host::start(kind)).await;
    let supabase = host.supabase.as_ref().expect("behind this host");
    supabase.gateway.never_answer("sessions_create");
    let http = reqwest::Client::new();
    let url = |verb: &str| format!("{}{BASE_PATH}/{verb}", host.url);
    let mut unanswered = Vec::new();
    for name in ["one", "another"] {
        let call = http.post(url("sessions.create")).bearer_auth(TOKEN);
        unanswered.push(tokio::spawn(call.json(&json!({ "name": name })).send()));
    }
    let mut beside = 0;
    while !unanswered.iter().all(tokio::task::JoinHandle::is_finished) {
        let call = http.get(url("sessions.list")).bearer_auth(TOKEN).send();
        assert_eq!(call.await.expect("an answer").status(), 200);
        beside += 1;
    }
    assert!(beside > 10, "{beside}");
    for call in unanswered {
        let answer = call.await.expect("no panic").expect("an answer");
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], "unavailable");
    }
    let call = http.get(url("sessions.list")).bearer_auth(TOKEN).send();
    assert_eq!(call.await.expect("an answer").status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn native_before_supabase() {
    silence_is_unavailable(Kind::NativeBeforeSupabase).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_2() {
    silence_is_unavailable(Kind::Wasi("0.2", None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wasi_0_3() {
    silence_is_unavailable(Kind::Wasi("0.3", None)).await;
}
