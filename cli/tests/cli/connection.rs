use crate::ops::{Folder, ops};
use crate::room::{Reply, ScriptedRoom, ok, problem};
use serde_json::json;

fn empty() -> ScriptedRoom {
    ScriptedRoom::start(|_| ok(json!({ "runs": [], "next": null })))
}

fn up_json(folder: &Folder, url: &str) {
    folder.write(
        "up.json",
        &json!({ "url": url, "token": "ops_local" }).to_string(),
    );
}

#[test]
fn without_a_control_room_both_ways_are_told() {
    ops(&["runs"])
        .run()
        .exits(3)
        .says(".local/share/ops-control-room/up.json")
        .says("\n\nhint: start one on this machine: ops up\nhint: or name one: --url URL --token TOKEN");
}

#[test]
fn up_json_of_the_data_folder_is_read() {
    let (room, data) = (empty(), Folder::new());
    up_json(&data, &room.url);
    ops(&["runs"]).env("OPS_DATA", data.path()).run().exits(0);
    ops(&["runs", "--data", data.path().to_str().unwrap()])
        .run()
        .exits(0);
    assert!(
        room.requests()
            .iter()
            .all(|request| request.token == "ops_local")
    );
}

#[test]
fn the_default_folder_follows_xdg() {
    let (room, shared) = (empty(), Folder::new());
    std::fs::create_dir(shared.path().join("ops-control-room")).unwrap();
    up_json(&shared, &room.url);
    std::fs::rename(
        shared.path().join("up.json"),
        shared.path().join("ops-control-room/up.json"),
    )
    .unwrap();
    ops(&["runs"])
        .env("XDG_DATA_HOME", shared.path())
        .run()
        .exits(0);
}

#[test]
fn variables_of_nothing_ask_for_nothing() {
    let done = ops(&["runs"])
        .env("OPS_URL", "")
        .env("OPS_TOKEN", "")
        .env("OPS_DATA", "")
        .run();
    done.exits(3).says(".local/share/ops-control-room/up.json");
}

#[test]
fn a_local_token_never_goes_elsewhere() {
    let (room, data) = (empty(), Folder::new());
    up_json(&data, "http://127.0.0.1:1");
    ops(&["runs", "--url", &room.url])
        .env("OPS_DATA", data.path())
        .run()
        .exits(3)
        .says("no token for http");
    assert!(room.requests().is_empty());
}

#[test]
fn a_control_room_that_has_gone_is_told_with_the_way_back() {
    let data = Folder::new();
    up_json(&data, "http://127.0.0.1:1");
    ops(&["runs"])
        .env("OPS_DATA", data.path())
        .run()
        .exits(3)
        .says("cannot reach the control room at http://127.0.0.1:1")
        .says("hint: ")
        .says("ops up --data ");
    ops(&["runs"])
        .at("http://127.0.0.1:1")
        .run()
        .exits(3)
        .says("check --url");
}

#[test]
fn refused_tokens_end_with_3() {
    let room = ScriptedRoom::start(|_| problem(401, "unauthenticated", "this token has expired"));
    ops(&["runs"])
        .at(&room.url)
        .run()
        .exits(3)
        .says("this token has expired")
        .says("ops tokens create");
    let room = ScriptedRoom::start(|_| problem(403, "forbidden", "this token is of kind worker"));
    ops(&["runs"])
        .at(&room.url)
        .run()
        .exits(3)
        .says("of kind worker");
}

#[test]
fn what_is_no_control_room_is_told() {
    let room = ScriptedRoom::start(|_| Reply::Text(200, "<html>welcome</html>"));
    ops(&["runs"])
        .at(&room.url)
        .run()
        .exits(3)
        .says("is no control room of ours");
    let room = ScriptedRoom::start(|_| Reply::Text(502, "bad gateway"));
    ops(&["runs"]).at(&room.url).run().exits(3).says("HTTP 502");
}

#[test]
fn the_doctor_tells_each_problem_and_what_to_do() {
    let done = ops(&["doctor"]).run().exits(1);
    assert!(
        done.out
            .contains("problem  control room  no control room is known"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("→ start one on this machine: ops up"),
        "{}",
        done.out
    );
    let checks = ops(&["doctor", "--json"]).run().exits(1).json();
    assert_eq!(checks["ok"], false);
    assert!(
        checks["checks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|check| check["state"] == "problem" && check["fix"] != "")
    );
}

#[test]
fn the_doctor_reads_a_control_room() {
    let room = ScriptedRoom::start(|request| match request.verb.as_str() {
        "health" => ok(
            json!({ "status": "ok", "version": "0.1.0", "database": { "schema": "1", "now": "2001-01-01T00:00:00Z", "postgres": "15" } }),
        ),
        "lanes.list" => ok(json!({ "lanes": [
            { "name": "A", "concurrency_limit": null, "paused": false, "paused_reason": null, "queued": 2, "held": 0 },
            { "name": "B", "concurrency_limit": null, "paused": true, "paused_reason": "moving", "queued": 0, "held": 0 },
            { "name": "C", "concurrency_limit": null, "paused": false, "paused_reason": null, "queued": 50, "held": 0, "queue_limit": 50, "queue_full": true },
        ] })),
        "workers.list" => ok(json!({ "workers": [] })),
        "metrics.get" => ok(json!({
            "lanes": [], "runs_created": 9, "overdue_runs": { "count": 0, "oldest_seconds": null },
            "expired_leases": { "count": 3, "oldest_seconds": 95 },
            "database": {
                "bytes": 50_000_000, "connections": 95, "max_connections": 100,
                "oldest_snapshot": { "holder": "session 7 of ann (psql)", "state": "idle in transaction", "seconds": 900, "transactions": 5 },
                "tables": [{ "name": "runs", "bytes": 1, "live_rows": 100, "dead_rows": 20_000, "vacuumed_at": null }],
            },
        })),
        _ => problem(403, "forbidden", "viewers only read"),
    });
    let done = ops(&["doctor"]).at(&room.url).run().exits(1);
    for line in [
        "problem  clock         this machine's is ",
        "ok       token         good, of kind viewer",
        "problem  lane          A: no workers, 2 queued, 0 held",
        "→ start one: ops worker --lanes A",
        "note     lane          B: no workers, 0 queued, 0 held, paused (moving)",
        "problem  lane          C: no workers, 50 queued, 0 held; its queue is full, and more is refused",
        "→ start workers (ops worker --lanes C), cancel what nobody needs (ops runs cancel --lane C), or let it hold more (ops lanes update C --queue-limit N)",
        "problem  sweeps        nobody sweeps: 3 leases ran out, the oldest 95 s ago",
        "problem  vacuum        session 7 of ann (psql) (idle in transaction) holds it back for 900 s",
        "problem  vacuum        table runs has 20000 dead rows beside 100, never vacuumed",
        "95 of 100 connections",
    ] {
        assert!(done.out.contains(line), "no `{line}` in:\n{}", done.out);
    }
    // A control room elsewhere needs no database here.
    assert!(!done.out.contains("data folder"));
}
