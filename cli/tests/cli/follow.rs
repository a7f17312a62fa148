use crate::ops::{finished, ops};
use crate::room::{RUN, Reply, Request, ScriptedRoom, ok, run};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

fn event(pos: i64, attempt: u32, message: &str) -> Value {
    json!({ "pos": pos, "attempt": attempt, "ts": "2026-11-24T22:30:00Z", "level": "info", "source": "stdout", "step": "greet", "message": message })
}

fn page(status: &str, events: &[Value], after: i64) -> Reply {
    let next = events
        .last()
        .map_or(after, |event| event["pos"].as_i64().unwrap());
    ok(json!({ "events": events, "next": next, "status": status, "held": false }))
}

fn after(request: &Request) -> i64 {
    request.query["after"].parse().unwrap()
}

/// Two lines, the line breaks, a third of a second attempt, the end.
fn story(end: &'static str) -> ScriptedRoom {
    let mut broken = false;
    ScriptedRoom::start(move |request| match request.verb.as_str() {
        "events.list" => match after(request) {
            0 => page("running", &[event(1, 1, "one"), event(2, 1, "two")], 0),
            2 if !broken => {
                broken = true;
                Reply::HangUp
            }
            2 => page("running", &[event(3, 2, "three")], 2),
            seen => page(end, &[], seen),
        },
        "runs.get" => {
            let mut ended = run(end);
            ended["attempt"] = 2.into();
            ended["error"] = if end == "failed" {
                "step greet exited with 3".into()
            } else {
                Value::Null
            };
            ok(json!({ "run": ended }))
        }
        _ => ok(json!({ "artifacts": [] })),
    })
}

#[test]
fn lines_come_once_over_a_broken_connection() {
    let room = story("succeeded");
    ops(&["runs", "log", RUN, "--follow"])
        .at(&room.url)
        .run()
        .exits(0)
        .prints("greet | one\ngreet | two\ngreet | three\n")
        .says("trying again")
        .says("connected again\nattempt 2\n")
        .says("succeeded in 2.3s, 2 attempts, no artifacts\n");
}

#[test]
fn the_outcome_is_the_exit_code() {
    for (status, code) in [
        ("succeeded", 0),
        ("failed", 1),
        ("cancelled", 4),
        ("timed_out", 5),
    ] {
        let done = ops(&["runs", "log", RUN, "-f"])
            .at(&story(status).url)
            .run()
            .exits(code);
        assert_eq!(done.err.contains("ops runs retry"), code != 0);
    }
    ops(&["runs", "log", RUN, "-f"])
        .at(&story("failed").url)
        .run()
        .says("failed after 2.3s, 2 attempts, no artifacts: step greet exited with 3\n");
}

#[test]
fn programs_get_events_and_then_the_run() {
    let done = ops(&["runs", "log", RUN, "-f", "--json"])
        .at(&story("failed").url)
        .run()
        .exits(1);
    let lines: Vec<Value> = done
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let positions: Vec<_> = lines
        .iter()
        .filter_map(|line| line["pos"].as_i64())
        .collect();
    assert_eq!(positions, [1, 2, 3]);
    assert_eq!(lines[3]["run"]["status"], "failed");
}

#[test]
fn a_log_without_following_ends_where_it_ends() {
    let room = ScriptedRoom::start(|request| match after(request) {
        0 => page("running", &[event(1, 1, "one")], 0),
        seen => page("running", &[], seen),
    });
    ops(&["runs", "log", RUN])
        .at(&room.url)
        .run()
        .exits(0)
        .prints("greet | one\n");
    assert!(
        room.requests()
            .iter()
            .all(|request| !request.query.contains_key("wait_seconds"))
    );
}

#[test]
fn last_words_of_a_holder_are_waited_for() {
    let mut asked = 0;
    let room = ScriptedRoom::start(move |request| match request.verb.as_str() {
        "events.list" => {
            asked += 1;
            match (asked, after(request)) {
                (1..=3, seen) => {
                    ok(json!({ "events": [], "next": seen, "status": "cancelled", "held": true }))
                }
                (_, 0) => page("cancelled", &[event(1, 1, "stopped")], 0),
                (_, seen) => page("cancelled", &[], seen),
            }
        }
        "runs.get" => ok(json!({ "run": run("cancelled") })),
        _ => ok(json!({ "artifacts": [] })),
    });
    ops(&["runs", "log", RUN, "-f"])
        .at(&room.url)
        .run()
        .exits(4)
        .prints("greet | stopped\n")
        .says("waiting for its worker to stop");
}

/// Reads requests until the log's long poll is held back.
fn when_waiting(room: &ScriptedRoom) {
    while !room.next().query.contains_key("wait_seconds") {}
}

#[test]
fn ctrl_c_ends_the_following_and_not_the_run() {
    let room = ScriptedRoom::start(|request| match request.query.contains_key("wait_seconds") {
        false => page("running", &[event(1, 1, "one")], 0),
        true => Reply::Never,
    });
    let (child, _home) = ops(&["runs", "log", RUN, "-f"]).at(&room.url).start();
    when_waiting(&room);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    finished(child.wait_with_output().unwrap())
        .exits(130)
        .prints("greet | one\n")
        .says("the run goes on")
        .says(&format!("ops runs cancel {RUN}"));
}

#[test]
fn a_queued_run_says_why_it_waits() {
    let (told, heard) = std::sync::mpsc::channel::<()>();
    let mut told = Some(told);
    let room = ScriptedRoom::start(move |request| match request.verb.as_str() {
        "events.list" if request.query.contains_key("wait_seconds") => Reply::Never,
        "events.list" => page("queued", &[], 0),
        _ => {
            drop(told.take());
            let mut waiting = run("queued");
            waiting["waiting"] =
                json!({ "reason": "no_worker", "detail": "no worker asks for lane A" });
            ok(json!({ "run": waiting }))
        }
    });
    let (child, _home) = ops(&["runs", "log", RUN, "-f"]).at(&room.url).start();
    let _ = heard.recv();
    // It asks again only after it has told.
    while room.next().verb != "runs.get" {}
    while room.next().verb != "runs.get" {}
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    finished(child.wait_with_output().unwrap())
        .exits(130)
        .says("waiting: no worker asks for lane A\n");
}
