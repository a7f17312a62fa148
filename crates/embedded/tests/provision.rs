//! Machines without PostgreSQL: the builds that npm and pip bring.

mod common;

use common::*;
use ops_embedded::{Cluster, EmbeddedError, ProvisionError, Source};

async fn tell(source: Source, client: &str) {
    let folder = open_folder();
    let data_dir = folder.path().join("ops");
    let (first, told) = options(&data_dir);
    let cluster = match Cluster::start(first.from_source(source.clone())).await {
        Err(EmbeddedError::Provision(
            error @ (ProvisionError::NoClient(_) | ProvisionError::NoBuild(_)),
        )) => {
            return cannot_run(&error.to_string());
        }
        other => other.unwrap(),
    };
    assert!(told.text().contains("sha256 verified"), "{}", told.text());
    assert!(
        told.text().contains(&format!("postgres-bin/{client}")),
        "{}",
        told.text()
    );
    assert!(
        cluster.version().starts_with("18."),
        "{}",
        cluster.version()
    );
    write_word(&connect(&cluster).await, client).await;
    cluster.stop().await.unwrap();

    // Brought once. And whatever else is installed, the cluster finds the binaries that made it.
    let (second, told) = options(&data_dir);
    let cluster = Cluster::start(second).await.unwrap();
    assert!(!told.text().contains("sha256 verified"), "{}", told.text());
    assert!(
        cluster.version().starts_with("18."),
        "{}",
        cluster.version()
    );
    assert_eq!(words(&connect(&cluster).await).await, [client]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn npm_brings_a_build_that_starts() {
    tell(Source::Npm, "npm").await;
}

#[tokio::test]
async fn pip_brings_a_build_that_starts() {
    tell(Source::Pip, "pip").await;
}
