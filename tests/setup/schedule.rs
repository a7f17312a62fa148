//! Who sweeps, as `ops setup` tells it. The table is that of pg_cron, made by hand: the extension itself,
//! and the job that our migration makes in it, are in `tests/schema/cron.rs`.

use crate::found;
use ops_setup::{Check, State, catalog, verify};
use ops_tests::harness::TestDatabase;

async fn told(database: &TestDatabase) -> Check {
    let checks = verify(&found(database).await);
    let told = checks.into_iter().find(|check| check.title == "Schedule");
    told.expect("a line about the schedule")
}

async fn after(database: &TestDatabase, sql: &str) -> Check {
    database.admin.batch_execute(sql).await.expect("changes");
    told(database).await
}

#[tokio::test]
async fn who_sweeps_is_told_and_is_never_a_fault() {
    let database = TestDatabase::new().await;
    let none = told(&database).await;
    assert_eq!(none.state, State::Noted, "{none:#?}");
    assert!(none.found.starts_with("no pg_cron"), "{none:#?}");
    assert!(none.found.contains("the schedule workflow"), "{none:#?}");

    let sql = "create schema cron;
        create table cron.job (jobname text, schedule text, active boolean, command text)";
    let empty = after(&database, sql).await;
    assert_eq!(empty.state, State::Noted, "{empty:#?}");
    assert!(empty.found.contains("without a job"), "{empty:#?}");
    assert!(empty.mend.contains("96_schedule.sql"), "{empty:#?}");

    let sql = "insert into cron.job values
        ('theirs', '1 second', true, 'select 1'),
        ('ops-sweep', '10 seconds', true, 'select public.ops_sweep_scheduled()')";
    let active = after(&database, sql).await;
    assert_eq!(active.state, State::Passed, "{active:#?}");
    assert!(active.found.contains("lease and 10 seconds"), "{active:#?}");

    let sql = "update cron.job set schedule = '* * * * *' where jobname = 'ops-sweep'";
    let old = after(&database, sql).await;
    assert!(old.found.contains("lease and 1 minute"), "{old:#?}");

    let off = after(&database, "update cron.job set active = false").await;
    assert_eq!(off.state, State::Noted, "{off:#?}");
    assert!(off.found.contains("switched off"), "{off:#?}");
    assert!(off.mend.contains("cron.alter_job"), "{off:#?}");
}

/// As on Supabase, where the role of REST may not look into the schema `cron`.
#[tokio::test]
async fn jobs_that_may_not_be_read_are_no_fault_either() {
    let database = TestDatabase::new().await;
    let sql = "create schema cron;
        create table cron.job (jobname text, schedule text, active boolean, command text)";
    database.admin.batch_execute(sql).await.expect("a table");
    let by_service = "set role service_role";
    database
        .admin
        .batch_execute(by_service)
        .await
        .expect("a role");
    let sql = "select public.ops_catalog('{}') -> 'schedule'";
    let row = database.admin.query_one(sql, &[]).await.expect("facts");
    let schedule: serde_json::Value = row.get(0);
    assert_eq!(schedule, serde_json::json!({ "is_readable": false }));

    let mut facts = catalog(None, database.store.as_ref()).await.expect("facts");
    facts.schedule = serde_json::from_value(schedule).expect("a schedule");
    let checks = verify(&facts);
    let told = checks.iter().find(|check| check.title == "Schedule");
    let told = told.expect("a line");
    assert_eq!(told.state, State::Noted);
    assert!(told.found.contains("may not be read"), "{told:#?}");
}
