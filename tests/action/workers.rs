//! Jobs of a matrix are a fleet of workers.

use crate::act::{self, Repository};
use crate::world::World;
use ops_core::RunStatus;
use ops_tests::harness::not_run;
use ops_tests::harness::process::shown;
use serde_json::Value;

const LANES: [&str; 4] = ["A", "B", "C", "D"];

const WORKFLOW: &str = "\
on: workflow_dispatch
jobs:
  work:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        lane: [A, B, C, D]
    steps:
      - id: w
        uses: opsco/ops-control-room@v1
        with:
          url: ${{ env.OPS_URL }}
          lanes: ${{ matrix.lane }}
          concurrency: 2
          idle-timeout: 1s
      - run: |
          echo \"$OUTPUTS\" > \"$OUT/outputs-$LANE\"
        env:
          LANE: ${{ matrix.lane }}
          OUTPUTS: ${{ toJSON(steps.w.outputs) }}
";

/// Prints what must not act, and the names of what it can see.
const SCRIPT: &str = "\
echo '::set-output name=claimed::forged'
echo '::endgroup::'
echo 'see ##[error]forged'
env | cut -d= -f1 | sed 's/^/sees /'
echo \"report of $OPS_RUN_ID\" > report.md";

const FAILS: &str = "echo '::error file=src/a.rs,line=3::no such name'; exit 7";

#[tokio::test]
async fn four_lanes_of_a_matrix_drain_forty_runs_with_no_stored_secret() {
    if !act::is_there() {
        return not_run("act and node");
    }
    let world = World::new("0").await;
    world.trust(&LANES).await;
    let mut queued = Vec::new();
    for lane in LANES {
        for number in 0..10 {
            let script = match (lane, number) {
                ("D", 0) => FAILS,
                _ => SCRIPT,
            };
            queued.push((lane, number, world.queue(lane, script).await));
        }
    }
    let repository = Repository::with(&world, WORKFLOW);
    let output = repository.run(&world).await;
    let log = shown(&output);
    assert!(output.status.success(), "{log}");

    for (lane, number, run_id) in &queued {
        let run = world.up.client.runs_get(run_id).await.expect("a run");
        let expected = match (*lane, number) {
            ("D", 0) => RunStatus::Failed,
            _ => RunStatus::Succeeded,
        };
        assert_eq!((run.status, run.attempt), (expected, 1), "{run_id}\n{log}");
    }
    for lane in LANES {
        let outputs = repository.written(&format!("outputs-{lane}"));
        let outputs: Value = serde_json::from_str(&outputs).expect("JSON");
        let failed = if lane == "D" { "1" } else { "0" };
        let succeeded = if lane == "D" { "9" } else { "10" };
        assert_eq!(outputs["claimed"], "10", "{outputs}");
        assert_eq!(outputs["succeeded"], succeeded, "{outputs}");
        assert_eq!(outputs["failed"], failed, "{outputs}");
        assert_eq!(outputs["cancelled"], "0", "{outputs}");
        assert_eq!(outputs["control-room-url"], world.up.url, "{outputs}");
        assert_eq!(outputs["artifacts"], Value::Null, "they were uploaded");
        let ids = outputs["run-ids"].as_str().expect("text");
        let ids: Vec<String> = serde_json::from_str(ids).expect("a JSON array");
        for id in &ids {
            assert!(queued.iter().any(|(l, _, q)| *l == lane && q == id));
        }
        assert_eq!(ids.len(), 10);
    }
    assert!(
        log.contains("::error file=src/a.rs,line=3::no such name"),
        "{log}"
    );
    for name in [
        "ACTIONS_",
        "GITHUB_",
        "INPUT_",
        "RUNNER_",
        "STATE_",
        "OPS_TOKEN",
    ] {
        assert!(!log.contains(&format!("sees {name}")), "{name}\n{log}");
    }
    assert!(
        log.contains("sees PATH") && !log.contains("##[error]forged"),
        "{log}"
    );

    let uploaded = repository.artifacts();
    assert_eq!(uploaded.len(), 39, "one of each run that succeeded");
    for (lane, number, run_id) in &queued {
        let report = format!("report of {run_id}\n").into_bytes();
        let expected = (*lane, *number) != ("D", 0);
        assert_eq!(
            uploaded.contains(&report),
            expected,
            "{run_id} {:?}",
            String::from_utf8_lossy(&uploaded[0])
        );
    }
    // One for each worker, and no more.
    assert_eq!(world.issuer.tokens_asked(), 4);
}

#[tokio::test]
async fn a_job_that_nobody_trusts_is_told_what_to_do() {
    if !act::is_there() {
        return not_run("act and node");
    }
    let world = World::new("0").await;
    let repository = Repository::with(&world, WORKFLOW);
    let output = repository.run(&world).await;
    let log = shown(&output);
    assert!(!output.status.success(), "{log}");
    assert!(log.contains("ops trust add"), "{log}");
}
