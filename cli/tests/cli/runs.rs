use crate::ops::{finished, ops};
use crate::room::{RUN, Reply, ScriptedRoom, ok, problem, run};
use serde_json::{Value, json};
use std::sync::mpsc::channel;

#[test]
fn people_get_a_table() {
    let room = ScriptedRoom::start(|_| {
        let mut hostile = run("running");
        hostile["title"] = "two\nlines \u{1b}[2J\u{1b}]0;x\u{7}end".into();
        hostile["finished_at"] = Value::Null;
        ok(json!({ "runs": [run("succeeded"), hostile], "next": "6" }))
    });
    let done = ops(&["runs", "--limit", "2"])
        .at(&room.url)
        .run()
        .exits(0)
        .says("there are more");
    let lines: Vec<_> = done.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", done.out);
    let words = |line: &str| {
        line.split("  ")
            .map(str::trim)
            .filter(|w| !w.is_empty())
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        words(lines[0]),
        [
            "ID", "STATUS", "LANE", "TITLE", "ATTEMPT", "WORKER", "AGE", "DURATION"
        ]
    );
    let row = words(lines[1]);
    assert_eq!(
        [&row[0], &row[1], &row[3], &row[4], &row[7]],
        [RUN, "succeeded", "Say hello", "1/3", "2.3s"]
    );
    assert!(
        lines[2].contains("two lines end") && !done.out.contains('\u{1b}'),
        "{}",
        done.out
    );
}

#[test]
fn programs_get_what_the_control_room_said() {
    let room = ScriptedRoom::start(|_| {
        let mut later = run("queued");
        later["of_a_later_version"] = 1.into();
        ok(json!({ "runs": [later], "next": null }))
    });
    let done = ops(&["runs", "--json"]).at(&room.url).run().exits(0);
    assert_eq!(done.json()["runs"][0]["of_a_later_version"], 1);
    assert!(done.err.is_empty() && done.out.lines().count() == 1);
}

#[test]
fn filters_travel_and_pages_are_put_together() {
    let room =
        ScriptedRoom::start(
            |request| match request.query.get("after").map(String::as_str) {
                None => ok(json!({ "runs": [run("failed")], "next": "5" })),
                _ => ok(json!({ "runs": [run("failed")], "next": null })),
            },
        );
    let done = ops(&[
        "runs", "list", "--status", "failed", "--lane", "B", "--all", "--json",
    ])
    .at(&room.url)
    .run()
    .exits(0);
    assert_eq!(done.json()["runs"].as_array().unwrap().len(), 2);
    let asked = room.requests();
    assert_eq!(
        (
            asked[0].query["status"].as_str(),
            asked[0].query["lane"].as_str()
        ),
        ("failed", "B")
    );
    assert_eq!(asked[1].query["after"], "5");
}

#[test]
fn no_runs_are_a_hint_and_no_table() {
    let room = ScriptedRoom::start(|_| ok(json!({ "runs": [] })));
    ops(&["runs"])
        .at(&room.url)
        .run()
        .exits(0)
        .prints("")
        .says("no runs\n\nhint: ");
}

#[test]
fn one_run_is_shown_with_its_parts() {
    let room = ScriptedRoom::start(|request| match request.verb.as_str() {
        "runs.get" => {
            let mut one = run("queued");
            one["waiting"] =
                json!({ "reason": "lane_paused", "detail": "lane A is paused: moving" });
            one["refused_writes"] = 2.into();
            one["params"] = json!({ "name": "you" });
            one["steps"] = json!([{ "attempt": 1, "step": "greet", "status": "failed", "exit_code": 3, "started_at": "2026-11-24T22:30:01Z", "finished_at": "2026-11-24T22:30:02Z" }]);
            one["attempts"] = json!([{ "attempt": 1, "worker_id": "ci-1", "claimed_at": "2026-11-24T22:30:01Z", "ended_at": "2026-11-24T22:31:01Z", "ended_as": "lost", "reason": "lease_expired" }]);
            ok(json!({ "run": one }))
        }
        _ => ok(
            json!({ "artifacts": [{ "id": RUN, "run_id": RUN, "attempt": 1, "name": "report.md", "kind": "markdown", "mime": "text/markdown", "sha256": "0123456789abcdef", "size": 2048, "ts": "", "url": "" }] }),
        ),
    });
    let done = ops(&["runs", "get", RUN]).at(&room.url).run().exits(0);
    for part in [
        "lane A is paused: moving",
        "2 (of workers that no longer held the run",
        "param name      you",
        "greet  1        failed  3     1.0s",
        "ci-1    lost      1m 00s    lease_expired",
        "report.md  markdown  2.0 KiB  0123456789ab",
    ] {
        assert!(done.out.contains(part), "no `{part}` in:\n{}", done.out);
    }
    let json = ops(&["runs", "get", RUN, "--json"])
        .at(&room.url)
        .run()
        .exits(0)
        .json();
    assert_eq!(json["run"]["refused_writes"], 2);
    assert_eq!(json["artifacts"][0]["name"], "report.md");
}

#[test]
fn refusals_have_codes_and_a_way_on() {
    let room = ScriptedRoom::start(|_| problem(409, "already_finished", "the run is failed"));
    ops(&["runs", "cancel", RUN])
        .at(&room.url)
        .run()
        .exits(7)
        .says("the run is failed")
        .says("ops runs retry");
    let room = ScriptedRoom::start(|_| problem(404, "not_found", "there is no such run"));
    ops(&["runs", "log", RUN, "--follow"])
        .at(&room.url)
        .run()
        .exits(7)
        .says("hint: see what exists");
    let room = ScriptedRoom::start(|_| {
        Reply::Json(
            422,
            json!({
                "type": "", "title": "The request is not valid", "status": 422, "code": "invalid", "detail": "",
                "errors": [{ "field": "/name", "message": "must be 1 to 200 characters" }],
            }),
        )
    });
    ops(&["sessions", "create", ""])
        .at(&room.url)
        .run()
        .exits(6)
        .says("\n  /name: must be 1 to 200 characters");
}

#[test]
fn a_token_is_printed_alone() {
    let room = ScriptedRoom::start(|_| Reply::Json(201, json!({ "id": RUN, "token": "ops_new" })));
    ops(&[
        "tokens",
        "create",
        "--name",
        "ci",
        "--kind",
        "worker,viewer",
        "--lanes",
        "A,B",
        "--expires",
        "30d",
    ])
    .at(&room.url)
    .run()
    .exits(0)
    .prints("ops_new\n")
    .says("shown once");
    let asked = room.next().body;
    assert_eq!(
        asked,
        json!({ "name": "ci", "kinds": ["worker", "viewer"], "lanes": ["A", "B"], "expires_in_seconds": 2_592_000 })
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (gone, closed) = channel::<()>();
    let room = ScriptedRoom::start(move |_| {
        // The answer comes only when nobody reads any more.
        closed.recv().unwrap();
        ok(json!({ "runs": [run("succeeded")] }))
    });
    let (mut child, _home) = ops(&["runs"]).at(&room.url).start();
    drop(child.stdout.take());
    gone.send(()).unwrap();
    let done = finished(child.wait_with_output().unwrap()).exits(0);
    assert_eq!(done.err, "");
}

#[test]
fn a_list_is_narrowed_by_time_text_repository_and_worker() {
    let room = ScriptedRoom::start(|_| ok(json!({ "runs": [] })));
    ops(&[
        "runs",
        "--repo",
        "acme/x",
        "--worker",
        "ci-1",
        "--since",
        "2026-11-24T22:30:00Z",
        "--until",
        "2h",
        "--text",
        "out of",
    ])
    .at(&room.url)
    .run()
    .exits(0)
    .prints("");
    let query = room.next().query;
    let asked = ["repo", "worker", "since", "text"].map(|name| query[name].as_str());
    assert_eq!(
        asked,
        ["acme%2Fx", "ci-1", "2026-11-24T22%3A30%3A00Z", "out%20of"]
    );
    assert!(query["until"].ends_with('Z'), "{}", query["until"]);
}
