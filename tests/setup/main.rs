//! `ops setup` against installations that are whole, missing, and broken in many ways.

mod broken;
mod bucket;
mod command;
mod expected;
mod management;
mod prototyping;
mod reach;
mod schedule;
mod whole;

use ops_setup::{Catalog, Check, Direct, State, catalog, verify};
use ops_tests::harness::TestDatabase;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A connection string for a test database, as a person would give one.
pub fn address(config: &Config) -> String {
    let Some(Host::Unix(folder)) = config.get_hosts().first() else {
        panic!("test databases are on a socket");
    };
    format!(
        "host='{}' user={} dbname={}",
        folder.display(),
        config.get_user().unwrap_or_default(),
        config.get_dbname().unwrap_or_default()
    )
}

pub async fn road(config: &Config) -> Direct {
    Direct::open(&address(config)).await.expect("a road")
}

/// What is installed, asked for by a connection.
pub async fn found(database: &TestDatabase) -> Catalog {
    let road = road(&database.config).await;
    let store = database.store.as_ref();
    catalog(Some(&road), store).await.expect("a catalog")
}

pub fn failures(checks: &[Check]) -> Vec<&Check> {
    checks
        .iter()
        .filter(|check| check.state == State::Failed)
        .collect()
}

pub async fn failing(database: &TestDatabase) -> Vec<Check> {
    let checks = verify(&found(database).await);
    failures(&checks).into_iter().cloned().collect()
}
