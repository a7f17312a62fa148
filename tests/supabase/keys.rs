use crate::{health, store};
use ops_core::port::StoreError;
use ops_tests::harness::TestDatabase;
use ops_tests::harness::gateway::{SECRET_KEY, legacy_key};
use ops_tests::harness::supabase::{Supabase, binary, is_there};
use sha2::Digest;

#[test]
fn postgrest_is_the_one_that_was_measured() {
    if !is_there() {
        return;
    }
    let bytes = std::fs::read(binary()).expect("the binary");
    let digest: String = sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        digest,
        "0af68afe747ce09964f29e7c872e77b038aec483a8f3923c20850e850447add5"
    );
}

#[tokio::test]
async fn new_and_legacy_keys_open_the_same_door() {
    if !is_there() {
        return;
    }
    let database = TestDatabase::new().await;
    let supabase = Box::pin(Supabase::over(&database.config)).await;
    for key in [SECRET_KEY, &legacy_key("service_role")] {
        let answer = health(&store(&supabase.gateway.origin, key)).await;
        assert!(answer.expect("answers")["schema"].is_string());
    }
}

#[tokio::test]
async fn a_key_that_is_not_the_projects_is_refused_without_being_printed() {
    if !is_there() {
        return;
    }
    let database = TestDatabase::new().await;
    let supabase = Box::pin(Supabase::over(&database.config)).await;
    let wrong = "sb_secret_of_quite_another_project";
    let error = health(&store(&supabase.gateway.origin, wrong))
        .await
        .expect_err("refused");
    assert!(matches!(error, StoreError::Misconfigured(_)), "{error}");
    assert!(error.to_string().contains("Invalid API key"));
    assert!(!format!("{error:?}").contains("quite_another"));
}
