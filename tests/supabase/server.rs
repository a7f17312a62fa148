//! `ops up --supabase-url`: the native server, with the project behind it.

use ops_tests::harness::TestDatabase;
use ops_tests::harness::gateway::SECRET_KEY;
use ops_tests::harness::process::{Folder, Up, ops, shown};
use ops_tests::harness::supabase::{Supabase, is_there};
use std::process::{Command, Output};

async fn output(mut command: Command) -> Output {
    let run = move || command.output().expect("runs");
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

fn up(data: &std::path::Path, origin: &str, key: &str) -> Command {
    let mut command = ops();
    command
        .args(["up", "--json", "--listen", "127.0.0.1:0", "--workers", "1"])
        .args(["--supabase-url", origin, "--data"])
        .arg(data)
        .env("OPS_SUPABASE_KEY", key);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_through_a_project_from_end_to_end() {
    if !is_there() {
        return;
    }
    let database = TestDatabase::new().await;
    let supabase = Box::pin(Supabase::over(&database.config)).await;
    let folder = Folder::new();
    let command = up(&folder.data(), &supabase.gateway.origin, SECRET_KEY);
    let data = folder.data();
    let up = tokio::task::spawn_blocking(move || Up::of(command, &data));
    let up = up.await.expect("starts");

    let mut run = up.ops();
    run.args(["run", "hello", "-p", "name=Ann", "--follow"]);
    let answer = output(run).await;
    assert!(answer.status.success(), "{}", shown(&answer));
    assert!(shown(&answer).contains("Hello, Ann!"), "{}", shown(&answer));
    tokio::task::spawn_blocking(move || drop(up))
        .await
        .expect("ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_road_is_said_and_the_key_is_not() {
    if !is_there() {
        return;
    }
    let empty = TestDatabase::empty("template0").await;
    let without_schema = Box::pin(Supabase::over(&empty)).await;
    let origin = without_schema.gateway.origin.as_str();
    let wrong = "sb_secret_of_quite_another_project";
    for (origin, key, expected) in [
        (origin, SECRET_KEY, "the schema is not installed"),
        (origin, wrong, "the key is refused"),
        (origin, "sb_publishable_x", "this is a publishable key"),
        (origin, "", "the Supabase key is empty"),
        (
            "https://a.supabase.co/rest/v1",
            SECRET_KEY,
            "must be an origin",
        ),
        ("http://a.supabase.co", SECRET_KEY, "in the clear"),
        // Nobody listens on port 1.
        ("http://127.0.0.1:1", SECRET_KEY, "does not answer"),
    ] {
        let folder = Folder::new();
        let answer = output(up(&folder.data(), origin, key)).await;
        let all = shown(&answer);
        assert!(!answer.status.success(), "{all}");
        assert!(all.contains(expected), "{expected}: {all}");
        for secret in [SECRET_KEY, wrong] {
            // What stands after the first six characters of the random part.
            assert!(!all.contains(&secret[16..]), "{all}");
        }
    }
}
