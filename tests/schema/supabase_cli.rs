//! The tool that customers use: `supabase db push` and `supabase db advisors` of the real CLI.

use crate::folders::catalog;
use ops_store_postgres::{Migrated, connect, migrate};
use ops_tests::harness::tcp::on_tcp;
use ops_tests::harness::{TestDatabase, not_run};
use std::path::{Path, PathBuf};
use std::process::Output;

pub fn cli() -> PathBuf {
    let package = "supabase/node_modules/@supabase/cli-linux-x64/bin/supabase";
    Path::new(env!("CARGO_MANIFEST_DIR")).join(package)
}

pub async fn supabase(remote: &str, arguments: &[&str]) -> Output {
    let mut command = std::process::Command::new(cli());
    command
        .args(arguments)
        .arg(format!("--remote={remote}"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("SUPABASE_TELEMETRY_DISABLED", "1")
        .env("DO_NOT_TRACK", "1");
    let run = tokio::task::spawn_blocking(move || command.output());
    run.await.expect("no panic").expect("the CLI runs")
}

pub fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_by_the_supabase_cli_gives_the_same_database_and_its_advisors_find_nothing() {
    if !cli().is_file() {
        return not_run("the Supabase CLI, which `cargo xtask test` brings by npm");
    }
    let config = TestDatabase::empty("template0").await;
    let remote = on_tcp(&config).await;
    let pushed = supabase(&remote, &["db", "push", "--yes"]).await;
    assert!(pushed.status.success(), "{}", said(&pushed));

    let ours = connect(&TestDatabase::empty("ops_template").await).await;
    let mut theirs = connect(&config).await.expect("a connection");
    assert_eq!(
        catalog(&theirs).await,
        catalog(&ours.expect("a connection")).await
    );
    // Both keep the same record, so that each knows what the other has done.
    let again = migrate(&mut theirs).await.expect("knows");
    assert_eq!(again.applied, 0, "{again:?}");
    assert_ne!(again, Migrated::default());

    let advice = supabase(
        &remote,
        &["db", "advisors", "--level", "warn", "--fail-on", "warn"],
    )
    .await;
    assert!(advice.status.success(), "{}", said(&advice));
    assert!(
        said(&advice).contains("No issues found"),
        "{}",
        said(&advice)
    );
}
