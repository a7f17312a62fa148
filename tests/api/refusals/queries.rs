//! 422 on reads, and how a query is read.

use crate::common::Room;
use ops_core::Code;
use serde_json::json;

#[tokio::test]
async fn a_wrong_query_names_its_field() {
    let room = Room::new().await;
    for (verb, field) in [
        ("runs.get", "/run_id"),
        ("runs.get?run_id=", "/run_id"),
        ("runs.get?run_id=x", "/run_id"),
        ("runs.list?status=canceled", "/status"),
        ("runs.list?lane=a%20b", "/lane"),
        ("runs.list?session_id=x", "/session_id"),
        ("runs.list?limit=0", "/limit"),
        ("runs.list?limit=201", "/limit"),
        ("runs.list?limit=1e2", "/limit"),
        ("runs.list?after=0", "/after"),
        ("runs.list?after=99999999999999999999", "/after"),
        ("runs.list?lanes=A", "/lanes"),
        ("runs.list?lane=A&lane=B", "/lane"),
        ("runs.list?lane=&lane=B", "/lane"),
        ("events.list", "/run_id"),
        ("events.list?run_id=x", "/run_id"),
        (
            "events.list?run_id=00000000-0000-4000-8000-000000000000&after=-1",
            "/after",
        ),
        (
            "events.list?run_id=00000000-0000-4000-8000-000000000000&limit=2001",
            "/limit",
        ),
        (
            "events.list?run_id=00000000-0000-4000-8000-000000000000&wait_seconds=26",
            "/wait_seconds",
        ),
        ("artifacts.get", "/artifact_id"),
        (
            "artifacts.list?run_id=00000000-0000-4000-8000-000000000000&attempt=0",
            "/attempt",
        ),
        ("runs.list?since=today", "/since"),
        ("runs.list?until=2026-11-24", "/until"),
        ("templates.get?slug=t&version=0", "/version"),
        ("templates.get?slug=t&version=2147483648", "/version"),
        ("audit.list?after=0", "/after"),
        ("audit.list?who=me", "/who"),
        ("sessions.list?status=gone", "/status"),
        ("sessions.list?after=1", "/after"),
        ("templates.get", "/slug"),
        ("templates.list?limit=-5", "/limit"),
        ("lanes.list?x=1", "/x"),
        ("tokens.list?limit=1", "/limit"),
        ("workers.list?lane=A", "/lane"),
    ] {
        let problem = room.get(verb).await.refused(Code::Invalid);
        assert_eq!(problem.fields(), [field], "{verb}");
    }
    let problem = room.get("runs.list?lanes=A").await.refused(Code::Invalid);
    assert!(problem.message("/lanes").contains("lane, session_id"));
}

#[tokio::test]
async fn names_and_values_are_percent_decoded_and_empty_ones_left_out() {
    let room = Room::new().await;
    let id = room.queue(json!({ "lane": "B" })).await;
    for query in [
        "lane=B",
        "l%61ne=%42",
        "lane=B&status=&after=&limit=",
        "&&lane=B&",
        "status=queued&lane=B",
    ] {
        let runs = room.get(&format!("runs.list?{query}")).await.is(200);
        assert_eq!(runs["runs"][0]["id"], id, "{query}");
    }
    for query in [
        "lane=A",
        "template=%FF%FE",
        "template=B+C",
        "template=100%25",
    ] {
        let runs = room.get(&format!("runs.list?{query}")).await.is(200);
        assert_eq!(runs["runs"], json!([]), "{query}");
    }
}
