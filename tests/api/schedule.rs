//! The workflow that sweeps where no server does: its very script, against a real server.

use crate::common::Room;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};
use std::process::{Output, Stdio};
use tokio::process::Command;

const WORKFLOW: &str = include_str!("../../.github/workflows/sweep.yml");

/// The text of the only `run: |`.
fn script() -> String {
    let (_, text) = WORKFLOW.split_once("run: |\n").expect("a script");
    let lines = text.lines().map(|line| line.strip_prefix("          "));
    let lines = lines.map(|line| line.expect("the script is the end of the file"));
    lines.collect::<Vec<_>>().join("\n")
}

/// As GitHub runs a step whose shell is `bash`.
async fn step(url: &str, token: &str) -> Output {
    Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c"])
        .arg(script())
        .env("OPS_URL", url)
        .env("OPS_TOKEN", token)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("bash")
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn the_schedule_workflow_requeues_all_that_lost_workers_held() {
    let room = Room::new().await;
    let runs: Vec<Value> = (0..130).map(|_| crate::common::inline(json!({}))).collect();
    let made = room
        .post("runs.create", json!({ "runs": runs }))
        .await
        .is(201);
    for (worker, limit) in [("w", 100), ("v", 30)] {
        let claimed = room
            .claim(worker, json!({ "limit": limit, "start": true }))
            .await;
        assert_eq!(claimed["runs"].as_array().expect("runs").len(), limit);
    }
    room.db.advance(20).await;
    let sweeper = room.mint_kind("worker").await;
    let done = step(&format!("{}/", room.origin), sweeper.token()).await;
    assert!(done.status.success(), "{}", said(&done));
    // One sweep does not reach that far.
    assert_eq!(
        said(&done).matches("requeued").count(),
        2,
        "{}",
        said(&done)
    );
    for entry in made["runs"].as_array().expect("runs") {
        assert_eq!(room.run(&entry["run_id"]).await["status"], "queued");
    }
    let done = step(&room.origin, TOKEN).await;
    assert!(said(&done).contains("\"requeued\":0"), "{}", said(&done));
}

#[tokio::test]
async fn the_schedule_workflow_fails_with_the_answer_where_it_is_refused() {
    let room = Room::new().await;
    let refused = step(&room.origin, "ops_nobody").await;
    assert!(!refused.status.success());
    assert!(
        said(&refused).contains("unauthenticated"),
        "{}",
        said(&refused)
    );
    let missing = step(&room.origin, "").await;
    assert!(!missing.status.success());
    assert!(said(&missing).contains("OPS_TOKEN"), "{}", said(&missing));
}

/// GitHub's part, which runs nowhere but there.
#[test]
fn the_schedule_workflow_does_nothing_without_an_address_and_may_do_nothing_else() {
    for line in [
        "    if: vars.OPS_URL != ''\n",
        "permissions: {}\n",
        "        shell: bash\n",
        "          OPS_URL: ${{ vars.OPS_URL }}\n          OPS_TOKEN: ${{ secrets.OPS_TOKEN }}\n",
    ] {
        assert!(WORKFLOW.contains(line), "{line}");
    }
    assert!(
        !script().contains("${{"),
        "nothing is pasted into the script"
    );
}
