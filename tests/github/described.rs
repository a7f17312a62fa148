//! The check by which the fake's answers are held against GitHub's description: it has to find faults.

use ops_tests::harness::github::schema::{Operation, faults};
use serde_json::{Value, json};

const RUN: &str = "/repos/o/n/actions/runs/1";

fn operation(method: &str, path: &str) -> Operation {
    Operation::of(method, path).unwrap_or_else(|| panic!("{path} is not described"))
}

#[test]
fn githubs_own_examples_are_what_it_says() {
    for (method, path, status) in [
        ("GET", "/repos/o/n", 200),
        ("GET", "/repos/o/n/installation", 200),
        ("POST", "/app/installations/1/access_tokens", 201),
        ("POST", "/repos/o/n/actions/workflows/w.yml/dispatches", 200),
        ("GET", RUN, 200),
        ("GET", "/repos/o/n/actions/runs/1/jobs", 200),
    ] {
        let operation = operation(method, path);
        let example = operation.example(status);
        assert!(example.is_object(), "{path}");
        let none: Vec<String> = Vec::new();
        assert_eq!(
            operation.answer_faults(status, Some(&example)),
            none,
            "{path}"
        );
    }
    assert!(Operation::of("GET", "/user").is_none());
}

#[test]
fn what_differs_is_found() {
    let run = operation("GET", RUN);
    let example = run.example(200);
    let with = |pointer: &str, value: Value| {
        let mut body = example.clone();
        *body.pointer_mut(pointer).expect("a place") = value;
        run.answer_faults(200, Some(&body))
    };
    assert_eq!(with("/id", json!("1")), ["/id: no \"integer\""]);
    assert_eq!(with("/head_sha", json!(null)), ["/head_sha: no \"string\""]);
    assert_eq!(with("/conclusion", json!(null)), Vec::<String>::new());
    assert_eq!(with("/actor/id", json!(1.5)), ["/actor/id: no \"integer\""]);
    let mut body = example.clone();
    body.as_object_mut().expect("an object").remove("status");
    assert_eq!(run.answer_faults(200, Some(&body)), ["/status: missing"]);
    assert_eq!(run.answer_faults(200, None), ["200 has a body"]);
    assert_eq!(
        run.answer_faults(201, Some(&body)),
        ["no answer of 201 is described"]
    );

    let dispatch = operation("POST", "/repos/o/n/actions/workflows/w.yml/dispatches");
    assert_eq!(dispatch.answer_faults(204, None), Vec::<String>::new());
    assert_eq!(
        dispatch.answer_faults(204, Some(&json!({}))),
        ["204 has no body"]
    );
    assert_eq!(dispatch.request_faults(&json!({})), ["/ref: missing"]);
    let many: Value = (0..26)
        .map(|n| (format!("i{n}"), json!("x")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let body = json!({ "ref": "main", "inputs": many });
    assert_eq!(
        dispatch.request_faults(&body),
        ["/inputs: more than 25 properties"]
    );

    let jobs = operation("GET", "/repos/o/n/actions/runs/1/jobs");
    let mut body = jobs.example(200);
    body["jobs"][0]["status"] = json!("running");
    assert_eq!(jobs.answer_faults(200, Some(&body)).len(), 1);
    let closed = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    assert_eq!(faults(&closed, &json!({ "x": 1 })), ["/x: not known"]);
}
