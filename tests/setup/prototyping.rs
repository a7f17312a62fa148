//! The policies for `anon` that somebody may opt into, and that nobody should forget.

use crate::{failing, found, road};
use ops_setup::{Apply, Check, State, install, verify};
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::json;
use tokio_postgres::error::SqlState;

const ON: &str = include_str!("../../supabase/optional/anon_prototyping.sql");
const OFF: &str = include_str!("../../supabase/optional/anon_prototyping_off.sql");

async fn as_anon(database: &TestDatabase, sql: &str) -> Result<usize, SqlState> {
    let admin = &database.admin;
    admin.batch_execute("set role anon").await.expect("a role");
    let answer = admin.query(sql, &[]).await;
    admin.batch_execute("reset role").await.expect("back");
    let refused = |e: tokio_postgres::Error| e.code().cloned().expect("PostgreSQL's word");
    answer.map(|rows| rows.len()).map_err(refused)
}

async fn runs(database: &TestDatabase) -> Result<usize, SqlState> {
    as_anon(database, "select * from public.runs").await
}

async fn warning(database: &TestDatabase) -> Option<Check> {
    let checks = verify(&found(database).await);
    checks
        .into_iter()
        .find(|check| check.state == State::Warned)
}

#[tokio::test]
async fn what_is_opened_for_anon_is_read_warned_of_and_closed_again() {
    let database = TestDatabase::new().await;
    let admin = &database.admin;
    let new = json!({ "runs": [run(RunShape::default())] });
    database.call("runs_create", new).await;
    let closed = Err(SqlState::INSUFFICIENT_PRIVILEGE);
    assert_eq!(runs(&database).await, closed);
    // Taking back what was never given harms nothing.
    admin.batch_execute(OFF).await.expect("no harm");
    assert_eq!(warning(&database).await, None);

    for _ in 0..2 {
        admin.batch_execute(ON).await.expect("opens");
        assert_eq!(runs(&database).await, Ok(1));
    }
    for sql in [
        "select * from public.tokens",
        "select * from public.audit",
        "select * from public.workers",
        "select * from public.session_members",
        "delete from public.runs",
        "select public.ops_health('{}')",
    ] {
        assert_eq!(as_anon(&database, sql).await, closed, "{sql}");
    }
    let told = warning(&database).await.expect("a warning");
    assert_eq!(told.title, "Prototyping policies for `anon`");
    let reads = "whoever has the publishable key reads all of lanes, sessions, run_templates, \
                 run_template_versions, spec_docs, runs, run_leases, run_attempts, run_logs, \
                 run_events, run_steps, artifacts";
    assert_eq!(told.found, reads);
    assert!(told.mend.contains("anon_prototyping_off.sql"), "{told:#?}");
    // One warning, and no fault beside it.
    assert_eq!(failing(&database).await, []);

    // Migrations that run again close the tables, and the policies are still named.
    let again = install(&road(&database.config).await, Apply::Again).await;
    assert_eq!(again.state, State::Mended, "{again:#?}");
    assert_eq!(runs(&database).await, closed);
    let told = warning(&database).await.expect("a warning");
    assert!(told.found.contains("opens nothing"), "{told:#?}");

    admin.batch_execute(ON).await.expect("opens");
    admin.batch_execute(OFF).await.expect("closes");
    assert_eq!(runs(&database).await, closed);
    assert_eq!(warning(&database).await, None);
    assert_eq!(failing(&database).await, []);
}

#[tokio::test]
async fn a_policy_that_only_bears_the_name_is_a_fault() {
    let database = TestDatabase::new().await;
    let sql = "create policy ops_anon_prototyping on public.runs for all to anon using (true);
        create policy ops_anon_prototyping on public.tokens for select to anon using (true)";
    database.admin.batch_execute(sql).await.expect("breaks");
    assert_eq!(warning(&database).await, None);
    let titles: Vec<String> = failing(&database)
        .await
        .into_iter()
        .map(|c| c.title)
        .collect();
    assert_eq!(
        titles,
        [
            "Policy `ops_anon_prototyping` of `runs`",
            "Policy `ops_anon_prototyping` of `tokens`"
        ]
    );
}
