//! Cancelling and retrying many runs at once.

use crate::ops::ops;
use crate::room::{RUN, ScriptedRoom, ok};
use serde_json::{Value, json};

const OTHER: &str = "00000000-0000-4000-8000-000000000001";
const THIRD: &str = "00000000-0000-4000-8000-000000000002";

/// Two runs fit; of a call that is meant, one was done and the other had ended.
fn room() -> ScriptedRoom {
    ScriptedRoom::start(|request| {
        if request.body["dry_run"] == true {
            return ok(json!({ "count": 2, "dry_run": true }));
        }
        let (run, retry_of) = match request.verb.as_str() {
            "runs.retry" => (THIRD, json!(RUN)),
            _ => (RUN, Value::Null),
        };
        ok(
            json!({ "count": 1, "runs": [{ "run_id": run, "retry_of": retry_of, "status": "queued" }] }),
        )
    })
}

#[test]
fn a_filter_tells_the_number_and_wants_a_yes() {
    let room = room();
    ops(&["runs", "cancel", "--lane", "B", "--status", "queued"])
        .at(&room.url)
        .run()
        .exits(2)
        .prints("")
        .says("this would cancel 2 runs")
        .says("hint: add --yes");
    let asked = room.requests();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].body,
        json!({ "filter": { "lane": "B", "status": "queued" }, "dry_run": true })
    );
}

#[test]
fn a_dry_run_changes_nothing() {
    let room = room();
    ops(&["runs", "retry", "--template", "deploy", "--dry-run"])
        .at(&room.url)
        .run()
        .exits(0)
        .prints("would retry 2 runs\n");
    let done = ops(&["runs", "retry", "--session", RUN, "--dry-run", "--json"])
        .at(&room.url)
        .run()
        .exits(0);
    assert_eq!(done.json(), json!({ "count": 2, "dry_run": true }));
    let asked = room.requests();
    assert!(asked.iter().all(|request| request.body["dry_run"] == true));
    assert_eq!(asked[1].body["filter"], json!({ "session_id": RUN }));
}

#[test]
fn with_a_yes_it_is_done_and_the_ids_are_printed() {
    let room = room();
    ops(&[
        "runs",
        "cancel",
        "--lane",
        "B",
        "--yes",
        "--reason",
        "wrong region",
    ])
    .at(&room.url)
    .run()
    .exits(0)
    .prints(&format!("{RUN}\n"))
    .says("cancelled 1 run");
    assert_eq!(
        room.next().body,
        json!({ "filter": { "lane": "B" }, "reason": "wrong region" })
    );
    // Of a retry the new ones.
    ops(&["runs", "retry", "--lane", "B", "--yes"])
        .at(&room.url)
        .run()
        .exits(0)
        .prints(&format!("{THIRD}\n"))
        .says("retried 1 run");
}

#[test]
fn ids_need_no_yes_and_each_is_answered_for() {
    let room = ScriptedRoom::start(|_| {
        ok(json!({ "count": 2, "runs": [
            { "run_id": RUN, "status": "cancelled" },
            { "run_id": OTHER, "code": "already_finished", "detail": "the run is failed" },
        ] }))
    });
    // The control room says nothing of a run that it does not know.
    ops(&["runs", "cancel", RUN, OTHER, THIRD, RUN])
        .at(&room.url)
        .run()
        .exits(7)
        .prints(&format!("{RUN}\n"))
        .says("cancelled 1 run\n")
        .says(&format!("not cancelled: {OTHER}: the run is failed"))
        .says(&format!("not cancelled: {THIRD}: there is no such run"));
    assert_eq!(
        room.next().body,
        json!({ "run_ids": [OTHER, THIRD, RUN] }),
        "an id that stands twice is sent once"
    );
}

#[test]
fn one_id_is_answered_as_the_run() {
    let room = ScriptedRoom::start(|_| ok(json!({ "run_id": OTHER, "status": "queued" })));
    let done = ops(&["runs", "retry", RUN, "--key", "k", "--json"])
        .at(&room.url)
        .run()
        .exits(0);
    assert_eq!(done.json()["run_id"], OTHER);
    assert_eq!(
        room.next().body,
        json!({ "run_id": RUN, "idempotency_key": "k" })
    );
}
