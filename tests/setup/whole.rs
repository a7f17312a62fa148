//! From nothing to an installation that works, and what stands in the way of one.

use crate::{failing, failures, found, road};
use ops_client::NativeTransport;
use ops_setup::{
    Apply, Project, State, catalog, first_token, install, is_seen, reach, refuses_strangers,
    self_test, sql_to_paste, verify,
};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::database::sha256_hex;
use ops_tests::harness::gateway::{PUBLISHABLE_KEY, SECRET_KEY};
use ops_tests::harness::supabase::{Supabase, is_there};

#[tokio::test]
async fn an_empty_project_becomes_a_control_room_while_rest_is_watching() {
    if !is_there() {
        return;
    }
    let config = TestDatabase::empty("template0").await;
    // Started before there is a schema: its cache is stale afterwards.
    let supabase = Box::pin(Supabase::over(&config)).await;
    let project = Project::read(&supabase.gateway.origin, SECRET_KEY).expect("a project");
    let store = project.store(NativeTransport::new().expect("a transport"));
    assert!(failures(&reach(&project, &store).await).is_empty());

    let road = road(&config).await;
    let installed = install(&road, Apply::Missing).await;
    assert_eq!(installed.state, State::Mended, "{installed:#?}");
    let seen = is_seen(&store).await;
    assert_eq!(seen.state, State::Passed, "{seen:#?}");

    // From here on as somebody who has no road but REST.
    let found = catalog(None, &store).await.expect("a catalog");
    assert!(failures(&verify(&found)).is_empty());
    let lived = self_test(&store).await;
    assert_eq!(lived.state, State::Passed, "{lived:#?}");
    let transport = NativeTransport::new().expect("a transport");
    let closed = refuses_strangers(&project, Some(PUBLISHABLE_KEY), &transport).await;
    assert_eq!(closed.state, State::Passed, "{closed:#?}");

    let token = "ops_the_first_operator";
    let minted = first_token(&store, &found, token, &sha256_hex(token)).await;
    assert_eq!(minted.expect("an answer").as_deref(), Some(token));
    let again = catalog(None, &store).await.expect("a catalog");
    assert_eq!(again.operators, Some(1));
    let minted = first_token(&store, &again, "another", "x").await;
    assert_eq!(minted.expect("an answer"), None);

    // The trial left nothing behind, and nothing changes a second time.
    let counts = "select (select count(*) from public.runs) + (select count(*) from public.workers)
        + (select count(*) from public.lanes where name like 'setup-%')";
    let admin = ops_store_postgres::connect(&config)
        .await
        .expect("connects");
    let row = admin.query_one(counts, &[]).await.expect("counts");
    assert_eq!(row.get::<_, i64>(0), 0);
    let installed = install(&road, Apply::Missing).await;
    assert_eq!(installed.state, State::Passed, "{installed:#?}");
}

#[tokio::test]
async fn a_half_applied_migration_is_completed() {
    let config = TestDatabase::empty("template0").await;
    let database = TestDatabase::of(&config).await;
    let half = sql_to_paste();
    let half = half
        .split("-- 20_helpers.sql")
        .next()
        .expect("a first half");
    let half = half.trim_start_matches("begin;");
    database
        .admin
        .batch_execute(half)
        .await
        .expect("half of it");
    assert!(!failing(&database).await.is_empty());
    let installed = install(&road(&config).await, Apply::Missing).await;
    assert_eq!(installed.state, State::Mended, "{installed:#?}");
    assert!(failing(&database).await.is_empty());
}

#[tokio::test]
async fn what_is_pasted_is_the_same_and_may_be_pasted_twice() {
    let config = TestDatabase::empty("template0").await;
    let database = TestDatabase::of(&config).await;
    for _ in 0..2 {
        let pasted = database.admin.batch_execute(&sql_to_paste()).await;
        pasted.expect("goes through");
        assert!(failing(&database).await.is_empty());
    }
    let installed = install(&road(&config).await, Apply::Missing).await;
    assert_eq!(installed.state, State::Passed, "{installed:#?}");
}

#[tokio::test]
async fn a_table_of_another_product_stands_in_the_way_and_is_left_alone() {
    let config = TestDatabase::empty("template0").await;
    let database = TestDatabase::of(&config).await;
    let theirs = "create table public.sessions (sid text primary key, data json);
        insert into public.sessions values ('a', '{}')";
    database.admin.batch_execute(theirs).await.expect("theirs");
    let installed = install(&road(&config).await, Apply::Missing).await;
    assert_eq!(installed.state, State::Failed, "{installed:#?}");
    let checks = failing(&database).await;
    let sessions = checks
        .iter()
        .find(|check| check.title == "Table `sessions`");
    let sessions = sessions.expect("a finding");
    assert!(
        sessions.found.contains("another product") && sessions.found.contains("data, sid"),
        "{sessions:#?}"
    );
    // Nothing was half done.
    assert_eq!(found(&database).await.tables.len(), 1);
    let row = database
        .admin
        .query_one("select count(*) from public.sessions", &[])
        .await;
    assert_eq!(row.expect("theirs").get::<_, i64>(0), 1);
}

#[tokio::test]
async fn a_fault_that_no_fact_shows_is_found_by_a_run() {
    let database = TestDatabase::new().await;
    let sql = "create function public.theirs() returns trigger language plpgsql as
        $$ begin raise exception 'no writes on Sundays'; end $$;
        create trigger theirs before insert on public.run_leases execute function public.theirs()";
    database.admin.batch_execute(sql).await.expect("breaks");
    let lived = self_test(database.store.as_ref()).await;
    assert_eq!(lived.state, State::Failed);
    assert!(
        lived.found.contains("claim it") && lived.found.contains("no writes on Sundays"),
        "{lived:#?}"
    );
}
