//! `ops setup` as somebody types it.

use crate::address;
use ops_tests::harness::TestDatabase;
use ops_tests::harness::gateway::{PUBLISHABLE_KEY, SECRET_KEY};
use ops_tests::harness::process::{Folder, ops, shown};
use ops_tests::harness::supabase::{Supabase, is_there};
use serde_json::Value;
use std::process::{Command, Output};

async fn output(mut command: Command) -> Output {
    let run = move || command.output().expect("runs");
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

fn setup(supabase: &Supabase) -> Command {
    let mut command = ops();
    command
        .args([
            "setup",
            "--json",
            "--supabase-url",
            &supabase.gateway.origin,
        ])
        .env("OPS_SUPABASE_KEY", SECRET_KEY)
        .env("OPS_SUPABASE_PUBLISHABLE_KEY", PUBLISHABLE_KEY);
    command
}

fn read(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", shown(output)))
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_project_to_the_first_run() {
    if !is_there() {
        return;
    }
    let config = TestDatabase::empty("template0").await;
    let supabase = Box::pin(Supabase::over(&config)).await;

    // Without a road nothing is installed, and the way out is named.
    let looked = output(setup(&supabase)).await;
    assert_eq!(looked.status.code(), Some(1), "{}", shown(&looked));
    assert!(shown(&looked).contains("--print-sql"), "{}", shown(&looked));

    let mut command = setup(&supabase);
    command.env("OPS_DATABASE_URL", address(&config));
    let installed = output(command).await;
    assert!(installed.status.success(), "{}", shown(&installed));
    let installed = read(&installed);
    assert_eq!(installed["ok"], true, "{installed}");
    let token = installed["token"].as_str().expect("a token").to_string();

    // Again, by REST alone: nothing to do, and no second token.
    let again = output(setup(&supabase)).await;
    assert!(again.status.success(), "{}", shown(&again));
    assert!(read(&again)["token"].is_null());
    for secret in [SECRET_KEY, token.as_str()] {
        assert!(!shown(&again).contains(secret), "{}", shown(&again));
    }

    // The token opens a control room in front of the project.
    let folder = Folder::new();
    let mut up = ops();
    up.args(["up", "--json", "--listen", "127.0.0.1:0", "--workers", "0"])
        .args(["--supabase-url", &supabase.gateway.origin, "--data"])
        .arg(folder.data())
        .env("OPS_SUPABASE_KEY", SECRET_KEY);
    let data = folder.data();
    let up = tokio::task::spawn_blocking(move || ops_tests::harness::process::Up::of(up, &data));
    let up = up.await.expect("starts");
    let mut list = ops();
    list.args([
        "templates",
        "list",
        "--json",
        "--url",
        &up.url,
        "--token",
        &token,
    ]);
    let listed = output(list).await;
    assert!(shown(&listed).contains("hello"), "{}", shown(&listed));
    tokio::task::spawn_blocking(move || drop(up))
        .await
        .expect("ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_mended_and_said_and_looking_changes_nothing() {
    let database = TestDatabase::new().await;
    let sql = "alter table public.runs disable row level security; drop index public.artifacts_ts";
    database.admin.batch_execute(sql).await.expect("breaks");
    let command = |more: &[&str]| {
        let mut command = ops();
        command.arg("setup").args(more);
        command.env("OPS_DATABASE_URL", address(&database.config));
        command
    };
    for _ in 0..2 {
        let looked = output(command(&["--check"])).await;
        assert_eq!(looked.status.code(), Some(1));
        let text = shown(&looked);
        assert!(
            text.contains("Row Level Security of `runs`") && text.contains("2 problems"),
            "{text}"
        );
    }
    let mended = output(command(&[])).await;
    let text = shown(&mended);
    assert!(mended.status.success(), "{text}");
    assert!(
        text.contains("mended   Row Level Security of `runs`"),
        "{text}"
    );
    assert!(text.contains("the installation is whole"), "{text}");
    let whole = output(command(&["--check"])).await;
    assert!(whole.status.success(), "{}", shown(&whole));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_it_says_what_it_needs() {
    let answer = output({
        let mut command = ops();
        command.arg("setup");
        command
    })
    .await;
    assert_eq!(answer.status.code(), Some(2), "{}", shown(&answer));
    assert!(shown(&answer).contains("--supabase-url"));
}
