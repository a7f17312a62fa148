use crate::{health, store};
use ops_core::port::{Store, StoreError};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::database::auth;
use ops_tests::harness::gateway::{Gateway, SECRET_KEY};
use ops_tests::harness::supabase::{PostgRest, Supabase, is_there};
use serde_json::json;

#[tokio::test]
async fn a_project_without_our_schema_is_not_installed() {
    if !is_there() {
        return;
    }
    let config = TestDatabase::empty("template0").await;
    let supabase = Box::pin(Supabase::over(&config)).await;
    let error = health(&store(&supabase.gateway.origin, SECRET_KEY))
        .await
        .expect_err("refused");
    assert!(matches!(error, StoreError::NotInstalled(_)), "{error}");
}

#[tokio::test]
async fn a_missing_grant_needs_a_person() {
    if !is_there() {
        return;
    }
    let database = TestDatabase::new().await;
    let revoke = "revoke execute on function public.ops_health(jsonb) from service_role, public";
    database.admin.batch_execute(revoke).await.expect("revoked");
    let supabase = Box::pin(Supabase::over(&database.config)).await;
    let error = health(&store(&supabase.gateway.origin, SECRET_KEY))
        .await
        .expect_err("refused");
    assert!(matches!(error, StoreError::Misconfigured(_)), "{error}");
}

#[tokio::test]
async fn each_call_is_one_request() {
    if !is_there() {
        return;
    }
    let database = TestDatabase::new().await;
    let supabase = Box::pin(Supabase::over(&database.config)).await;
    let store = store(&supabase.gateway.origin, SECRET_KEY);
    let calls = ["lanes_list", "runs_list", "workers_list", "templates_list"];
    for function in calls {
        let before = supabase.gateway.requests();
        let answer = store.call(function, json!({ "auth": auth() })).await;
        assert!(answer.expect("answers").is_object(), "{function}");
        assert_eq!(supabase.gateway.requests() - before, 1, "{function}");
    }
}

#[tokio::test]
async fn a_restart_of_postgrest_is_a_pause() {
    if !is_there() {
        return;
    }
    let database = TestDatabase::new().await;
    let mut first = Box::pin(PostgRest::over(&database.config)).await;
    let gateway = Gateway::before(&first.socket).await;
    let store_before = store(&gateway.origin, SECRET_KEY);
    health(&store_before).await.expect("answers");
    first.kill();
    let error = health(&store_before).await.expect_err("nobody is there");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");

    let second = Box::pin(PostgRest::over(&database.config)).await;
    let gateway = Gateway::before(&second.socket).await;
    health(&store(&gateway.origin, SECRET_KEY))
        .await
        .expect("answers again");
}
