use crate::act::{self, Repository};
use crate::world::World;
use ops_core::RunStatus;
use ops_tests::harness::not_run;
use ops_tests::harness::process::shown;
use serde_json::Value;

const WORKFLOW: &str = "\
on: workflow_dispatch
jobs:
  work:
    runs-on: ubuntu-latest
    steps:
      - id: good
        uses: opsco/ops-control-room@v1
        with: { mode: run, url: '${{ env.OPS_URL }}', token: '${{ secrets.OPERATOR }}', runbook: '${{ env.WORK }}/check.yaml', params: code=0 }
      - id: bad
        continue-on-error: true
        uses: opsco/ops-control-room@v1
        with: { mode: run, url: '${{ env.OPS_URL }}', token: '${{ secrets.OPERATOR }}', runbook: '${{ env.WORK }}/check.yaml', params: code=9 }
      - id: spec
        continue-on-error: true
        uses: opsco/ops-control-room@v1
        with: { mode: spec, prd: '${{ env.WORK }}/prd.md', out: '${{ env.OUT }}/search' }
      - id: unclear
        continue-on-error: true
        uses: opsco/ops-control-room@v1
        with: { mode: spec, prd: '${{ env.WORK }}/prd.md' }
      - id: dispatch
        continue-on-error: true
        uses: opsco/ops-control-room@v1
        with: { mode: dispatch, url: '${{ env.OPS_URL }}', token: '${{ secrets.OPERATOR }}' }
      - id: wrong
        continue-on-error: true
        uses: opsco/ops-control-room@v1
        with: { mode: works, url: '${{ env.OPS_URL }}' }
      - run: echo \"$STEPS\" > \"$OUT/steps\"
        env:
          STEPS: ${{ toJSON(steps) }}
";

#[tokio::test]
async fn mode_run_ends_as_its_run_ends_and_other_modes_say_what_is_missing() {
    if !act::is_there() {
        return not_run("act and node");
    }
    let world = World::new("1").await;
    let repository = Repository::with(&world, WORKFLOW);
    let output = repository.run(&world).await;
    let log = shown(&output);
    assert!(output.status.success(), "{log}");
    let steps: Value = serde_json::from_str(&repository.written("steps")).expect("JSON");
    let outcome = |step: &str| {
        steps[step]["outcome"]
            .as_str()
            .unwrap_or_default()
            .to_string()
    };
    assert_eq!(outcome("good"), "success", "{log}");
    assert_eq!(outcome("spec"), "success", "{log}");
    for step in ["bad", "unclear", "dispatch", "wrong"] {
        assert_eq!(outcome(step), "failure", "{step}\n{log}");
    }
    assert_eq!(steps["good"]["outputs"]["succeeded"], "1");
    assert_eq!(steps["bad"]["outputs"]["failed"], "1");
    let ids = steps["bad"]["outputs"]["run-ids"].as_str().expect("text");
    let ids: Vec<String> = serde_json::from_str(ids).expect("a JSON array");
    let run = world.up.client.runs_get(&ids[0]).await.expect("a run");
    assert_eq!(run.status, RunStatus::Failed);
    assert!(
        log.contains("checked"),
        "the log of the run is followed\n{log}"
    );
    assert_eq!(steps["spec"]["outputs"]["errors"], "0");
    assert!(log.contains("input `out` is missing"), "{log}");
    for name in ["prd.md", "tasks.md", "bundle.zip"] {
        let uploaded = format!("uploaded search-{name}");
        assert!(log.contains(&uploaded), "{uploaded}\n{log}");
    }
    assert!(log.contains("it may be work, run, dispatch, spec"), "{log}");
    assert!(!log.contains(&world.up.token), "the token is masked\n{log}");
}
