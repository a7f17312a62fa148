//! One fault at a time: it is named exactly, and mended where that is ours to do.

use crate::{failing, road};
use ops_setup::{Apply, State, install};
use ops_tests::harness::TestDatabase;

/// Breaks an installation by `sql`, expects exactly one finding, and whether applying the migrations
/// again mends it.
async fn fault(sql: &str, title: &str, says: &str, is_mended: bool) {
    let database = TestDatabase::new().await;
    database.admin.batch_execute(sql).await.expect("breaks");
    let before = failing(&database).await;
    let [finding] = before.as_slice() else {
        panic!("{sql}: {before:#?}");
    };
    assert_eq!(finding.title, title);
    assert!(finding.found.contains(says), "{finding:#?}");
    assert!(!finding.mend.is_empty() && !finding.expected.is_empty());

    let road = road(&database.config).await;
    let again = install(&road, Apply::Again).await;
    assert_eq!(again.state, State::Mended, "{again:#?}");
    let after = failing(&database).await;
    assert_eq!(after.is_empty(), is_mended, "{sql}: {after:#?}");
}

#[tokio::test]
async fn the_service_may_not_call_a_function() {
    let sql = "revoke execute on function public.runs_claim(jsonb) from service_role";
    fault(sql, "Who may call `runs_claim(p jsonb)`", "nothing", true).await;
}

#[tokio::test]
async fn a_stranger_may_call_a_function() {
    let sql = "grant execute on function public.runs_claim(jsonb) to anon";
    let title = "Who may call `runs_claim(p jsonb)`";
    fault(sql, title, "anon, service_role", true).await;
}

#[tokio::test]
async fn a_function_is_old() {
    let sql = "create or replace function public.runs_get(p jsonb) returns jsonb
        language sql set search_path = '' as $$ select '{}'::jsonb $$;
        alter function public.runs_get(jsonb) reset all";
    // The migration puts another language in its place, which PostgreSQL allows.
    fault(sql, "Function `runs_get(p jsonb)`", "another version", true).await;
}

#[tokio::test]
async fn a_function_is_gone() {
    let sql = "drop function public.runs_get(jsonb)";
    fault(sql, "Function `runs_get(p jsonb)`", "is missing", true).await;
}

#[tokio::test]
async fn a_function_has_a_double() {
    let sql = "create function public.runs_get(p text) returns text language sql as $$ select p $$;
        revoke execute on function public.runs_get(text) from public";
    let title = "Function `runs_get(p text)`";
    fault(sql, title, "beside ours", false).await;
}

#[tokio::test]
async fn row_level_security_is_off() {
    let sql = "alter table public.runs disable row level security";
    fault(sql, "Row Level Security of `runs`", "is off", true).await;
}

#[tokio::test]
async fn a_policy_is_gone() {
    let sql = "drop policy ops_read on public.runs";
    fault(sql, "Policy `ops_read` of `runs`", "is missing", true).await;
}

#[tokio::test]
async fn a_policy_was_opened() {
    let sql = "alter policy ops_read on public.runs using (true)";
    fault(sql, "Policy `ops_read` of `runs`", "was changed", true).await;
}

#[tokio::test]
async fn a_policy_of_somebody_else_opens_a_table() {
    let sql = "create policy everybody on public.runs for select to anon using (true)";
    let title = "Policy `everybody` of `runs`";
    fault(sql, title, "somebody else", false).await;
}

#[tokio::test]
async fn a_stranger_may_read_a_table() {
    let sql = "grant select on public.tokens to anon";
    fault(sql, "Rights of `anon` to `tokens`", "select", true).await;
}

#[tokio::test]
async fn the_service_may_not_write_a_table() {
    let sql = "revoke insert on public.runs from service_role";
    let title = "Rights of `service_role` to `runs`";
    fault(sql, title, "delete, select, update", true).await;
}

#[tokio::test]
async fn an_index_is_gone() {
    let sql = "drop index public.artifacts_ts";
    fault(sql, "Index `artifacts_ts`", "is missing", true).await;
}

#[tokio::test]
async fn a_table_is_not_published() {
    let sql = "create publication supabase_realtime for table public.runs, public.sessions, public.artifacts";
    let title = "Publication `supabase_realtime`, table `run_events`";
    fault(sql, title, "is missing", true).await;
}

/// No migration brings it back, because a table that is there is left as it is.
#[tokio::test]
async fn a_column_is_gone() {
    let database = TestDatabase::new().await;
    let sql = "alter table public.workers drop column version";
    database.admin.batch_execute(sql).await.expect("breaks");
    let checks = failing(&database).await;
    let [finding] = checks.as_slice() else {
        panic!("{checks:#?}");
    };
    assert_eq!(finding.title, "Table `workers`");
    assert!(
        finding.found.contains("has no column version"),
        "{finding:#?}"
    );
    let again = install(&road(&database.config).await, Apply::Again).await;
    assert_eq!(again.state, State::Failed);
    assert!(again.found.contains("version does not exist"), "{again:#?}");
}

#[tokio::test]
async fn a_column_has_another_type() {
    let sql = "alter table public.sessions alter column name type varchar(50)";
    let title = "Column `sessions.name`";
    fault(sql, title, "character varying(50)", false).await;
}
