//! 422 of runbooks and params, alone and with their place in a list.

use crate::common::{Room, inline, with};
use ops_core::{Code, limits};
use serde_json::{Value, json};

fn with_params() -> Value {
    let params = json!({ "x": { "type": "integer", "minimum": 1 }, "y": { "type": "string", "required": true } });
    let runbook = with(crate::common::runbook(), json!({ "params": params }));
    json!({ "runbook": runbook, "params": { "x": 1, "y": "a" } })
}

#[tokio::test]
async fn params_are_named_by_pointers() {
    let room = Room::new().await;
    let good = with_params();
    room.post("runs.create", good.clone()).await.is(201);
    let bad = with(good.clone(), json!({ "params": { "x": 0, "z": 1 } }));
    let problem = room.post("runs.create", bad.clone()).await;
    let problem = problem.refused(Code::Invalid);
    let mut fields = problem.fields();
    fields.sort_unstable();
    assert_eq!(fields, ["/params/x", "/params/y", "/params/z"]);

    let runs = [&good, &good, &good, &bad, &inline(json!({ "lane": "?" }))];
    let problem = room.post("runs.create", json!({ "runs": runs })).await;
    let problem = problem.refused(Code::Invalid);
    let mut fields = problem.fields();
    fields.sort_unstable();
    let places = [
        "/runs/3/params/x",
        "/runs/3/params/y",
        "/runs/3/params/z",
        "/runs/4/lane",
    ];
    assert_eq!(fields, places);
    assert_eq!(
        room.get("runs.list").await.is(200)["runs"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_invalid_runbook_says_where() {
    let room = Room::new().await;
    let text = "version: 1\nslug: t\ntitle: T\nsteps:\n  - id: a\n    runn: echo\n";
    let problem = room.post("runs.create", json!({ "runbook": text })).await;
    let problem = problem.refused(Code::Invalid);
    let message = problem.message("/runbook/steps/0/runn");
    assert!(message.starts_with("line 6, column 5: "), "{message}");
    // The same as JSON has no lines, and the place in a list.
    let steps = json!({ "steps": [{ "id": "a", "runn": "echo" }] });
    let json = with(crate::common::runbook(), steps);
    let runs = json!({ "runs": [inline(json!({})), { "runbook": json }] });
    let problem = room.post("runs.create", runs).await.refused(Code::Invalid);
    assert!(
        !problem
            .message("/runs/1/runbook/steps/0/runn")
            .contains("line")
    );
    let broken = json!({ "runbook": "steps: [" });
    let problem = room.post("runs.create", broken).await;
    let problem = problem.refused(Code::Invalid);
    let message = problem.message(problem.fields()[0]);
    assert!(message.starts_with("line "), "{message}");
    for odd in [json!(7), json!([]), json!(true), json!("")] {
        let problem = room.post("runs.create", json!({ "runbook": odd })).await;
        problem.refused(Code::Invalid).message("/runbook");
    }
}

#[tokio::test]
async fn a_list_of_runs_has_a_length() {
    let room = Room::new().await;
    let list = |count: usize| json!({ "runs": vec![inline(json!({})); count] });
    for count in [0, limits::BULK_RUNS + 1] {
        let problem = room.post("runs.create", list(count)).await;
        problem.refused(Code::Invalid).names(&["/runs"]);
    }
    for odd in [json!(null), json!({}), json!("x")] {
        let problem = room.post("runs.create", json!({ "runs": odd })).await;
        problem.refused(Code::Invalid).names(&["/runs"]);
    }
    let problem = room
        .post("runs.create", json!({ "runs": [inline(json!({})), 7] }))
        .await;
    problem.refused(Code::Invalid).names(&["/runs/1"]);
    let problem = room
        .post(
            "runs.create",
            json!({ "runs": [inline(json!({})), { "typo": 1 }] }),
        )
        .await;
    problem.refused(Code::Invalid).names(&["/runs/1/typo"]);
    // A thousand mistakes are all named, and summed up in the detail.
    let wrong = vec![inline(json!({ "lane": "?" })); limits::BULK_RUNS];
    let problem = room.post("runs.create", json!({ "runs": wrong })).await;
    let problem = problem.refused(Code::Invalid);
    assert_eq!(problem.fields().len(), limits::BULK_RUNS);
    assert!(problem.detail().len() < 1_000 && problem.detail().ends_with("and 995 more"));
    let made = room
        .post("runs.create", list(limits::BULK_RUNS))
        .await
        .is(201);
    assert_eq!(made["runs"].as_array().unwrap().len(), limits::BULK_RUNS);
}
