//! `supabase/tests`, as `supabase test db` runs them: each line of TAP is `ok`, and none is missing.

use ops_tests::harness::{TestDatabase, not_run};
use std::path::Path;
use tokio_postgres::SimpleQueryMessage;

/// What a file prints, line by line.
async fn tap(database: &TestDatabase, sql: &str) -> Vec<String> {
    let answer = database
        .admin
        .simple_query(sql)
        .await
        .expect("goes through");
    let rows = answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    rows.flat_map(str::lines).map(str::to_string).collect()
}

/// How many tests a file passed. Anything that is no `ok` is told whole.
fn passed(name: &str, lines: &[String]) -> usize {
    let plan = lines.iter().find_map(|line| line.strip_prefix("1.."));
    let plan: usize = plan
        .unwrap_or_else(|| panic!("{name}: no plan: {lines:#?}"))
        .parse()
        .expect("a number");
    let bad: Vec<_> = lines
        .iter()
        .filter(|line| !line.starts_with("ok ") && !line.starts_with("1.."))
        .collect();
    assert!(bad.is_empty(), "{name}: {bad:#?}");
    let fine = lines.iter().filter(|line| line.starts_with("ok ")).count();
    assert_eq!(fine, plan, "{name}: {lines:#?}");
    plan
}

async fn with_pgtap() -> Option<TestDatabase> {
    let database = TestDatabase::new().await;
    let sql = "select from pg_available_extensions where name = 'pgtap'";
    let known = database.admin.query(sql, &[]).await.expect("extensions");
    if known.is_empty() {
        not_run("pgTAP, which `cargo xtask test` brings by apt for a PostgreSQL of apt");
        return None;
    }
    Some(database)
}

fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../supabase/tests");
    let entries = std::fs::read_dir(folder).expect("supabase/tests");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let entry = entry.expect("a file");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(entry.path()).expect("SQL"))
        })
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn each_pgtap_test_passes_and_leaves_nothing() {
    let Some(database) = with_pgtap().await else {
        return;
    };
    let files = files();
    assert_eq!(files.len(), 4);
    let mut all = 0;
    for (name, sql) in &files {
        all += passed(name, &tap(&database, sql).await);
    }
    assert!(all > 400, "{all}");
    let left = "select count(*) from pg_extension where extname = 'pgtap'";
    let row = database.admin.query_one(left, &[]).await.expect("counts");
    assert_eq!(row.get::<_, i64>(0), 0);
}

/// They would see it: for one break in each of the files, the line that says so.
#[tokio::test]
async fn pgtap_tests_fail_where_something_is_open() {
    let Some(database) = with_pgtap().await else {
        return;
    };
    let open = "grant select on public.tokens to anon;
        create policy everybody on public.runs for select to authenticated using (true);
        grant select on public.spec_docs to anon";
    database.admin.batch_execute(open).await.expect("opens");
    for ((name, sql), finding) in files().iter().zip([
        "Role anon should be granted no privileges on table public.tokens",
        "Table public.runs should have the correct policies",
        "anon reads no tokens",
        "anon reads none",
    ]) {
        let lines = tap(&database, sql).await;
        let is_found = lines
            .iter()
            .any(|line| line.starts_with("not ok ") && line.contains(finding));
        assert!(is_found, "{name}: {lines:#?}");
    }
}
