//! A job outlives its token: it proves itself anew when half of the token's life is over.

use crate::world::World;
use ops_core::RunStatus;
use ops_tests::harness::api::built;
use ops_tests::harness::issuer::REQUEST_TOKEN;
use ops_tests::harness::process::{ops, shown};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// The shortest that there is; renewed after two.
const LIFE_SECONDS: &str = "4";

/// Ends when the test says so.
const WAITS: &str = "until [ -e \"$OPS_WORKSPACE/go\" ]; do sleep 0.1; done";

/// A program that is a worker in a job of `world`, until it had one run.
async fn keeps_its_run(mut program: Command, world: &World) {
    world.trust(&["A"]).await;
    let run_id = world.queue("A", WAITS).await;
    let folder = world.folder.path().join("job");
    std::fs::create_dir(&folder).expect("a folder");
    let mut job = program
        .env("RUNNER_TEMP", &folder)
        .env("GITHUB_WORKSPACE", &folder)
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", world.issuer.request_url())
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN)
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");

    // After the third renewal the first two tokens are good for nothing.
    while world.issuer.tokens_asked() < 4 {
        assert!(job.try_wait().expect("its state").is_none(), "it has ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    std::fs::write(folder.join("go"), "").expect("a file");
    let said = shown(&job.wait_with_output().await.expect("it ends"));
    assert!(!said.contains("was not renewed"), "{said}");
    let run = world.up.client.runs_get(&run_id).await.expect("a run");
    assert_eq!(
        (run.status, run.attempt),
        (RunStatus::Succeeded, 1),
        "{said}"
    );

    let tokens = world.up.client.tokens_list().await.expect("tokens");
    let of_jobs = tokens.iter().filter(|token| token.identity.is_some());
    assert_eq!(of_jobs.count(), 1, "one row, whatever its token is");
}

async fn short_lived() -> World {
    World::with("0", &[("OPS_OIDC_TOKEN_SECONDS", LIFE_SECONDS)]).await
}

#[tokio::test]
async fn the_action_renews_its_token_at_half_of_its_life_and_keeps_its_run() {
    let world = short_lived().await;
    let mut action = Command::new(built("ops-action"));
    action
        .env("INPUT_URL", &world.up.url)
        .env("INPUT_LANES", "A")
        .env("INPUT_MAX-RUNS", "1");
    keeps_its_run(action, &world).await;
}

#[tokio::test]
async fn the_command_line_does_so_too() {
    let world = short_lived().await;
    let mut worker = Command::from(ops());
    worker.args(["worker", "--github-oidc", "--max-runs", "1"]);
    worker.args(["--url", &world.up.url]);
    keeps_its_run(worker, &world).await;
}
