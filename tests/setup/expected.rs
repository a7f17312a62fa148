use crate::{found, road};
use ops_setup::{Catalog, Road};
use ops_tests::harness::TestDatabase;

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crates/schema/src/expected.json"
);

/// `OPS_WRITE=1 cargo test -p ops-tests --test setup expected` makes the file anew.
#[tokio::test]
async fn the_program_expects_what_a_fresh_database_has() {
    let database = TestDatabase::new().await;
    if std::env::var("OPS_WRITE").is_ok_and(|value| value == "1") {
        let road = road(&database.config).await;
        let sql = "select public.ops_catalog('{}') || '{\"operators\": null, \"schedule\": null}'";
        let fresh = road.json(sql).await.expect("the catalog");
        let text = serde_json::to_string_pretty(&fresh).expect("JSON");
        std::fs::write(FILE, text + "\n").expect("written");
        return;
    }
    let mut fresh = found(&database).await;
    fresh.operators = None;
    assert!(fresh.tables.len() > 15 && fresh.functions.len() > 50);
    assert!(
        fresh == Catalog::expected().expect("facts that can be read"),
        "write it anew: OPS_WRITE=1 cargo test -p ops-tests --test setup expected"
    );
}
