//! Where large artifacts lie, tried by what it does.

use ops_client::NativeTransport;
use ops_setup::{Missing, Project, State, bucket};
use ops_store_supabase::BUCKET;
use ops_tests::harness::gateway::{Gateway, SECRET_KEY};
use std::sync::Arc;

async fn gateway() -> Gateway {
    // Nothing is asked of PostgREST.
    Gateway::before("/nowhere".as_ref()).await
}

async fn check(gateway: &Gateway, missing: Missing) -> ops_setup::Check {
    let project = Project::read(&gateway.origin, SECRET_KEY).expect("a project");
    let transport = Arc::new(NativeTransport::new().expect("a transport"));
    bucket(&project, transport, missing).await
}

#[tokio::test]
async fn a_missing_bucket_is_named_then_made_and_works() {
    let gateway = gateway().await;
    let told = check(&gateway, Missing::Tell).await;
    assert_eq!(told.state, State::Failed);
    assert!(
        told.found.contains(BUCKET) && told.mend.contains("--check"),
        "{told:?}"
    );
    assert_eq!(check(&gateway, Missing::Make).await.state, State::Mended);
    for missing in [Missing::Tell, Missing::Make] {
        assert_eq!(check(&gateway, missing).await.state, State::Passed);
    }
    assert_eq!(gateway.storage().objects(), [], "the probe is taken away");
}

#[tokio::test]
async fn a_public_bucket_is_a_fault_that_a_person_mends() {
    let gateway = gateway().await;
    gateway.storage().open_to_everybody(BUCKET);
    let told = check(&gateway, Missing::Make).await;
    assert_eq!(told.state, State::Failed);
    assert!(
        told.found.contains("everybody") && told.mend.contains("private"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_storage_that_gives_other_bytes_is_found_out() {
    let gateway = gateway().await;
    gateway.storage().make(BUCKET);
    gateway.storage().spoil_what_comes();
    let told = check(&gateway, Missing::Tell).await;
    assert_eq!(told.state, State::Failed);
    assert!(told.found.contains("other bytes"), "{told:?}");
}

#[tokio::test]
async fn a_storage_that_does_not_answer_is_told_with_what_to_do() {
    let gateway = gateway().await;
    let origin = gateway.origin.clone();
    drop(gateway);
    let project = Project::read(&origin, SECRET_KEY).expect("a project");
    let transport = Arc::new(NativeTransport::new().expect("a transport"));
    let told = bucket(&project, transport, Missing::Make).await;
    assert_eq!(told.state, State::Failed);
    assert!(
        told.found.contains("does not answer") && !told.mend.is_empty(),
        "{told:?}"
    );
}
