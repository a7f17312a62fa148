//! Lanes, workers, sessions and the audit trail.

use crate::ops::ops;
use crate::room::{RUN, ScriptedRoom, ok, problem};
use serde_json::{Value, json};

fn lane(paused: bool, draining: bool, reason: Value) -> Value {
    json!({ "name": "B", "concurrency_limit": 3, "paused": paused, "paused_reason": reason, "draining": draining, "queued": 2, "held": 1 })
}

fn session(members: Value) -> Value {
    json!({ "session": {
        "id": RUN, "name": "release 1.4", "status": "active", "meta": { "ticket": "OPS-7" }, "created_by": "local",
        "created_at": "2026-11-24T22:30:00Z", "counts": { "failed": 1, "succeeded": 7 }, "members": members,
    } })
}

#[test]
fn lanes_are_paused_and_drained_on_their_own() {
    let room = ScriptedRoom::start(|_| ok(json!({ "lane": lane(true, true, "moving".into()) })));
    let done = ops(&["lanes", "update", "B", "--drain", "--reason", "moving"])
        .at(&room.url)
        .run()
        .exits(0);
    assert!(
        done.out
            .ends_with("B     2       1     3      draining, paused: moving\n"),
        "{}",
        done.out
    );
    assert_eq!(
        room.next().body,
        json!({ "name": "B", "draining": true, "reason": "moving" })
    );
    ops(&[
        "lanes",
        "update",
        "B",
        "--undrain",
        "--resume",
        "--limit",
        "0",
    ])
    .at(&room.url)
    .run()
    .exits(0);
    assert_eq!(
        room.next().body,
        json!({ "name": "B", "draining": false, "paused": false, "concurrency_limit": 0 })
    );
}

#[test]
fn a_lane_with_a_full_queue_is_told_and_given_more_room() {
    let full = |_: &_| {
        let mut lane = lane(false, false, Value::Null);
        lane["queue_full"] = true.into();
        ok(json!({ "lane": lane }))
    };
    let room = ScriptedRoom::start(full);
    let done = ops(&["lanes", "update", "B", "--queue-limit", "5000"])
        .at(&room.url)
        .run()
        .exits(0);
    assert!(done.out.ends_with("queue full\n"), "{}", done.out);
    let said = json!({ "name": "B", "queue_limit": 5000 });
    assert_eq!(room.next().body, said);
}

#[test]
fn workers_are_listed_and_drained() {
    let worker = |id: &str, ago: u64, drain: bool| {
        json!({ "id": id, "name": "ci", "version": "0.1.0", "lanes": ["A", "B"], "session_id": null,
            "first_seen": "", "last_seen": "", "seen_ms_ago": ago, "held": 1, "drain": drain })
    };
    let room = ScriptedRoom::start(move |request| match request.verb.as_str() {
        "workers.list" => ok(
            json!({ "workers": [worker("ci-1", 2_000, false), worker("ci-2", 4_000, true), worker("ci-3", 300_000, true)] }),
        ),
        _ if request.body["worker_id"] == "ci-9" => {
            problem(404, "not_found", "there is no such worker")
        }
        _ => ok(json!({ "worker_id": "ci-1", "drain": true })),
    });
    let done = ops(&["workers", "list"]).at(&room.url).run().exits(0);
    for row in [
        "ci-1  alive     1     A, B   2s ago  0.1.0",
        "ci-2  draining  1     A, B   4s ago",
        "ci-3  gone      1     A, B   5m ago",
    ] {
        assert!(done.out.contains(row), "no `{row}` in:\n{}", done.out);
    }
    ops(&["workers", "drain", "ci-1"])
        .at(&room.url)
        .run()
        .exits(0)
        .says("draining");
    ops(&["workers", "drain", "ci-1", "--undo"])
        .at(&room.url)
        .run()
        .exits(0);
    ops(&["workers", "drain", "ci-9"])
        .at(&room.url)
        .run()
        .exits(7);
    let sent: Vec<_> = room
        .requests()
        .into_iter()
        .map(|request| request.body)
        .collect();
    assert_eq!(sent[1], json!({ "worker_id": "ci-1", "drain": true }));
    assert_eq!(sent[2], json!({ "worker_id": "ci-1", "drain": false }));
}

#[test]
fn a_session_is_shown_with_runs_and_members() {
    let room =
        ScriptedRoom::start(|_| ok(session(json!([{ "user_id": "u1", "role": "operator" }]))));
    let done = ops(&["sessions", "show", RUN]).at(&room.url).run().exits(0);
    for part in [
        "release 1.4\n",
        "runs            1 failed, 7 succeeded\n",
        "meta ticket     \"OPS-7\"\n",
        "u1      operator\n",
    ] {
        assert!(done.out.contains(part), "no `{part}` in:\n{}", done.out);
    }
}

#[test]
fn members_are_changed_and_written_whole() {
    let room = ScriptedRoom::start(|_| {
        ok(session(json!([
            { "user_id": "u1", "role": "operator" }, { "user_id": "u2", "role": "viewer" }, { "user_id": "u3", "role": "viewer" },
        ])))
    });
    ops(&[
        "sessions",
        "members",
        RUN,
        "--operator",
        "u2",
        "--viewer",
        "u0",
        "--remove",
        "u3",
    ])
    .at(&room.url)
    .run()
    .exits(0)
    .prints("MEMBER  ROLE\nu0      viewer\nu1      operator\nu2      operator\n");
    assert_eq!(room.next().verb, "sessions.get");
    assert_eq!(
        room.next().body,
        json!({ "session_id": RUN, "members": [
            { "user_id": "u0", "role": "viewer" }, { "user_id": "u1", "role": "operator" }, { "user_id": "u2", "role": "operator" },
        ] })
    );
    // Who is no member cannot be taken out, and nothing is written.
    ops(&["sessions", "members", RUN, "--remove", "u9"])
        .at(&room.url)
        .run()
        .exits(7)
        .says("`u9` is no member");
    ops(&["sessions", "members", RUN, "--json"])
        .at(&room.url)
        .run()
        .exits(0);
    assert!(
        room.requests()
            .iter()
            .all(|request| request.verb == "sessions.get")
    );
}

#[test]
fn sessions_are_renamed_archived_reopened_and_deleted() {
    let room = ScriptedRoom::start(|request| match request.verb.as_str() {
        "sessions.delete" => problem(
            409,
            "conflict",
            "the session has 8 runs; archive it instead",
        ),
        _ => ok(session(json!([]))),
    });
    for (arguments, verb, body) in [
        (
            &["rename", RUN, "1.5"][..],
            "sessions.update",
            json!({ "session_id": RUN, "name": "1.5" }),
        ),
        (
            &["archive", RUN],
            "sessions.archive",
            json!({ "session_id": RUN, "archived": true }),
        ),
        (
            &["reopen", RUN],
            "sessions.archive",
            json!({ "session_id": RUN, "archived": false }),
        ),
    ] {
        let whole = [&["sessions"], arguments].concat();
        ops(&whole).at(&room.url).run().exits(0).prints("");
        let asked = room.next();
        assert_eq!((asked.verb.as_str(), asked.body), (verb, body));
    }
    ops(&["sessions", "delete", RUN])
        .at(&room.url)
        .run()
        .exits(7)
        .says("archive it instead");
}

#[test]
fn the_audit_trail_is_a_table_with_filters() {
    let room = ScriptedRoom::start(|_| {
        ok(
            json!({ "entries": [{ "id": 9, "ts": "2026-11-24T22:30:00Z", "actor": "ci", "source_address": "10.0.0.7",
            "action": "runs.cancel", "target": RUN, "detail": { "reason": "two\nlines", "was": "queued", "x": null } }], "next": "9" }),
        )
    });
    let done = ops(&[
        "audit",
        "--actor",
        "ci",
        "--action",
        "runs.cancel",
        "--target",
        RUN,
        "--limit",
        "1",
    ])
    .at(&room.url)
    .run()
    .exits(0)
    .says("there are more");
    let row = format!(
        "2026-11-24 22:30:00 UTC  ci     runs.cancel  {RUN}  reason=\"two\\nlines\" was=\"queued\"  10.0.0.7\n"
    );
    assert!(done.out.ends_with(&row), "{}", done.out);
    let query = room.next().query;
    let asked = ["actor", "action", "target", "limit"].map(|name| query[name].as_str());
    assert_eq!(asked, ["ci", "runs.cancel", RUN, "1"]);
    let json = ops(&["audit", "--limit", "1", "--json"])
        .at(&room.url)
        .run()
        .exits(0)
        .json();
    assert_eq!(
        (&json["entries"][0]["id"], &json["next"]),
        (&json!(9), &json!("9"))
    );
}
