use crate::ops::ops;
use crate::room::{RUN, Reply, ScriptedRoom, ok, problem, run};
use serde_json::json;

const BAD: &str = "version: 1\nslug: bad\ntitle: Bad\nsteps:\n  - id: a\n    run: echo {{ params.x }}\n  - id: a\n    run: echo hi\n";
const GOOD: &str = "version: 1\nslug: good\ntitle: Good\nparams:\n  count: {type: integer, required: true}\n  tag: {type: string, default: x}\nsteps:\n  - id: a\n    run: echo \"$PARAM_count\"\n";

fn creating() -> ScriptedRoom {
    ScriptedRoom::start(|request| match request.verb.as_str() {
        "templates.get" if request.query["slug"] == "hello" => ok(json!({ "template": {
            "slug": "hello", "version": 1, "title": "Say hello", "default_lane": "A", "created_at": "", "updated_at": "",
            "params": { "type": "object", "properties": { "times": { "type": "integer" }, "loud": { "type": "boolean" } }, "required": [], "additionalProperties": false },
        } })),
        "templates.get" => problem(404, "not_found", "there is no template"),
        "templates.list" => ok(
            json!({ "templates": [{ "slug": "hello", "version": 1, "title": "Say hello", "default_lane": "A", "created_at": "", "updated_at": "" }] }),
        ),
        _ => Reply::Json(
            201,
            json!({ "run_id": RUN, "status": "queued", "run": run("queued") }),
        ),
    })
}

#[test]
fn problems_are_told_by_place_before_anything_is_sent() {
    let room = creating();
    ops(&["run", "bad.yaml"])
        .file("bad.yaml", BAD)
        .at(&room.url)
        .run()
        .exits(6)
        .says("the runbook is not valid, 2 problems:\nbad.yaml:6:15: ")
        .says("\nbad.yaml:7:9: ")
        .says("\n\nhint: ");
    assert!(room.requests().is_empty());
    // Also where no control room can be reached.
    ops(&["run", "bad.yaml"])
        .file("bad.yaml", BAD)
        .run()
        .exits(6);
    ops(&["templates", "create", "bad.yaml"])
        .file("bad.yaml", BAD)
        .run()
        .exits(6);
}

#[test]
fn files_are_validated_offline() {
    let done = ops(&["templates", "validate", "good.yaml", "bad.yaml"])
        .file("good.yaml", GOOD)
        .file("bad.yaml", BAD)
        .run()
        .exits(6);
    assert!(
        done.out.starts_with("good.yaml: valid\nbad.yaml:6:15: "),
        "{}",
        done.out
    );
    let told = ops(&["templates", "validate", "bad.yaml", "--json"])
        .file("bad.yaml", BAD)
        .run()
        .exits(6)
        .json();
    assert_eq!(told["valid"], false);
    assert_eq!(told["files"][0]["diagnostics"][0]["line"], 6);
    ops(&["templates", "validate", "good.yaml"])
        .file("good.yaml", GOOD)
        .run()
        .exits(0);
}

#[test]
fn a_file_is_sent_whole_and_the_id_is_all_that_is_printed() {
    let room = creating();
    ops(&[
        "run",
        "good.yaml",
        "-p",
        "count=3",
        "--lane",
        "B",
        "--timeout",
        "5m",
        "--key",
        "k1",
        "--depends-on",
        RUN,
    ])
    .file("good.yaml", GOOD)
    .at(&room.url)
    .run()
    .exits(0)
    .prints(&format!("{RUN}\n"))
    .says(&format!("hint: watch it: ops runs log {RUN} --follow"));
    let body = room.next().body;
    assert_eq!(body["runbook"], GOOD);
    assert_eq!(body["params"], json!({ "count": 3 }));
    assert_eq!(body["depends_on"], json!([RUN]));
    assert_eq!(
        (
            &body["lane"],
            &body["timeout_seconds"],
            &body["idempotency_key"]
        ),
        (&json!("B"), &json!(300), &json!("k1"))
    );
}

#[test]
fn standard_input_is_a_runbook_too() {
    let room = creating();
    let done = ops(&["run", "-", "-p", "count=1"])
        .at(&room.url)
        .run_with_input(GOOD)
        .exits(0);
    assert_eq!(done.out.trim_end(), RUN);
    assert_eq!(room.next().body["runbook"], GOOD);
}

#[test]
fn text_is_read_as_the_template_wants_it() {
    let room = creating();
    ops(&[
        "run",
        "hello",
        "-p",
        "times=3",
        "--params-file",
        "p.json",
        "--json",
    ])
    .file("p.json", r#"{ "times": 1, "loud": true }"#)
    .at(&room.url)
    .run()
    .exits(0);
    assert_eq!(room.next().verb, "templates.get");
    let body = room.next().body;
    assert_eq!(
        (&body["template"], &body["params"]),
        (&json!("hello"), &json!({ "times": 3, "loud": true }))
    );
}

#[test]
fn wrong_parameters_are_told_with_those_that_there_are() {
    let room = creating();
    ops(&["run", "hello", "-p", "times=often"])
        .at(&room.url)
        .run()
        .exits(6)
        .says("\n  times: ")
        .says("hint: its parameters: ")
        .says("times (integer)");
    assert!(
        room.requests()
            .iter()
            .all(|request| request.verb != "runs.create")
    );
}

#[test]
fn an_unknown_slug_is_answered_with_those_that_there_are() {
    let room = creating();
    ops(&["run", "helo"])
        .at(&room.url)
        .run()
        .exits(7)
        .says("no template `helo`")
        .says("there are: hello");
    ops(&["run", "good"])
        .file("good.yaml", GOOD)
        .at(&room.url)
        .run()
        .exits(7)
        .says("ops run good.yaml");
}

#[test]
fn a_lost_answer_makes_no_second_run() {
    let mut number = 0;
    let room = ScriptedRoom::start(move |_| {
        number += 1;
        if number == 1 {
            return Reply::HangUp;
        }
        ok(json!({ "run_id": RUN, "status": "queued" }))
    });
    ops(&["run", "good.yaml", "-p", "count=3"])
        .file("good.yaml", GOOD)
        .at(&room.url)
        .run()
        .exits(0)
        .says("trying again");
    let keys: Vec<_> = room
        .requests()
        .iter()
        .map(|request| request.body["idempotency_key"].clone())
        .collect();
    assert!(
        keys.len() == 2 && keys[0] == keys[1] && keys[0].is_string(),
        "{keys:?}"
    );
}
