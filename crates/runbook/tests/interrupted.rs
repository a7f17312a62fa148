//! `once`, `on_interrupt` and `concurrency`: what is read, and what people are told.

use ops_runbook::*;
use serde_json::json;

fn runbook(head: &str, step: &str) -> String {
    format!("version: 1\nslug: r\ntitle: R\n{head}steps:\n  - id: a\n{step}")
}

fn told(source: &str) -> Vec<String> {
    let problems = parse(source, "r.yaml").unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn they_are_read_and_frozen_only_where_they_say_something() {
    let head = "on_interrupt: fail\nconcurrency: {group: deploy web, limit: 3}\n";
    let step = "    once: true\n    wait_for: {run: test -e x}\n";
    let loud = parse(&runbook(head, step), "r.yaml").unwrap();
    assert_eq!(loud.on_interrupt, OnInterrupt::Fail);
    let group = Concurrency {
        group: "deploy web".into(),
        limit: 3,
    };
    assert_eq!(loud.concurrency, Some(group));
    assert!(loud.steps[0].once);
    let frozen = serde_json::to_value(&loud).unwrap();
    assert_eq!(frozen["on_interrupt"], "fail");
    assert_eq!(
        frozen["concurrency"],
        json!({"group": "deploy web", "limit": 3})
    );
    assert_eq!(frozen["steps"][0]["once"], true);
    assert_eq!(parse_json(&frozen).unwrap(), loud);

    let step = "    once: false\n    retry: {attempts: 2}\n    run: echo\n";
    let quiet = parse(&runbook("on_interrupt: rerun\n", step), "r.yaml").unwrap();
    let frozen = serde_json::to_string(&quiet).unwrap();
    for key in ["once", "on_interrupt", "concurrency"] {
        assert!(!frozen.contains(key), "{key} in {frozen}");
    }
}

#[test]
fn a_group_has_one_place_where_nothing_is_said() {
    let source = runbook("concurrency: {group: 7}\n", "    run: echo\n");
    let read = parse(&source, "r.yaml").unwrap().concurrency.unwrap();
    assert_eq!((read.group.as_str(), read.limit), ("7", 1));
}

#[test]
fn once_and_retry_are_refused_together_with_what_to_do() {
    let step = "    retry: {attempts: 3}\n    once: true\n    run: echo\n";
    assert_eq!(
        told(&runbook("", step)),
        [
            "r.yaml:7:11: `once` and `retry` contradict each other: a retry starts the step again\n  hint: remove `retry`, or split what may be repeated into a step of its own before"
        ]
    );
    assert_eq!(
        told(&runbook("", "    once: maybe\n    run: echo\n")),
        ["r.yaml:6:11: here should be true or false, not a text"]
    );
}

#[test]
fn what_is_wrong_with_a_group_is_told_at_its_place() {
    let shape = "write `concurrency: {group: deploy-web, limit: 1}`";
    let long = "x".repeat(201);
    for (group, message) in [
        (
            "deploy",
            format!("4:14: `concurrency` has to be a map, not a text\n  hint: {shape}"),
        ),
        (
            "{limit: 2}",
            format!("4:14: `concurrency` needs `group`\n  hint: {shape}"),
        ),
        (
            "{group: ' '}",
            format!("4:22: the name of a group is empty\n  hint: {shape}"),
        ),
        (
            &format!("{{group: {long}}}"),
            "4:22: the name of a group has at most 200 bytes\n  hint: shorten it".into(),
        ),
        (
            "{group: g, limit: 0}",
            "4:32: 0 is outside of what is allowed: 1 to 1000".into(),
        ),
        (
            "{group: g, limt: 1}",
            "4:25: `concurrency` has no key `limt`\n  hint: did you mean `limit`?".into(),
        ),
        (
            "{group: 'd-{{ params.x }}'}",
            "4:22: the name of a group is the same for all runs: nothing is filled in\n  hint: make a runbook of each, with a group of its own".into(),
        ),
    ] {
        let source = runbook(&format!("concurrency: {group}\n"), "    run: echo\n");
        assert_eq!(told(&source), [format!("r.yaml:{message}")], "{group}");
    }
    assert_eq!(
        told(&runbook("on_interrupt: fial\n", "    run: echo\n")),
        [
            "r.yaml:4:15: `on_interrupt` is `rerun` or `fail`, not `fial`\n  hint: did you mean `fail`?"
        ]
    );
}
