//! What linters say of the migrations: squawk reads the text, plpgsql_check behind `supabase db lint`
//! the functions in a database.

use crate::supabase_cli::{cli, said, supabase};
use ops_tests::harness::tcp::on_tcp;
use ops_tests::harness::{TestDatabase, not_run};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn squawk_finds_nothing_in_the_migrations() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let squawk = tests.join("supabase/node_modules/@squawk-cli/linux-x64/bin/squawk");
    if !squawk.is_file() {
        return not_run("squawk, which `cargo xtask test` brings by npm");
    }
    let folder = tests.join("../supabase");
    let entries = std::fs::read_dir(folder.join("migrations")).expect("migrations");
    let files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    assert!(!files.is_empty());
    let read = |arguments: &[&str]| {
        let mut command = Command::new(&squawk);
        command.args(arguments).args(&files).current_dir(&folder);
        command.output().expect("squawk runs")
    };
    let answer = read(&["--config", "squawk.toml"]);
    assert!(answer.status.success(), "{}", said(&answer));
    // It does read them: without our reasons it has something to say.
    let strict = read(&["--config", "/dev/null", "--pg-version=15.0"]);
    assert!(said(&strict).contains("prefer-bigint-over-int"));
}

#[tokio::test(flavor = "multi_thread")]
async fn supabase_db_lint_finds_nothing_in_the_functions() {
    if !cli().is_file() {
        return not_run("the Supabase CLI, which `cargo xtask test` brings by npm");
    }
    let config = TestDatabase::empty("ops_template").await;
    let database = TestDatabase::of(&config).await;
    let sql = "select from pg_available_extensions where name = 'plpgsql_check'";
    let known = database.admin.query(sql, &[]).await.expect("extensions");
    if known.is_empty() {
        return not_run(
            "plpgsql_check, which `cargo xtask test` brings by apt for a PostgreSQL of apt",
        );
    }
    // It does look: this function reads a table that is not there.
    let bad = "create function public.bad() returns bigint language plpgsql set search_path = '' as
        $$ begin return (select count(*) from public.nowhere); end $$";
    database.admin.batch_execute(bad).await.expect("a function");
    let remote = on_tcp(&config).await;
    let answer = supabase(&remote, &["db", "lint", "--level", "warning"]).await;
    assert!(answer.status.success(), "{}", said(&answer));
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    let json = answer
        .find("\n[")
        .map_or(answer.as_str(), |at| &answer[at..]);
    let findings: Value = serde_json::from_str(json).unwrap_or_else(|e| panic!("{e}: {answer}"));
    let mut found: Vec<String> = findings
        .as_array()
        .expect("findings")
        .iter()
        .flat_map(|one| {
            let issues = one["issues"].as_array().expect("issues");
            issues
                .iter()
                .map(|issue| format!("{}: {}", one["function"], issue["message"]))
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            r#""public.bad": "relation \"public.nowhere\" does not exist""#,
            // Each of our functions takes one argument, whether it needs it or not.
            r#""public.ops_self_test": "unused parameter \"p\"""#,
        ]
    );
}
