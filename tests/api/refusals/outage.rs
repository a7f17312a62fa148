//! 503 and 500: the database is empty, gone, or says what a caller must not read.

use crate::common::{Caller, Room, Stub, claim, inline};
use ops_core::Code;
use ops_core::port::StoreError;
use ops_store_postgres::{PoolSizes, PostgresStore};
use ops_tests::harness::{Api, TestDatabase};
use ops_web::Host;
use serde_json::{Value, json};
use std::sync::Arc;

/// Every kind of verb: a read, an operator's write, a worker's, and the one without a token.
async fn everything(caller: &Caller) -> Vec<crate::common::Reply> {
    vec![
        caller.get("lanes.list").await,
        caller.post("runs.create", inline(json!({}))).await,
        caller
            .post("runs.claim", claim("w", json!({ "wait_seconds": 25 })))
            .await,
        caller.get("health").await,
    ]
}

async fn over(store: Arc<dyn ops_core::port::Store>) -> (Api, Caller) {
    let api = Api::serve(store, Host::NATIVE).await;
    let caller = Caller::new(&api.url, "any");
    (api, caller)
}

#[tokio::test]
async fn an_empty_database_is_not_installed() {
    let config = TestDatabase::empty("template0").await;
    let store = PostgresStore::new(&config, PoolSizes::default()).unwrap();
    let (_api, caller) = over(Arc::new(store)).await;
    for reply in everything(&caller).await {
        let problem = reply.refused(Code::NotInstalled);
        assert!(!problem.0.to_string().contains("ops_health"));
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_tried_again_later() {
    // A port that was free a moment ago, and on which nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let config = format!("host=127.0.0.1 port={port} user=nobody dbname=nothing");
    let store = PostgresStore::new(&config.parse().unwrap(), PoolSizes::default()).unwrap();
    let (_api, caller) = over(Arc::new(store)).await;
    for reply in everything(&caller).await {
        assert_eq!(reply.header("retry-after"), "1");
        reply.refused(Code::Unavailable);
    }
}

#[tokio::test]
async fn what_the_database_says_reaches_no_caller() {
    for (error, code) in [
        (
            StoreError::Failed("secret row value".into()),
            Code::Internal,
        ),
        (
            StoreError::unavailable("secret row value"),
            Code::Unavailable,
        ),
        (
            StoreError::Misconfigured("secret row value".into()),
            Code::Unavailable,
        ),
        (
            StoreError::NotInstalled("secret row value".into()),
            Code::NotInstalled,
        ),
    ] {
        let (_api, caller) = over(Stub::answering(Err(error))).await;
        for reply in everything(&caller).await {
            reply.refused(code);
            assert!(!reply.text().contains("secret"), "{}", reply.text());
        }
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_our_fault_and_has_an_id() {
    for answer in [
        json!(null),
        json!([]),
        json!("secret"),
        json!({ "code": "secret" }),
        json!({ "code": "secret", "detail": "secret" }),
    ] {
        let (_api, caller) = over(Stub::answering(Ok(answer))).await;
        let mut ids = Vec::new();
        for reply in everything(&caller).await {
            let problem = reply.refused(Code::Internal);
            assert!(!reply.text().contains("secret"), "{}", reply.text());
            assert_eq!(problem.0["id"].as_str().map(str::len), Some(16));
            ids.push(problem.0["id"].clone());
        }
        assert!(
            ids.iter()
                .all(|id| ids.iter().filter(|other| *other == id).count() == 1)
        );
    }
}

#[tokio::test]
async fn an_answer_without_its_parts_drops_no_connection() {
    let (_api, caller) = over(Stub::answering(Ok(json!({})))).await;
    let id = "00000000-0000-4000-8000-000000000000";
    let holder = json!({ "run_id": id, "worker_id": "w", "attempt": 1, "status": "failed" });
    let posts: [(&str, Value); 4] = [
        ("runs.create", inline(json!({}))),
        ("runs.retry", json!({ "run_id": id })),
        ("runs.heartbeat", holder.clone()),
        ("runs.finish", holder),
    ];
    for (verb, body) in posts {
        caller.post(verb, body).await.refused(Code::Internal);
    }
    let one = format!("artifacts.get?artifact_id={id}");
    caller.get(&one).await.refused(Code::Internal);
    caller
        .get(&format!("artifacts.list?run_id={id}"))
        .await
        .is(200);
}

/// No repeat helps, and nobody is told to try again.
#[tokio::test]
async fn an_answer_that_cannot_be_read_is_our_fault_and_no_outage() {
    let room = Room::new().await;
    room.post("sessions.create", json!({ "name": "s" }))
        .await
        .is(201);
    let sql = "update public.sessions set meta = '{\"n\": 1e400}'";
    room.db
        .admin
        .batch_execute(sql)
        .await
        .expect("it is no number of JSON readers");
    let reply = room.get("sessions.list").await;
    assert!(reply.header("retry-after").is_empty());
    reply.refused(Code::Internal);
}
