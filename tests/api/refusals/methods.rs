//! 404 and 405 of the router itself, and what reads answer to HEAD.

use crate::common::{Room, send};
use ops_core::Code;
use reqwest::Method;

const READS: [&str; 14] = [
    "spec.get",
    "spec.list",
    "audit.list",
    "runs.get",
    "runs.list",
    "events.list",
    "artifacts.get",
    "artifacts.list",
    "sessions.get",
    "sessions.list",
    "templates.get",
    "templates.list",
    "lanes.list",
    "workers.list",
];

const WRITES: [&str; 25] = [
    "spec.generate",
    "spec.validate",
    "spec.put",
    "sessions.update",
    "sessions.archive",
    "sessions.delete",
    "templates.update",
    "templates.delete",
    "workers.drain",
    "runs.create",
    "runs.claim",
    "runs.start",
    "runs.heartbeat",
    "runs.finish",
    "runs.cancel",
    "runs.retry",
    "runs.sweep",
    "events.append",
    "artifacts.put",
    "sessions.create",
    "templates.create",
    "templates.validate",
    "lanes.update",
    "tokens.create",
    "tokens.revoke",
];

#[tokio::test]
async fn reads_are_get_and_writes_are_post() {
    let room = Room::new().await;
    for verb in WRITES {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
            let reply = send(room.request(method.clone(), verb)).await;
            assert_eq!(reply.status, 405, "{method} {verb}");
            assert_eq!(reply.header("allow"), "POST", "{verb}");
            if method != Method::HEAD {
                let problem = reply.refused(Code::MethodNotAllowed);
                assert!(
                    problem.detail().contains(verb)
                        && problem.detail().contains("GET") == (method == Method::GET)
                );
            }
        }
    }
    for verb in READS.into_iter().chain(["tokens.list", "health"]) {
        for method in [Method::POST, Method::PATCH, Method::OPTIONS] {
            let reply = send(room.request(method, verb)).await;
            assert_eq!(reply.header("allow"), "GET,HEAD", "{verb}");
            reply.refused(Code::MethodNotAllowed);
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_would_without_the_body() {
    let room = Room::new().await;
    for verb in [
        "lanes.list",
        "health",
        "runs.list?limit=1",
        "runs.list?limit=no",
    ] {
        let get = send(room.request(Method::GET, verb)).await;
        let head = send(room.request(Method::HEAD, verb)).await;
        assert_eq!(head.status, get.status, "{verb}");
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert!(head.bytes.is_empty() && !get.bytes.is_empty());
    }
}

#[tokio::test]
async fn an_unknown_verb_is_named() {
    let room = Room::new().await;
    for verb in [
        "runs.creat",
        "runs/create",
        "runs.create/",
        "RUNS.CREATE",
        "runs.create%00",
    ] {
        for method in [Method::GET, Method::POST] {
            let reply = send(room.bare(method, verb)).await;
            let problem = reply.refused(Code::UnknownVerb);
            assert!(problem.detail().contains("/functions/v1/ops-executor/"));
        }
    }
}
