//! What a real PostgREST will not do when asked: the transport answers by a script.

use ops_core::port::{
    BoxFuture, HttpRequest, HttpResponse, Store, StoreError, Transport, TransportError,
};
use ops_store_supabase::{Origin, ServiceKey, SupabaseStore};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

const KEY: &str = "sb_secret_abcdefghijklmnopqrstuvwxyz";

type Answer = Result<(u16, &'static str), &'static str>;

/// Gives one answer after the other, and keeps what was asked.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<(VecDeque<Answer>, Vec<HttpRequest>)>>);

impl Script {
    fn of(answers: &[Answer]) -> Self {
        let script = Script::default();
        script.0.lock().unwrap().0.extend(answers.iter().cloned());
        script
    }

    fn asked(&self) -> Vec<HttpRequest> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Transport for Script {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let mut script = self.0.lock().unwrap();
        script.1.push(request);
        let answer = script.0.pop_front().expect("no more was expected");
        Box::pin(async move {
            match answer {
                Ok((status, body)) => Ok(HttpResponse {
                    status,
                    headers: vec![("retry-after".into(), "5".into())],
                    body: body.into(),
                }),
                Err(why) => Err(TransportError(why.into())),
            }
        })
    }
}

async fn call(script: &Script, function: &'static str) -> Result<Value, StoreError> {
    let origin = Origin::parse("https://abc.supabase.co").unwrap();
    let store = SupabaseStore::new(script.clone(), &origin, &ServiceKey::parse(KEY).unwrap());
    store.call(function, json!({ "run_id": "r" })).await
}

fn is_unavailable(answer: &Result<Value, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Unavailable { .. }))
}

#[tokio::test]
async fn a_call_is_one_post_with_named_arguments() {
    let script = Script::of(&[Ok((200, r#"{"ok":true}"#))]);
    let answer = call(&script, "runs_get").await.unwrap();
    assert_eq!(answer, json!({ "ok": true }));
    let [request] = script.asked().try_into().expect("one request");
    assert_eq!(request.method, "POST");
    assert_eq!(request.url, "https://abc.supabase.co/rest/v1/rpc/runs_get");
    assert_eq!(request.body, br#"{"p":{"run_id":"r"}}"#);
    let header = |name: &str| {
        let mut found = request.headers.iter().filter(|(own, _)| own == name);
        found.next().map(|(_, value)| value.as_str())
    };
    assert_eq!(header("apikey"), Some(KEY));
    assert_eq!(header("authorization"), None);
    assert!(header("user-agent").unwrap().starts_with("ops/"));
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    let script = Script::of(&[Ok((200, r#"{"code":"lease_lost"}"#))]);
    let answer = call(&script, "runs_finish").await.unwrap();
    assert_eq!(answer["code"], "lease_lost");
}

#[tokio::test]
async fn a_cut_answer_is_no_answer() {
    for cut in [r#"{"runs":[{"run_id":"#, "", "null{", "<html>login</html>"] {
        let script = Script::of(&[Ok((200, cut))]);
        assert!(is_unavailable(&call(&script, "runs_claim").await), "{cut}");
    }
}

#[tokio::test]
async fn what_the_service_asks_for_is_passed_on() {
    for (status, body) in [
        (
            503,
            r#"{"code":"PGRST002","message":"could not query the database for the schema cache"}"#,
        ),
        (
            504,
            r#"{"code":"PGRST003","message":"timed out acquiring connection"}"#,
        ),
        (
            500,
            r#"{"code":"57014","message":"canceling statement due to statement timeout"}"#,
        ),
        (503, "<html>Service Unavailable</html>"),
    ] {
        let script = Script::of(&[Ok((status, body))]);
        match call(&script, "runs_create").await {
            Err(StoreError::Unavailable {
                retry_after_seconds,
                ..
            }) => assert_eq!(retry_after_seconds, 5, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
        assert_eq!(script.asked().len(), 1, "waiting is the caller's");
    }
}

#[tokio::test]
async fn a_function_of_somebody_else_with_our_name_needs_a_person() {
    let body = r#"{"code":"PGRST203","message":"Could not choose the best candidate function"}"#;
    let answer = call(&Script::of(&[Ok((300, body))]), "runs_get").await;
    assert!(matches!(answer, Err(StoreError::Misconfigured(_))));
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_where_that_is_safe() {
    let lost = || Err("connection reset");
    let safe = Script::of(&[lost(), Ok((200, "{}"))]);
    assert!(call(&safe, "events_append").await.is_ok());
    assert_eq!(safe.asked()[0].body, safe.asked()[1].body);

    let twice = Script::of(&[lost(), lost()]);
    assert!(is_unavailable(&call(&twice, "runs_claim").await));

    let unsafe_to_repeat = Script::of(&[lost()]);
    assert!(is_unavailable(
        &call(&unsafe_to_repeat, "templates_update").await
    ));
}

#[tokio::test]
async fn what_was_rolled_back_is_made_again_at_once() {
    let deadlock = || Ok((500, r#"{"code":"40P01","message":"deadlock detected"}"#));
    let script = Script::of(&[deadlock(), deadlock(), Ok((200, "{}"))]);
    assert!(call(&script, "templates_update").await.is_ok());
    let script = Script::of(&[deadlock(), deadlock(), deadlock()]);
    assert!(is_unavailable(&call(&script, "templates_update").await));
}

#[tokio::test]
async fn the_key_is_in_no_error() {
    for answer in [
        Ok((
            401,
            r#"{"message":"Invalid API key","hint":"Double check"}"#,
        )),
        Ok((404, "")),
        Ok((500, "")),
        Err("dns error"),
    ] {
        let error = call(&Script::of(&[answer]), "templates_update")
            .await
            .unwrap_err();
        let all = format!("{error} {error:?}");
        assert!(!all.contains("ghijklm"), "{all}");
    }
}
