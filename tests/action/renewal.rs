//! A job outlives its token: it proves itself anew when half of the token's life is over.

use crate::world::World;
use ops_core::RunStatus;
use ops_tests::harness::api::built;
use ops_tests::harness::issuer::REQUEST_TOKEN;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// The shortest that there is; renewed after two.
const LIFE_SECONDS: &str = "4";

/// Ends when the test says so.
const WAITS: &str = "until [ -e \"$OPS_WORKSPACE/go\" ]; do sleep 0.1; done";

#[tokio::test]
async fn a_worker_renews_its_token_at_half_of_its_life_and_keeps_its_run() {
    let world = World::with("0", &[("OPS_OIDC_TOKEN_SECONDS", LIFE_SECONDS)]).await;
    world.trust(&["A"]).await;
    let run_id = world.queue("A", WAITS).await;
    let folder = world.folder.path().join("job");
    std::fs::create_dir(&folder).expect("a folder");
    let mut job = Command::new(built("ops-action"))
        .env("INPUT_URL", &world.up.url)
        .env("INPUT_LANES", "A")
        .env("INPUT_MAX-RUNS", "1")
        .env("RUNNER_TEMP", &folder)
        .env("GITHUB_WORKSPACE", &folder)
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", world.issuer.request_url())
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");

    // After the third renewal the first two tokens are good for nothing.
    while world.issuer.tokens_asked() < 4 {
        assert!(job.try_wait().expect("its state").is_none(), "it has ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    std::fs::write(folder.join("go"), "").expect("a file");
    let output = job.wait_with_output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("was not renewed"), "{said}");
    let run = world.up.client.runs_get(&run_id).await.expect("a run");
    assert_eq!((run.status, run.attempt), (RunStatus::Succeeded, 1));

    let tokens = world.up.client.tokens_list().await.expect("tokens");
    let of_jobs = tokens.iter().filter(|token| token.identity.is_some());
    assert_eq!(of_jobs.count(), 1, "one row, whatever its token is");
}
